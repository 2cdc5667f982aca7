/** The doors for what operators live by: incidents, checkpoints, zones, units. */
import type { Polygon } from 'geojson';
import type { Send } from './editing';
import type { LiveFeature } from './live';
import type { components } from './types.gen';

type Schemas = components['schemas'];

export type IncidentFeature = Schemas['Incident'];
export type IncidentDetail = Schemas['IncidentDetail'];
/** A photograph of an incident; `id` names its bytes. */
export type IncidentPicture = Schemas['PictureTold'];
export type IncidentStatistics = Schemas['IncidentStatistics'];
export type IncidentHeat = Schemas['IncidentHeat'];
export type CheckpointDetail = Schemas['CheckpointDetail'];
export type CheckpointFeature = Schemas['Checkpoint'];
export type ZoneFeature = Schemas['Zone'];
export type UnitFeature = Schemas['Unit'];
export type NewIncident = Schemas['NewIncident'];
export type Category = IncidentFeature['properties']['category'];
export type IncidentState = IncidentFeature['properties']['state'];
export type Severity = IncidentFeature['properties']['severity'];
export type Source = IncidentFeature['properties']['source'];
export type Move = IncidentDetail['allowed'][number];
export interface MoveFields {
  unit?: string;
  /** busy with the incident from then on */
  vehicle?: string;
  duplicate_of?: string;
}

export type Watch = ZoneFeature['properties']['watch'];

export interface IncidentPage {
  /** the journal's number up to which the page is true */
  seq: number;
  matched: number;
  next: string | null;
  features: IncidentFeature[];
}

/** Several values are alternatives; times are UTC. */
export interface IncidentQuery {
  state?: readonly IncidentState[];
  category?: readonly Category[];
  severity?: readonly Severity[];
  area?: string | undefined;
  exercise?: boolean | undefined;
  since?: string | undefined;
  until?: string | undefined;
  q?: string | undefined;
  limit?: number | undefined;
  after?: string | undefined;
}

/** Figures of the whole situation, as far as the caller may see it. */
export interface SituationAnswer {
  open: Record<string, number>;
  overdue: number;
  supervised: number;
  /** people with a live connection */
  connected: number;
}

export interface ZoneFields {
  name?: string;
  purpose?: string;
  watch?: Watch;
}

const INCIDENTS = '/api/incidents';
const ZONES = '/api/zones';
const JSON_BODY = { 'Content-Type': 'application/json' };

/** `path?state=a&state=b`. */
export function incidentPath(path: string, query: IncidentQuery, more: Record<string, string> = {}): string {
  const params = new URLSearchParams(more);
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === '') continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(name, String(one));
  }
  const text = params.toString();
  return text ? `${path}?${text}` : path;
}

export function situationDoors(send: Send) {
  const get = <T>(path: string, signal?: AbortSignal) => send<T>(path, { signal: signal ?? null });
  const json = <T>(method: string, path: string, body: unknown, headers: Record<string, string> = {}) =>
    send<T>(path, { method, headers: { ...JSON_BODY, ...headers }, body: JSON.stringify(body) });
  const seen = (version: number) => ({ 'If-Match': `"${version}"` });
  const incident = (id: string) => `${INCIDENTS}/${encodeURIComponent(id)}`;
  const zone = (id: string) => `${ZONES}/${encodeURIComponent(id)}`;
  return {
    incidents: (query: IncidentQuery = {}, signal?: AbortSignal) =>
      get<IncidentPage>(incidentPath(INCIDENTS, query), signal),
    incident: (id: string, signal?: AbortSignal) => get<IncidentDetail>(incident(id), signal),
    reportIncident: (fields: NewIncident, key: string) =>
      json<IncidentFeature>('POST', INCIDENTS, fields, { 'Idempotency-Key': key }),
    /** Moves an incident on; `version` is the one that was read. */
    moveIncident: (id: string, move: Move, version: number, fields: MoveFields = {}) =>
      json<IncidentFeature>('POST', `${incident(id)}/${move}`, fields, seen(version)),
    superviseIncident: (id: string, on: boolean, version: number) =>
      json<IncidentFeature>('POST', `${incident(id)}/supervise`, { on }, seen(version)),
    noteIncident: (id: string, text: string) => json<IncidentFeature>('POST', `${incident(id)}/note`, { text }),
    /** The bytes as they are; what they are is the server's to find out. */
    addPicture: (id: string, file: Blob) =>
      send<IncidentPicture>(`${incident(id)}/pictures`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/octet-stream' },
        body: file,
      }),
    removePicture: (id: string, picture: string) =>
      send<void>(`${incident(id)}/pictures/${picture}`, { method: 'DELETE' }),
    pictureUrl: (id: string, picture: string, size: 'whole' | 'small') =>
      `${incident(id)}/pictures/${picture}?size=${size}`,
    incidentStatistics: (query: IncidentQuery, level: string, signal?: AbortSignal) =>
      get<IncidentStatistics>(incidentPath(`${INCIDENTS}/statistics`, query, { level }), signal),
    incidentHeat: (query: IncidentQuery, resolution: number, signal?: AbortSignal) =>
      get<IncidentHeat>(incidentPath(`${INCIDENTS}/heat`, query, { resolution: String(resolution) }), signal),
    incidentExportUrl: (query: IncidentQuery, f: 'csv' | 'geojson') =>
      incidentPath(`${INCIDENTS}/export`, query, { f }),
    situation: (signal?: AbortSignal) => get<SituationAnswer>('/api/situation', signal),
    /** Crossings of geofences since a time. */
    crossings: async (since: Date, signal?: AbortSignal) =>
      (
        await get<{ features: LiveFeature[] }>(
          `/ogc/collections/crossings/items?${new URLSearchParams({ datetime: `${since.toISOString()}/..`, limit: '1000' })}`,
          signal,
        )
      ).features,
    checkpoint: (id: string, signal?: AbortSignal) =>
      get<CheckpointDetail>(`/api/checkpoints/${encodeURIComponent(id)}`, signal),
    units: async (signal?: AbortSignal) => (await get<{ features: UnitFeature[] }>('/api/units', signal)).features,
    createZone: (geometry: Polygon, properties: ZoneFields & { name: string }) =>
      json<ZoneFeature>('POST', ZONES, { type: 'Feature', geometry, properties }),
    patchZone: (id: string, version: number, change: { properties?: ZoneFields; geometry?: Polygon }) =>
      json<ZoneFeature>('PATCH', zone(id), { type: 'Feature', ...change }, seen(version)),
    removeZone: (id: string, version: number) =>
      send<{ id: string; seq: number }>(zone(id), { method: 'DELETE', headers: seen(version) }),
  };
}
