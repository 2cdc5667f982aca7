/** The doors for changing things: cameras, undo, the journal, loading from files, privacy volumes. */
import type { Feature, Polygon } from 'geojson';
import type { CameraDetails } from './types';

/** Sends and reads JSON; throws what `createClient` says. */
export type Send = <T>(path: string, init: RequestInit) => Promise<T>;

/** Fields that a person may set, in the names of the answers. Null clears what may be unknown. */
export interface CameraFields {
  name?: string;
  name_en?: string;
  lon?: number;
  lat?: number;
  height?: number;
  mount_height?: number;
  tier?: 1 | 2 | 3;
  type?: 'fixed' | 'ptz';
  heading?: number | null;
  pitch?: number;
  roll?: number;
  image_width?: number;
  image_height?: number;
  lens?: 'rectilinear' | 'fisheye' | 'panorama';
  hfov?: number;
  hfov_tele?: number | null;
  pan_range?: number | null;
  tilt_min?: number;
  tilt_max?: number;
  range?: number | null;
  owner?: string;
  address?: string;
  purpose?: string;
  status?: string;
  remarks?: string;
}

export type NewCamera = CameraFields & { id?: string; lon: number; lat: number };

export interface FieldChange {
  field: string;
  before: unknown;
  after: unknown;
}

export interface JournalRow {
  seq: number;
  time: string;
  actor: string;
  kind: string;
  id: string;
  name: string;
  action: 'create' | 'change' | 'remove';
  version: number | null;
  /** the row that it takes back */
  undoes: number | null;
  changes: FieldChange[];
}

export interface Journal {
  head: number;
  /** whether there are older rows */
  more: boolean;
  rows: JournalRow[];
}

/** Undoing `seq` to `through` does it again. */
export interface Undone {
  seq: number;
  through: number;
  undone: JournalRow[];
  camera: CameraDetails | null;
}

/** `base` and `top` are ellipsoidal metres. */
export interface VolumeProperties {
  name: string;
  reason: string;
  base: number;
  top: number;
  area: string;
  version: number;
}

export type Volume = Feature<Polygon, VolumeProperties> & { id: string };

export interface VolumeFields {
  name?: string;
  reason?: string;
  base?: number;
  top?: number;
}

const VOLUMES = '/api/privacy-volumes';
const JSON_BODY = { 'Content-Type': 'application/json' };

export function editingDoors(send: Send) {
  const json = <T>(method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    send<T>(path, { method, headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(body) });
  const seen = (version: number) => ({ 'If-Match': `"${version}"` });
  const camera = (id: string) => `/api/cameras/${encodeURIComponent(id)}`;
  const volume = (id: string) => `${VOLUMES}/${encodeURIComponent(id)}`;

  return {
    /** Changes a camera; `version` is the one that was read. */
    patchCamera: (id: string, version: number, fields: CameraFields | Record<string, unknown>) =>
      json<CameraDetails>('PATCH', camera(id), fields, seen(version)),
    createCamera: (fields: NewCamera) => json<CameraDetails>('POST', '/api/cameras', fields),
    retireCamera: (id: string, version: number) =>
      send<CameraDetails>(camera(id), { method: 'DELETE', headers: seen(version) }),
    /** Without rows: the caller's last change. */
    undo: (rows: { seq?: number; through?: number } = {}) => json<Undone>('POST', '/api/undo', rows),
    /** The latest changes of what one sees, in the order of their making; `mine`: those of the person at this page. */
    journal: (limit: number, mine: boolean, signal?: AbortSignal) =>
      send<Journal>(`/api/changes?limit=${limit}&mine=${mine}`, { signal: signal ?? null }),
    volumes: async (signal?: AbortSignal) =>
      (await send<{ features: Volume[] }>(VOLUMES, { signal: signal ?? null })).features,
    /** Without heights it stands on the ground and reaches the roof there, or three metres. */
    createVolume: (geometry: Polygon, properties: VolumeFields) =>
      json<Volume>('POST', VOLUMES, { type: 'Feature', geometry, properties }),
    patchVolume: (id: string, version: number, properties: VolumeFields) =>
      json<Volume>('PATCH', volume(id), { type: 'Feature', properties }, seen(version)),
    removeVolume: (id: string, version: number) =>
      send<{ id: string; seq: number }>(volume(id), { method: 'DELETE', headers: seen(version) }),
  };
}
