/** Where a vehicle was in a window of time: the window, places and speeds along it, its pieces for drawing. Pure. */
import type { LonLat } from '../api/types';
import type { Span, TrackAnswer } from '../api/vehicles';
import { midnightOf } from './cityClock';
import { apart, turned } from './motion';

export const PRESETS = ['15m', '1h', '8h', 'today'] as const;
export type Preset = (typeof PRESETS)[number];
/** The last so long, or from a time to another. */
export type TrackWindow = { preset: Preset } | { span: Span };

const MINUTE_MS = 60_000;
const LONG: Record<Exclude<Preset, 'today'>, number> = {
  '15m': 15 * MINUTE_MS,
  '1h': 60 * MINUTE_MS,
  '8h': 480 * MINUTE_MS,
};
const OWN_ZONE = new Intl.DateTimeFormat().resolvedOptions().timeZone;
/** What the server answers at most. */
export const LONGEST_MS = 31 * 24 * 60 * MINUTE_MS;

/** The window, in milliseconds since 1970; today is the city's, or this machine's until the city is known. */
export function spanOf(window: TrackWindow, now: number, zone = OWN_ZONE): Span {
  if ('span' in window) return window.span;
  if (window.preset !== 'today') return [now - LONG[window.preset], now];
  const midnight = midnightOf(now, zone);
  return [midnight, Math.max(now, midnight + 1)];
}

/** As the address bar says it: `1h`, or two times in seconds since 1970. */
export function formatWindow(window: TrackWindow): string {
  return 'preset' in window ? window.preset : window.span.map((time) => Math.round(time / 1000)).join('-');
}

export function parseWindow(text: string | null): TrackWindow | undefined {
  const preset = PRESETS.find((one) => one === text);
  if (preset) return { preset };
  const [, begin, end] = /^(\d{1,12})-(\d{1,12})$/.exec(text ?? '') ?? [];
  const span: Span = [Number(begin) * 1000, Number(end) * 1000];
  return span[0] < span[1] && span[1] - span[0] <= LONGEST_MS ? { span } : undefined;
}

export interface Stop {
  begin: number;
  end: number;
  lon: number;
  lat: number;
}

export interface Track {
  vehicle: string;
  span: Span;
  /** false: it was cut off */
  complete: boolean;
  length_m: number;
  stops: readonly Stop[];
  gaps: readonly Span[];
  /** columns of one length, in the order of time */
  time: readonly number[];
  lon: readonly number[];
  lat: readonly number[];
  height: readonly (number | null)[];
  heading: readonly (number | null)[];
  /** metres per second; where the fix says none, from the fix before */
  speed: readonly (number | null)[];
}

const spanTold = ({ begin, end }: { begin: string; end: string }): Span => [Date.parse(begin), Date.parse(end)];

export function trackOf(told: TrackAnswer): Track {
  const { time_ms: time, lon, lat } = told;
  const gaps = told.gaps.map(spanTold);
  const opens = new Set(gaps.map(([, end]) => end));
  const speed = told.speed_m_s.map((value, i) => {
    if (value !== null || i === 0 || opens.has(time[i] ?? 0)) return value;
    const passed = ((time[i] ?? 0) - (time[i - 1] ?? 0)) / 1000;
    return passed > 0 ? apart(placeOf(lon, lat, i - 1), placeOf(lon, lat, i)) / passed : null;
  });
  return {
    vehicle: told.vehicle,
    span: spanTold(told),
    complete: told.complete,
    length_m: told.length_m,
    stops: told.stops.map((stop) => ({
      begin: Date.parse(stop.begin),
      end: Date.parse(stop.end),
      lon: stop.lon,
      lat: stop.lat,
    })),
    gaps,
    time,
    lon,
    lat,
    height: told.height_m,
    heading: told.heading_deg,
    speed,
  };
}

const placeOf = (lon: readonly number[], lat: readonly number[], i: number) => ({
  lon: lon[i] ?? 0,
  lat: lat[i] ?? 0,
});

/** The last fix at or before a time; -1 before the first. */
export function indexAt(time: readonly number[], at: number): number {
  let [low, high] = [0, time.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((time[middle] ?? 0) <= at) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export interface OnTrack {
  time: number;
  lon: number;
  lat: number;
  height: number | null;
  heading: number | null;
  speed: number | null;
  /** nothing was heard then: it is the place of before */
  gap: boolean;
}

export const inGap = ({ gaps }: Pick<Track, 'gaps'>, at: number): boolean =>
  gaps.some(([begin, end]) => begin < at && at < end);

/** Where it was at a time: between two fixes on the line between them; undefined where there is no fix at all. */
export function onTrack(track: Track, at: number): OnTrack | undefined {
  const { time, lon, lat, height, heading, speed } = track;
  if (time.length === 0) return undefined;
  const i = Math.max(0, indexAt(time, at));
  const gap = inGap(track, at);
  const next = !gap && i + 1 < time.length ? i + 1 : i;
  const whole = (time[next] ?? 0) - (time[i] ?? 0);
  const t = whole > 0 ? Math.min(1, Math.max(0, (at - (time[i] ?? 0)) / whole)) : 0;
  const mix = (values: readonly number[]) => (values[i] ?? 0) + ((values[next] ?? 0) - (values[i] ?? 0)) * t;
  const maybe = (values: readonly (number | null)[]) => {
    const [a, b] = [values[i] ?? null, values[next] ?? null];
    return a === null || b === null ? (a ?? b) : a + (b - a) * t;
  };
  const found = { time: at, lon: mix(lon), lat: mix(lat), height: maybe(height), gap };
  return { ...found, heading: turned(heading[i] ?? null, heading[next] ?? null, t), speed: gap ? null : maybe(speed) };
}

/** The time at which it was nearest to a place, and how far that was. */
export function nearestOn({ time, lon, lat, gaps }: Track, place: { lon: number; lat: number }) {
  const wide = Math.cos((place.lat * Math.PI) / 180);
  const opens = new Set(gaps.map(([, end]) => end));
  let best = { time: time[0] ?? 0, away_m: Number.POSITIVE_INFINITY };
  for (let i = 0; i < time.length; i += 1) {
    const from = i > 0 && !opens.has(time[i] ?? 0) ? i - 1 : i;
    const [ax, ay] = [((lon[from] ?? 0) - place.lon) * wide, (lat[from] ?? 0) - place.lat];
    const [dx, dy] = [((lon[i] ?? 0) - place.lon) * wide - ax, (lat[i] ?? 0) - place.lat - ay];
    const square = dx * dx + dy * dy;
    const t = square > 0 ? Math.min(1, Math.max(0, -(ax * dx + ay * dy) / square)) : 0;
    const away_m = 111_320 * Math.hypot(ax + dx * t, ay + dy * t);
    if (away_m < best.away_m) best = { time: (time[from] ?? 0) + ((time[i] ?? 0) - (time[from] ?? 0)) * t, away_m };
  }
  return best;
}

export type TrackColour = 'speed' | 'time';

const KM_H = 3.6;
/** Speeds up to which each colour goes, km/h. */
export const SPEED_STEPS = [5, 20, 40, 60, 80, Number.POSITIVE_INFINITY] as const;
export const SPEED_COLOURS = ['#8d9bb0', '#4aa8ff', '#2fd0b5', '#b7e34b', '#ffc145', '#ff6b4a'] as const;
/** From the beginning to the end. */
export const TIME_COLOURS = ['#3a6ea8', '#3f93c8', '#54b8d6', '#86d6d0', '#c2ecbf', '#fff7b0'] as const;

export function speedClass(speed: number | null): number {
  return SPEED_STEPS.findIndex((most) => (speed ?? 0) * KM_H < most);
}

function timeClass([begin, end]: Span, time: number): number {
  const last = TIME_COLOURS.length - 1;
  return end > begin ? Math.min(last, Math.floor(((time - begin) / (end - begin)) * (last + 1))) : last;
}

/** Nearer to the one before, a place adds nothing to what is drawn. */
const SAME_M = 2;

export interface Drawing {
  colour: string;
  lines: LonLat[][];
}

/** Its lines by colour, without what lies in gaps. */
export function linesOf(track: Track, by: TrackColour): Drawing[] {
  const { time, lon, lat, speed, gaps } = track;
  const colours = by === 'speed' ? SPEED_COLOURS : TIME_COLOURS;
  const heard: Span = [time[0] ?? 0, time.at(-1) ?? 0];
  const lines: LonLat[][][] = colours.map(() => []);
  const opens = new Set(gaps.map(([, end]) => end));
  let before = -1;
  let kept = 0;
  for (let i = 1; i < time.length; i += 1) {
    const now: LonLat = [lon[i] ?? 0, lat[i] ?? 0];
    if (opens.has(time[i] ?? 0)) {
      [before, kept] = [-1, i];
      continue;
    }
    const shade = by === 'speed' ? speedClass(speed[i] ?? null) : timeClass(heard, time[i] ?? 0);
    const end = i + 1 === time.length || opens.has(time[i + 1] ?? 0);
    if (!end && apart(placeOf(lon, lat, kept), placeOf(lon, lat, i)) < SAME_M) continue;
    if (shade === before) lines[shade]?.at(-1)?.push(now);
    else lines[shade]?.push([[lon[kept] ?? 0, lat[kept] ?? 0], now]);
    [before, kept] = [shade, i];
  }
  return colours.map((colour, i) => ({ colour, lines: lines[i] ?? [] })).filter((one) => one.lines.length > 0);
}

/** A dash and the room after it, metres: at most so many dashes a gap. */
const DASH_M = 14;
const MOST_DASHES = 60;

/** Dashes over the gaps: from where it was last heard of to where it was heard of again. */
export function dashesOf({ time, lon, lat, gaps }: Track): LonLat[][] {
  return gaps.flatMap(([begin, end]) => {
    const [i, j] = [indexAt(time, begin), indexAt(time, end)];
    if (i < 0 || j <= i) return [];
    const [a, b] = [placeOf(lon, lat, i), placeOf(lon, lat, j)];
    const steps = Math.min(MOST_DASHES, Math.floor(apart(a, b) / (2 * DASH_M)));
    const along = (t: number): LonLat => [a.lon + (b.lon - a.lon) * t, a.lat + (b.lat - a.lat) * t];
    return Array.from({ length: steps }, (_, k) => [along((k + 0.25) / steps), along((k + 0.75) / steps)]);
  });
}

export interface DirectionMark {
  lon: number;
  lat: number;
  /** degrees from true north */
  heading: number;
}

const MOST_MARKS = 40;
const APART_M = 80;

/** Marks of the way it went, evenly along it. */
export function directionsOf({ time, lon, lat, gaps, length_m }: Track): DirectionMark[] {
  const every = Math.max(APART_M, length_m / MOST_MARKS);
  const opens = new Set(gaps.map(([, end]) => end));
  const marks: DirectionMark[] = [];
  let passed = every / 2;
  for (let i = 1; i < time.length; i += 1) {
    if (opens.has(time[i] ?? 0)) continue;
    const [a, b] = [placeOf(lon, lat, i - 1), placeOf(lon, lat, i)];
    const leg = apart(a, b);
    // Who hardly moves goes no way.
    if (leg < SAME_M) continue;
    const east = (b.lon - a.lon) * Math.cos((a.lat * Math.PI) / 180);
    const heading = ((Math.atan2(east, b.lat - a.lat) * 180) / Math.PI + 360) % 360;
    for (passed += leg; passed >= every; passed -= every) {
      const t = 1 - Math.min(1, (passed - every) / leg);
      marks.push({ lon: a.lon + (b.lon - a.lon) * t, lat: a.lat + (b.lat - a.lat) * t, heading });
    }
  }
  return marks;
}

/** Times and speeds (km/h) for a chart: no more than so many, gaps as a break. */
export function profileOf(track: Track, most = 600): [time: number, km_h: number | null][] {
  const { time, speed, gaps } = track;
  const every = Math.max(1, Math.ceil(time.length / most));
  const rows: [number, number | null][] = [];
  for (let i = 0; i < time.length; i += every) {
    const some = speed.slice(i, i + every).filter((value) => value !== null);
    // The quickest of those that one point stands for: a short sprint is not averaged away.
    rows.push([time[i] ?? 0, some.length > 0 ? Math.round(Math.max(...some) * KM_H * 10) / 10 : null]);
  }
  for (const [begin, end] of gaps) rows.push([(begin + end) / 2, null]);
  return rows.toSorted((a, b) => a[0] - b[0]);
}
