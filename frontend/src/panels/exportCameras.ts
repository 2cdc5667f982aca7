/** The listed cameras as a file: what is on the screen, nothing that the server did not already show. */
import type { CameraSummary } from '../api/types';

const COLUMNS = [
  'id',
  'name',
  'name_en',
  'tier',
  'type',
  'owner',
  'contractor',
  'leased',
  'lon',
  'lat',
  'height',
  'heading',
  'hfov',
] as const;

export function cell(value: unknown): string {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** CSV with a byte order mark, so that spreadsheet programs read the Chinese right. */
export function toCsv(cameras: readonly CameraSummary[]): string {
  const rows = cameras.map((camera) => COLUMNS.map((column) => cell(camera[column])).join(','));
  return `\uFEFF${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}

export function toGeojson(cameras: readonly CameraSummary[]): string {
  return JSON.stringify({
    type: 'FeatureCollection',
    features: cameras.map((camera) => ({
      type: 'Feature',
      id: camera.id,
      geometry: { type: 'Point', coordinates: [camera.lon, camera.lat, camera.height] },
      properties: Object.fromEntries(COLUMNS.map((column) => [column, camera[column] ?? null])),
    })),
  });
}

export function download(name: string, type: string, text: string): void {
  saveBlob(name, new Blob([text], { type }));
}

/** Hands a file to the browser's downloads. */
export function saveBlob(name: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = name;
  anchor.click();
  URL.revokeObjectURL(url);
}
