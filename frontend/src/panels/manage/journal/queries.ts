/** Pages of the journal, newest first, and whether there is something newer. */
import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ApiError } from '../../../api/client';
import type { FoundPage, JournalQuery } from '../../../api/journal';
import { useAppContext, useLang } from '../../app';

const PAGE_ROWS = 100;
const POLL_MS = 10_000;

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;

export function useJournalPages(query: JournalQuery) {
  const { api } = useAppContext();
  const lang = useLang();
  return useInfiniteQuery({
    queryKey: ['search-journal', query, lang],
    retry,
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam, signal }) => api.searchJournal(query, pageParam, PAGE_ROWS, signal),
    getNextPageParam: ({ rows }: FoundPage) => (rows.length < PAGE_ROWS ? undefined : rows.at(-1)?.seq),
  });
}

/** The newest row that fits, asked now and then. */
export function useNewest(query: JournalQuery) {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ['search-journal-newest', query],
    retry,
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
    queryFn: async ({ signal }) => (await api.searchJournal(query, undefined, 1, signal)).rows[0]?.seq ?? 0,
  });
}
