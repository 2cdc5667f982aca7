/** What stands behind a sign or line that can be clicked. */
export type Mark =
  | { kind: 'camera'; id: string }
  | { kind: 'incident'; id: string }
  | { kind: 'checkpoint'; id: string }
  | { kind: 'unit'; id: string }
  | { kind: 'cluster'; lon: number; lat: number; height: number; opens: number };

const MARKS = new Set<unknown>(['camera', 'incident', 'checkpoint', 'unit', 'cluster']);

export function isMark(value: unknown): value is Mark {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return MARKS.has(value.kind);
}
