import { Button, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useAppContext } from '../app';
import type { Moves } from './moves';

/** Ctrl and Enter keep the note, Esc lets it be. */
export function NoteForm({ id, moves }: { id: string; moves: Moves }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const [text, setText] = useState('');
  const words = text.trim();
  const save = () => {
    if (words) void moves.note({ id }, words);
  };
  return (
    <div className="asked" id="note">
      <Input.TextArea
        autoFocus
        autoSize={{ minRows: 2, maxRows: 6 }}
        maxLength={2000}
        value={text}
        placeholder={t('incident.noteHelp')}
        aria-label={t('incident.note')}
        onChange={({ target }) => setText(target.value)}
        onKeyDown={(event) => {
          // Keys of an input method are its own.
          if (event.nativeEvent.isComposing) return;
          if (event.key === 'Escape') store.getState().askIncident(null);
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) save();
        }}
      />
      <div className="row">
        <span className="grow soft">Ctrl + Enter</span>
        <Button size="small" type="primary" disabled={!words} onClick={save}>
          {t('edit.save')}
        </Button>
        <Button size="small" onClick={() => store.getState().askIncident(null)}>
          {t('edit.cancel')}
        </Button>
      </div>
    </div>
  );
}
