import { DownloadOutlined, LeftOutlined, RightOutlined } from '@ant-design/icons';
import { Button, Empty, Select, Switch, Table } from 'antd';
import type { ColumnsType } from 'antd/es/table';
import { useTranslation } from 'react-i18next';
import type { AssessmentRow } from '../../../api/health';
import { monthLater, monthOf, percent } from '../../../model/health';
import { useApp, useAppContext, useLang } from '../../app';
import { saveBlob } from '../../exportCameras';
import { count, type Lang } from '../../format';
import { useAllowed } from '../../may';
import { Trouble } from '../../Trouble';
import { useAttempt } from '../attempt';
import { useAssessment } from '../health/queries';

const MONTHS_BACK = 36;

function monthWords(month: string, lang: Lang): string {
  const [year = 0, nth = 1] = month.split('-').map(Number);
  const at = new Date(year, nth - 1, 1);
  return at.toLocaleDateString(lang === 'zh' ? 'zh-CN' : 'en-GB', { year: 'numeric', month: 'long' });
}

function MonthPick({ month, now }: { month: string; now: string }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const choose = (chosen: string) => store.getState().setAssessed({ month: chosen });
  const months = Array.from({ length: MONTHS_BACK }, (_, back) => monthLater(now, -back));
  return (
    <>
      <Button
        size="small"
        icon={<LeftOutlined />}
        aria-label={t('assess.earlier')}
        title={t('assess.earlier')}
        onClick={() => choose(monthLater(month, -1))}
      />
      <Select
        size="small"
        id="assessed-month"
        aria-label={t('assess.month')}
        value={month}
        onChange={choose}
        style={{ width: 150 }}
        options={(months.includes(month) ? months : [month, ...months]).map((value) => ({
          value,
          label: monthWords(value, lang),
        }))}
      />
      <Button
        size="small"
        icon={<RightOutlined />}
        disabled={month >= now}
        aria-label={t('assess.later')}
        title={t('assess.later')}
        onClick={() => choose(monthLater(month, 1))}
      />
    </>
  );
}

const share = (value: number | null) => (value === null ? '–' : `${percent(value)} %`);
const byNumber = (of: (row: AssessmentRow) => number | null) => (a: AssessmentRow, b: AssessmentRow) =>
  (of(a) ?? -1) - (of(b) ?? -1);

function useColumns(): ColumnsType<AssessmentRow> {
  const { t } = useTranslation();
  const lang = useLang();
  const number = (key: 'cameras' | 'faults' | 'orders' | 'on_time' | 'late' | 'open') => ({
    key,
    title: t(`assess.columns.${key}`),
    align: 'right' as const,
    sorter: byNumber((row) => row[key]),
    render: (_: unknown, row: AssessmentRow) => count(row[key], lang),
  });
  return [
    {
      key: 'contractor',
      title: t('health.contractor'),
      width: 220,
      ellipsis: true,
      sorter: (a, b) => a.contractor.localeCompare(b.contractor, lang === 'zh' ? 'zh-CN' : 'en'),
      render: (_, row) => row.contractor || <span className="soft">{t('health.none.contractor')}</span>,
    },
    number('cameras'),
    {
      key: 'online',
      title: t('health.rates.online'),
      align: 'right',
      sorter: byNumber((row) => row.online_share),
      render: (_, row) => share(row.online_share),
    },
    {
      key: 'intact',
      title: t('health.rates.intact'),
      align: 'right',
      sorter: byNumber((row) => row.intact_share),
      render: (_, row) => share(row.intact_share),
    },
    number('faults'),
    number('orders'),
    number('on_time'),
    number('late'),
    number('open'),
    {
      key: 'mean',
      title: t('assess.columns.mean_repair_h'),
      align: 'right',
      sorter: byNumber((row) => row.mean_repair_h),
      render: (_, row) => (row.mean_repair_h === null ? '–' : row.mean_repair_h.toFixed(1)),
    },
    {
      key: 'score',
      title: t('assess.columns.score'),
      align: 'right',
      defaultSortOrder: 'ascend',
      sorter: byNumber((row) => row.score),
      render: (_, row) => <strong>{row.score === null ? '–' : row.score.toFixed(1)}</strong>,
    },
  ];
}

/** What each contractor came to in a month. */
export function AssessmentPage() {
  const { t } = useTranslation();
  const { store, api } = useAppContext();
  const now = monthOf(Date.now());
  const month = useApp((state) => state.assessedMonth) ?? now;
  const leased = useApp((state) => state.leasedOnly);
  const answer = useAssessment(month, leased);
  const columns = useColumns();
  const [run, busy] = useAttempt('search-journal-newest');
  const exports = useAllowed('export', 'repair-order');
  const save = (format: 'csv' | 'xlsx') =>
    run(
      async () => saveBlob(`assessment-${month}.${format}`, await api.assessmentFile(month, leased, format)),
      t('assess.exported'),
    );
  return (
    <div className="assessment" id="assessment">
      <div className="row wrap">
        <MonthPick month={month} now={now} />
        <Switch
          size="small"
          id="leased-only"
          checked={leased}
          onChange={(on) => store.getState().setAssessed({ leasedOnly: on })}
          aria-label={t('assess.leased')}
        />
        <span>{t('assess.leased')}</span>
        {month === now && <span className="soft">{t('assess.running')}</span>}
        <span className="grow" />
        {(['csv', 'xlsx'] as const).map((format) => (
          <Button
            key={format}
            size="small"
            id={`assessment-${format}`}
            icon={<DownloadOutlined />}
            loading={busy}
            {...exports}
            onClick={() => void save(format)}
          >
            {format.toUpperCase()}
          </Button>
        ))}
      </div>
      <p className="soft">{t('assess.help')}</p>
      {answer.error ? (
        <Trouble error={answer.error} retry={() => void answer.refetch()} />
      ) : (
        <Table<AssessmentRow>
          size="small"
          id="assessment-table"
          rowKey={(row) => row.contractor}
          pagination={false}
          showSorterTooltip={false}
          loading={answer.isPending || answer.isPlaceholderData}
          dataSource={answer.data?.rows ?? []}
          columns={columns}
          scroll={{ y: 'calc(100vh - 240px)' }}
          locale={{
            emptyText: answer.isPending ? (
              ' '
            ) : (
              <Empty
                image={Empty.PRESENTED_IMAGE_SIMPLE}
                description={t(leased ? 'assess.emptyLeased' : 'assess.empty')}
              />
            ),
          }}
        />
      )}
    </div>
  );
}
