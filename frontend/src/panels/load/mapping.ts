/** Which column means what, as the person at the wizard has it. */
import type { ImportAnswer, ImportColumn } from '../../api/importing';
import type { PreviewDot } from '../../model/cityState';
import { metresBetween } from '../nearby';

/** Without these nothing can be loaded. */
export const REQUIRED = ['id', 'lon', 'lat'] as const;

/** Field by number of the column; null: the column is left out. */
export type Chosen = ReadonlyMap<number, string | null>;

export const chosenOf = (columns: readonly ImportColumn[]): Chosen =>
  new Map(columns.map(({ number, field }) => [number, field]));

/** A field stands for one column only: where it is given to another, the first loses it. */
export function choose(chosen: Chosen, column: number, field: string | null): Chosen {
  return new Map(
    [...chosen].map(([number, before]) => {
      if (number === column) return [number, field];
      return [number, before === field && field !== null ? null : before];
    }),
  );
}

export function acceptProposals(columns: readonly ImportColumn[], chosen: Chosen): Chosen {
  return columns.reduce((map, { number, proposed }) => (proposed ? choose(map, number, proposed) : map), chosen);
}

export function missingIn(chosen: Chosen): string[] {
  const given = new Set(chosen.values());
  return REQUIRED.filter((field) => !given.has(field));
}

/** What is sent: only what differs from what the server found by itself; "" takes a field away. */
export function mappingOf(columns: readonly ImportColumn[], chosen: Chosen): Record<string, string> {
  const alone = (heading: string) =>
    heading !== '' && columns.filter((column) => column.heading === heading).length === 1;
  const mapping: Record<string, string> = {};
  const given = new Set(chosen.values());
  for (const { number, heading, field } of columns) {
    const wanted = chosen.get(number) ?? null;
    if (wanted === field) continue;
    if (wanted !== null) mapping[wanted] = alone(heading) ? heading : String(number);
    if (field !== null && !given.has(field)) mapping[field] = '';
  }
  return mapping;
}

const DEGREES = new Set(['', 'WGS 84', 'CGCS2000', 'EPSG:4326', 'EPSG:4490', 'OGC:CRS84']);

function numberOf(cell: string | undefined): number {
  return cell === undefined || cell.trim() === '' ? Number.NaN : Number(cell.trim().replace(/[°\u5ea6]$/, ''));
}

/** The first rows as dots, where their numbers are degrees that the map has too. */
export function dotsOf(answer: ImportAnswer, chosen: Chosen, crs: string): PreviewDot[] {
  if (!DEGREES.has(crs || answer.crs || '')) return [];
  const at = (field: string) => answer.columns.findIndex(({ number }) => chosen.get(number) === field);
  const [lon, lat, id, name] = ['lon', 'lat', 'id', 'name'].map(at) as [number, number, number, number];
  const bad = new Map(answer.remarks.map(({ row, severity }) => [row, severity]));
  return answer.rows.flatMap(({ row, cells }): PreviewDot[] => {
    const [x, y] = [numberOf(cells[lon]), numberOf(cells[lat])];
    if (!(Math.abs(x) <= 180 && Math.abs(y) <= 90) || (x === 0 && y === 0)) return [];
    const severity = bad.get(row);
    const state = severity === 'refused' ? 'error' : severity === 'incomplete' ? 'warning' : 'neutral';
    return [{ lon: x, lat: y, state, label: cells[name] ?? cells[id] ?? String(row) }];
  });
}

/** A look at most of the dots: their median, and how far they reach; strays do not draw it away. */
export function frameOf(dots: readonly PreviewDot[]): { lon: number; lat: number; range: number } | null {
  if (dots.length === 0) return null;
  const middle = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
  const centre = { lon: middle(dots.map(({ lon }) => lon)), lat: middle(dots.map(({ lat }) => lat)) };
  const reach = middle(dots.map((dot) => metresBetween(dot, centre)));
  return { ...centre, range: Math.min(20_000, Math.max(600, 4 * reach)) };
}
