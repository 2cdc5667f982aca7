/** The doors to the whole journal: searched, paged, taken away with a seal. */
import type { FieldChange } from './editing';

/** What a search may name; what is left out does not narrow. `bbox`: west, south, east, north. */
export interface JournalQuery {
  person?: string | undefined;
  kind?: string | undefined;
  id?: string | undefined;
  action?: string | undefined;
  area?: string | undefined;
  bbox?: string | undefined;
  since?: string | undefined;
  until?: string | undefined;
}

/** One row: a change (with `changes`) or a look or deed (with `detail`). */
export interface FoundRow {
  seq: number;
  time: string;
  actor: string;
  kind: string;
  id: string;
  name: string;
  action: string;
  version: number | null;
  changes: FieldChange[];
  detail?: Record<string, unknown> | null;
}

export interface FoundPage {
  head: number;
  rows: FoundRow[];
}

type Asked = Record<string, string | number | undefined>;

interface Doors {
  get: <T>(path: string, query?: Asked, signal?: AbortSignal) => Promise<T>;
  file: (path: string) => Promise<Blob>;
  withQuery: (path: string, query?: Asked) => string;
}

export function journalDoors({ get, file, withQuery }: Doors) {
  return {
    /** Newest first; `before` is the last row of the page before. */
    searchJournal: (query: JournalQuery, before: number | undefined, limit: number, signal?: AbortSignal) =>
      get<FoundPage>('/api/journal', { ...query, before, limit }, signal),
    /** The rows of a search as JSON Lines, the last line a seal over those before it. */
    exportJournal: (query: JournalQuery) => file(withQuery('/api/journal/export', { ...query })),
  };
}
