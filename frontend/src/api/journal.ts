/** The doors to the whole journal: searched, paged, taken away with a seal. */
import type { components } from './types.gen';

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

type Schemas = components['schemas'];

/** One row: a change (with `changes`), or a look or deed (with `detail`). */
export type FoundRow = Schemas['FoundRow'];

export type FoundPage = Schemas['FoundRows'];

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
