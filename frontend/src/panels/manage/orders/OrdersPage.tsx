import { PlusOutlined } from '@ant-design/icons';
import { Button, Checkbox, Input, Select } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RepairOrder } from '../../../api/health';
import { ORDER_STATES } from '../../../model/health';
import { NO_ORDER_FILTER, type OrderScope } from '../../../model/healthState';
import { useApp, useAppContext, useLang } from '../../app';
import { areaName } from '../../areaNames';
import { count } from '../../format';
import { useHealthWords } from '../../health/words';
import { useAllowed } from '../../may';
import { orderQuery, useRepairOrders } from '../health/queries';
import { FileButton, type PagedColumn, PagedTable } from '../PagedTable';
import { ContractorPick } from './ContractorPick';
import { useCameraName } from './cameraName';
import { Deadline, OrderChip } from './Deadline';
import { NewOrder } from './NewOrder';
import { OrderDrawer } from './OrderDrawer';

const SCOPES: readonly OrderScope[] = ['standing', ...ORDER_STATES, 'all'];

function useColumns(): PagedColumn<RepairOrder>[] {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHealthWords();
  const areas = useApp((state) => state.areas);
  const nameOf = useCameraName();
  return [
    { key: 'camera', title: t('health.camera'), width: 210, sort: 'camera_name', value: nameOf },
    { key: 'faults', title: t('health.faults'), width: 180, value: (row) => words.faults(row.faults) },
    {
      key: 'state',
      title: t('order.state'),
      width: 96,
      sort: 'state',
      value: (row) => t(`order.states.${row.state}`),
      show: (row) => <OrderChip state={row.state} />,
    },
    {
      key: 'deadline',
      title: t('order.deadline'),
      width: 160,
      sort: 'deadline',
      value: (row) => row.deadline,
      show: (row) => <Deadline order={row} />,
    },
    {
      key: 'contractor',
      title: t('health.contractor'),
      width: 170,
      sort: 'contractor',
      value: (row) => row.contractor,
      show: (row) => row.contractor || <span className="soft">{t('health.none.contractor')}</span>,
    },
    {
      key: 'opened',
      title: t('order.openedAt'),
      width: 120,
      sort: 'opened_at',
      value: (row) => row.opened_at,
      show: (row) => words.moment(row.opened_at),
    },
    { key: 'where', title: t('health.where'), width: 130, value: (row) => areaName(row.area, areas, lang) },
    { key: 'note', title: t('order.note'), width: 160, value: (row) => row.note },
    { key: 'owner', title: t('camera.owner'), value: (row) => row.owner, fileOnly: true },
    { key: 'closed', title: t('order.closedAt'), value: (row) => row.closed_at, fileOnly: true },
    { key: 'camera_id', title: t('camera.id'), value: (row) => row.camera, fileOnly: true },
    { key: 'id', title: t('order.number'), value: (row) => row.id, fileOnly: true },
  ];
}

function Filters() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const filter = useApp((state) => state.orderFilter);
  const { setOrderFilter } = store.getState();
  const narrowed = JSON.stringify({ ...filter, page: 1, sort: '' }) !== JSON.stringify(NO_ORDER_FILTER);
  return (
    <>
      <Input.Search
        allowClear
        size="small"
        id="order-search"
        value={filter.text}
        placeholder={t('order.search')}
        aria-label={t('order.search')}
        onChange={({ target }) => setOrderFilter({ text: target.value })}
      />
      <Select<OrderScope>
        size="small"
        id="order-scope"
        aria-label={t('order.state')}
        value={filter.scope}
        onChange={(scope) => setOrderFilter({ scope })}
        options={SCOPES.map((value) => ({
          value,
          label: value === 'standing' || value === 'all' ? t(`order.scopes.${value}`) : t(`order.states.${value}`),
        }))}
      />
      <ContractorPick
        id="order-contractors"
        value={filter.contractor ?? ''}
        onChange={(contractor) => setOrderFilter({ contractor: contractor || null })}
      />
      <Checkbox
        id="order-overdue"
        checked={filter.overdue}
        onChange={({ target }) => setOrderFilter({ overdue: target.checked })}
      >
        {t('order.overdueOnly')}
      </Checkbox>
      <Button size="small" type="link" disabled={!narrowed} onClick={() => setOrderFilter(NO_ORDER_FILTER)}>
        {t('health.clear')}
      </Button>
    </>
  );
}

/** The repair orders: what is to be mended, by whom, until when. */
export function OrdersPage() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store, api } = useAppContext();
  const filter = useApp((state) => state.orderFilter);
  const chosen = useApp((state) => state.repairOrder);
  const list = useRepairOrders(filter);
  const columns = useColumns();
  const [making, setMaking] = useState(false);
  const creates = useAllowed('create', 'repair-order');
  const { setOrderFilter, openRepairOrder } = store.getState();
  const total = list.data?.total ?? 0;
  return (
    <div className="orders" id="orders">
      <search className="row wrap">
        <Filters />
        <span className="grow" />
        <span className="soft nowrap">{t('order.count', { count: total, value: count(total, lang) })}</span>
        <Button
          size="small"
          type="primary"
          id="add-order"
          icon={<PlusOutlined />}
          {...creates}
          onClick={() => setMaking(true)}
        >
          {t('order.new')}
        </Button>
        <FileButton
          file="repair-orders.csv"
          columns={columns}
          disabled={total === 0}
          ask={(limit, offset) => api.repairOrders({ ...orderQuery(filter), limit, offset })}
        />
      </search>
      <PagedTable<RepairOrder>
        id="repair-orders"
        rowKey={(row) => row.id}
        columns={columns}
        page={list.data}
        loading={list.isPending || list.isPlaceholderData}
        error={list.error}
        retry={() => void list.refetch()}
        at={filter.page}
        onPage={(page) => setOrderFilter({ page })}
        sort={filter.sort}
        onSort={(sort) => setOrderFilter({ sort })}
        chosen={chosen}
        onOpen={(row) => openRepairOrder(row.id)}
        empty={
          <>
            {t('order.empty')}
            <br />
            <span className="soft">{t('order.emptyHelp')}</span>
          </>
        }
        height="calc(100vh - 220px)"
      />
      {chosen !== null && <OrderDrawer key={chosen} id={chosen} />}
      <NewOrder open={making} camera={null} onClose={() => setMaking(false)} onMade={openRepairOrder} />
    </div>
  );
}
