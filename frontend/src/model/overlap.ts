/** What two coverages share, counted on one fine raster: exact enough to say in square metres. */
import type { MultiPolygon, Position } from 'geojson';
import type { CoverageAnswer } from '../api/types';
import { metresPerDegree } from './geodesy';

export interface Overlap {
  a_m2: number;
  b_m2: number;
  both_m2: number;
  /** side of the raster's cells */
  cell_m: number;
}

/** Cells of the raster at most: a tenth of a second. */
const MOST_CELLS = 4_000_000;
const FINEST_M = 1;

/** All classes of a coverage's ground as one shape; classes do not overlap each other. */
export function wholeOf({ features }: CoverageAnswer): MultiPolygon {
  const parts = features.flatMap(({ geometry, properties }) => {
    if (!geometry || properties.surface === 'facade') return [];
    return geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  });
  return { type: 'MultiPolygon', coordinates: parts };
}

type Flat = readonly (readonly [number, number])[];

interface Frame {
  west: number;
  south: number;
  east_m: number;
  north_m: number;
  cols: number;
  rows: number;
  cell_m: number;
}

function frameOf(shapes: readonly MultiPolygon[]): Frame | null {
  const all = shapes.flatMap(({ coordinates }) => coordinates.flat(2));
  if (all.length === 0) return null;
  const box = [Infinity, Infinity, -Infinity, -Infinity] as [number, number, number, number];
  for (const [lon = 0, lat = 0] of all) {
    box[0] = Math.min(box[0], lon);
    box[1] = Math.min(box[1], lat);
    box[2] = Math.max(box[2], lon);
    box[3] = Math.max(box[3], lat);
  }
  const [east_m, north_m] = metresPerDegree((box[1] + box[3]) / 2);
  const [width, height] = [(box[2] - box[0]) * east_m, (box[3] - box[1]) * north_m];
  const cell_m = Math.max(FINEST_M, Math.sqrt((width * height) / MOST_CELLS));
  const [cols, rows] = [Math.ceil(width / cell_m) + 1, Math.ceil(height / cell_m) + 1];
  return { west: box[0], south: box[1], east_m, north_m, cols, rows, cell_m };
}

/** Columns at which the rings cross the middle of a row, in order: inside lies between pairs. */
function crossings(rings: readonly Flat[], y: number): number[] {
  const found: number[] = [];
  for (const ring of rings) {
    ring.forEach(([x0, y0], i) => {
      const [x1, y1] = ring[(i + 1) % ring.length] ?? [x0, y0];
      if (y0 <= y === y1 <= y) return;
      found.push(x0 + ((y - y0) / (y1 - y0)) * (x1 - x0));
    });
  }
  return found.sort((a, b) => a - b);
}

/** Rings by the rows that they touch, so that each row looks at few. */
function byRow(rings: readonly Flat[], rows: number): Flat[][] {
  const table: Flat[][] = Array.from({ length: rows }, () => []);
  for (const ring of rings) {
    const ys = ring.map(([, y]) => y);
    const [low, high] = [Math.max(0, Math.floor(Math.min(...ys))), Math.min(rows - 1, Math.ceil(Math.max(...ys)))];
    for (let row = low; row <= high; row++) table[row]?.push(ring);
  }
  return table;
}

function burn(shape: MultiPolygon, frame: Frame, mask: Uint8Array, bit: number): void {
  const { west, south, east_m, north_m, cell_m, cols, rows } = frame;
  const flat = (ring: Position[]): Flat =>
    ring.map(([lon = 0, lat = 0]) => [((lon - west) * east_m) / cell_m, ((lat - south) * north_m) / cell_m] as const);
  const table = byRow(shape.coordinates.flat().map(flat), rows);
  table.forEach((rings, row) => {
    const xs = crossings(rings, row + 0.5);
    for (let i = 0; i + 1 < xs.length; i += 2) {
      const from = Math.max(0, Math.ceil((xs[i] ?? 0) - 0.5));
      const to = Math.min(cols, Math.ceil((xs[i + 1] ?? 0) - 0.5));
      for (let col = from; col < to; col++) mask[row * cols + col] = (mask[row * cols + col] ?? 0) | bit;
    }
  });
}

export function overlapOf(a: MultiPolygon, b: MultiPolygon): Overlap {
  const frame = frameOf([a, b]);
  if (!frame) return { a_m2: 0, b_m2: 0, both_m2: 0, cell_m: FINEST_M };
  const mask = new Uint8Array(frame.cols * frame.rows);
  burn(a, frame, mask, 1);
  burn(b, frame, mask, 2);
  const cells = [0, 0, 0, 0];
  for (const value of mask) cells[value] = (cells[value] ?? 0) + 1;
  const [, onlyA = 0, onlyB = 0, both = 0] = cells;
  const area = frame.cell_m * frame.cell_m;
  return { a_m2: (onlyA + both) * area, b_m2: (onlyB + both) * area, both_m2: both * area, cell_m: frame.cell_m };
}
