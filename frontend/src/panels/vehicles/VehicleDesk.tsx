import { DownloadOutlined } from '@ant-design/icons';
import { Button, Empty, Input, Select, Skeleton, Table, type TableRef, Tooltip } from 'antd';
import { type KeyboardEvent, useDeferredValue, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  ageText,
  countsOf,
  DUTIES,
  EVERY_VEHICLE,
  fullName,
  keyOf,
  type Listed,
  listed,
  ORDERS,
  type Presence,
  shortName,
  VEHICLE_TYPES,
  type VehicleOrder,
} from '../../model/vehicles';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { csv } from '../desk/csv';
import type { Column } from '../desk/DataTable';
import { download } from '../exportCameras';
import { count } from '../format';
import { unitName, useUnits } from '../incidents/incidentQueries';
import { useNow } from '../incidents/now';
import { DutyChip, DutyMark, VehicleDot } from './Marks';
import { useAllVehicles, useGoToVehicle } from './vehicleQueries';

const ROW_PX = 54;
/** Of the window's height, what is not the list's. */
const AROUND_PX = 318;
const KM_H = 3.6;
const PRESENCES: readonly Presence[] = ['live', 'silent', 'unheard'];

function Filters({ all }: { all: readonly Listed[] }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const filter = useApp((state) => state.vehicleFilter);
  const order = useApp((state) => state.vehicleOrder);
  const areas = useApp((state) => state.areas);
  const { data: units } = useUnits();
  const { setVehicleFilter, setVehicleOrder } = store.getState();
  const own = useMemo(() => [...new Set(all.map(({ vehicle }) => vehicle.unit))].filter(Boolean), [all]);
  return (
    <div className="controls">
      <div className="row">
        <Input.Search
          className="grow"
          id="vehicle-search"
          allowClear
          value={filter.text}
          placeholder={t('vehicle.search')}
          aria-label={t('vehicle.search')}
          onChange={({ target }) => setVehicleFilter({ text: target.value })}
        />
        <Select<VehicleOrder>
          value={order}
          aria-label={t('vehicle.order')}
          style={{ width: 132 }}
          onChange={setVehicleOrder}
          options={ORDERS.map((value) => ({ value, label: t(`vehicle.orders.${value}`) }))}
        />
      </div>
      <div className="row">
        <Select
          className="grow"
          mode="multiple"
          maxTagCount="responsive"
          allowClear
          id="vehicle-types"
          value={[...filter.types]}
          placeholder={t('vehicle.everyType')}
          aria-label={t('vehicle.type')}
          onChange={(types) => setVehicleFilter({ types })}
          options={VEHICLE_TYPES.map((value) => ({ value, label: t(`vehicle.types.${value}`) }))}
        />
        <Select
          className="grow"
          mode="multiple"
          maxTagCount="responsive"
          allowClear
          value={[...filter.presence]}
          placeholder={t('vehicle.everyPresence')}
          aria-label={t('vehicle.presence')}
          onChange={(presence) => setVehicleFilter({ presence })}
          options={PRESENCES.map((value) => ({ value, label: t(`vehicle.presences.${value}`) }))}
        />
      </div>
      <div className="row">
        <Select<string>
          className="grow"
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          value={filter.unit}
          placeholder={t('vehicle.everyUnit')}
          aria-label={t('vehicle.unit')}
          onChange={(unit) => setVehicleFilter({ unit: unit ?? null })}
          options={own.map((value) => ({ value, label: unitName(value, units, lang) }))}
        />
        <Select<string>
          className="grow"
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          value={filter.district}
          placeholder={t('vehicle.everyDistrict')}
          aria-label={t('vehicle.district')}
          onChange={(district) => setVehicleFilter({ district: district ?? null })}
          options={areas
            .filter(({ level }) => level === 'district')
            .map((area) => ({ value: area.code, label: titleOf(area, lang) }))}
        />
      </div>
    </div>
  );
}

/** How many are free, busy, off duty, silent; a click shows just these. */
function Counts({ all }: { all: readonly Listed[] }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const { duties, presence } = useApp((state) => state.vehicleFilter);
  const counts = useMemo(() => countsOf(all), [all]);
  const { setVehicleFilter } = store.getState();
  const silent = presence.length > 0 && !presence.includes('live');
  return (
    <div className="row vehicle-counts" id="vehicle-counts">
      {DUTIES.map((duty) => (
        <button
          type="button"
          key={duty}
          className="kind"
          data-duty={duty}
          aria-pressed={duties.includes(duty)}
          onClick={() => setVehicleFilter({ duties: duties.includes(duty) ? [] : [duty] })}
        >
          <DutyMark duty={duty} /> {t(`vehicle.duties.${duty}`)} <strong>{count(counts[duty], lang)}</strong>
        </button>
      ))}
      <button
        type="button"
        className="kind"
        data-duty="silent"
        aria-pressed={silent}
        title={t('vehicle.silentHelp')}
        onClick={() => setVehicleFilter({ presence: silent ? [] : ['silent', 'unheard'] })}
      >
        <span className="presence silent">{t('vehicle.silent')}</span> <strong>{count(counts.silent, lang)}</strong>
      </button>
    </div>
  );
}

function Row({ one, chosen, active, now }: { one: Listed; chosen: boolean; active: boolean; now: number }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { vehicle, heard, presence } = one;
  const speed = presence === 'live' && heard?.speed != null ? `${Math.round(heard.speed * KM_H)} km/h` : '';
  const short = shortName(vehicle, lang);
  const name = fullName(vehicle, lang);
  return (
    <div
      className={`vehicle-row${chosen ? ' chosen' : ''}${active ? ' active' : ''}`}
      data-vehicle={vehicle.id}
      data-presence={presence}
    >
      <VehicleDot type={vehicle.type} duty={vehicle.duty} silent={presence !== 'live'} />
      <span className="what">
        <strong>{short}</strong>
        {name !== short && <span className="soft"> · {name}</span>}
      </span>
      <span className="how">{speed}</span>
      <span className="where soft">
        {[t(`vehicle.types.${vehicle.type}`), vehicle.plate].filter(Boolean).join(' · ')}
      </span>
      <span className="how">
        <span className={`presence ${presence}`}>
          {heard ? t('vehicle.ago', { time: ageText(now - heard.heard, lang) }) : t('vehicle.never')}
        </span>{' '}
        <DutyChip duty={vehicle.duty} />
      </span>
    </div>
  );
}

/** What the file holds: what is on the screen, and where each was last heard of. */
function useColumns(): Column<Listed>[] {
  const { t } = useTranslation();
  const lang = useLang();
  const { data: units } = useUnits();
  return [
    { key: 'id', title: 'id', value: ({ vehicle }) => vehicle.id },
    { key: 'name', title: t('vehicle.name'), value: ({ vehicle }) => fullName(vehicle, lang) },
    { key: 'call', title: t('vehicle.callSign'), value: ({ vehicle }) => vehicle.call_sign },
    { key: 'plate', title: t('vehicle.plate'), value: ({ vehicle }) => vehicle.plate },
    { key: 'type', title: t('vehicle.type'), value: ({ vehicle }) => t(`vehicle.types.${vehicle.type}`) },
    { key: 'duty', title: t('vehicle.duty'), value: ({ vehicle }) => t(`vehicle.duties.${vehicle.duty}`) },
    { key: 'unit', title: t('vehicle.unit'), value: ({ vehicle }) => unitName(vehicle.unit, units, lang) },
    { key: 'incident', title: t('vehicle.incident'), value: ({ vehicle }) => vehicle.incident },
    {
      key: 'heard',
      title: t('vehicle.heard'),
      value: ({ heard }) => (heard ? new Date(heard.heard).toISOString() : null),
    },
    { key: 'lon', title: 'lon', value: ({ heard }) => heard?.lon ?? null },
    { key: 'lat', title: 'lat', value: ({ heard }) => heard?.lat ?? null },
    {
      key: 'speed',
      title: 'km/h',
      value: ({ heard }) => (heard?.speed == null ? null : Math.round(heard.speed * KM_H)),
    },
  ];
}

function useWindowHeight(): number {
  const [height, setHeight] = useState(window.innerHeight);
  useEffect(() => {
    const changed = () => setHeight(window.innerHeight);
    window.addEventListener('resize', changed);
    return () => window.removeEventListener('resize', changed);
  }, []);
  return height;
}

/** The city's own vehicles; arrows walk through them, Enter flies to one. */
export function VehicleDesk() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const { all, loading } = useAllVehicles();
  const filter = useDeferredValue(useApp((state) => state.vehicleFilter));
  const order = useApp((state) => state.vehicleOrder);
  const unit = useApp((state) => state.unit);
  const shown = useMemo(() => listed(all, filter, order, lang), [all, filter, order, lang]);
  const [active, setActive] = useState<string | null>(null);
  const table = useRef<TableRef>(null);
  const go = useGoToVehicle();
  const columns = useColumns();
  const now = useNow();
  const height = useWindowHeight() - AROUND_PX;
  useEffect(() => document.getElementById('vehicle-search')?.focus(), []);
  const onKeyDown = (event: KeyboardEvent) => {
    // Keys of an input method are its own.
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const inside = event.target instanceof HTMLElement && event.target.closest('.ant-select, button');
    if (inside) return;
    const at = shown.findIndex(({ vehicle }) => vehicle.id === active);
    if (step) {
      event.preventDefault();
      const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
      if (!next) return;
      setActive(next.vehicle.id);
      table.current?.scrollTo({ key: next.vehicle.id });
    } else if (event.key === 'Enter') {
      const one = shown[Math.max(at, 0)];
      if (one) void go(one.vehicle.id);
    } else if (event.key === 'Escape') store.getState().setDesk(null);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: keys of the field and of the list within
    <div className="vehicle-desk" onKeyDown={onKeyDown}>
      <Filters all={all} />
      <Counts all={all} />
      <div id="vehicles" className="queue" data-count={shown.length}>
        <div className="row queue-head">
          <span className="grow soft">
            {t('vehicle.listed', { count: count(shown.length, lang), total: count(all.length, lang) })}
          </span>
          <Tooltip title={t('vehicle.csvHelp')}>
            <Button
              size="small"
              icon={<DownloadOutlined />}
              disabled={shown.length === 0}
              onClick={() => download('vehicles.csv', 'text/csv;charset=utf-8', csv(columns, shown))}
            >
              CSV
            </Button>
          </Tooltip>
        </div>
        {loading ? (
          <Skeleton active style={{ padding: 14 }} />
        ) : shown.length === 0 ? (
          <Empty
            image={Empty.PRESENTED_IMAGE_SIMPLE}
            description={t(all.length === 0 ? 'vehicle.noneAtAll' : 'vehicle.none')}
          >
            {all.length > 0 && (
              <Button size="small" onClick={() => store.getState().setVehicleFilter(EVERY_VEHICLE)}>
                {t('vehicle.showAll')}
              </Button>
            )}
          </Empty>
        ) : (
          <Table<Listed>
            ref={table}
            virtual
            showHeader={false}
            pagination={false}
            size="small"
            rowKey={({ vehicle }) => vehicle.id}
            dataSource={shown}
            scroll={{ x: 380, y: Math.max(160, height) }}
            onRow={({ vehicle }) => ({
              onClick: () => {
                setActive(vehicle.id);
                void go(vehicle.id);
              },
              style: { cursor: 'pointer', height: ROW_PX },
            })}
            columns={[
              {
                key: 'vehicle',
                render: (_, one) => (
                  <Row one={one} now={now} chosen={unit === keyOf(one.vehicle.id)} active={one.vehicle.id === active} />
                ),
              },
            ]}
          />
        )}
      </div>
    </div>
  );
}
