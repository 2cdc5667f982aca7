/** The city's own vehicles as the client holds them: what each is, how long ago it was heard of, which are listed. */
import type { LiveFeature } from '../api/live';
import type { Lang } from '../api/types';
import type { Duty, VehicleFeature, VehicleType } from '../api/vehicles';
import { GONE_MS, type Mover, SILENT_MS } from './movers';

export const VEHICLE = 'vehicle';
export const VEHICLE_TYPES: readonly VehicleType[] = ['patrol', 'fire', 'ambulance', 'repair', 'other'];
export const DUTIES: readonly Duty[] = ['free', 'busy', 'off-duty'];

/** Colours of types; shapes tell them apart, too. */
export const TYPE_COLOURS: Record<VehicleType, string> = {
  patrol: '#3d9bff',
  fire: '#ff6b4a',
  ambulance: '#4fd8a4',
  repair: '#f5c445',
  other: '#b9a3ff',
};

export interface Vehicle {
  id: string;
  version: number;
  name: string;
  name_en: string;
  type: VehicleType;
  plate: string;
  call_sign: string;
  phone: string;
  unit: string;
  duty: Duty;
  incident: string;
  seats: number | null;
  remarks: string;
  district: string;
  street: string;
  community: string;
  /** of its station */
  lon: number;
  lat: number;
}

/** Where a vehicle was last heard of. */
export type Heard = Pick<Mover, 'lon' | 'lat' | 'height' | 'heading' | 'speed' | 'heard'>;

export const keyOf = (id: string): string => `${VEHICLE}:${id}`;

/** The vehicle that a key of something that moves names; null where it is no vehicle. */
export function vehicleIn(key: string | null): string | null {
  return key?.startsWith(`${VEHICLE}:`) ? key.slice(VEHICLE.length + 1) : null;
}

export function vehicleOf({ id, geometry, properties }: LiveFeature): Vehicle {
  const [lon = 0, lat = 0] = (geometry as { coordinates: number[] }).coordinates;
  return { ...(properties as unknown as Vehicle), id, lon, lat };
}

export function heardOf({ position }: Pick<VehicleFeature, 'position'>): Heard | undefined {
  if (!position) return undefined;
  return {
    lon: position.lon,
    lat: position.lat,
    height: position.height_m,
    heading: position.heading_deg,
    speed: position.speed_m_s,
    heard: Date.parse(position.at),
  };
}

/** What it is called on the map, where there is little room. */
export function shortName({ call_sign, name, name_en }: Vehicle, lang: Lang): string {
  return call_sign || (lang === 'en' && name_en) || name;
}

export function fullName({ name, name_en }: Vehicle, lang: Lang): string {
  return (lang === 'en' && name_en) || name;
}

/** `12 s`, `3 min`. */
export function ageText(age_ms: number, lang: Lang): string {
  const seconds = Math.max(0, Math.floor(age_ms / 1000));
  if (seconds < 60) return lang === 'en' ? `${seconds} s` : `${seconds} 秒`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return lang === 'en' ? `${minutes} min` : `${minutes} 分钟`;
  const hours = Math.floor(minutes / 60);
  return lang === 'en' ? `${hours} h ${minutes % 60} min` : `${hours} 小时 ${minutes % 60} 分钟`;
}

/** The later one of two. */
export function newer(a: Heard | undefined, b: Heard | undefined): Heard | undefined {
  if (!a || !b) return a ?? b;
  return b.heard > a.heard ? b : a;
}

/** `live`: heard of within a minute; `silent`: longer ago; `unheard`: not within ten minutes, or never. */
export type Presence = 'live' | 'silent' | 'unheard';

export function presenceOf(heard: Heard | undefined, now: number): Presence {
  if (!heard || now - heard.heard > GONE_MS) return 'unheard';
  return now - heard.heard > SILENT_MS ? 'silent' : 'live';
}

export interface VehicleFilter {
  text: string;
  types: readonly VehicleType[];
  duties: readonly Duty[];
  unit: string | null;
  district: string | null;
  presence: readonly Presence[];
}

export const EVERY_VEHICLE: VehicleFilter = {
  text: '',
  types: [],
  duties: [],
  unit: null,
  district: null,
  presence: [],
};

export const ORDERS = ['name', 'duty', 'heard', 'speed'] as const;
export type VehicleOrder = (typeof ORDERS)[number];

export interface Listed {
  vehicle: Vehicle;
  heard: Heard | undefined;
  presence: Presence;
}

const passes = <T>(wanted: readonly T[], value: T) => wanted.length === 0 || wanted.includes(value);

function matches({ vehicle, presence }: Listed, filter: VehicleFilter, words: readonly string[]): boolean {
  const { name, name_en, plate, call_sign, id, phone } = vehicle;
  if (!passes(filter.types, vehicle.type) || !passes(filter.duties, vehicle.duty)) return false;
  if (!passes(filter.presence, presence)) return false;
  if (filter.unit !== null && vehicle.unit !== filter.unit) return false;
  if (filter.district !== null && vehicle.district !== filter.district) return false;
  const inside = [name, name_en, plate, call_sign, id, phone].join(' ').toLowerCase();
  return words.every((word) => inside.includes(word));
}

const late = ({ heard }: Listed) => heard?.heard ?? 0;
const quick = ({ heard }: Listed) => heard?.speed ?? -1;

/** Those that a filter lets through, in an order; those that are alike by name. */
export function listed(all: readonly Listed[], filter: VehicleFilter, order: VehicleOrder, lang: Lang): Listed[] {
  const words = filter.text.toLowerCase().split(/\s+/).filter(Boolean);
  const names = new Intl.Collator(lang === 'zh' ? 'zh-CN' : 'en', { numeric: true });
  const byName = (a: Listed, b: Listed) => names.compare(shortName(a.vehicle, lang), shortName(b.vehicle, lang));
  const by: Record<VehicleOrder, (a: Listed, b: Listed) => number> = {
    name: byName,
    duty: (a, b) => DUTIES.indexOf(a.vehicle.duty) - DUTIES.indexOf(b.vehicle.duty),
    heard: (a, b) => late(b) - late(a),
    speed: (a, b) => quick(b) - quick(a),
  };
  return all.filter((one) => matches(one, filter, words)).toSorted((a, b) => by[order](a, b) || byName(a, b));
}

export type Counts = Record<Duty | 'silent', number>;

/** How many are free, busy and off duty; and how many of all are not heard of now. */
export function countsOf(all: readonly Listed[]): Counts {
  const counts: Counts = { free: 0, busy: 0, 'off-duty': 0, silent: 0 };
  for (const { vehicle, presence } of all) {
    counts[vehicle.duty] += 1;
    if (presence !== 'live') counts.silent += 1;
  }
  return counts;
}
