import { SwapOutlined } from '@ant-design/icons';
import { Alert, Button, Select, Skeleton } from 'antd';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDetails, CameraSummary } from '../../api/types';
import { COMPARED } from '../../model/classes';
import { overlapOf, wholeOf } from '../../model/overlap';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { degrees, distance, height, surface } from '../format';
import { metresBetween, nearest } from '../nearby';
import { useCameraDetails, useCoverage } from '../queries';
import { TierDot } from '../TierDot';
import { Trouble } from '../Trouble';

/** Neighbours offered first, metres. */
const NEAR_M = 1500;

const blind = (camera: CameraSummary | undefined) => camera?.type === 'fixed' && camera.heading === null;

function usePair(a: string, b: string | null) {
  const cameras = useApp((state) => state.cameras);
  return { cameras, first: cameras.get(a), second: b === null ? undefined : cameras.get(b) };
}

/** A camera chosen on the map or in the tree becomes the second one while there is none. */
function useSecondFromMap(a: string, b: string | null): void {
  const { store } = useAppContext();
  const selection = useApp((state) => state.selection);
  useEffect(() => {
    if (b !== null || selection?.kind !== 'camera' || selection.id === a) return;
    store.getState().setDesk({ kind: 'compare', a, b: selection.id });
  }, [a, b, selection, store]);
}

function Choose({ first }: { first: CameraSummary }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const cameras = useApp((state) => state.cameras);
  const choose = (b: string) => store.getState().setDesk({ kind: 'compare', a: first.id, b });
  const near = useMemo(() => nearest(first, cameras.values(), NEAR_M, 8), [first, cameras]);
  const options = useMemo(
    () => [...cameras.values()].map((camera) => ({ value: camera.id, label: titleOf(camera, lang) })),
    [cameras, lang],
  );
  return (
    <>
      <Alert type="info" showIcon title={t('compare.choose')} style={{ margin: '10px 0' }} />
      <Select
        showSearch={{ optionFilterProp: 'label' }}
        style={{ width: '100%' }}
        placeholder={t('compare.search')}
        aria-label={t('compare.search')}
        options={options}
        onChange={choose}
      />
      <div className="sectionhead">{t('camera.nearby')}</div>
      {near.length === 0 && <span className="soft">{t('camera.noNearby')}</span>}
      {near.map(({ camera, metres }) => (
        <button type="button" className="hit" key={camera.id} onClick={() => choose(camera.id)}>
          <TierDot tier={camera.tier} unknown={blind(camera) ?? false} />
          <span className="title">{titleOf(camera, lang)}</span>
          <span className="dist">{distance(metres, lang)}</span>
        </button>
      ))}
    </>
  );
}

function Still({ camera, name }: { camera: CameraDetails | undefined; name: string }) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const [failed, setFailed] = useState(false);
  if (!camera) return <Skeleton.Node active style={{ width: '100%', height: 110 }} />;
  if (failed || (camera.heading === null && camera.aim === null))
    return <div className="nostill soft">{t('compare.noStill')}</div>;
  return (
    <img
      className="still"
      alt={t('compare.still', { name })}
      src={api.stillUrl(camera.id, { width: 480, v: camera.version })}
      onError={() => setFailed(true)}
    />
  );
}

function Facts({ a, b }: { a: CameraDetails | undefined; b: CameraDetails | undefined }) {
  const { t } = useTranslation();
  const lang = useLang();
  const rows: [string, (camera: CameraDetails) => ReactNode][] = [
    [t('camera.tier'), (camera) => t(`tier.${camera.tier}`)],
    [t('camera.type'), (camera) => t(`type.${camera.type}`)],
    [t('camera.owner'), (camera) => camera.owner || t('tree.noOwner')],
    [t('camera.mount'), (camera) => height(camera.mount_height, lang)],
    [
      t('camera.heading'),
      (camera) => (camera.heading === null ? t('camera.noHeading') : degrees(camera.heading, lang)),
    ],
    [t('camera.pitch'), (camera) => degrees(camera.pitch, lang)],
    [t('camera.lens'), (camera) => degrees(camera.hfov, lang)],
    [t('camera.picture'), (camera) => `${camera.image_width} × ${camera.image_height}`],
    [t('camera.reach'), (camera) => distance(camera.reach_m, lang)],
  ];
  return (
    <table className="facing">
      <tbody>
        {rows.map(([label, value]) => (
          <tr key={label}>
            <th>{label}</th>
            <td>{a && value(a)}</td>
            <td>{b && value(b)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Figures({ a, b, apart_m }: { a: string; b: string; apart_m: number }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const ladder = useApp((state) => state.ladder);
  const { first, second } = usePair(a, b);
  const [one, two] = [useCoverage(a, ladder, !blind(first)), useCoverage(b, ladder, !blind(second))];
  useEffect(() => {
    if (one.data) store.getState().setComparison({ a: one.data, b: two.data ?? null });
    return () => store.getState().setComparison(undefined);
  }, [one.data, two.data, store]);
  const shared = useMemo(
    () => (one.data && two.data ? overlapOf(wholeOf(one.data), wholeOf(two.data)) : null),
    [one.data, two.data],
  );
  const error = one.error ?? two.error;
  if (error) return <Trouble error={error} retry={() => Promise.all([one.refetch(), two.refetch()])} />;
  if (blind(first) || blind(second)) return <Alert type="warning" showIcon title={t('compare.noDirection')} />;
  if (!shared) return <Skeleton active title={false} paragraph={{ rows: 4 }} />;
  const rows: [string, string, number][] = [
    [COMPARED.a, t('compare.onlyFirst'), shared.a_m2 - shared.both_m2],
    [COMPARED.both, t('compare.both'), shared.both_m2],
    [COMPARED.b, t('compare.onlySecond'), shared.b_m2 - shared.both_m2],
  ];
  const all = shared.a_m2 + shared.b_m2 - shared.both_m2;
  return (
    <>
      <table className="classes" id="compare-figures">
        <tbody>
          {rows.map(([colour, label, area]) => (
            <tr key={label}>
              <td>
                <i className="swatch" style={{ background: colour }} />
                {label}
              </td>
              <td>{surface(area, lang)}</td>
              <td>{all > 0 ? `${((100 * area) / all).toFixed(0)} %` : ''}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className="soft">
        {t('compare.apart', { m: distance(apart_m, lang) })} · {t('compare.cell', { m: shared.cell_m.toFixed(1) })}
      </p>
    </>
  );
}

/** Two cameras side by side: what each sees, what both see, and how they differ. */
export function Compare({ a, b }: { a: string; b: string | null }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const { first, second } = usePair(a, b);
  const one = useCameraDetails(a);
  useSecondFromMap(a, b);
  if (!first) return <div className="scroll soft">{t('compare.gone')}</div>;
  if (!second)
    return (
      <div className="scroll" id="compare">
        <strong>{titleOf(first, lang)}</strong>
        <Choose first={first} />
      </div>
    );
  const setDesk = (desk: { a: string; b: string | null }) => store.getState().setDesk({ kind: 'compare', ...desk });
  const look = () => {
    const [lon, lat] = [(first.lon + second.lon) / 2, (first.lat + second.lat) / 2];
    const range = Math.max(500, 2.2 * metresBetween(first, second));
    store.getState().goTo({ lon, lat, height: Math.min(first.height, second.height), range });
  };
  return (
    <div className="scroll" id="compare" data-a={a} data-b={second.id}>
      <div className="row" style={{ marginBottom: 8 }}>
        <Button size="small" icon={<SwapOutlined />} onClick={() => setDesk({ a: second.id, b: a })}>
          {t('compare.swap')}
        </Button>
        <Button size="small" onClick={() => setDesk({ a, b: null })}>
          {t('compare.other')}
        </Button>
        <Button size="small" onClick={look}>
          {t('compare.look')}
        </Button>
      </div>
      <Second a={first} b={second} one={one.data} />
      <Figures a={a} b={second.id} apart_m={metresBetween(first, second)} />
    </div>
  );
}

function Second({ a, b, one }: { a: CameraSummary; b: CameraSummary; one: CameraDetails | undefined }) {
  const lang = useLang();
  const two = useCameraDetails(b.id);
  const sides: [string, CameraSummary, CameraDetails | undefined][] = [
    [COMPARED.a, a, one],
    [COMPARED.b, b, two.data],
  ];
  return (
    <>
      <div className="side-by-side">
        {sides.map(([colour, camera, details]) => (
          <div key={camera.id} style={{ borderTop: `3px solid ${colour}` }}>
            <strong title={titleOf(camera, lang)}>{titleOf(camera, lang)}</strong>
            <Still camera={details} name={titleOf(camera, lang)} key={details?.version} />
          </div>
        ))}
      </div>
      <Facts a={one} b={two.data} />
    </>
  );
}
