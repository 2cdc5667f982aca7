import type { CameraSummary } from '../api/types';

const METRES_PER_DEGREE = 111_320;

/** Metres between two places, good for the few hundred that a list of neighbours needs. */
export function metresBetween(a: { lon: number; lat: number }, b: { lon: number; lat: number }): number {
  const x = (a.lon - b.lon) * METRES_PER_DEGREE * Math.cos((a.lat * Math.PI) / 180);
  return Math.hypot(x, (a.lat - b.lat) * METRES_PER_DEGREE);
}

/** The nearest other cameras, nearest first. */
export function nearest(
  camera: CameraSummary,
  cameras: Iterable<CameraSummary>,
  within_m = 500,
  limit = 6,
): { camera: CameraSummary; metres: number }[] {
  return [...cameras]
    .filter((other) => other.id !== camera.id)
    .map((other) => ({ camera: other, metres: metresBetween(camera, other) }))
    .filter((other) => other.metres <= within_m)
    .sort((a, b) => a.metres - b.metres)
    .slice(0, limit);
}
