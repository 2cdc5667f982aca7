/** The uncertainty of a located place as a closed curve in metres east, north, up of it. Pure. */
import type { Located } from '../api/cameraTypes';
import type { Enu } from './gizmo';

const CORNERS = 48;
/** A smaller ellipse would be a dot: it is drawn this large, metres. */
const LEAST_M = 0.05;

/** Drawn for 95 of 100 places: that many standard deviations of two together. */
export const SIGMAS = 2.45;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/**
 * On the ground and on roofs the ellipse lies level, long along the sight line; on a facade it
 * stands upright across the sight line.
 */
export function ellipseAround({ place, uncertainty }: Pick<Located, 'place' | 'uncertainty'>): Enu[] {
  const { along_m, across_m, up_m, bearing_deg } = uncertainty;
  const bearing = radians(bearing_deg);
  const forward: Enu = [Math.sin(bearing), Math.cos(bearing), 0];
  const side: Enu = [Math.cos(bearing), -Math.sin(bearing), 0];
  const standing = place.kind === 'facade';
  const [a, b] = [across_m, standing ? up_m : along_m].map((sigma) => Math.max(LEAST_M, SIGMAS * sigma));
  const other: Enu = standing ? [0, 0, 1] : forward;
  return Array.from({ length: CORNERS + 1 }, (_, i) => {
    const turn = (2 * Math.PI * i) / CORNERS;
    const [p, q] = [(a ?? 0) * Math.cos(turn), (b ?? 0) * Math.sin(turn)];
    return [p * side[0] + q * other[0], p * side[1] + q * other[1], p * side[2] + q * other[2]];
  });
}

/** Half lengths of the ellipse, metres, longer first. */
export function reachOf({ place, uncertainty }: Pick<Located, 'place' | 'uncertainty'>): [number, number] {
  const other = place.kind === 'facade' ? uncertainty.up_m : uncertainty.along_m;
  const [a, b] = [SIGMAS * uncertainty.across_m, SIGMAS * other];
  return a > b ? [a, b] : [b, a];
}
