/** Loading camera lists: what is asked and what is answered. */
import type { Send } from './editing';

export type ImportMode = 'preview' | 'dry-run' | 'commit';

export interface ImportColumn {
  number: number;
  heading: string;
  field: string | null;
  proposed: string | null;
  secret: boolean;
  samples: string[];
}

export type RemarkSeverity = 'refused' | 'skipped' | 'assumed' | 'incomplete';

export interface RowRemark {
  row: number;
  id: string;
  field: string;
  value: string;
  code: string;
  severity: RemarkSeverity;
  detail: string;
  remedy: string;
}

export interface Proposal {
  code: string;
  text: string;
  patch: Record<string, unknown>;
}

export interface CameraConflict {
  camera: string;
  name: string;
  version: number;
  code: string;
  severity: 'error' | 'warning' | 'notice';
  text: string;
  lon: number;
  lat: number;
  proposals: Proposal[];
}

export interface Conflicts {
  version: string;
  count: number;
  counts: Record<string, number>;
  conflicts: CameraConflict[];
}

export interface ImportAnswer {
  file: string;
  form: string;
  mode: ImportMode;
  sheet: string;
  sheets: string[];
  crs: string | null;
  notes: { code: string; text: string }[];
  columns: ImportColumn[];
  rows: { row: number; cells: string[] }[];
  row_count: number;
  mapping: Record<string, string>;
  missing: string[];
  fields: string[];
  ignored: string[];
  counts: Record<string, number> | null;
  remarks: RowRemark[];
  remarks_left_out: number;
  conflicts: CameraConflict[];
  committed: { seq: number; through: number; changed: number } | null;
}

/** How the file is to be read; mapping: field to heading or number of a column, empty for none. */
export interface ImportHow {
  crs: string;
  height_reference: 'above ground' | 'above sea' | 'ellipsoidal';
  vertical_datum: string;
  header: 'auto' | 'none';
  sheet: string;
  mapping: Record<string, string>;
}

export function importQuery(file: string, mode: ImportMode, how: ImportHow): string {
  const query = new URLSearchParams({ file, mode, height_reference: how.height_reference, header: how.header });
  if (how.crs) query.set('crs', how.crs);
  if (how.vertical_datum && how.height_reference === 'above sea') query.set('vertical_datum', how.vertical_datum);
  if (how.sheet) query.set('sheet', how.sheet);
  if (Object.keys(how.mapping).length > 0) query.set('mapping', JSON.stringify(how.mapping));
  return query.toString();
}

export function importingDoors(send: Send) {
  return {
    importCameras: (file: File, mode: ImportMode, how: ImportHow, signal?: AbortSignal) =>
      send<ImportAnswer>(`/api/cameras/import?${importQuery(file.name, mode, how)}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: file,
        signal: signal ?? null,
      }),
    conflicts: (signal?: AbortSignal) =>
      send<Conflicts>('/api/cameras/conflicts?limit=20000', { signal: signal ?? null }),
  };
}

/** Height datums that are offered, by the names the server takes; any other it knows may be typed. */
export const VERTICAL_DATUMS = ['1985 国家高程基准', 'EGM96'] as const;
