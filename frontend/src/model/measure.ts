/** What a set of clicked places measures; pure. */
import { horizontalDistance, polygonArea, type Spot, straightDistance } from './geodesy';
import type { MeasureResult } from './state';

export type MeasureTool = MeasureResult['kind'];

/** Places after which a tool is done by itself. */
export const ENOUGH: Record<MeasureTool, number> = {
  distance: Number.POSITIVE_INFINITY,
  area: Number.POSITIVE_INFINITY,
  height: 2,
};

const LEAST: Record<MeasureTool, number> = { distance: 2, area: 3, height: 2 };

type Between = (a: Spot, b: Spot) => number;

function along(points: readonly Spot[], measure: Between): number {
  let sum = 0;
  points.forEach((point, i) => {
    const next = points[i + 1];
    if (next) sum += measure(point, next);
  });
  return sum;
}

/** Nothing while there are too few places. */
export function measureOf(kind: MeasureTool, points: Spot[], done: boolean): MeasureResult | undefined {
  const [first] = points;
  const last = points.at(-1);
  if (!first || !last || points.length < LEAST[kind]) return undefined;
  if (kind === 'area') {
    const perimeter_m = along([...points, first], horizontalDistance);
    return { kind, points, area_m2: polygonArea(points), perimeter_m, done };
  }
  const lengths = { horizontal_m: along(points, horizontalDistance), slope_m: along(points, straightDistance) };
  const climb = last.height - first.height;
  if (kind === 'distance') return { kind, points, ...lengths, climb_m: climb, done };
  return { kind, points, ...lengths, rise_m: climb, done };
}

/** A clicked height within this of the server's ground or roof is the server's. */
const NEAR_M = 3;

/**
 * The picked height comes from the simplified mesh on the screen; the server's ground or
 * roof is put in its place where they nearly agree. A point on a facade stays as picked.
 */
export function settle(picked: Spot, ground: number | null, top: number | null): Spot {
  const candidates = [ground, top].filter((height) => height !== null);
  const off = (height: number) => Math.abs(height - picked.height);
  const best = candidates.toSorted((a, b) => off(a) - off(b))[0];
  return best !== undefined && off(best) <= NEAR_M ? { ...picked, height: best } : picked;
}
