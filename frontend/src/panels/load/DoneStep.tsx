import { Button, Result } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ImportAnswer } from '../../api/importing';
import { useAppContext, useLang } from '../app';
import { useEdits } from '../desk/edits';
import { count } from '../format';
import { Counts } from './CheckStep';
import type { Load } from './useLoad';

/** What came in, and the way back. */
export function DoneStep({ load, answer }: { load: Load; answer: ImportAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const edits = useEdits();
  const [undone, setUndone] = useState(false);
  const { committed } = answer;
  const takeBack = async () => {
    if (!committed) return;
    if (await edits.undo({ seq: committed.seq, through: committed.through })) setUndone(true);
  };
  return (
    <Result
      status={undone ? 'info' : 'success'}
      title={undone ? t('load.takenBack') : t('load.done', { count: count(committed?.changed ?? 0, lang) })}
      subTitle={load.failed > 0 ? t('load.failed', { count: load.failed }) : t('load.undoHint')}
      extra={[
        committed && !undone && (
          <Button key="undo" id="load-undo" onClick={() => void takeBack()}>
            {t('load.takeBack')}
          </Button>
        ),
        <Button key="conflicts" onClick={() => store.getState().setDesk({ kind: 'conflicts' })}>
          {t('desk.conflicts')}
        </Button>,
        <Button key="again" type="primary" onClick={load.restart}>
          {t('load.otherFile')}
        </Button>,
      ]}
    >
      {answer.counts && !undone && <Counts counts={answer.counts} />}
    </Result>
  );
}
