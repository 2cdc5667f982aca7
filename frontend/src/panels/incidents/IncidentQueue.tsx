import { BellOutlined, FlagFilled, PlusOutlined, SoundOutlined } from '@ant-design/icons';
import { Badge, Button, Empty, Input, Segmented, Select, Skeleton, Table, Tooltip } from 'antd';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  CATEGORIES,
  EVERY_INCIDENT,
  type Incident,
  type IncidentOrder,
  incidentOf,
  isOverdue,
  REALITIES,
  type Reality,
  SEVERITIES,
  SEVERITY_MARKS,
} from '../../model/incidents';
import { keepMuted } from '../../model/mute';
import { useApp, useAppContext, useLang } from '../app';
import { areaName } from '../areaNames';
import { titleOf } from '../cameraTree';
import { count } from '../format';
import { useAllowed } from '../may';
import { Trouble } from '../Trouble';
import { unitName, useClosed, useUnits } from './incidentQueries';
import { CategoryMark, Countdown, ExerciseMark, SeverityMark, StateChip } from './Marks';
import { useNow } from './now';
import { queueOf } from './queueOrder';

const ROW_PX = 62;
/** Of the window's height, what is not the list's. */
const AROUND_PX = 292;
/** How near the eye goes, metres. */
const RANGE_M = 900;

export function useGoToIncident() {
  const { store } = useAppContext();
  return ({ id, lon, lat }: Pick<Incident, 'id' | 'lon' | 'lat'>) => {
    store.getState().openIncident(id);
    store.getState().goTo({ lon, lat, range: RANGE_M });
  };
}

function Filters() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const filter = useApp((state) => state.incidentFilter);
  const order = useApp((state) => state.incidentOrder);
  const areas = useApp((state) => state.areas);
  const { setIncidentFilter, setIncidentOrder } = store.getState();
  return (
    <div className="controls">
      <div className="row">
        <Input.Search
          className="grow"
          id="incident-search"
          allowClear
          value={filter.text}
          placeholder={t('incident.search')}
          aria-label={t('incident.search')}
          onChange={({ target }) => setIncidentFilter({ text: target.value })}
        />
        <Select<IncidentOrder>
          value={order}
          aria-label={t('incident.order')}
          style={{ width: 128 }}
          onChange={setIncidentOrder}
          options={(['urgency', 'deadline', 'newest'] as const).map((value) => ({
            value,
            label: t(`incident.orders.${value}`),
          }))}
        />
      </div>
      <div className="row">
        <Select
          className="grow"
          mode="multiple"
          maxTagCount="responsive"
          allowClear
          value={[...filter.categories]}
          placeholder={t('incident.everyCategory')}
          aria-label={t('incident.category')}
          onChange={(categories) => setIncidentFilter({ categories })}
          options={CATEGORIES.map((value) => ({ value, label: t(`incident.categories.${value}`) }))}
        />
        <Select
          mode="multiple"
          maxTagCount="responsive"
          allowClear
          style={{ width: 108 }}
          value={[...filter.severities]}
          placeholder={t('incident.everySeverity')}
          aria-label={t('incident.severityWord')}
          onChange={(severities) => setIncidentFilter({ severities })}
          options={SEVERITIES.map((value) => ({
            value,
            label: SEVERITY_MARKS[value],
            title: t(`incident.severity.${value}`),
          }))}
        />
        <Select<string>
          showSearch={{ optionFilterProp: 'label' }}
          allowClear
          style={{ width: 116 }}
          value={filter.area}
          placeholder={t('incident.everyArea')}
          aria-label={t('incident.area')}
          onChange={(area) => setIncidentFilter({ area: area ?? null })}
          options={areas
            .filter(({ level }) => level === 'district' || level === 'street')
            .map((area) => ({ value: area.code, label: titleOf(area, lang) }))}
        />
      </div>
      <div className="row">
        <Segmented<'open' | 'standing' | 'closed'>
          size="small"
          value={filter.scope}
          onChange={(scope) => setIncidentFilter({ scope })}
          options={(['open', 'standing', 'closed'] as const).map((value) => ({
            value,
            label: t(`incident.scopes.${value}`),
          }))}
        />
        <span className="grow" />
        <Select<Reality>
          size="small"
          id="reality"
          variant={filter.reality === 'all' ? 'borderless' : 'outlined'}
          popupMatchSelectWidth={false}
          value={filter.reality}
          aria-label={t('incident.exercise')}
          onChange={(reality) => setIncidentFilter({ reality })}
          options={REALITIES.map((value) => ({ value, label: t(`incident.realities.${value}`) }))}
        />
        <Button
          size="small"
          type={filter.supervised ? 'primary' : 'text'}
          icon={<FlagFilled />}
          aria-pressed={filter.supervised}
          onClick={() => setIncidentFilter({ supervised: !filter.supervised })}
        >
          {t('incident.supervised')}
        </Button>
      </div>
    </div>
  );
}

function Row({ incident, chosen }: { incident: Incident; chosen: boolean }) {
  const { t } = useTranslation();
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  const { data: units } = useUnits();
  const place = incident.address || areaName(incident.community || incident.street || incident.district, areas, lang);
  const words = incident.subcategory || incident.description;
  return (
    <div
      className={`incident-row s${incident.severity}${incident.exercise ? ' played' : ''}${chosen ? ' chosen' : ''}`}
      data-incident={incident.id}
    >
      <SeverityMark severity={incident.severity} />
      <span className="what">
        {incident.exercise && <ExerciseMark />}
        <CategoryMark category={incident.category} />
        <strong>{t(`incident.categories.${incident.category}`)}</strong>
        {words && <span className="soft"> · {words}</span>}
      </span>
      <Countdown deadline={incident.deadline} />
      <span className="where soft" title={place}>
        {incident.marked && <FlagFilled title={t('incident.supervised')} />} {place}
      </span>
      <span className="how">
        {incident.unit && <span className="soft unit">{unitName(incident.unit, units, lang)}</span>}
        <StateChip state={incident.state} />
      </span>
    </div>
  );
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

/** Those that stand come with the live feed, the archive is asked for. */
function useListed() {
  const incidents = useApp((state) => state.incidents);
  const filter = useApp((state) => state.incidentFilter);
  const order = useApp((state) => state.incidentOrder);
  const late = useDeferredValue(incidents);
  const text = useDeferredValue(filter);
  const now = useNow(filter.supervised ? 5_000 : 60_000);
  const closed = useClosed(text);
  const listed = useMemo(
    () =>
      text.scope === 'closed'
        ? (closed.data?.features ?? []).map(incidentOf)
        : queueOf({ incidents: late, incidentFilter: text, incidentOrder: order }, now),
    [late, text, order, now, closed.data],
  );
  return { listed, closed, matched: text.scope === 'closed' ? (closed.data?.matched ?? 0) : listed.length };
}

/** Incidents that somebody has to act on, the gravest and the soonest due on top. */
export function IncidentQueue() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const loaded = useApp((state) => state.incidentsLoaded);
  const muted = useApp((state) => state.muted);
  const chosen = useApp((state) => state.incident);
  const { listed, closed, matched } = useListed();
  const go = useGoToIncident();
  const height = useWindowHeight() - AROUND_PX;
  const create = useAllowed('create', 'incident');
  const now = useNow(5_000);
  const overdue = useMemo(() => listed.filter((incident) => isOverdue(incident, now)).length, [listed, now]);
  useEffect(() => {
    document
      .querySelector(`#incidents [data-incident="${CSS.escape(chosen ?? '')}"]`)
      ?.scrollIntoView({ block: 'nearest' });
  }, [chosen]);
  return (
    <>
      <Filters />
      <div id="incidents" className="queue" data-count={listed.length}>
        <div className="row queue-head">
          <span className="grow soft">
            {t('incident.listed', { count: count(matched, lang) })}
            {overdue > 0 && <span className="late"> · {t('incident.overdueCount', { count: overdue })}</span>}
          </span>
          <Tooltip title={t(muted ? 'incident.unmute' : 'incident.mute')}>
            <Button
              size="small"
              type="text"
              id="mute"
              aria-pressed={muted}
              aria-label={t(muted ? 'incident.unmute' : 'incident.mute')}
              icon={
                muted ? (
                  <Badge dot={false}>
                    <BellOutlined style={{ opacity: 0.4 }} />
                  </Badge>
                ) : (
                  <SoundOutlined />
                )
              }
              onClick={() => {
                store.getState().setMuted(!muted);
                keepMuted(store.getState().account?.name ?? '', !muted);
              }}
            />
          </Tooltip>
          <Button
            size="small"
            type="primary"
            id="report-incident"
            icon={<PlusOutlined />}
            {...create}
            onClick={() => store.getState().setDesk({ kind: 'report' })}
          >
            {t('incident.report')}
          </Button>
        </div>
        {closed.error && <Trouble error={closed.error} retry={() => closed.refetch()} />}
        {!loaded ? (
          <Skeleton active style={{ padding: 14 }} />
        ) : listed.length === 0 ? (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('incident.none')}>
            <Button size="small" onClick={() => store.getState().setIncidentFilter(EVERY_INCIDENT)}>
              {t('incident.showAll')}
            </Button>
          </Empty>
        ) : (
          <Table<Incident>
            virtual
            showHeader={false}
            pagination={false}
            size="small"
            rowKey="id"
            dataSource={listed}
            scroll={{ x: 380, y: height }}
            onRow={(incident) => ({ onClick: () => go(incident), style: { cursor: 'pointer', height: ROW_PX } })}
            columns={[
              {
                key: 'incident',
                render: (_, incident) => <Row incident={incident} chosen={incident.id === chosen} />,
              },
            ]}
          />
        )}
      </div>
    </>
  );
}
