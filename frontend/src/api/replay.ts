/** The doors to the past (docs/replay.md). */
import type { LiveChange, LiveCondition, LiveFeature } from './live';
import type { components } from './types.gen';

type Schemas = components['schemas'];

export interface SituationThen extends Omit<Schemas['SituationAt'], 'records' | 'conditions' | 'positions'> {
  records: Record<string, LiveFeature[]>;
  /** null: where vehicles were may not be told to this person */
  positions: Schemas['PastPositions'] | null;
  conditions: LiveCondition[] | null;
}

export interface ChangeThen {
  time_ms: number;
  change: LiveChange;
}

interface ChangesThen {
  seq: number;
  next: number | null;
  changes: ChangeThen[];
}

interface Doors {
  get: <T>(path: string, query?: Record<string, string | number | undefined>, signal?: AbortSignal) => Promise<T>;
  file: (path: string, signal?: AbortSignal) => Promise<Blob>;
  withQuery: (path: string, query: Record<string, string>) => string;
}

const KINDS = 'incidents,zones,checkpoints,vehicles,positions,conditions';
const CHANGED = 'incidents,zones,checkpoints,vehicles';
const iso = (time: number) => new Date(time).toISOString();

export function replayDoors({ get, file, withQuery }: Doors) {
  return {
    /** The situation at a moment, ms since 1970. */
    situationAt: (time: number, signal?: AbortSignal, kinds = KINDS) =>
      get<SituationThen>('/api/situation/at', { time: iso(time), kinds, standing: 'true' }, signal),
    /** All changes after a moment, up to another. */
    async changesBetween(begin: number, end: number, signal?: AbortSignal): Promise<ChangeThen[]> {
      const found: ChangeThen[] = [];
      let after: number | undefined;
      do {
        const asked = { begin: iso(begin), end: iso(end), kinds: CHANGED, after };
        const page = await get<ChangesThen>('/api/situation/changes', asked, signal);
        found.push(...page.changes);
        after = page.next ?? undefined;
      } while (after !== undefined);
      return found;
    },
    /** Fixes of vehicles after a moment, up to another, or as far as one answer goes. */
    fixesMoving: async (begin: number, end: number, signal?: AbortSignal): Promise<ArrayBuffer> =>
      (await file(withQuery('/api/fixes/moving', { begin: iso(begin), end: iso(end) }), signal)).arrayBuffer(),
  };
}
