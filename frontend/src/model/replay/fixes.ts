/** Fixes of many vehicles in one binary piece (docs/replay.md), and where each was in between. */
import type { Mover } from '../movers';

const FORM = 1;
const HEAD = 16;
const UNKNOWN = 65_535;
/** Where nothing was heard for longer, nobody knows what lies between. */
export const GAP_MS = 120_000;
/** Not heard of for so long it is not shown, as the live feed shows it to nobody who comes. */
export const FORGOTTEN_MS = 600_000;

export interface Fix {
  time: number;
  lon: number;
  lat: number;
  height: number | null;
  heading: number | null;
  speed: number | null;
}

export interface Piece {
  begin: number;
  /** up to when it goes */
  end: number;
  tracks: Map<string, Fix[]>;
}

interface About {
  begin_ms: number;
  end_ms: number;
  vehicles: [string, number][];
}

/** Reads a piece; one of a form that is not known here is empty and goes nowhere. */
export function readPiece(body: ArrayBuffer): Piece {
  const view = new DataView(body);
  if (view.byteLength < HEAD || view.getUint8(0) !== FORM) return { begin: 0, end: 0, tracks: new Map() };
  const count = view.getUint32(4, true);
  const size = view.getUint32(8, true);
  const about = JSON.parse(new TextDecoder().decode(new Uint8Array(body, HEAD, size))) as About;
  const column = (n: number) => HEAD + size + 4 * count * n;
  const [times, lons, lats, heights, headings] = [0, 1, 2, 3, 4].map(column) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const speeds = headings + 2 * count;
  const hundredths = (at: number) => {
    const value = view.getUint16(at, true);
    return value === UNKNOWN ? null : value / 100;
  };
  const fix = (i: number): Fix => {
    const height = view.getFloat32(heights + 4 * i, true);
    return {
      time: about.begin_ms + view.getUint32(times + 4 * i, true),
      lon: view.getInt32(lons + 4 * i, true) / 1e7,
      lat: view.getInt32(lats + 4 * i, true) / 1e7,
      height: Number.isNaN(height) ? null : height,
      heading: hundredths(headings + 2 * i),
      speed: hundredths(speeds + 2 * i),
    };
  };
  const tracks = new Map<string, Fix[]>();
  let first = 0;
  for (const [id, some] of about.vehicles) {
    const from = first;
    tracks.set(
      id,
      Array.from({ length: some }, (_, i) => fix(from + i)),
    );
    first += some;
  }
  return { begin: about.begin_ms, end: about.end_ms, tracks };
}

/** How many fixes are not later than a time. */
export function upTo(track: readonly Fix[], time: number): number {
  let [low, high] = [0, track.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((track[middle] as Fix).time <= time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Over the shorter way round. */
function turned(a: number | null, b: number | null, share: number): number | null {
  if (a === null || b === null) return a;
  const turn = ((((b - a + 180) % 360) + 360) % 360) - 180;
  return (((a + share * turn) % 360) + 360) % 360;
}

const between = (a: number, b: number, share: number) => a + (b - a) * share;

/**
 * Where a vehicle was: between two fixes on the straight way from one to the other, as it cannot be seen live; after
 * its last one, or before a gap, where it was last heard of. Heard and speed are those of the fix before.
 */
export function placeAt(track: readonly Fix[], time: number): Omit<Mover, 'key' | 'kind' | 'id'> | null {
  const after = upTo(track, time);
  const a = track[after - 1];
  if (!a || time - a.time >= FORGOTTEN_MS) return null;
  const b = track[after];
  const { time: heard, ...where } = a;
  if (!b || b.time - a.time > GAP_MS) return { ...where, heard };
  const share = (time - a.time) / (b.time - a.time);
  return {
    lon: between(a.lon, b.lon, share),
    lat: between(a.lat, b.lat, share),
    height: a.height === null || b.height === null ? a.height : between(a.height, b.height, share),
    heading: turned(a.heading, b.heading, share),
    speed: a.speed,
    heard,
  };
}
