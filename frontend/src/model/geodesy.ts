/** WGS 84 in plain numbers: degrees and ellipsoidal metres in, metres out. */

export type Vector = readonly [number, number, number];

export const SEMI_MAJOR_M = 6378137;
const FLATTENING = 1 / 298.257223563;
const E2 = FLATTENING * (2 - FLATTENING);

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** East, north, up at a place, as unit vectors of the earth-centred frame. */
export interface LocalAxes {
  east: Vector;
  north: Vector;
  up: Vector;
}

export function localAxes(lon: number, lat: number): LocalAxes {
  const [sinLon, cosLon] = [Math.sin(radians(lon)), Math.cos(radians(lon))];
  const [sinLat, cosLat] = [Math.sin(radians(lat)), Math.cos(radians(lat))];
  return {
    east: [-sinLon, cosLon, 0],
    north: [-sinLat * cosLon, -sinLat * sinLon, cosLat],
    up: [cosLat * cosLon, cosLat * sinLon, sinLat],
  };
}

/** Earth-centred, earth-fixed metres. */
export function toEcef(lon: number, lat: number, height: number): Vector {
  const { up } = localAxes(lon, lat);
  const normal = SEMI_MAJOR_M / Math.sqrt(1 - E2 * up[2] * up[2]);
  return [(normal + height) * up[0], (normal + height) * up[1], (normal * (1 - E2) + height) * up[2]];
}

/** Metres per degree of longitude and of latitude at a latitude and height. */
export function metresPerDegree(lat: number, height = 0): [number, number] {
  const sin = Math.sin(radians(lat));
  const w = Math.sqrt(1 - E2 * sin * sin);
  const normal = SEMI_MAJOR_M / w;
  const meridian = (SEMI_MAJOR_M * (1 - E2)) / (w * w * w);
  return [radians(normal + height) * Math.cos(radians(lat)), radians(meridian + height)];
}

export interface Spot {
  lon: number;
  lat: number;
  height: number;
}

/** Along the level surface at the mean of both heights; good to 1e-5 over a city. */
export function horizontalDistance(a: Spot, b: Spot): number {
  const [east, north] = metresPerDegree((a.lat + b.lat) / 2, (a.height + b.height) / 2);
  return Math.hypot((b.lon - a.lon) * east, (b.lat - a.lat) * north);
}

/** Straight through space. */
export function straightDistance(a: Spot, b: Spot): number {
  const [p, q] = [toEcef(a.lon, a.lat, a.height), toEcef(b.lon, b.lat, b.height)];
  return Math.hypot(q[0] - p[0], q[1] - p[1], q[2] - p[2]);
}

/** From one place towards another: degrees clockwise from true north, 0 to 360. */
export function bearing(from: { lon: number; lat: number }, to: { lon: number; lat: number }): number {
  const { east, north } = localAxes(from.lon, from.lat);
  const [p, q] = [toEcef(from.lon, from.lat, 0), toEcef(to.lon, to.lat, 0)];
  const along = (axis: Vector) => (q[0] - p[0]) * axis[0] + (q[1] - p[1]) * axis[1] + (q[2] - p[2]) * axis[2];
  return ((Math.atan2(along(east), along(north)) * 180) / Math.PI + 360) % 360;
}

/** Of a simple polygon (any orientation), on the level surface at its mean height. */
export function polygonArea(corners: readonly Spot[]): number {
  const [first] = corners;
  if (!first || corners.length < 3) return 0;
  const mean = (pick: (spot: Spot) => number) => corners.reduce((sum, c) => sum + pick(c), 0) / corners.length;
  const [east, north] = metresPerDegree(
    mean((c) => c.lat),
    mean((c) => c.height),
  );
  const flat = corners.map((c) => [(c.lon - first.lon) * east, (c.lat - first.lat) * north] as const);
  let doubled = 0;
  flat.forEach(([x, y], i) => {
    const [nextX, nextY] = flat[(i + 1) % flat.length] ?? [0, 0];
    doubled += x * nextY - nextX * y;
  });
  return Math.abs(doubled) / 2;
}

/** `count` spots between two spots, ends not included, straight in lon, lat, height. */
export function between(a: Spot, b: Spot, count: number): Spot[] {
  return Array.from({ length: count }, (_, i) => {
    const t = (i + 1) / (count + 1);
    return {
      lon: a.lon + (b.lon - a.lon) * t,
      lat: a.lat + (b.lat - a.lat) * t,
      height: a.height + (b.height - a.height) * t,
    };
  });
}
