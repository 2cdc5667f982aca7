/** The doors of camera health: the board, one camera's verdicts and history, settings, repair orders, the month's assessment. */
import type { Doors } from './instruments';

export type ImageFault =
  | 'signal-lost'
  | 'black'
  | 'over-exposed'
  | 'frozen'
  | 'snow'
  | 'covered'
  | 'blurred'
  | 'moved'
  | 'colour-cast';

/** What an order is about: a fault of the picture, or that the camera is not reached. */
export type OrderFault = ImageFault | 'offline';

export type RateName = 'online' | 'intact' | 'connected';
export type Axis = 'all' | 'district' | 'street' | 'community' | 'owner' | 'tier';

/** Of all cameras that should work; `share` 0 to 1, null where there is none. */
export interface Rate {
  good: number;
  bad: number;
  unknown: number;
  total: number;
  share: number | null;
  target: number;
  reached: boolean | null;
}

export interface GroupRates extends Record<RateName, Rate> {
  axis: Axis;
  group: string;
  name: string;
}

export interface Checks {
  enabled: boolean;
  reached_at: string | null;
  reach_round_s: number;
  judged_last_hour: number;
  picture_round_s: number | null;
  waiting: number;
}

export interface HealthBoard {
  at: string;
  cameras: number;
  targets: Record<RateName, number>;
  rates: GroupRates[];
  faults: { fault: ImageFault; cameras: number }[];
  checks: Checks;
  orders: { open: number; overdue: number };
}

export interface CameraHealth {
  camera: string;
  name: string;
  tier: 1 | 2 | 3;
  district: string;
  street: string;
  owner: string;
  contractor: string;
  lon: number;
  lat: number;
  /** null: not known */
  online: boolean | null;
  online_since: string | null;
  reached_at: string | null;
  why: string | null;
  why_text: string | null;
  faults: ImageFault[];
  judged_at: string | null;
  order: string | null;
}

export interface VerdictSeen {
  fault: ImageFault;
  found: boolean;
  judged: boolean;
  measured: number | null;
  threshold: number;
  unit: string;
  text: string;
}

export interface HealthPicture {
  at: string;
  fault: ImageFault | null;
  href: string;
}

export interface HealthSpell {
  from: string;
  to: string | null;
  state: 'online' | 'offline' | ImageFault;
}

export interface CameraHealthDetail extends CameraHealth {
  verdicts: VerdictSeen[];
  pictures: HealthPicture[];
  reference: { at: string; href: string } | null;
  history: HealthSpell[];
}

export interface HealthQuery {
  fault?: string | undefined;
  online?: 'true' | 'false' | 'unknown' | undefined;
  district?: string | undefined;
  street?: string | undefined;
  owner?: string | undefined;
  tier?: string | undefined;
  q?: string | undefined;
  sort?: string | undefined;
  limit?: number;
  offset?: number;
}

export interface Listed<T> {
  total: number;
  items: T[];
}

export interface SettingField {
  name: string;
  value: number;
  default: number;
  least: number;
  most: number;
  unit: string;
  text: string;
}

type Values = Record<string, unknown>;

export interface HealthSettings {
  version: number;
  thresholds: Values;
  targets: Values;
  schedule: Values;
  orders: Values;
  fields: SettingField[];
}

export type OrderState = 'open' | 'accepted' | 'fixed' | 'closed' | 'cancelled';
export type OrderStep = 'accept' | 'fixed' | 'close' | 'cancel' | 'reopen';

export interface RepairOrder {
  id: string;
  version: number;
  lon: number;
  lat: number;
  area: string;
  camera: string;
  camera_name: string;
  faults: OrderFault[];
  contractor: string;
  owner: string;
  opened_at: string;
  deadline: string;
  state: OrderState;
  closed_at: string | null;
  closed_by: 'picture' | 'hand' | null;
  note: string;
}

export interface OrderQuery {
  state?: readonly OrderState[] | undefined;
  contractor?: string | undefined;
  overdue?: true | undefined;
  camera?: string | undefined;
  district?: string | undefined;
  q?: string | undefined;
  sort?: string | undefined;
  limit?: number;
  offset?: number;
}

export interface NewOrder {
  camera: string;
  faults: OrderFault[];
  contractor?: string;
  deadline?: string;
  note?: string;
}

export interface AssessmentRow {
  contractor: string;
  cameras: number;
  online_share: number | null;
  intact_share: number | null;
  faults: number;
  orders: number;
  on_time: number;
  late: number;
  open: number;
  mean_repair_h: number | null;
  score: number | null;
}

export interface Assessment {
  month: string;
  rows: AssessmentRow[];
}

const HEALTH = '/api/health';
const ORDERS = '/api/repair-orders';
const JSON_BODY = { 'Content-Type': 'application/json' };

const camera = (id: string) => `${HEALTH}/cameras/${encodeURIComponent(id)}`;
const order = (id: string) => `${ORDERS}/${encodeURIComponent(id)}`;

/** Several states are named one by one. */
function statesOf(states: readonly OrderState[] = []): string {
  return states.map((state) => `state=${state}`).join('&');
}

type Asked = Record<string, string | number | undefined>;
const plain = (query: object): Asked =>
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
    changeHealthSettings: (settings: Omit<HealthSettings, 'fields'>) =>
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
