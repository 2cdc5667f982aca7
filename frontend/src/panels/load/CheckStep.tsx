import { Alert, Button, Checkbox, Segmented, Tabs } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraConflict, ImportAnswer, RemarkSeverity, RowRemark } from '../../api/importing';
import { useAppContext, useLang } from '../app';
import { type Column, DataTable } from '../desk/DataTable';
import { count } from '../format';
import type { Load } from './useLoad';

const SEVERITIES: readonly RemarkSeverity[] = ['refused', 'incomplete', 'assumed', 'skipped'];
const COUNTS = ['read', 'new', 'updated', 'unchanged', 'refused', 'incomplete', 'assumed', 'skipped'] as const;

export function Counts({ counts }: { counts: Record<string, number> }) {
  const { t } = useTranslation();
  const lang = useLang();
  return (
    <dl className="counts" id="load-counts">
      {COUNTS.filter((key) => (counts[key] ?? 0) > 0 || key === 'read').map((key) => (
        <div key={key} className={key} data-count={key}>
          <dt>{t(`load.counts.${key}`)}</dt>
          <dd>{count(counts[key] ?? 0, lang)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Remarks({ answer }: { answer: ImportAnswer }) {
  const { t } = useTranslation();
  const [severity, setSeverity] = useState<RemarkSeverity | 'all'>('all');
  const rows = useMemo(
    () =>
      answer.remarks
        .filter((remark) => severity === 'all' || remark.severity === severity)
        .map((remark, i) => ({ ...remark, i })),
    [answer.remarks, severity],
  );
  const present = SEVERITIES.filter((one) => answer.remarks.some((remark) => remark.severity === one));
  const columns: Column<RowRemark & { i: number }>[] = [
    { key: 'row', title: t('load.row'), value: ({ row }) => row, width: 70 },
    {
      key: 'severity',
      title: t('load.severity'),
      width: 84,
      value: ({ severity: one }) => t(`load.severities.${one}`),
      show: ({ severity: one }) => <span className={`severity ${one}`}>{t(`load.severities.${one}`)}</span>,
    },
    { key: 'id', title: t('camera.id'), value: ({ id }) => id, width: 130 },
    { key: 'field', title: t('load.heading'), value: ({ field }) => field, width: 100 },
    {
      key: 'detail',
      title: t('load.remark'),
      value: ({ value, detail }) => (value ? `${value}: ${detail}` : detail),
      show: ({ value, detail, remedy }) => (
        <span title={`${value ? `${value}: ` : ''}${detail} ${remedy}`}>{value ? `${value}: ${detail}` : detail}</span>
      ),
    },
    { key: 'remedy', title: t('load.remedy'), value: ({ remedy }) => remedy, width: 180 },
  ];
  return (
    <>
      {present.length > 1 && (
        <Segmented<RemarkSeverity | 'all'>
          size="small"
          style={{ marginBottom: 8 }}
          value={severity}
          onChange={setSeverity}
          options={[
            { value: 'all', label: t('load.all') },
            ...present.map((value) => ({ value, label: t(`load.severities.${value}`) })),
          ]}
        />
      )}
      {answer.remarks_left_out > 0 && (
        <p className="soft">{t('load.moreRemarks', { count: answer.remarks_left_out })}</p>
      )}
      <DataTable
        id="remarks"
        rows={rows}
        columns={columns}
        rowKey={({ i }) => String(i)}
        file="load-report.csv"
        around={450}
        empty={t('load.noRemarks')}
      />
    </>
  );
}

function ConflictRow({ conflict, load }: { conflict: CameraConflict; load: Load }) {
  const { store } = useAppContext();
  const { lon, lat, camera } = conflict;
  const accepted = load.accepted.get(camera);
  return (
    <li className="entry">
      <button type="button" className="plain" onClick={() => store.getState().goTo({ lon, lat, range: 400 })}>
        <strong>{conflict.name || camera}</strong>{' '}
        <span className={`severity ${conflict.severity}`}>{conflict.text}</span>
      </button>
      {conflict.proposals.map((proposal) => (
        <div key={proposal.code}>
          <Checkbox
            checked={accepted === proposal.patch}
            onChange={({ target }) => load.accept(camera, target.checked ? proposal.patch : null)}
          >
            {proposal.text}
          </Checkbox>
        </div>
      ))}
    </li>
  );
}

function ConflictList({ answer, load }: { answer: ImportAnswer; load: Load }) {
  const { t } = useTranslation();
  const settled = answer.conflicts.filter(({ proposals }) => proposals.length > 0);
  const acceptAll = () => {
    for (const { camera, proposals } of settled) if (proposals[0]) load.accept(camera, proposals[0].patch);
  };
  if (answer.conflicts.length === 0) return <p className="soft">{t('load.noConflicts')}</p>;
  return (
    <>
      <div className="row">
        <span className="grow soft">{t('load.conflictHelp')}</span>
        <Button size="small" disabled={settled.length === 0} onClick={acceptAll}>
          {t('load.acceptAll', { count: settled.length })}
        </Button>
      </div>
      <ol className="entries">
        {answer.conflicts.slice(0, 200).map((conflict) => (
          <ConflictRow key={`${conflict.camera} ${conflict.code}`} conflict={conflict} load={load} />
        ))}
      </ol>
    </>
  );
}

/** What a load would do: counts, remarks row by row, and what cannot well be. */
export function CheckStep({ load, answer }: { load: Load; answer: ImportAnswer }) {
  const { t } = useTranslation();
  return (
    <>
      {answer.counts && <Counts counts={answer.counts} />}
      {load.writes === 0 && <Alert type="warning" showIcon title={t('load.nothingToDo')} />}
      {answer.ignored.length > 0 && (
        <p className="soft">{t('load.ignored', { headings: answer.ignored.join(' · ') })}</p>
      )}
      <Tabs
        size="small"
        items={[
          {
            key: 'remarks',
            label: t('load.tabRemarks', { count: answer.remarks.length + answer.remarks_left_out }),
            children: <Remarks answer={answer} />,
          },
          {
            key: 'conflicts',
            label: t('load.tabConflicts', { count: answer.conflicts.length }),
            children: <ConflictList answer={answer} load={load} />,
          },
        ]}
      />
    </>
  );
}
