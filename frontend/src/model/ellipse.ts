/** The uncertainty of a located place as a closed curve in metres east, north, up of it. Pure. */
import type { Found } from '../api/cameraTypes';
import type { Enu } from './gizmo';

const CORNERS = 48;
/** A smaller ellipse would be a dot: it is drawn this large, metres. */
const LEAST_M = 0.05;

/** Drawn for 95 of 100 places: that many standard deviations of two together. */
export const SIGMAS = 2.45;

type Known = Pick<Found, 'place' | 'uncertainty'>;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/**
 * On the ground and on roofs the ellipse lies level; on a facade it stands upright: what is not
 * known moves the place along the wall and up and down it.
 */
export function ellipseAround({ place, uncertainty }: Known): Enu[] {
  const [bearing, other] = [radians(uncertainty.bearing_deg), radians(uncertainty.bearing_deg + 90)];
  const [a, b] = halves({ place, uncertainty }).map((half) => Math.max(LEAST_M, half));
  const long: Enu = [Math.sin(bearing), Math.cos(bearing), 0];
  const short: Enu = place.kind === 'facade' ? [0, 0, 1] : [Math.sin(other), Math.cos(other), 0];
  return Array.from({ length: CORNERS + 1 }, (_, i) => {
    const turn = (2 * Math.PI * i) / CORNERS;
    const [p, q] = [(a ?? 0) * Math.cos(turn), (b ?? 0) * Math.sin(turn)];
    return [p * long[0] + q * short[0], p * long[1] + q * short[1], p * long[2] + q * short[2]];
  });
}

/** Half lengths of the ellipse, metres: along its bearing, and the other way. */
function halves({ place, uncertainty: { major_m, minor_m, up_m } }: Known): [number, number] {
  return [SIGMAS * major_m, SIGMAS * (place.kind === 'facade' ? up_m : minor_m)];
}

/** Half lengths of the ellipse, metres, longer first. */
export function reachOf(known: Known): [number, number] {
  const [a, b] = halves(known);
  return a > b ? [a, b] : [b, a];
}
