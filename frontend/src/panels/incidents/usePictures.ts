/** Sending and taking away the pictures of an incident; other screens hear of it by the incident's own change. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { whyUnsent } from '../../model/sentPictures';
import { useAppContext } from '../app';
import { sentence } from '../desk/edits';

export function usePictures(id: string) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const queries = useQueryClient();
  const [sending, setSending] = useState<{ nth: number; count: number } | null>(null);
  const [trouble, setTrouble] = useState('');
  const run = useCallback(
    async (work: () => Promise<unknown>, name = '') => {
      try {
        await work();
      } catch (error) {
        setTrouble([name, sentence(error, t('error.offline'))].filter(Boolean).join(' — '));
      }
    },
    [t],
  );
  const afresh = useCallback(() => void queries.invalidateQueries({ queryKey: ['incident', id] }), [queries, id]);
  const send = useCallback(
    async (files: readonly File[]) => {
      setTrouble('');
      for (const [at, file] of files.entries()) {
        const why = whyUnsent(file);
        if (why) {
          setTrouble(`${file.name} — ${t(`photo.unsent.${why}`)}`);
          continue;
        }
        setSending({ nth: at + 1, count: files.length });
        await run(() => api.addPicture(id, file), file.name);
        afresh();
      }
      setSending(null);
    },
    [api, id, run, afresh, t],
  );
  const remove = useCallback(
    async (picture: string) => {
      await run(() => api.removePicture(id, picture));
      afresh();
    },
    [api, id, run, afresh],
  );
  return { send, remove, sending, trouble, forget: useCallback(() => setTrouble(''), []) };
}
