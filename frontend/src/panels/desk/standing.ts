/** Which changes stand: what undo would take back next. */
import type { Journal, JournalRow } from '../../api/editing';

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

const CHANGES = ['create', 'change', 'remove'];

/** Whether some rows take back others, each its own: a write as it was made, or all there is of it. */
function takesBack(rows: readonly JournalRow[], others: readonly JournalRow[]): boolean {
  const taken = new Set(rows.map(({ undoes }) => undoes));
  const lastOfEach = new Map(others.map((row) => [`${row.kind} ${row.id}`, row.seq]));
  return taken.size === lastOfEach.size && [...lastOfEach.values()].every((seq) => taken.has(seq));
}

/** Writes that no later one has taken back, oldest first. */
export function standing(rows: readonly JournalRow[]): JournalRow[][] {
  const left: JournalRow[][] = [];
  for (const group of bundled(rows)) {
    const at = left.findLastIndex((other) => takesBack(group, other));
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
  const last = standing(rows.filter((row) => actors.includes(row.actor) && CHANGES.includes(row.action))).at(-1);
  const [first] = last ?? [];
  const through = last?.at(-1);
  if (!last || !first || !through || (more && first.seq === rows[0]?.seq)) return null;
  return { seq: first.seq, through: through.seq, rows: last };
}
