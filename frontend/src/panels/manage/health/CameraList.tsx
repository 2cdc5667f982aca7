import { Button, Input, Select, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { CameraHealth } from '../../../api/health';
import { FAULTS } from '../../../model/health';
import { NO_FILTER, type Reached } from '../../../model/healthState';
import { useApp, useAppContext, useLang } from '../../app';
import { areaName } from '../../areaNames';
import { count } from '../../format';
import { FaultTags, OnlineSign } from '../../health/ConditionMark';
import { useHealthWords } from '../../health/words';
import { useNow } from '../../incidents/now';
import { TierDot } from '../../TierDot';
import { FileButton, type PagedColumn, PagedTable } from '../PagedTable';
import { useGroupName } from './Groups';
import { healthQuery, useHealthCameras } from './queries';

const onlineKey = (online: boolean | null) => (online === null ? 'unknown' : online ? 'online' : 'offline');

function useColumns(): PagedColumn<CameraHealth>[] {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHealthWords();
  const areas = useApp((state) => state.areas);
  const now = useNow(60_000);
  const where = (row: CameraHealth) =>
    [row.district, row.street]
      .map((code) => areaName(code, areas, lang))
      .filter(Boolean)
      .join(' ');
  return [
    {
      key: 'name',
      title: t('health.camera'),
      width: 200,
      sort: 'name',
      value: (row) => row.name,
      show: (row) => (
        <span className="node">
          <TierDot tier={row.tier} />
          <span className="name" title={row.name}>
            {row.name}
          </span>
        </span>
      ),
    },
    {
      key: 'online',
      title: t('health.stateWord'),
      width: 86,
      value: (row) => t(`health.state.${onlineKey(row.online)}`),
      show: (row) => <OnlineSign online={row.online} title={row.why_text ?? undefined} />,
    },
    {
      key: 'faults',
      title: t('health.faults'),
      width: 170,
      value: (row) => words.faults(row.faults),
      show: (row) =>
        row.faults.length > 0 ? (
          <FaultTags faults={row.faults} />
        ) : (
          <span className="soft">{row.online === false ? row.why_text : row.judged_at ? t('health.noFault') : ''}</span>
        ),
    },
    {
      key: 'since',
      title: t('health.since'),
      width: 130,
      sort: 'online_since',
      value: (row) => row.online_since,
      show: (row) =>
        row.online_since && (
          <span title={words.moment(row.online_since)}>{words.length(now - Date.parse(row.online_since))}</span>
        ),
    },
    {
      key: 'order',
      title: t('health.order'),
      width: 78,
      value: (row) => row.order,
      show: (row) => row.order && <Tag variant="filled">{t('health.ordered')}</Tag>,
    },
    { key: 'where', title: t('health.where'), width: 170, value: where },
    { key: 'owner', title: t('camera.owner'), width: 150, sort: 'owner', value: (row) => row.owner },
    {
      key: 'contractor',
      title: t('health.contractor'),
      width: 150,
      sort: 'contractor',
      value: (row) => row.contractor,
    },
    {
      key: 'judged',
      title: t('health.judged'),
      width: 110,
      sort: 'judged_at',
      value: (row) => row.judged_at,
      show: (row) =>
        row.judged_at ? words.ago(row.judged_at, now) : <span className="soft">{t('health.never')}</span>,
    },
    { key: 'id', title: t('camera.id'), value: (row) => row.camera, fileOnly: true },
    { key: 'why', title: t('health.why'), value: (row) => row.why_text, fileOnly: true },
  ];
}

const REACHED: readonly Reached[] = ['false', 'true', 'unknown'];
const REACHED_WORDS = { true: 'online', false: 'offline', unknown: 'unknown' } as const;

/** What the list is narrowed to, each with a way to take it back. */
function Narrowed() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const filter = useApp((state) => state.healthFilter);
  const areas = useApp((state) => state.areas);
  const groupName = useGroupName();
  const { setHealthFilter } = store.getState();
  const narrowed = JSON.stringify({ ...filter, page: 1, sort: '' }) !== JSON.stringify(NO_FILTER);
  return (
    <>
      {filter.group && (
        <Tag closable onClose={() => setHealthFilter({ group: null })}>
          {t(`health.axes.${filter.group.axis}`)}:{' '}
          {groupName(filter.group.axis, filter.group.code, areaName(filter.group.code, areas, lang))}
        </Tag>
      )}
      <Button size="small" type="link" disabled={!narrowed} onClick={() => setHealthFilter(NO_FILTER)}>
        {t('health.clear')}
      </Button>
    </>
  );
}

/** The cameras, each with how it is. */
export function CameraList() {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHealthWords();
  const { store, api } = useAppContext();
  const filter = useApp((state) => state.healthFilter);
  const chosen = useApp((state) => state.healthCamera);
  const list = useHealthCameras(filter);
  const columns = useColumns();
  const { setHealthFilter, openHealth } = store.getState();
  const total = list.data?.total ?? 0;
  return (
    <section className="cameralist" aria-label={t('health.cameras')}>
      <search className="row">
        <Input.Search
          allowClear
          size="small"
          id="health-search"
          value={filter.text}
          placeholder={t('health.search')}
          aria-label={t('health.search')}
          onChange={({ target }) => setHealthFilter({ text: target.value })}
        />
        <Select<Reached>
          allowClear
          size="small"
          id="health-online"
          aria-label={t('health.stateWord')}
          placeholder={t('health.anyState')}
          value={filter.online}
          onChange={(online?: Reached) => setHealthFilter({ online: online ?? null })}
          options={REACHED.map((value) => ({ value, label: t(`health.state.${REACHED_WORDS[value]}`) }))}
        />
        <Select
          allowClear
          size="small"
          aria-label={t('health.faults')}
          placeholder={t('health.anyFault')}
          value={filter.fault}
          onChange={(fault) => setHealthFilter({ fault: fault ?? null })}
          options={FAULTS.map((value) => ({ value, label: words.fault(value) }))}
        />
        <Narrowed />
        <span className="grow" />
        <span className="soft nowrap">{t('health.count', { count: total, value: count(total, lang) })}</span>
        <FileButton
          file="camera-health.csv"
          columns={columns}
          disabled={total === 0}
          ask={(limit, offset) => api.healthCameras({ ...healthQuery(filter), limit, offset })}
        />
      </search>
      <PagedTable<CameraHealth>
        id="health-cameras"
        rowKey={(row) => row.camera}
        columns={columns}
        page={list.data}
        loading={list.isPending || list.isPlaceholderData}
        error={list.error}
        retry={() => void list.refetch()}
        at={filter.page}
        onPage={(page) => setHealthFilter({ page })}
        sort={filter.sort}
        onSort={(sort) => setHealthFilter({ sort })}
        chosen={chosen}
        onOpen={(row) => openHealth(row.camera)}
        empty={
          <>
            {t('health.empty')}
            <br />
            <span className="soft">{t('health.emptyHelp')}</span>
          </>
        }
        height="calc(100vh - 470px)"
      />
    </section>
  );
}
