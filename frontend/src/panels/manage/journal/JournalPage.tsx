import { DownloadOutlined } from '@ant-design/icons';
import { Alert, Button, Empty, Table } from 'antd';
import { useDeferredValue, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundRow, JournalQuery } from '../../../api/journal';
import { useApp, useAppContext, useLang } from '../../app';
import { moment } from '../../desk/historyWords';
import { saveBlob } from '../../exportCameras';
import { count } from '../../format';
import { useAllowed } from '../../may';
import { Trouble } from '../../Trouble';
import { useAttempt } from '../attempt';
import { Filters } from './Filters';
import { type Asked, NOTHING_ASKED, queryOf } from './period';
import { useJournalPages, useNewest } from './queries';
import { RowDetail } from './RowDetail';
import { useActorWords, useThing, useWhat } from './rowWords';

/** Pixels of the window that are not the table's. */
const AROUND = 250;

function ExportButton({ query }: { query: JournalQuery }) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const [run, busy] = useAttempt('search-journal-newest');
  const allowed = useAllowed('export', 'journal');
  const save = () =>
    run(async () => {
      const day = new Date().toISOString().slice(0, 10);
      saveBlob(`journal-${day}.jsonl`, await api.exportJournal(query));
    }, t('journal.exported'));
  return (
    <Button
      size="small"
      id="export-journal"
      icon={<DownloadOutlined />}
      loading={busy}
      {...allowed}
      onClick={() => void save()}
    >
      {t(busy ? 'journal.exporting' : 'journal.export')}
    </Button>
  );
}

/** Moves to the row above or below. */
function step(row: HTMLElement, down: boolean): void {
  const rows = [...document.querySelectorAll<HTMLElement>('#journal tr.found')];
  rows[rows.indexOf(row) + (down ? 1 : -1)]?.focus();
}

function Rows({ rows, loading }: { rows: FoundRow[]; loading: boolean }) {
  const { t } = useTranslation();
  const lang = useLang();
  const [open, setOpen] = useState<readonly number[]>([]);
  const [actor, what, thing] = [useActorWords(), useWhat(), useThing()];
  const toggle = (seq: number) =>
    setOpen((before) => (before.includes(seq) ? before.filter((other) => other !== seq) : [...before, seq]));
  return (
    <Table<FoundRow>
      size="small"
      id="journal"
      rowKey="seq"
      pagination={false}
      loading={loading}
      dataSource={rows}
      scroll={{ y: `max(160px, calc(100vh - ${AROUND}px))` }}
      rowClassName="found"
      expandable={{
        expandedRowKeys: open,
        showExpandColumn: false,
        expandedRowRender: (row) => <RowDetail row={row} />,
      }}
      onRow={(row) => ({
        tabIndex: 0,
        'data-seq': row.seq,
        'aria-expanded': open.includes(row.seq),
        onClick: () => toggle(row.seq),
        onKeyDown: (event) => {
          if (event.target !== event.currentTarget) return;
          if (event.key === 'Enter') toggle(row.seq);
          else if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
            event.preventDefault();
            step(event.currentTarget, event.key === 'ArrowDown');
          }
        },
      })}
      locale={{
        emptyText: loading ? (
          ' '
        ) : (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={`${t('journal.empty')} ${t('journal.emptyHelp')}`} />
        ),
      }}
      columns={[
        { key: 'time', title: t('journal.time'), width: 170, render: (_, row) => moment(row.time, lang) },
        { key: 'who', title: t('journal.who'), width: 130, ellipsis: true, render: (_, row) => actor(row.actor) },
        { key: 'what', title: t('journal.what'), width: 170, ellipsis: true, render: (_, row) => what(row) },
        { key: 'thing', title: t('journal.thing'), ellipsis: true, render: (_, row) => thing(row) },
      ]}
    />
  );
}

/** The journal: searched, read row by row, taken away with a seal. The map stands beside it. */
export function JournalPage() {
  const { t } = useTranslation();
  const lang = useLang();
  const [asked, setAsked] = useState<Asked>(NOTHING_ASKED);
  const late = useDeferredValue(asked);
  const extent = useApp((state) => state.extent);
  const [query, setQuery] = useState<JournalQuery>(() => queryOf(NOTHING_ASKED, undefined, Date.now()));
  useEffect(() => {
    setQuery(queryOf(late, extent, Date.now()));
  }, [late, extent]);
  const pages = useJournalPages(query);
  const newest = useNewest(query);
  const rows = pages.data?.pages.flatMap((page) => page.rows) ?? [];
  const newer = pages.isSuccess && !pages.isFetching && (newest.data ?? 0) > (rows[0]?.seq ?? 0);
  return (
    <div className="journal">
      <Filters asked={asked} onAsk={setAsked} />
      <div className="row">
        <span className="grow soft">{t('journal.shown', { rows: count(rows.length, lang) })}</span>
        {newer && (
          <Button size="small" type="link" id="newer" onClick={() => void pages.refetch()}>
            {t('journal.newer')}
          </Button>
        )}
        <ExportButton query={query} />
      </div>
      {pages.error ? (
        <Trouble error={pages.error} retry={() => void pages.refetch()} />
      ) : (
        <>
          <Rows rows={rows} loading={pages.isPending || pages.isPlaceholderData} />
          <div className="more">
            {pages.hasNextPage ? (
              <Button
                size="small"
                id="older"
                loading={pages.isFetchingNextPage}
                onClick={() => void pages.fetchNextPage()}
              >
                {t('journal.older')}
              </Button>
            ) : (
              rows.length > 0 && <span className="soft">{t('journal.all')}</span>
            )}
          </div>
        </>
      )}
      {newest.error && !pages.error && <Alert type="warning" title={t('error.offline')} />}
    </div>
  );
}
