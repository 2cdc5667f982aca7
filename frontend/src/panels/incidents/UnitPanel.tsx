import { AimOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useSyncExternalStore } from 'react';
import { useTranslation } from 'react-i18next';
import { clock } from '../../model/incidents';
import { type Mover, moverState } from '../../model/movers';
import { useApp, useAppContext, useLang } from '../app';
import { Dock } from '../Dock';
import { coordinates, degrees } from '../format';
import { unitName, useUnits } from './incidentQueries';
import { useNow } from './now';

const RANGE_M = 600;
const KM_H = 3.6;

/** What is known of something that moves, as it changes. */
function useMover(key: string): Mover | undefined {
  const movers = useApp((state) => state.movers);
  return useSyncExternalStore(
    (tell) => movers.listen((changed) => changed.has(key) && tell()),
    () => movers.get(key),
  );
}

function Live({ mover }: { mover: Mover }) {
  const { t } = useTranslation();
  const lang = useLang();
  const now = useNow();
  const state = moverState(mover, now);
  return (
    <>
      <dt>{t('unit.state')}</dt>
      <dd>
        <span className={`unitstate ${state}`} data-state={state}>
          {t(`unit.states.${state}`)}
        </span>
      </dd>
      <dt>{t('unit.speed')}</dt>
      <dd>{mover.speed === null ? '–' : `${Math.round(mover.speed * KM_H)} km/h`}</dd>
      <dt>{t('unit.heading')}</dt>
      <dd>{mover.heading === null ? '–' : degrees(mover.heading, lang, 0)}</dd>
      <dt>{t('unit.heard')}</dt>
      <dd>{t('unit.ago', { time: clock(Math.max(0, now - mover.heard)) })}</dd>
      <dt>{t('incident.place')}</dt>
      <dd>{coordinates(mover.lon, mover.lat)}</dd>
    </>
  );
}

/** A car or patrol that reports where it is, or a unit that does not. */
export function UnitPanel({ unit: key }: { unit: string }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const behind = useApp((state) => state.incident !== null);
  const { data: units } = useUnits();
  const mover = useMover(key);
  const id = key.slice(key.indexOf(':') + 1);
  const record = units?.find((one) => one.id === id);
  const properties = record?.properties;
  const [lon, lat] = mover ? [mover.lon, mover.lat] : (record?.geometry.coordinates ?? []);
  return (
    <Dock
      side="right"
      title={unitName(id, units, lang)}
      closeLabel={behind ? t('incident.back') : t('unit.close')}
      back={behind}
      onClose={() => store.getState().openUnit(null)}
    >
      <div className="scroll" id="unit-panel" data-unit={id}>
        <dl className="facts-table">
          <dt>{t('unit.kind')}</dt>
          <dd>{t(mover ? 'unit.mobile' : 'unit.housed')}</dd>
          <dt>{t('unit.id')}</dt>
          <dd>{id}</dd>
          {properties && properties.sources.length > 0 && (
            <>
              <dt>{t('unit.agency')}</dt>
              <dd>{properties.sources.map((source) => t(`incident.source.${source}`, source)).join(' · ')}</dd>
            </>
          )}
          {mover ? (
            <Live mover={mover} />
          ) : (
            <>
              <dt>{t('unit.state')}</dt>
              <dd className="soft">{t('unit.never')}</dd>
              {lon !== undefined && lat !== undefined && (
                <>
                  <dt>{t('incident.place')}</dt>
                  <dd>{coordinates(lon, lat)}</dd>
                </>
              )}
            </>
          )}
          {properties?.address && (
            <>
              <dt>{t('incident.where')}</dt>
              <dd>{properties.address}</dd>
            </>
          )}
          {properties?.phone && (
            <>
              <dt>{t('unit.phone')}</dt>
              <dd>{properties.phone}</dd>
            </>
          )}
        </dl>
        {lon !== undefined && lat !== undefined && (
          <Button
            size="small"
            id="centre-unit"
            icon={<AimOutlined />}
            style={{ marginTop: 12 }}
            onClick={() => store.getState().goTo({ lon, lat, range: RANGE_M })}
          >
            {t('unit.centre')}
          </Button>
        )}
      </div>
    </Dock>
  );
}
