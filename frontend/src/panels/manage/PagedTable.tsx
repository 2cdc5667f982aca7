/** A list whose pages are the server's: searched and sorted there, moved through by keys, taken away whole as a file. */
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Empty, Table } from 'antd';
import type { ColumnType, TablePaginationConfig } from 'antd/es/table';
import type { SorterResult } from 'antd/es/table/interface';
import type { KeyboardEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Listed } from '../../api/health';
import { useLang } from '../app';
import { csv } from '../desk/csv';
import type { Column } from '../desk/DataTable';
import { download } from '../exportCameras';
import { count } from '../format';
import { Trouble } from '../Trouble';
import { useAttempt } from './attempt';

export const PAGE_ROWS = 50;
/** Rows that are asked for at once where all are wanted. */
const FILE_ROWS = 500;

/** `sort`: what the server calls the order by it; without one it is not sorted by. */
export type PagedColumn<Row> = Column<Row> & { sort?: string };

interface Props<Row> {
  id: string;
  rowKey: (row: Row) => string;
  columns: PagedColumn<Row>[];
  page: Listed<Row> | undefined;
  loading: boolean;
  error: unknown;
  retry: () => void;
  /** from 1 */
  at: number;
  onPage: (page: number) => void;
  /** a column's, with a minus before it from the top down */
  sort: string;
  onSort: (sort: string) => void;
  chosen: string | null;
  onOpen: (row: Row) => void;
  empty: ReactNode;
  /** a style's length */
  height: string;
}

function step(row: HTMLElement, down: boolean): HTMLElement | undefined {
  const rows = [...(row.parentElement?.querySelectorAll<HTMLElement>('tr.found') ?? [])];
  return rows[rows.indexOf(row) + (down ? 1 : -1)];
}

function orderOf(sort: string, name: string | undefined): 'ascend' | 'descend' | null {
  if (name === undefined || sort.replace(/^-/, '') !== name) return null;
  return sort.startsWith('-') ? 'descend' : 'ascend';
}

/** All rows of a list, page after page. */
export async function allOf<Row>(ask: (limit: number, offset: number) => Promise<Listed<Row>>): Promise<Row[]> {
  const rows: Row[] = [];
  for (;;) {
    const { items, total } = await ask(FILE_ROWS, rows.length);
    rows.push(...items);
    if (items.length === 0 || rows.length >= total) return rows;
  }
}

interface FileProps<Row> {
  file: string;
  columns: Column<Row>[];
  ask: (limit: number, offset: number) => Promise<Listed<Row>>;
  disabled: boolean;
  title?: string | undefined;
}

export function FileButton<Row>({ file, columns, ask, disabled, title }: FileProps<Row>) {
  const { t } = useTranslation();
  const [run, busy] = useAttempt();
  const save = () => run(async () => download(file, 'text/csv;charset=utf-8', csv(columns, await allOf(ask))));
  return (
    <Button
      size="small"
      icon={<DownloadOutlined />}
      loading={busy}
      disabled={disabled}
      title={title ?? t('health.fileHelp')}
      onClick={() => void save()}
    >
      CSV
    </Button>
  );
}

export function PagedTable<Row extends object>(props: Props<Row>) {
  const { id, rowKey, columns, page, loading, error, retry, at, sort, chosen, onOpen, empty, height } = props;
  const { t } = useTranslation();
  const lang = useLang();
  if (error) return <Trouble error={error} retry={retry} />;
  const onKey = (event: KeyboardEvent<HTMLElement>, row: Row) => {
    if (event.target !== event.currentTarget) return;
    if (event.key === 'Enter') onOpen(row);
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
    event.preventDefault();
    const next = step(event.currentTarget, event.key === 'ArrowDown');
    next?.focus();
    const found = page?.items.find((one) => rowKey(one) === next?.dataset.rowKey);
    // Where a drawer is open it follows.
    if (found && chosen !== null) onOpen(found);
  };
  const shown: ColumnType<Row>[] = columns
    .filter(({ fileOnly }) => !fileOnly)
    .map((column) => ({
      key: column.key,
      title: column.title,
      ellipsis: true,
      ...(column.width !== undefined && { width: column.width }),
      ...(column.sort !== undefined && { sorter: true, sortOrder: orderOf(sort, column.sort) }),
      render: (_: unknown, row: Row) => (column.show ? column.show(row) : column.value(row)),
    }));
  const change = (_: TablePaginationConfig, __: unknown, sorter: SorterResult<Row> | SorterResult<Row>[]) => {
    const one = Array.isArray(sorter) ? sorter[0] : sorter;
    const name = columns.find(({ key }) => key === one?.columnKey)?.sort;
    const wanted = !name || !one?.order ? '' : one.order === 'descend' ? `-${name}` : name;
    if (wanted !== sort) props.onSort(wanted);
  };
  return (
    <Table<Row>
      size="small"
      id={id}
      className="paged"
      rowKey={rowKey}
      loading={loading}
      columns={shown}
      dataSource={page?.items ?? []}
      showSorterTooltip={false}
      scroll={{ y: height, x: columns.reduce((sum, { width, fileOnly }) => sum + (fileOnly ? 0 : (width ?? 150)), 0) }}
      rowClassName={(row) => `found${chosen === rowKey(row) ? ' chosen' : ''}`}
      onRow={(row) => ({
        tabIndex: 0,
        onClick: () => onOpen(row),
        onKeyDown: (event) => onKey(event, row),
      })}
      onChange={change}
      pagination={{
        current: at,
        pageSize: PAGE_ROWS,
        total: page?.total ?? 0,
        size: 'small',
        showSizeChanger: false,
        hideOnSinglePage: true,
        onChange: props.onPage,
        showTotal: (total, [from, to]) => t('health.range', { from, to, total: count(total, lang) }),
      }}
      locale={{
        emptyText: loading ? ' ' : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} />,
      }}
    />
  );
}
