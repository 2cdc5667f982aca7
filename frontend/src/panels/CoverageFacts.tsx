import { Alert, Checkbox, Segmented, Skeleton, Tooltip } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraSummary, CoverageAnswer, Ladder } from '../api/types';
import { classColour } from '../model/classes';
import { useApp, useAppContext, useLang } from './app';
import { density, surface } from './format';
import { useCone, useCoverage } from './queries';
import { Trouble } from './Trouble';

function ClassTable({ coverage, ladder }: { coverage: CoverageAnswer; ladder: Ladder }) {
  const { t } = useTranslation();
  const lang = useLang();
  if (coverage.features.length === 0) return <p className="soft">{t('camera.noCoverage')}</p>;
  return (
    <table className="classes" id="coverage-classes">
      <thead>
        <tr>
          <th>{t('camera.class')}</th>
          <th>{t('camera.minDensity')}</th>
          <th>{t('camera.areaSize')}</th>
        </tr>
      </thead>
      <tbody>
        {[...coverage.features]
          .sort((a, b) => a.properties.min_px_m - b.properties.min_px_m)
          .map(({ properties }) => (
            <tr key={properties.class}>
              <td>
                <i className="swatch" style={{ background: classColour(ladder, properties.class) }} />
                {t(`class.${properties.class}`)}
              </td>
              <td>≥ {density(properties.min_px_m, lang)}</td>
              <td>{surface(properties.area_m2, lang)}</td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}

/** The cone and the coverage of the chosen camera: fetched here, drawn by the scene, explained in this table. */
export function CoverageFacts({ camera }: { camera: CameraSummary }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const ladder = useApp((state) => state.ladder);
  const layers = useApp((state) => state.layers);
  const click = useApp((state) => state.click);
  const link = useApp((state) => state.link);
  const blind = camera.type === 'fixed' && camera.heading === null;
  const seesPlace = link?.cameras.some((other) => other.camera === camera.id && other.visible) ?? false;
  const toward: [number, number, number] | null =
    camera.type === 'ptz' && click && link && seesPlace ? [link.place.lon, link.place.lat, link.place.height] : null;
  const turnable = camera.heading !== null || toward !== null;
  const coverage = useCoverage(camera.id, ladder, !blind);
  const cone = useCone(camera.id, toward, !blind && turnable);

  useEffect(() => {
    if (coverage.data) store.getState().setCoverage({ camera: camera.id, ladder, geojson: coverage.data });
  }, [coverage.data, camera.id, ladder, store]);
  useEffect(() => {
    if (cone.data) store.getState().setCone(cone.data);
  }, [cone.data, store]);

  if (blind)
    return <Alert type="info" showIcon title={t('camera.noHeading')} description={t('camera.noHeadingHelp')} />;
  const { setLadder, setLayer } = store.getState();
  return (
    <>
      <div className="sectionhead">
        <Tooltip title={camera.type === 'ptz' ? t('camera.ptzCoverage') : t('camera.coverageHelp')}>
          <span>{t('camera.coverage')}</span>
        </Tooltip>
        <Segmented<Ladder>
          size="small"
          value={ladder}
          aria-label={t('camera.ladder')}
          onChange={setLadder}
          options={[
            { value: '2014', label: <span title={t('camera.ladder2014')}>2014</span> },
            { value: '2025', label: <span title={t('camera.ladder2025')}>2025</span> },
          ]}
        />
      </div>
      <div className="row" style={{ display: 'flex', gap: 16 }}>
        <Checkbox checked={layers.cone} onChange={(event) => setLayer('cone', event.target.checked)}>
          {t('camera.showCone')}
        </Checkbox>
        <Checkbox checked={layers.coverage} onChange={(event) => setLayer('coverage', event.target.checked)}>
          {t('camera.showCoverage')}
        </Checkbox>
      </div>
      {coverage.error ? (
        <Trouble error={coverage.error} retry={() => coverage.refetch()} />
      ) : coverage.data ? (
        <ClassTable coverage={coverage.data} ladder={ladder} />
      ) : (
        <Skeleton active title={false} paragraph={{ rows: 4 }} />
      )}
      {cone.error && <Trouble error={cone.error} retry={() => cone.refetch()} />}
    </>
  );
}
