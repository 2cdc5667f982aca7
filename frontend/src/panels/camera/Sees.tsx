import { Alert, Button, Empty, Input, Skeleton } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SeenThing, SharedGround } from '../../api/cameraTypes';
import type { CameraSummary } from '../../api/types';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { density, distance, surface } from '../format';
import { nearest } from '../nearby';
import { TierDot } from '../TierDot';
import { Trouble } from '../Trouble';
import { useSees } from './queries';

const FIRST = 6;

/** A list that shows its first rows and, when asked, all. */
function Some<T>({ title, empty, rows, row }: { title: string; empty: string; rows: T[]; row: (one: T) => ReactNode }) {
  const { t } = useTranslation();
  const [all, setAll] = useState(false);
  const shown = all ? rows : rows.slice(0, FIRST);
  return (
    <section className="some">
      <div className="sectionhead">{title}</div>
      {rows.length === 0 && <span className="soft">{empty}</span>}
      {shown.map(row)}
      {rows.length > shown.length && (
        <Button type="link" size="small" onClick={() => setAll(true)}>
          {t('sees.more', { count: rows.length - shown.length })}
        </Button>
      )}
    </section>
  );
}

/** One thing that is seen; a click goes there and marks it. */
function Thing({ thing }: { thing: SeenThing }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const go = () => {
    const { lon, lat, height } = thing;
    const place = { lon, lat, ...(typeof height === 'number' && { height }) };
    store.getState().goTo({ ...place, range: Math.max(220, Math.min(900, thing.distance_m)) });
    store.getState().setClick({ ...place, source: 'search' });
  };
  const facts = [
    thing.density_px_m ? density(thing.density_px_m, lang) : '',
    thing.class ? t(`class.${thing.class}`) : '',
    thing.area_m2 ? surface(thing.area_m2, lang) : '',
    thing.length_m ? t('sees.length', { m: distance(thing.length_m, lang) }) : '',
  ].filter(Boolean);
  return (
    <button type="button" className="hit plain" data-thing={thing.id} onClick={go}>
      <span className="title" title={titleOf(thing, lang)}>
        {titleOf(thing, lang) || t('sees.unnamed')}
      </span>
      <span className="dist">{distance(thing.distance_m, lang)}</span>
      {facts.length > 0 && <span className="facts">{facts.join(' · ')}</span>}
    </button>
  );
}

function Other({ camera, value, facts }: { camera: CameraSummary; value: string; facts?: string }) {
  const lang = useLang();
  const { store } = useAppContext();
  return (
    <button
      type="button"
      className="hit"
      data-camera={camera.id}
      onClick={() => store.getState().select({ kind: 'camera', id: camera.id })}
    >
      <TierDot tier={camera.tier} unknown={camera.heading === null && camera.type === 'fixed'} />
      <span className="title" title={titleOf(camera, lang)}>
        {titleOf(camera, lang)}
      </span>
      <span className="dist">{value}</span>
      {facts && <span className="facts">{facts}</span>}
    </button>
  );
}

const named = (lang: 'zh' | 'en', text: string) => (thing: SeenThing) =>
  `${titleOf(thing, lang)} ${thing.name}`.toLowerCase().includes(text.trim().toLowerCase());

/** Streets, buildings and places that the camera sees; each goes there. */
export function Sees({ camera, blind }: { camera: CameraSummary; blind: boolean }) {
  const { t } = useTranslation();
  const lang = useLang();
  const ladder = useApp((state) => state.ladder);
  const aim = useApp((state) => state.aims[camera.id]);
  const [text, setText] = useState('');
  const { data, error, isPending, refetch } = useSees(camera.id, ladder, aim, !blind);
  if (blind) return <Alert type="info" showIcon title={t('camera.noHeading')} description={t('sees.blind')} />;
  if (error) return <Trouble error={error} retry={() => refetch()} />;
  if (isPending) return <Skeleton active title={false} paragraph={{ rows: 8 }} />;
  const wanted = named(lang, text);
  const [streets, buildings, places, areas] = [data.streets, data.buildings, data.places, data.areas].map((list) =>
    list.filter(wanted),
  );
  const none = text !== '' && [streets, buildings, places, areas].every((list) => !list?.length);
  const row = (thing: SeenThing) => <Thing key={`${thing.kind} ${thing.id}`} thing={thing} />;
  return (
    <div id="camera-sees">
      <Input
        size="small"
        allowClear
        value={text}
        placeholder={t('sees.filter')}
        onChange={(event) => setText(event.target.value)}
      />
      {none ? (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('sees.none')} />
      ) : (
        <>
          <Some
            title={t('sees.streets', { count: streets?.length ?? 0 })}
            empty={t('sees.noStreets')}
            rows={streets ?? []}
            row={row}
          />
          <Some
            title={t('sees.places', { count: places?.length ?? 0 })}
            empty={t('sees.noPlaces')}
            rows={places ?? []}
            row={row}
          />
          <Some
            title={t('sees.buildings', { count: buildings?.length ?? 0 })}
            empty={t('sees.noBuildings')}
            rows={buildings ?? []}
            row={row}
          />
          <Some
            title={t('sees.areas', { count: areas?.length ?? 0 })}
            empty={t('sees.noAreas')}
            rows={areas ?? []}
            row={row}
          />
        </>
      )}
    </div>
  );
}

/** Cameras that look at the same ground, and those that stand near. */
export function Around({ camera, blind }: { camera: CameraSummary; blind: boolean }) {
  const { t } = useTranslation();
  const lang = useLang();
  const cameras = useApp((state) => state.cameras);
  const ladder = useApp((state) => state.ladder);
  const aim = useApp((state) => state.aims[camera.id]);
  const { data, error, isPending, refetch } = useSees(camera.id, ladder, aim, !blind);
  const known = (data?.neighbours ?? []).flatMap((shared) => {
    const other = cameras.get(shared.camera);
    return other ? [{ other, shared }] : [];
  });
  const percent = (share: number) =>
    share.toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', { style: 'percent', maximumFractionDigits: 0 });
  const near = nearest(camera, cameras.values());
  return (
    <div id="camera-around">
      {!blind && error && <Trouble error={error} retry={() => refetch()} />}
      {!blind && isPending && <Skeleton active title={false} paragraph={{ rows: 4 }} />}
      {data?.neighbours === null && <p className="soft">{t('sees.later')}</p>}
      {data?.neighbours && (
        <Some<{ other: CameraSummary; shared: SharedGround }>
          title={t('sees.neighbours', { count: known.length })}
          empty={t('sees.noNeighbours')}
          rows={known}
          row={({ other, shared }) => (
            <Other
              key={other.id}
              camera={other}
              value={t('sees.share', { share: percent(shared.share) })}
              facts={[surface(shared.shared_m2, lang), shared.class ? t(`class.${shared.class}`) : '']
                .filter(Boolean)
                .join(' · ')}
            />
          )}
        />
      )}
      <Some
        title={t('camera.nearby')}
        empty={t('camera.noNearby')}
        rows={near}
        row={({ camera: other, metres }) => <Other key={other.id} camera={other} value={distance(metres, lang)} />}
      />
    </div>
  );
}
