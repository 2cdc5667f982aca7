/** Heights for things that lie on the ground and bring none of their own. */
import { Cartesian3, Cartographic } from 'cesium';
import type { AppState } from '../model/store';
import type { Stage } from '../scene/stage';

/** Side of a square of one known height, degrees: about a kilometre. */
const CELL = 0.01;
/** As far as this many squares away a camera's ground tells more than the whole city's middle. */
const MOST_AWAY = 8;

interface Known {
  cells: ReadonlyMap<string, number>;
  middle: number;
}

const known = new WeakMap<AppState['cameras'], Known>();
const cellOf = (lon: number, lat: number) => [Math.floor(lon / CELL), Math.floor(lat / CELL)] as const;
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

function knownGround(cameras: AppState['cameras']): Known {
  const before = known.get(cameras);
  if (before) return before;
  const grounds = new Map<string, number[]>();
  for (const { lon, lat, ground_height } of cameras.values()) {
    if (ground_height === null) continue;
    const cell = cellOf(lon, lat).join();
    const there = grounds.get(cell);
    if (there) there.push(ground_height);
    else grounds.set(cell, [ground_height]);
  }
  const cells = new Map([...grounds].map(([cell, heights]) => [cell, median(heights)]));
  const made = { cells, middle: median([...cells.values()]) };
  known.set(cameras, made);
  return made;
}

/**
 * About the height of the ground at a place, ellipsoidal metres, from the cameras nearby: exact enough to say
 * whether it is in the picture and what to group it with, and known before any tile is.
 */
export function usualGround({ cameras }: Pick<AppState, 'cameras'>, lon: number, lat: number): number {
  const { cells, middle } = knownGround(cameras);
  if (cells.size === 0) return 0;
  const [col, row] = cellOf(lon, lat);
  for (let away = 0; away <= MOST_AWAY; away += 1) {
    const ring: number[] = [];
    for (let x = -away; x <= away; x += 1)
      for (let y = -away; y <= away; y += Math.abs(x) === away ? 1 : Math.max(1, 2 * away)) {
        const height = cells.get(`${col + x},${row + y}`);
        if (height !== undefined) ring.push(height);
      }
    if (ring.length > 0) return median(ring);
  }
  return middle;
}

/** On the drawn ground where there is a tile, else at the height that is given. */
export function onGround({ scene }: Stage, lon: number, lat: number, height: number): number {
  return scene.globe.getHeight(Cartographic.fromDegrees(lon, lat)) ?? height;
}

export const at = (lon: number, lat: number, height: number) => Cartesian3.fromDegrees(lon, lat, height);
