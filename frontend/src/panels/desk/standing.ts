/** Which changes stand: what undo would take back next. */
import type { FieldChange, Journal, JournalRow } from '../../api/editing';

/** Rows of one write: they hang together and are taken back together. */
export function bundled(rows: readonly JournalRow[]): JournalRow[][] {
  const groups: JournalRow[][] = [];
  for (const row of rows) {
    const last = groups.at(-1)?.at(-1);
    const together = last && last.time === row.time && last.actor === row.actor && last.seq + 1 === row.seq;
    if (together) groups.at(-1)?.push(row);
    else groups.push([row]);
  }
  return groups;
}

const OPPOSITE = { create: 'remove', remove: 'create', change: 'change' };

const body = (changes: readonly FieldChange[], from: 'before' | 'after', to: 'before' | 'after') =>
  JSON.stringify(
    changes
      .map((change): [string, unknown, unknown] => [change.field, change[from] ?? null, change[to] ?? null])
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  );

export function reverses(row: JournalRow, other: JournalRow): boolean {
  if (row.kind !== other.kind || row.id !== other.id || row.action !== OPPOSITE[other.action]) return false;
  return body(row.changes, 'before', 'after') === body(other.changes, 'after', 'before');
}

function reversesAll(rows: readonly JournalRow[], others: readonly JournalRow[]): boolean {
  if (rows.length !== others.length) return false;
  return rows.every((row) => others.some((other) => reverses(row, other)));
}

/** Writes that no later one has taken back, oldest first. */
export function standing(rows: readonly JournalRow[]): JournalRow[][] {
  const left: JournalRow[][] = [];
  for (const group of bundled(rows)) {
    const at = left.findLastIndex((other) => reversesAll(group, other));
    if (at >= 0) left.splice(at, 1);
    else left.push(group);
  }
  return left;
}

/**
 * The write of one person that undo takes back: none where it may begin before the rows at hand, as the first
 * filling of a city does. That is no slip of the hand.
 */
export function nextUndo(
  { rows, more }: Pick<Journal, 'rows' | 'more'>,
  actors: readonly string[],
): { seq: number; through: number; rows: JournalRow[] } | null {
  const last = standing(rows.filter((row) => actors.includes(row.actor) && row.action in OPPOSITE)).at(-1);
  const [first] = last ?? [];
  const through = last?.at(-1);
  if (!last || !first || !through || (more && first.seq === rows[0]?.seq)) return null;
  return { seq: first.seq, through: through.seq, rows: last };
}
