/** What a search of the journal asks for, from what stands in its fields. */
import type { JournalQuery } from '../../../api/journal';

export type Period = 'all' | 'hour' | 'day' | 'week' | 'month' | 'own';

export const PERIODS: readonly Period[] = ['all', 'hour', 'day', 'week', 'month', 'own'];

const HOUR_MS = 3_600_000;
const LENGTH_MS: Partial<Record<Period, number>> = {
  hour: HOUR_MS,
  day: 24 * HOUR_MS,
  week: 7 * 24 * HOUR_MS,
  month: 30 * 24 * HOUR_MS,
};

export interface Asked {
  person?: string | undefined;
  kind?: string | undefined;
  id: string;
  action?: string | undefined;
  area?: string | undefined;
  /** only what the map shows */
  extent: boolean;
  period: Period;
  /** UTC, where the period is one's own */
  since: string | null;
  until: string | null;
}

export const NOTHING_ASKED: Asked = { id: '', extent: false, period: 'all', since: null, until: null };

export type Extent = readonly [number, number, number, number];

/** `now`: milliseconds since 1970, to the minute, so that a search stays the same for that long. */
export function queryOf(asked: Asked, extent: Extent | undefined, now: number): JournalQuery {
  const { person, kind, action, area, period } = asked;
  const length = LENGTH_MS[period];
  const minute = Math.floor(now / 60_000) * 60_000;
  const own = period === 'own';
  return {
    person,
    kind,
    action,
    area,
    id: asked.id.trim() || undefined,
    bbox: asked.extent && extent ? extent.map((value) => value.toFixed(5)).join(',') : undefined,
    since: length ? new Date(minute - length).toISOString() : (own && asked.since) || undefined,
    until: (own && asked.until) || undefined,
  };
}
