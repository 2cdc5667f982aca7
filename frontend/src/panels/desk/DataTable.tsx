/** A list that can be searched, sorted and taken away as a file; long ones are drawn as far as they are seen. */
import { DownloadOutlined } from '@ant-design/icons';
import { Button, Empty, Input, Table } from 'antd';
import type { ColumnType } from 'antd/es/table';
import { type ReactNode, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../app';
import { download } from '../exportCameras';
import { count, type Lang } from '../format';
import { csv } from './csv';

export interface Column<Row> {
  key: string;
  title: string;
  /** what is sorted, searched and exported */
  value: (row: Row) => string | number | null;
  /** what is shown; without it the value */
  show?: (row: Row) => ReactNode;
  width?: number;
  /** first order: the biggest on top, or by name */
  first?: 'descend' | 'ascend';
  /** not on the screen, but in the file */
  fileOnly?: boolean;
}

interface Props<Row> {
  id: string;
  rows: readonly Row[];
  columns: Column<Row>[];
  rowKey: (row: Row) => string;
  onRow?: ((row: Row) => void) | undefined;
  chosen?: string | null;
  file: string;
  /** pixels of the window that are not the table's */
  around: number;
  empty: string;
  extra?: ReactNode;
  loading?: boolean;
}

export function compare<Row>({ value }: Column<Row>, lang: Lang): (a: Row, b: Row) => number {
  const words = new Intl.Collator(lang === 'zh' ? 'zh-CN' : 'en', { numeric: true });
  return (a, b) => {
    const [x, y] = [value(a), value(b)];
    if (x === null || y === null) return Number(x !== null) - Number(y !== null);
    return typeof x === 'number' && typeof y === 'number' ? x - y : words.compare(String(x), String(y));
  };
}

/** Rows in which every word stands somewhere. */
export function search<Row>(rows: readonly Row[], columns: Column<Row>[], text: string): Row[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...rows];
  return rows.filter((row) => {
    const inside = columns
      .map((column) => column.value(row) ?? '')
      .join(' ')
      .toLowerCase();
    return words.every((word) => inside.includes(word));
  });
}

/** Height that is left in the window, followed as it changes. */
function useRoom(around: number): number {
  const [inner, setInner] = useState(window.innerHeight);
  useEffect(() => {
    const follow = () => setInner(window.innerHeight);
    window.addEventListener('resize', follow);
    return () => window.removeEventListener('resize', follow);
  }, []);
  return Math.max(160, inner - around);
}

export function DataTable<Row extends object>(props: Props<Row>) {
  const { rows, columns, rowKey, onRow, chosen, file, around, empty, extra, loading = false, id } = props;
  const { t } = useTranslation();
  const lang = useLang();
  const [text, setText] = useState('');
  const room = useRoom(around);
  const late = useDeferredValue(text);
  const found = useMemo(() => search(rows, columns, late), [rows, columns, late]);
  const shown: ColumnType<Row>[] = columns
    .filter(({ fileOnly }) => !fileOnly)
    .map((column) => ({
      key: column.key,
      title: column.title,
      ellipsis: true,
      align: rows.some((row) => typeof column.value(row) === 'number') ? 'right' : 'left',
      ...(column.width !== undefined && { width: column.width }),
      ...(column.first && { defaultSortOrder: column.first }),
      sorter: compare(column, lang),
      render: (_: unknown, row: Row) => (column.show ? column.show(row) : column.value(row)),
    }));
  return (
    <div className="datatable" id={id}>
      <div className="row">
        <Input.Search
          allowClear
          size="small"
          value={text}
          placeholder={t('table.search')}
          aria-label={t('table.search')}
          onChange={(event) => setText(event.target.value)}
        />
        <span className="soft" style={{ whiteSpace: 'nowrap' }}>
          {t('table.count', { shown: count(found.length, lang), total: count(rows.length, lang) })}
        </span>
        {extra}
        <Button
          size="small"
          icon={<DownloadOutlined />}
          disabled={found.length === 0}
          onClick={() => download(file, 'text/csv;charset=utf-8', csv(columns, found))}
        >
          CSV
        </Button>
      </div>
      <Table<Row>
        size="small"
        virtual
        loading={loading}
        pagination={false}
        columns={shown}
        dataSource={found}
        rowKey={rowKey}
        scroll={{ y: room, x: '100%' }}
        showSorterTooltip={false}
        rowClassName={(row) => (chosen === rowKey(row) ? 'chosen' : '')}
        locale={{ emptyText: loading ? ' ' : <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={empty} /> }}
        {...(onRow && {
          onRow: (row: Row) => ({
            tabIndex: 0,
            style: { cursor: 'pointer' },
            onClick: () => onRow(row),
            onKeyDown: (event: { key: string }) => event.key === 'Enter' && onRow(row),
          }),
        })}
      />
    </div>
  );
}
