import { RedoOutlined, UndoOutlined } from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { may } from '../../model/doorState';
import { InTurn } from '../../model/inTurn';
import { useApp, useAppContext } from '../app';
import { typing } from '../keyboard';
import { useEdits } from './edits';
import { useOwnChanges } from './feed';
import { useRowWords } from './historyWords';
import { nextUndo } from './standing';

/** Under what the journal has what one person did: by hand, and with a list. */
const hands = (name: string) => [name, `load:${name}`];

/** Kinds whose changes by hand are taken back here. */
const WRITTEN = ['camera', 'privacy-volume', 'zone', 'checkpoint', 'unit', 'repair-order'];

/** There and back are one line of steps. */
const BOTH = 'both';

/** Whether a key asks to take back, or to do again. */
export function wayOf(event: Pick<KeyboardEvent, 'ctrlKey' | 'metaKey' | 'shiftKey' | 'altKey' | 'key'>) {
  if (event.altKey || !(event.ctrlKey || event.metaKey)) return undefined;
  const key = event.key.toLowerCase();
  if (key === 'z') return event.shiftKey ? 'redo' : 'undo';
  return key === 'y' && !event.shiftKey ? 'redo' : undefined;
}

export function UndoBar() {
  const { t } = useTranslation();
  const edits = useEdits();
  const words = useRowWords();
  const { store } = useAppContext();
  const redo = useApp((state) => state.redo);
  const { data, refetch } = useOwnChanges();
  const turns = useRef(new InTurn<void>());
  const me = useApp((state) => state.account?.name ?? '');
  const writes = useApp(({ account }) => WRITTEN.some((kind) => may(account, 'change', kind)));
  const next = useMemo(() => (data ? nextUndo(data, hands(me)) : null), [data, me]);

  const step = useCallback(
    async (way: 'undo' | 'redo') => {
      if (way === 'redo') return void (store.getState().redo.length > 0 && (await edits.redo()));
      // What stands may have changed since the journal was read: a row too old would be refused.
      const now = (await refetch()).data;
      const last = now && nextUndo(now, hands(me));
      if (last) await edits.undo({ seq: last.seq, through: last.through });
    },
    [edits, me, refetch, store],
  );
  /** Who presses twice goes back two steps, the second when the first is done. */
  const go = useCallback((way: 'undo' | 'redo') => turns.current.run(BOTH, () => step(way)), [step]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const way = typing(event.target) ? undefined : wayOf(event);
      if (!way || !writes) return;
      event.preventDefault();
      void go(way);
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [go, writes]);

  const button = (way: 'undo' | 'redo', keys: string, what: string, enabled: boolean) => (
    <Tooltip title={`${t(`edit.${way}`)}${what} (${keys})`}>
      <Button
        type="text"
        id={way}
        icon={way === 'undo' ? <UndoOutlined /> : <RedoOutlined />}
        aria-label={t(`edit.${way}`)}
        disabled={!enabled}
        onClick={() => void go(way)}
      />
    </Tooltip>
  );
  if (!writes) return null;
  const what = next ? `: ${words(next.rows).title} ${next.rows.length === 1 ? next.rows[0]?.name : ''}` : '';
  return (
    <>
      {button('undo', 'Ctrl+Z', what, next !== null)}
      {button('redo', 'Ctrl+Shift+Z', '', redo.length > 0)}
    </>
  );
}
