import { CopyOutlined, PictureOutlined, SyncOutlined } from '@ant-design/icons';
import { Button, Collapse, Dropdown, Empty, Select, Skeleton, Tooltip } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { LinkAnswer, LinkedCamera, Role, Tier } from '../api/types';
import { MOST_PICTURES } from '../model/cameraState';
import { ROLES } from '../model/classes';
import type { Click } from '../model/state';
import { useApp, useAppContext, useLang } from './app';
import { titleOf } from './cameraTree';
import { Dock } from './Dock';
import { coordinates, degrees, density, distance, height } from './format';
import { CameraMark } from './health/ConditionMark';
import { type LinkOrder, reasonWhyNone, recommended, split } from './linkList';
import { useLinkAnswer } from './queries';
import { TierDot } from './TierDot';
import { Trouble } from './Trouble';
import { useCameraDrag } from './video/cameraDrag';
import { TurnThere } from './video/TurnThere';

function facts(camera: LinkedCamera, lang: 'zh' | 'en', t: ReturnType<typeof useTranslation>['t']): string {
  const parts = [distance(camera.distance_m, lang)];
  if (camera.density_px_m !== null) parts.push(density(camera.density_px_m, lang));
  if (camera.class) parts.push(t(`class.${camera.class}`));
  if (camera.online === true) parts.push(t('link.online'));
  return parts.join(' · ');
}

function Turns({ camera }: { camera: LinkedCamera }) {
  const { t } = useTranslation();
  const lang = useLang();
  if (!camera.aim) return null;
  const { pan, tilt, zoom } = camera.aim;
  const move = t('link.turnTo', {
    pan: degrees(pan, lang),
    tilt: degrees(tilt, lang),
    zoom: zoom.toFixed(1),
  }).replaceAll('°°', '°');
  return (
    <Tooltip title={move}>
      <span className="soft" style={{ whiteSpace: 'nowrap' }}>
        <SyncOutlined /> {t('link.turns')}
      </span>
    </Tooltip>
  );
}

function Card({ role, index, answer }: { role: Role; index: number; answer: LinkAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const selection = useApp((state) => state.selection);
  const camera = recommended(answer, role);
  const drag = useCameraDrag(camera?.camera ?? '');
  if (!camera) {
    const none = { overview: 'link.noneOverview', context: 'link.noneContext', close: 'link.noneClose' } as const;
    const nearest = reasonWhyNone(answer, role);
    return (
      <div className={`card none ${role}`} data-role={role}>
        <span className="role">{t(`link.${role}`)}</span>
        <span style={{ gridColumn: '2 / -1' }}>
          {t(none[role])}
          {nearest && (
            <span className="facts" style={{ display: 'block' }}>
              {t('link.because', { name: titleOf(nearest, lang), why: nearest.why })}
            </span>
          )}
        </span>
      </div>
    );
  }
  const chosen = selection?.kind === 'camera' && selection.id === camera.camera;
  return (
    <button
      type="button"
      className={`card ${role}${chosen ? ' chosen' : ''}`}
      data-role={role}
      data-camera={camera.camera}
      {...drag}
      onClick={() => store.getState().select({ kind: 'camera', id: camera.camera })}
    >
      <span className="role">{t(`link.${role}`)}</span>
      <span className="title" title={titleOf(camera, lang)}>
        {titleOf(camera, lang)}
      </span>
      <kbd aria-hidden>{index + 1}</kbd>
      <span className="facts">
        {facts(camera, lang, t)} <Turns camera={camera} /> <CameraMark camera={camera.camera} />
      </span>
    </button>
  );
}

function Hit({ camera }: { camera: LinkedCamera }) {
  const lang = useLang();
  const { t } = useTranslation();
  const { store } = useAppContext();
  const drag = useCameraDrag(camera.camera);
  const selection = useApp((state) => state.selection);
  const chosen = selection?.kind === 'camera' && selection.id === camera.camera;
  return (
    <button
      type="button"
      className={`hit${camera.visible ? '' : ' hidden-camera'}${chosen ? ' chosen' : ''}`}
      data-camera={camera.camera}
      data-visible={camera.visible}
      {...drag}
      onClick={() => store.getState().select({ kind: 'camera', id: camera.camera })}
    >
      <TierDot tier={camera.tier} unknown={camera.heading === null && camera.type === 'fixed'} />
      <span className="title" title={titleOf(camera, lang)}>
        {titleOf(camera, lang)}
      </span>
      <span className="dist">{distance(camera.distance_m, lang)}</span>
      <span className="facts">
        {camera.visible ? (
          <>
            {camera.density_px_m !== null && density(camera.density_px_m, lang)}
            {camera.class && ` · ${t(`class.${camera.class}`)}`} <Turns camera={camera} />{' '}
            <CameraMark camera={camera.camera} />
          </>
        ) : (
          camera.why
        )}
      </span>
    </button>
  );
}

function PlaceFacts({ answer }: { answer: LinkAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { place } = answer;
  const [copied, setCopied] = useState(false);
  const text = coordinates(place.lon, place.lat);
  return (
    <div>
      <strong>
        {t(`link.${place.kind}`)}
        {place.building?.name ? ` · ${place.building.name}` : ''}
      </strong>
      <div className="row soft" style={{ display: 'flex', alignItems: 'center', gap: 4 }}>
        <span style={{ fontVariantNumeric: 'tabular-nums' }}>{text}</span>
        <span>· {t('link.ellipsoidal', { m: height(place.height, lang) })}</span>
        <Tooltip title={copied ? t('camera.copied') : t('link.copy')}>
          <Button
            type="text"
            size="small"
            icon={<CopyOutlined />}
            aria-label={t('link.copy')}
            onClick={() => navigator.clipboard.writeText(text).then(() => setCopied(true))}
          />
        </Tooltip>
      </div>
    </div>
  );
}

/** The place in several pictures side by side: those of the best cameras. */
function OpenPictures({ cameras }: { cameras: readonly LinkedCamera[] }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const first = cameras.slice(0, MOST_PICTURES);
  if (first.length === 0) return null;
  return (
    <Tooltip title={t('picture.openAll', { count: first.length })}>
      <Button
        type="text"
        size="small"
        id="open-pictures"
        icon={<PictureOutlined />}
        aria-label={t('picture.openAll', { count: first.length })}
        onClick={() => {
          for (const { camera } of first.toReversed()) store.getState().openPicture(camera);
        }}
      />
    </Tooltip>
  );
}

/** What a click answers: overview, context and close-up, the ranked list, and why the others don't see the place. */
export function LinkPanel({ click }: { click: Click }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const city = useApp((state) => state.city);
  const [wanted, setWanted] = useState(12.5);
  const [tier, setTier] = useState<Tier | null>(null);
  const [order, setOrder] = useState<LinkOrder>('rank');
  const { data, error, isPending, isPlaceholderData, refetch } = useLinkAnswer(click, wanted, tier);

  useEffect(() => {
    if (data && !isPlaceholderData) store.getState().setLink(data);
  }, [data, isPlaceholderData, store]);

  const lists = data ? split(data, order) : null;
  return (
    <Dock
      side="right"
      title={t('link.title')}
      closeLabel={t('link.close_panel')}
      onClose={() => store.getState().setClick(null)}
    >
      <div className="controls">
        <div className="row">
          <Select
            className="grow"
            value={wanted}
            aria-label={t('link.density')}
            onChange={setWanted}
            options={(city?.ladders['2014'] ?? []).map((step) => ({
              value: step.px_m,
              label: `${t(`class.${step.id}`)} ≥ ${density(step.px_m, lang)}`,
            }))}
          />
          <Select<Tier | 0>
            className="grow"
            value={tier ?? 0}
            aria-label={t('camera.tier')}
            onChange={(value) => setTier(value === 0 ? null : value)}
            options={[
              { value: 0, label: t('link.anyTier') },
              { value: 1, label: t('tier.1') },
              { value: 2, label: t('tier.2') },
              { value: 3, label: t('tier.3') },
            ]}
          />
        </div>
      </div>
      <div className="scroll" id="link-panel" aria-busy={isPending || isPlaceholderData}>
        {error && <Trouble error={error} retry={() => refetch()} />}
        {isPending && !error && <Skeleton active title={{ width: '40%' }} paragraph={{ rows: 8 }} />}
        {data && lists && !error && (
          <div style={{ opacity: isPlaceholderData ? 0.55 : 1 }}>
            <PlaceFacts answer={data} />
            <div className="cards">
              {ROLES.map((role, index) => (
                <Card key={role} role={role} index={index} answer={data} />
              ))}
            </div>
            <div className="sectionhead">
              <span>{t('link.visible', { count: lists.visible.length })}</span>
              <span className="tools">
                <TurnThere answer={data} />
                <OpenPictures cameras={lists.visible} />
                <Dropdown
                  trigger={['click']}
                  menu={{
                    selectedKeys: [order],
                    onClick: ({ key }) => setOrder(key as LinkOrder),
                    items: [
                      { key: 'rank', label: t('link.byRank') },
                      { key: 'distance', label: t('link.byDistance') },
                      { key: 'density', label: t('link.byDensity') },
                    ],
                  }}
                >
                  <Button type="text" size="small">
                    {t({ rank: 'link.byRank', distance: 'link.byDistance', density: 'link.byDensity' }[order])}
                  </Button>
                </Dropdown>
              </span>
            </div>
            {lists.visible.length === 0 ? (
              <Empty
                image={Empty.PRESENTED_IMAGE_SIMPLE}
                description={
                  <>
                    {t('link.noneVisible')}
                    <br />
                    <span className="soft">{t('link.noneVisibleHelp')}</span>
                  </>
                }
              />
            ) : (
              <div id="link-visible">
                {lists.visible.map((camera) => (
                  <Hit key={camera.camera} camera={camera} />
                ))}
              </div>
            )}
            {lists.hidden.length > 0 && (
              <Collapse
                ghost
                size="small"
                style={{ marginTop: 8 }}
                {...(lists.visible.length === 0 && { defaultActiveKey: ['hidden'] })}
                items={[
                  {
                    key: 'hidden',
                    label: t('link.hidden', { count: lists.hidden.length }),
                    children: lists.hidden.map((camera) => <Hit key={camera.camera} camera={camera} />),
                  },
                ]}
              />
            )}
          </div>
        )}
      </div>
    </Dock>
  );
}
