import { AimOutlined } from '@ant-design/icons';
import { Button, Empty, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import type { LinkedCamera } from '../../api/types';
import { useApp, useAppContext, useLang } from '../app';
import { areaPath } from '../areaNames';
import { titleOf } from '../cameraTree';
import { Dock } from '../Dock';
import { coordinates, degrees, density, distance } from '../format';
import { TierDot } from '../TierDot';
import { Trouble } from '../Trouble';
import { useCheckpoint } from './incidentQueries';

const RANGE_M = 400;

function Seeing({ camera }: { camera: LinkedCamera }) {
  const lang = useLang();
  const { store } = useAppContext();
  return (
    <button
      type="button"
      className="hit"
      data-camera={camera.camera}
      onClick={() => store.getState().select({ kind: 'camera', id: camera.camera })}
    >
      <TierDot tier={camera.tier} />
      <span className="title">{titleOf(camera, lang)}</span>
      <span className="dist">{distance(camera.distance_m, lang)}</span>
      <span className="facts">{camera.density_px_m !== null && density(camera.density_px_m, lang)}</span>
    </button>
  );
}

/** One checkpoint: its road, lanes and directions, and the cameras that see it. */
export function CheckpointPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const areas = useApp((state) => state.areas);
  const behind = useApp((state) => state.incident !== null);
  const { data, error, refetch } = useCheckpoint(id);
  const properties = data?.properties;
  const [lon = 0, lat = 0] = data?.geometry.coordinates ?? [];
  return (
    <Dock
      side="right"
      title={properties ? titleOf(properties, lang) : t('checkpoint.title')}
      closeLabel={behind ? t('incident.back') : t('checkpoint.close')}
      back={behind}
      onClose={() => store.getState().openCheckpoint(null)}
      extra={
        <Button
          type="text"
          size="small"
          icon={<AimOutlined />}
          aria-label={t('incident.fly')}
          title={t('incident.fly')}
          disabled={!data}
          onClick={() => store.getState().goTo({ lon, lat, range: RANGE_M })}
        />
      }
    >
      <div className="scroll" id="checkpoint-panel" data-checkpoint={id}>
        {error && <Trouble error={error} retry={() => refetch()} />}
        {!data && !error && <Skeleton active title={false} paragraph={{ rows: 6 }} />}
        {data && properties && (
          <>
            <dl className="facts-table">
              <dt>{t('checkpoint.status')}</dt>
              <dd>{t(`condition.${properties.status}`)}</dd>
              {properties.road && (
                <>
                  <dt>{t('checkpoint.road')}</dt>
                  <dd>{properties.road}</dd>
                </>
              )}
              {properties.lanes !== null && (
                <>
                  <dt>{t('checkpoint.lanes')}</dt>
                  <dd>{properties.lanes}</dd>
                </>
              )}
              <dt>{t('checkpoint.directions')}</dt>
              <dd>
                {properties.directions.length === 0 && '–'}
                {properties.directions.map(({ name, heading_deg, lanes }) => (
                  <div key={name}>
                    {name}
                    <span className="soft">
                      {typeof heading_deg === 'number' && ` · ${degrees(heading_deg, lang, 0)}`}
                      {typeof lanes === 'number' && ` · ${t('checkpoint.laneCount', { count: lanes })}`}
                    </span>
                  </div>
                ))}
              </dd>
              {properties.owner && (
                <>
                  <dt>{t('checkpoint.owner')}</dt>
                  <dd>{properties.owner}</dd>
                </>
              )}
              <dt>{t('incident.area')}</dt>
              <dd>{areaPath(properties, areas, lang) || '–'}</dd>
              <dt>{t('incident.place')}</dt>
              <dd>{coordinates(lon, lat)}</dd>
              {properties.remarks && (
                <>
                  <dt>{t('checkpoint.remarks')}</dt>
                  <dd>{properties.remarks}</dd>
                </>
              )}
            </dl>
            <div className="sectionhead">
              <span>{t('checkpoint.cameras', { count: data.cameras.length })}</span>
            </div>
            {data.cameras.length === 0 && (
              <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('link.noneVisible')} />
            )}
            {(data.cameras as LinkedCamera[]).map((camera) => (
              <Seeing key={camera.camera} camera={camera} />
            ))}
          </>
        )}
      </div>
    </Dock>
  );
}
