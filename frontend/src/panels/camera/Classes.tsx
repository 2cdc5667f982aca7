import { Alert, Checkbox, Segmented, Select, Skeleton, Tooltip } from 'antd';
import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraDetails, CoverageAnswer, Ladder } from '../../api/types';
import type { AimChoice } from '../../model/cameraState';
import { classColour } from '../../model/classes';
import { useApp, useAppContext, useLang } from '../app';
import { degrees, density, surface } from '../format';
import { Trouble } from '../Trouble';
import type { Overlays } from './overlays';

type Rung = { id: string; name: string; px_m: number };

interface Seen {
  ground: number;
  facade: number;
}

/** Square metres of ground and facades by class. */
export function areasByClass(coverage: CoverageAnswer | undefined): Map<string, Seen> {
  const seen = new Map<string, Seen>();
  for (const { properties } of coverage?.features ?? []) {
    const so = seen.get(properties.class) ?? { ground: 0, facade: 0 };
    so[properties.surface] += properties.area_m2;
    seen.set(properties.class, so);
  }
  return seen;
}

/** Every class of the ladder with its colour and what is seen at it: the table is the map's legend. */
export const ClassTable = memo(function ClassTable({
  coverage,
  ladder,
}: {
  coverage: CoverageAnswer | undefined;
  ladder: Ladder;
}) {
  const { t } = useTranslation();
  const lang = useLang();
  const rungs: readonly Rung[] = useApp((state) => state.city?.ladders[ladder]) ?? [];
  const seen = areasByClass(coverage);
  const ordered = rungs.toSorted((a, b) => a.px_m - b.px_m);
  const total = (surfaceOf: keyof Seen) => [...seen.values()].reduce((sum, so) => sum + so[surfaceOf], 0);
  const other = lang === 'zh' ? 'en' : 'zh';
  const shown = (area: number) => (coverage ? (area > 0 ? surface(area, lang) : '–') : '…');
  return (
    <table className="classes" id="coverage-classes" data-ladder={ladder}>
      <thead>
        <tr>
          <th>{t('camera.class')}</th>
          <th>{t('facts.ground')}</th>
          <th>{t('facts.facades')}</th>
        </tr>
      </thead>
      <tbody>
        {ordered.map(({ id, px_m }) => {
          const { ground, facade } = seen.get(id) ?? { ground: 0, facade: 0 };
          return (
            <tr key={id} data-class={id} className={ground + facade > 0 ? undefined : 'soft'}>
              <td>
                <i className="swatch" style={{ background: classColour(ladder, id) }} />
                {t(`class.${id}`)}{' '}
                <small className="soft">
                  {t(`class.${id}`, { lng: other })} ≥ {density(px_m, lang)}
                </small>
              </td>
              <td>{shown(ground)}</td>
              <td>{shown(facade)}</td>
            </tr>
          );
        })}
        <tr className="total">
          <td>{t('facts.total')}</td>
          <td>{coverage ? surface(total('ground'), lang) : '…'}</td>
          <td>{coverage ? surface(total('facade'), lang) : '…'}</td>
        </tr>
      </tbody>
    </table>
  );
});

/** Ground that only trees and the like hide: the surface model has them, the eye may look through in winter. */
function Trees({ coverage }: { coverage: CoverageAnswer | undefined }) {
  const { t } = useTranslation();
  const lang = useLang();
  const hidden = coverage?.features[0]?.properties.blocked_by_surface_m2 ?? 0;
  if (hidden <= 0) return null;
  return <p className="soft">{t('facts.trees', { area: surface(hidden, lang) })}</p>;
}

export const LadderChoice = memo(function LadderChoice() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const ladder = useApp((state) => state.ladder);
  return (
    <Segmented<Ladder>
      size="small"
      value={ladder}
      aria-label={t('camera.ladder')}
      onChange={store.getState().setLadder}
      options={[
        { value: '2014', label: <span title={t('camera.ladder2014')}>2014</span> },
        { value: '2025', label: <span title={t('camera.ladder2025')}>2025</span> },
      ]}
    />
  );
});

/** A PTZ camera: all that it reaches, what it sees now, or what it would see from a preset. */
function AimChooser({ camera }: { camera: CameraDetails }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const choice = useApp((state) => state.aims[camera.id]) ?? 'reach';
  const words = ({ pan, tilt, zoom }: { pan: number; tilt: number; zoom: number }) =>
    [
      t('facts.pan', { value: degrees(pan, lang) }),
      t('facts.tilt', { value: degrees(tilt, lang) }),
      t('facts.zoom', { value: zoom.toFixed(1) }),
    ].join(' · ');
  const now = camera.aim ? words(camera.aim) : t('facts.home');
  const options: { value: AimChoice; label: string; title: string }[] = [
    { value: 'reach', label: t('facts.reach'), title: t('camera.ptzCoverage') },
    { value: 'now', label: `${t('facts.now')} · ${now}`, title: now },
    ...camera.presets.map((preset) => ({
      value: `preset:${preset.name}` as const,
      label: t('facts.preset', { name: preset.name }),
      title: words(preset),
    })),
  ];
  return (
    <div className="aimrow">
      <Tooltip title={t('facts.aimHelp')}>
        <span className="soft">{t('facts.aim')}</span>
      </Tooltip>
      <Select<AimChoice>
        size="small"
        id="aim-choice"
        value={choice}
        style={{ flex: 1, minWidth: 0 }}
        onChange={(value) => store.getState().setAim(camera.id, value)}
        options={options}
      />
    </div>
  );
}

/** What the camera sees of ground and facades by class, and which of it the scene shows. */
export function Classes({ camera, overlays }: { camera: CameraDetails; overlays: Overlays }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const layers = useApp((state) => state.layers);
  const { coverage, cone, blind, ladder } = overlays;
  if (blind)
    return <Alert type="info" showIcon title={t('camera.noHeading')} description={t('camera.noHeadingHelp')} />;
  const { setLayer } = store.getState();
  return (
    <>
      {camera.type === 'ptz' && <AimChooser camera={camera} />}
      <div className="sectionhead">
        <Tooltip title={camera.type === 'ptz' ? t('camera.ptzCoverage') : t('camera.coverageHelp')}>
          <span>{t('camera.coverage')}</span>
        </Tooltip>
        <LadderChoice />
      </div>
      <div className="checks">
        <Checkbox checked={layers.cone} onChange={(event) => setLayer('cone', event.target.checked)}>
          {t('camera.showCone')}
        </Checkbox>
        <Checkbox checked={layers.coverage} onChange={(event) => setLayer('coverage', event.target.checked)}>
          {t('camera.showCoverage')}
        </Checkbox>
        <Tooltip title={t('facts.meshHelp')}>
          <Checkbox checked={layers.viewMesh} onChange={(event) => setLayer('viewMesh', event.target.checked)}>
            {t('facts.mesh')}
          </Checkbox>
        </Tooltip>
      </div>
      {coverage.error ? (
        <Trouble error={coverage.error} retry={() => coverage.refetch()} />
      ) : coverage.isPending ? (
        <Skeleton active title={false} paragraph={{ rows: 6 }} />
      ) : (
        <div style={{ opacity: coverage.isPlaceholderData ? 0.55 : 1 }}>
          <ClassTable coverage={coverage.data} ladder={ladder} />
          <Trees coverage={coverage.data} />
        </div>
      )}
      {cone.error && <Trouble error={cone.error} retry={() => cone.refetch()} />}
    </>
  );
}
