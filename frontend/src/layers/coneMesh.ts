/** The seen space of a camera as triangles: walls from the eye to the rim, and the surface that ends it. */
import type { ConeAnswer, HitKind } from '../api/types';
import { toEcef } from '../model/geodesy';

/** Neighbouring rays that end this much farther apart belong to different things. */
const STEP = 1.3;
/** The end is drawn a little before what it lies on, metres and share of the distance. */
const LIFT_M = 0.15;
const LIFT = 0.002;

export type Group = 'walls' | 'ground' | 'facade' | 'open';

export interface ConeMesh {
  /** earth-centred metres, three for each vertex; the eye is the last vertex */
  positions: Float64Array;
  /** vertex numbers, three for each triangle */
  triangles: Record<Group, number[]>;
  /** vertex numbers of lines: the rim, and the four corner rays */
  lines: number[][];
}

const GROUP: Record<HitKind, Group> = { 0: 'open', 1: 'ground', 2: 'ground', 3: 'facade', 4: 'facade' };

/** Vertex numbers around the grid, clockwise from the top left, closed. */
export function rim(rows: number, cols: number): number[] {
  const at = (row: number, col: number) => row * cols + col;
  const way: number[] = [];
  for (let col = 0; col < cols - 1; col++) way.push(at(0, col));
  for (let row = 0; row < rows - 1; row++) way.push(at(row, cols - 1));
  for (let col = cols - 1; col > 0; col--) way.push(at(rows - 1, col));
  for (let row = rows - 1; row > 0; row--) way.push(at(row, 0));
  return [...way, at(0, 0)];
}

function vertices({ points, eye }: ConeAnswer): { positions: Float64Array; distances: number[] } {
  const [ex, ey, ez] = toEcef(...eye);
  const positions = new Float64Array(3 * (points.length + 1));
  const distances = points.map((point, i) => {
    const [x, y, z] = toEcef(...point);
    const distance = Math.hypot(x - ex, y - ey, z - ez);
    const keep = distance === 0 ? 1 : Math.max(0.5, 1 - LIFT - LIFT_M / distance);
    positions.set([ex + (x - ex) * keep, ey + (y - ey) * keep, ez + (z - ez) * keep], 3 * i);
    return distance;
  });
  positions.set([ex, ey, ez], 3 * points.length);
  return { positions, distances };
}

function groupOf(corners: readonly number[], distances: readonly number[], kinds: readonly HitKind[]): Group {
  const far = corners.map((corner) => distances[corner] ?? 0);
  if (Math.max(...far) > STEP * Math.min(...far) + 1) return 'walls';
  const met = corners.map((corner) => kinds[corner] ?? 0).filter((kind) => kind !== 0);
  return met.length < 2 ? 'open' : GROUP[met.includes(3) || met.includes(4) ? 3 : 1];
}

export function coneMesh(cone: ConeAnswer): ConeMesh {
  const { rows, cols, kinds, points } = cone;
  const { positions, distances } = vertices(cone);
  const eye = points.length;
  const triangles: Record<Group, number[]> = { walls: [], ground: [], facade: [], open: [] };
  for (let row = 0; row + 1 < rows; row++) {
    for (let col = 0; col + 1 < cols; col++) {
      const a = row * cols + col;
      const corners = [a, a + 1, a + cols, a + cols + 1] as const;
      const [tl, tr, bl, br] = corners;
      triangles[groupOf(corners, distances, kinds)].push(tl, bl, tr, tr, bl, br);
    }
  }
  const around = rim(rows, cols);
  around.forEach((vertex, i) => {
    const next = around[i + 1];
    if (next !== undefined) triangles.walls.push(eye, vertex, next);
  });
  const tips = [0, cols - 1, (rows - 1) * cols, rows * cols - 1];
  return { positions, triangles, lines: [around, ...tips.map((tip) => [eye, tip])] };
}
