/** Where the viewer's eye may be: over the city, over the ground, not in space. */
export type Extent = readonly [west: number, south: number, east: number, north: number];

/** Least clearance over the ground, metres. */
export const CLEARANCE_M = 2;

/** Eye beyond the city's edge, as a share of its size: far enough to see all of it aslant. */
const MARGIN = 0.35;

const METRES_PER_DEGREE = 111_320;

/** Greatest height of the eye over the ground, metres: the whole city fits the picture. */
export function ceiling(extent: Extent): number {
  const [west, south, east, north] = extent;
  const middle = ((south + north) / 2) * (Math.PI / 180);
  const width = (east - west) * METRES_PER_DEGREE * Math.cos(middle);
  const depth = (north - south) * METRES_PER_DEGREE;
  return Math.max(8_000, 1.6 * Math.hypot(width, depth));
}

/** The nearest allowed place of the eye. */
export function keepOver(extent: Extent, lon: number, lat: number): [number, number] {
  const [west, south, east, north] = extent;
  const [marginLon, marginLat] = [(east - west) * MARGIN + 0.02, (north - south) * MARGIN + 0.02];
  const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));
  return [clamp(lon, west - marginLon, east + marginLon), clamp(lat, south - marginLat, north + marginLat)];
}
