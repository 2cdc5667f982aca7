import { AimOutlined, UndoOutlined } from '@ant-design/icons';
import { Button, Empty, Input, Popconfirm, Skeleton, Tooltip } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { JournalRow } from '../../api/editing';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { download } from '../exportCameras';
import { useAllowed } from '../may';
import { Trouble } from '../Trouble';
import { csv } from './csv';
import { useEdits } from './edits';
import { useJournal } from './feed';
import { actorWords, changeWords, moment, useRowWords } from './historyWords';
import { bundled } from './standing';

function Entry({ rows, whole }: { rows: JournalRow[]; whole: boolean }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const edits = useEdits();
  const words = useRowWords();
  const allowed = useAllowed('change', rows[0]?.kind ?? '');
  const [first] = rows;
  const last = rows.at(-1);
  const camera = useApp((state) =>
    rows.length === 1 && first?.kind === 'camera' ? state.cameras.get(first.id) : undefined,
  );
  if (!first || !last) return null;
  const { title, changes } = words(rows, whole);
  const takeBack = () => void edits.undo({ seq: first.seq, through: last.seq });
  const select = () => {
    if (!camera) return;
    store.getState().select({ kind: 'camera', id: camera.id });
    store.getState().goTo({ lon: camera.lon, lat: camera.lat, height: camera.height, range: 500 });
  };
  return (
    <li className="entry" data-seq={first.seq}>
      <div className="row">
        <span className="grow">
          <strong>{title}</strong> {camera ? titleOf(camera, lang) : rows.length === 1 && whole ? first.name : ''}
        </span>
        {camera && (
          <Tooltip title={t('camera.fly')}>
            <Button type="text" size="small" icon={<AimOutlined />} aria-label={t('camera.fly')} onClick={select} />
          </Tooltip>
        )}
        {whole && (
          <Popconfirm
            title={t('history.takeBackAsk', { count: rows.length })}
            disabled={rows.length === 1 || allowed.disabled === true}
            onConfirm={takeBack}
          >
            <Button
              type="text"
              size="small"
              icon={<UndoOutlined />}
              title={t('history.takeBack')}
              aria-label={t('history.takeBack')}
              {...allowed}
              {...(rows.length === 1 && { onClick: takeBack })}
            />
          </Popconfirm>
        )}
      </div>
      {changes.map((change) => (
        <div className="soft" key={change}>
          {change}
        </div>
      ))}
      <div className="soft when">
        {moment(first.time, lang)} · {actorWords(first.actor, t)}
      </div>
    </li>
  );
}

/** Who changed what and when, newest first; each change can be taken back. */
export function History() {
  const { t } = useTranslation();
  const lang = useLang();
  const journal = useJournal();
  const words = useRowWords();
  const [text, setText] = useState('');
  const groups = useMemo(() => {
    const all = bundled(journal.data?.rows ?? []).toReversed();
    const wanted = text.trim().toLowerCase();
    if (!wanted) return all;
    return all.filter((rows) => {
      const { title, changes } = words(rows);
      return `${title} ${rows[0]?.name} ${rows[0]?.id} ${changes.join(' ')}`.toLowerCase().includes(wanted);
    });
  }, [journal.data, text, words]);
  if (journal.error) return <Trouble error={journal.error} retry={() => journal.refetch()} />;
  if (journal.isPending) return <Skeleton active style={{ padding: 14 }} paragraph={{ rows: 8 }} />;
  const columns = [
    { key: 'time', title: t('history.time'), value: (row: JournalRow) => moment(row.time, lang) },
    { key: 'actor', title: t('history.actor'), value: (row: JournalRow) => actorWords(row.actor, t) },
    { key: 'what', title: t('history.what'), value: (row: JournalRow) => words([row]).title },
    { key: 'name', title: t('history.name'), value: (row: JournalRow) => row.name },
    { key: 'id', title: t('camera.id'), value: (row: JournalRow) => row.id },
    {
      key: 'changes',
      title: t('history.changes'),
      value: (row: JournalRow) => row.changes.map((change) => changeWords(change, t, lang)).join('; '),
    },
  ];
  return (
    <>
      <div className="controls">
        <div className="row">
          <Input
            allowClear
            size="small"
            value={text}
            placeholder={t('history.search')}
            aria-label={t('history.search')}
            onChange={(event) => setText(event.target.value)}
          />
          <Button
            size="small"
            disabled={groups.length === 0}
            onClick={() => download('history.csv', 'text/csv;charset=utf-8', csv(columns, groups.flat()))}
          >
            CSV
          </Button>
        </div>
      </div>
      <div className="scroll" id="history">
        {groups.length === 0 ? (
          <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('history.empty')} />
        ) : (
          <ol className="entries">
            {groups.map((rows) => (
              <Entry
                key={rows[0]?.seq}
                rows={rows}
                whole={rows[0]?.seq !== journal.data.rows[0]?.seq || journal.data.rows[0]?.seq === 1}
              />
            ))}
          </ol>
        )}
      </div>
    </>
  );
}
