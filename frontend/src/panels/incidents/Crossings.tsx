import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Crossing } from '../../model/situationState';
import { VEHICLE } from '../../model/vehicles';
import { useApp, useAppContext } from '../app';
import { type Column, DataTable } from '../desk/DataTable';
import { useCityTime } from '../replay/cityTime';
import { VideoNow } from '../replay/VideoNow';
import { useMoverName } from '../vehicles/vehicleQueries';
import { useSeenUntil } from './now';

const RANGE_M = 900;
/** A notice stands for so long. */
const NOTICE_MS = 12_000;

function useShow() {
  const { store } = useAppContext();
  return ({ lon, lat, zone, moverKind, mover }: Crossing) => {
    const state = store.getState();
    state.setZone(zone);
    const known = moverKind === VEHICLE ? state.vehicles.has(mover) : state.movers.get(`${moverKind}:${mover}`);
    if (known) state.openUnit(`${moverKind}:${mover}`);
    state.goTo({ lon, lat, range: RANGE_M });
  };
}

/** Crossings of geofences in the last day, the newest on top. */
export function Crossings() {
  const { t } = useTranslation();
  const nameOf = useMoverName();
  const city = useCityTime();
  const all = useApp((state) => state.crossings);
  const until = useSeenUntil();
  const crossings = useMemo(() => all.filter(({ at }) => at <= until), [all, until]);
  const show = useShow();
  const columns: Column<Crossing>[] = [
    {
      key: 'at',
      title: t('crossing.at'),
      width: 92,
      value: ({ at }) => at,
      show: ({ at }) => city.moment(at),
      first: 'descend',
    },
    { key: 'zone', title: t('crossing.zone'), value: ({ name, zone }) => name || zone },
    {
      key: 'way',
      title: t('crossing.way'),
      width: 74,
      value: ({ way }) => t(`crossing.ways.${way}`),
      show: ({ way }) => <span className={`way ${way}`}>{t(`crossing.ways.${way}`)}</span>,
    },
    { key: 'mover', title: t('crossing.mover'), value: ({ moverKind, mover }) => nameOf(moverKind, mover) },
  ];
  return (
    <div className="scroll" id="crossings" data-count={crossings.length}>
      <p className="soft">{t('crossing.help')}</p>
      <DataTable
        id="crossing-list"
        rows={crossings}
        columns={columns}
        rowKey={({ id }) => id}
        onRow={show}
        file="crossings.csv"
        around={300}
        empty={t('crossing.empty')}
      />
    </div>
  );
}

function Notice({ crossing }: { crossing: Crossing }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const nameOf = useMoverName();
  const city = useCityTime();
  const show = useShow();
  const { id, name, zone, way, moverKind, mover, at } = crossing;
  const pass = () => store.getState().passCrossing(id);
  useEffect(() => {
    const timer = setTimeout(() => store.getState().passCrossing(id), NOTICE_MS);
    return () => clearTimeout(timer);
  }, [id, store]);
  return (
    <div className="crossing" data-crossing={id}>
      <button
        type="button"
        className="what"
        onClick={() => {
          show(crossing);
          pass();
        }}
      >
        <span className={`way ${way}`}>{t(`crossing.ways.${way}`)}</span>
        <strong>{name || zone}</strong>
        <span className="grow">{nameOf(moverKind, mover)}</span>
        <VideoNow title={t('crossing.live')} />
        <span className="soft">{city.moment(at)}</span>
      </button>
      <Button type="text" size="small" icon={<CloseOutlined />} aria-label={t('live.seen')} onClick={pass} />
    </div>
  );
}

/** What was crossed just now; a click goes there. */
export function CrossingNotices() {
  const { t } = useTranslation();
  const crossed = useApp((state) => state.crossed);
  return (
    <output className="crossings" aria-label={t('crossing.title')}>
      {crossed.map((one) => (
        <Notice key={one.id} crossing={one} />
      ))}
    </output>
  );
}
