/** What others and we changed: the journal's latest rows, and this page's cameras kept up with them. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiError } from '../../api/client';
import type { Journal } from '../../api/editing';
import { useAppContext, useLang } from '../app';
import { refetchCameras, takeCamera } from './edits';
import { FEW } from './liveCameras';

/** Rows that the short history shows. */
export const HISTORY_ROWS = 200;
const POLL_MS = 10_000;

function useChanges(mine: boolean) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['journal', mine ? 'mine' : 'all', lang],
    retry: (failures, error) => !(error instanceof ApiError) && failures < 2,
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
    queryFn: ({ signal }) => api.journal(HISTORY_ROWS, mine, signal),
  });
}

export const useJournal = () => useChanges(false);

/** The last changes of the person at this page, however much others do. */
export const useOwnChanges = () => useChanges(true);

/** Ids of the cameras that rows after `since` changed, each once. */
export function changedCameras({ rows }: Journal, since: number): string[] {
  return [...new Set(rows.filter(({ kind, seq }) => kind === 'camera' && seq > since).map(({ id }) => id))];
}

/** Whether the last of these rows about a camera took it away: there is nothing to read then. */
export function isRemoved({ rows }: Journal, id: string): boolean {
  const about = rows.filter((row) => row.kind === 'camera' && row.id === id);
  return about.toSorted((a, b) => b.seq - a.seq)[0]?.action === 'remove';
}

/** Follows the journal: cameras that somebody changed are read afresh. */
export function useCityFeed(): void {
  const app = useAppContext();
  const queries = useQueryClient();
  const { data } = useJournal();
  useEffect(() => {
    if (!data) return;
    const { store, api } = app;
    const { journalHead, setJournalHead, cameras } = store.getState();
    setJournalHead(data.head);
    // The list of cameras was read at the start: rows from before are in it.
    if (journalHead === 0 || data.head <= journalHead) return;
    const missed = data.rows[0] !== undefined && data.rows[0].seq > journalHead + 1;
    const changed = changedCameras(data, journalHead);
    const follow = async () => {
      if (missed || changed.length > FEW) return refetchCameras(app, queries);
      for (const id of changed) {
        const camera = isRemoved(data, id) ? undefined : await api.camera(id).catch(() => undefined);
        if (camera) takeCamera(store, queries, camera);
        else if (cameras.has(id)) store.getState().removeCamera(id);
      }
    };
    // What fails now comes with the next row, or with the page.
    follow().catch(() => undefined);
  }, [data, app, queries]);
}
