/** Pairs of pixel and place from which a camera's pose is solved; pure. */
import type { CalibrationPair } from '../api/cameraTypes';
import type { Spot } from './geodesy';

export type Pixel = readonly [u: number, v: number];

export interface Pair {
  /** number on the markers, 1 and up; never given twice */
  number: number;
  name: string;
  pixel: Pixel | null;
  place: Spot | null;
}

/** Fewer cannot bear a pose. */
export const LEAST_PAIRS = 4;

export const isWhole = (pair: Pair): pair is Pair & { pixel: Pixel; place: Spot } =>
  pair.pixel !== null && pair.place !== null;

const fresh = (pairs: readonly Pair[]): Pair => ({
  number: Math.max(0, ...pairs.map(({ number }) => number)) + 1,
  name: '',
  pixel: null,
  place: null,
});

/** The half that was clicked goes to the first pair that lacks it, or begins a new one. */
export function addHalf(pairs: readonly Pair[], half: { pixel: Pixel } | { place: Spot }): Pair[] {
  const lacks = (pair: Pair) => ('pixel' in half ? pair.pixel === null : pair.place === null);
  const open = pairs.find((pair) => lacks(pair));
  if (!open) return [...pairs, { ...fresh(pairs), ...half }];
  return pairs.map((pair) => (pair === open ? { ...pair, ...half } : pair));
}

export function changePair(pairs: readonly Pair[], number: number, change: Partial<Omit<Pair, 'number'>>): Pair[] {
  return pairs.map((pair) => (pair.number === number ? { ...pair, ...change } : pair));
}

export const dropPair = (pairs: readonly Pair[], number: number): Pair[] =>
  pairs.filter((pair) => pair.number !== number);

/** What the next click should be, so that one is led from picture to map and back. */
export function wanted(pairs: readonly Pair[]): 'pixel' | 'place' {
  return pairs.some(({ pixel, place }) => pixel !== null && place === null) ? 'place' : 'pixel';
}

export function questionOf(pairs: readonly Pair[]): CalibrationPair[] {
  return pairs.filter(isWhole).map(({ pixel, place, name, number }) => ({
    pixel: [pixel[0], pixel[1]],
    lon: place.lon,
    lat: place.lat,
    height: place.height,
    name: name || String(number),
  }));
}

const COLUMNS = ['u', 'v', 'lon', 'lat', 'height', 'name'] as const;

const cell = (text: string) => {
  const safe = /^[=+\-@]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

export function pairsToCsv(pairs: readonly Pair[]): string {
  const rows = pairs
    .filter(isWhole)
    .map(({ pixel: [u, v], place, name }) =>
      [u.toFixed(2), v.toFixed(2), place.lon.toFixed(8), place.lat.toFixed(8), place.height.toFixed(3), name]
        .map(cell)
        .join(','),
    );
  return `\uFEFF${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}

export function pairsToJson(pairs: readonly Pair[], camera: string, picture: readonly [number, number]): string {
  const [width, height] = picture;
  return `${JSON.stringify({ camera, picture: { width, height }, pairs: questionOf(pairs) }, null, 2)}\n`;
}

/** Why a file of pairs could not be read. */
export class BadPairs extends Error {
  readonly row: number;
  constructor(row: number) {
    super(`row ${row}`);
    this.name = 'BadPairs';
    this.row = row;
  }
}

function splitRow(line: string): string[] {
  const cells = line.match(/("([^"]|"")*"|[^,]*)(,|$)/g) ?? [];
  return cells
    .map((text) => text.replace(/,$/, ''))
    .map((text) => (text.startsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text).trim());
}

function pairOf(row: number, u: unknown, v: unknown, place: unknown[], name: unknown): Pair {
  const numbers = [u, v, ...place].map((value) => (value === '' || value === null ? Number.NaN : Number(value)));
  const [x = Number.NaN, y = Number.NaN, lon = Number.NaN, lat = Number.NaN, height = Number.NaN] = numbers;
  if (![x, y, lon, lat, height].every(Number.isFinite) || Math.abs(lon) > 180 || Math.abs(lat) > 90)
    throw new BadPairs(row);
  return { number: row, name: typeof name === 'string' ? name : '', pixel: [x, y], place: { lon, lat, height } };
}

function fromCsv(text: string): Pair[] {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  const header = splitRow(lines[0] ?? '').map((name) => name.toLowerCase());
  const named = header.includes('u') && header.includes('lon');
  const order = named ? header : [...COLUMNS];
  return lines.slice(named ? 1 : 0).map((line, i) => {
    const cells = splitRow(line);
    const of = (name: string) => cells[order.indexOf(name)] ?? '';
    return pairOf(i + 1, of('u'), of('v'), [of('lon'), of('lat'), of('height')], of('name'));
  });
}

function fromJson(text: string): Pair[] {
  let told: unknown;
  try {
    told = JSON.parse(text);
  } catch {
    throw new BadPairs(0);
  }
  const list: unknown = Array.isArray(told) ? told : (told as { pairs?: unknown } | null)?.pairs;
  if (!Array.isArray(list)) throw new BadPairs(0);
  return list.map((entry: Partial<CalibrationPair> | null, i) => {
    const [u, v] = Array.isArray(entry?.pixel) ? entry.pixel : [];
    return pairOf(i + 1, u, v, [entry?.lon, entry?.lat, entry?.height], entry?.name);
  });
}

/** Pairs out of a CSV or JSON file as this page writes them; throws `BadPairs` with the row that is wrong. */
export function readPairs(text: string): Pair[] {
  return /^\s*[[{]/.test(text) ? fromJson(text) : fromCsv(text);
}
