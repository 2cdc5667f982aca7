/** The doors of camera health: the board, one camera's verdicts and history, settings, repair orders, the month's assessment. */
import type { Doors } from './instruments';
import type { Tier } from './types';
import type { components, operations } from './types.gen';

type Schemas = components['schemas'];

/** `T` with some fields said more narrowly; a field that the server does not have is an error. */
type Refine<T, R extends { [K in keyof R]: K extends keyof T ? T[K] : never }> = Omit<T, keyof R> & R;

/** Of all cameras that should work; `share` 0 to 1, null where there is none. */
export type Rate = Schemas['RateTold'];
export type RateName = 'online' | 'intact' | 'connected';
export type GroupRates = Schemas['GroupRates'];
export type Axis = GroupRates['axis'];

export type ImageFault = Schemas['FaultCount']['fault'];
/** What an order is about: a fault of the picture, or that the camera is not reached. */
export type OrderFault = Schemas['NewOrder']['faults'][number];

export type Checks = Schemas['ChecksTold'];
export type HealthBoard = Schemas['HealthBoard'];

/** `online` null: not known. */
export type CameraHealth = Refine<Schemas['CameraHealth'], { tier: Tier }>;
export type VerdictSeen = Schemas['VerdictTold'];
export type HealthPicture = Schemas['FaultPicture'];
export type HealthSpell = Schemas['StateSpan'];
export type CameraHealthDetail = Refine<Schemas['CameraHealthDetail'], { tier: Tier }>;

/** What a list may be asked for. */
type Asked<O extends keyof operations> = operations[O]['parameters'] extends { query?: infer Q }
  ? { [K in keyof NonNullable<Q>]?: Exclude<NonNullable<Q>[K], null> | undefined }
  : never;
export type HealthQuery = Asked<'health-list'>;
export type OrderQuery = Asked<'repair-orders-list'>;

export interface Listed<T> {
  total: number;
  items: T[];
}

export type SettingField = Refine<Schemas['SettingField'], { least: number; most: number }>;
export type HealthSettings = Refine<Schemas['HealthSettings'], { fields: SettingField[] }>;

export type RepairOrder = Schemas['RepairOrder'];
export type OrderState = RepairOrder['state'];
export type OrderStep = 'accept' | 'fixed' | 'close' | 'cancel' | 'reopen';
export type NewOrder = Omit<Schemas['NewOrder'], 'note'> & Partial<Pick<Schemas['NewOrder'], 'note'>>;

export type AssessmentRow = Schemas['AssessmentRow'];
export type Assessment = Schemas['Assessment'];

const HEALTH = '/api/health';
const ORDERS = '/api/repair-orders';
const JSON_BODY = { 'Content-Type': 'application/json' };

const camera = (id: string) => `${HEALTH}/cameras/${encodeURIComponent(id)}`;
const order = (id: string) => `${ORDERS}/${encodeURIComponent(id)}`;

/** Several states are named one by one. */
function statesOf(states: readonly OrderState[] = []): string {
  return states.map((state) => `state=${state}`).join('&');
}

type Plain = Record<string, string | number | undefined>;
const plain = (query: object): Plain =>
  Object.fromEntries(Object.entries(query).map(([name, value]) => [name, value === true ? 'true' : value]));

export function healthDoors({ get, send, file, withQuery }: Doors & { file: (path: string) => Promise<Blob> }) {
  const json = <T>(method: string, path: string, body: unknown) =>
    send<T>(path, { method, headers: JSON_BODY, body: JSON.stringify(body) });
  return {
    healthBoard: (signal?: AbortSignal) => get<HealthBoard>(`${HEALTH}/board`, {}, signal),
    healthCameras: (query: HealthQuery, signal?: AbortSignal) =>
      get<Listed<CameraHealth>>(`${HEALTH}/cameras`, plain(query), signal),
    healthCamera: (id: string, signal?: AbortSignal) => get<CameraHealthDetail>(camera(id), {}, signal),
    /** Reaches for it and judges its picture, now; takes up to a minute. */
    checkCamera: (id: string, signal?: AbortSignal) =>
      send<CameraHealth>(`${camera(id)}/check`, { method: 'POST', signal: signal ?? null }),
    /** The picture of now is what later ones are compared with. */
    takeReference: (id: string) => json<CameraHealthDetail>('PUT', `${camera(id)}/reference`, { from: 'now' }),
    forgetReference: (id: string) => send<void>(`${camera(id)}/reference`, { method: 'DELETE' }),
    healthSettings: (signal?: AbortSignal) => get<HealthSettings>(`${HEALTH}/settings`, {}, signal),
    changeHealthSettings: (settings: Schemas['HealthSettingsWanted']) =>
      json<HealthSettings>('PUT', `${HEALTH}/settings`, settings),
    repairOrders: ({ state, ...query }: OrderQuery, signal?: AbortSignal) => {
      const path = withQuery(ORDERS, plain(query));
      const states = statesOf(state);
      return get<Listed<RepairOrder>>(states ? `${path}${path.includes('?') ? '&' : '?'}${states}` : path, {}, signal);
    },
    repairOrder: (id: string, signal?: AbortSignal) => get<RepairOrder>(order(id), {}, signal),
    openOrder: (fields: NewOrder) => json<RepairOrder>('POST', ORDERS, fields),
    stepOrder: (id: string, step: OrderStep, fields: { version: number; note?: string }) =>
      json<RepairOrder>('POST', `${order(id)}/${step}`, fields),
    changeOrder: (id: string, fields: { version: number; contractor?: string; deadline?: string; note?: string }) =>
      json<RepairOrder>('PATCH', order(id), fields),
    assessment: (month: string, leased: boolean, signal?: AbortSignal) =>
      get<Assessment>(`${HEALTH}/assessment`, { month, leased: String(leased) }, signal),
    assessmentFile: (month: string, leased: boolean, format: 'csv' | 'xlsx') =>
      file(withQuery(`${HEALTH}/assessment`, { month, leased: String(leased), format })),
  };
}
