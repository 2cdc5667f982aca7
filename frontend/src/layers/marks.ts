/** What stands behind a sign or line that can be clicked. */
export type Mark =
  | { kind: 'camera'; id: string }
  | { kind: 'cluster'; lon: number; lat: number; height: number; opens: number };

export function isMark(value: unknown): value is Mark {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  return value.kind === 'camera' || value.kind === 'cluster';
}
