/** Incidents as the client keeps them: out of either answer of the server, sorted, filtered, judged by the clock. */
import type { Point } from 'geojson';
import type { LiveFeature } from '../api/live';
import type { Category, IncidentFeature, IncidentState, Move, Severity, Source } from '../api/situation';

export const CATEGORIES = [
  'fire',
  'rescue',
  'hazardous-material',
  'medical',
  'traffic-accident',
  'traffic-jam',
  'theft',
  'robbery',
  'assault',
  'dispute',
  'disturbance',
  'missing-person',
  'fraud',
  'suspicious',
  'false-alarm',
  'help',
  'other',
] as const satisfies readonly Category[];
export const SEVERITIES = [1, 2, 3, 4] as const satisfies readonly Severity[];
export const STATES = [
  'reported',
  'accepted',
  'dispatched',
  'on-scene',
  'resolved',
  'closed',
] as const satisfies readonly IncidentState[];
/** Of these somebody still has to do something. */
export const OPEN: readonly IncidentState[] = ['reported', 'accepted', 'dispatched', 'on-scene'];
export const STANDING: readonly IncidentState[] = [...OPEN, 'resolved'];

/** Numbers of severity as they are written, so that no colour is needed to tell them. */
export const SEVERITY_MARKS: Record<Severity, string> = { 1: 'Ⅰ', 2: 'Ⅱ', 3: 'Ⅲ', 4: 'Ⅳ' };
export const SEVERITY_COLOURS: Record<Severity, string> = { 1: '#ff4d5e', 2: '#ff9f43', 3: '#ffd93d', 4: '#7cc4ff' };

/** Times are milliseconds since 1970. */
export interface Incident {
  id: string;
  version: number;
  lon: number;
  lat: number;
  /** ellipsoidal metres; null: on the ground */
  height: number | null;
  /** the true place lies no farther than so many metres; null: exactly here */
  within_m: number | null;
  source: Source;
  number: string;
  category: Category;
  subcategory: string;
  severity: Severity;
  state: IncidentState;
  description: string;
  address: string;
  unit: string;
  reported: number;
  deadline: number | null;
  /** marked for attention by a person */
  marked: boolean;
  district: string;
  street: string;
  community: string;
  duplicateOf: string;
  /** nothing of it is real */
  exercise: boolean;
  /** until when it holds, as its source says */
  expires: number | null;
}

const time = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : null);

/** The live feed tells the record itself, the lists what was worked out of it. */
export function incidentOf({ id, geometry, properties }: IncidentFeature | LiveFeature): Incident {
  const told = properties as IncidentFeature['properties'];
  const [lon = 0, lat = 0, height = null] = (geometry as Point).coordinates as [number, number, number?];
  return {
    id,
    lon,
    lat,
    height,
    version: told.version,
    within_m: told.within_m,
    source: told.source,
    number: told.number,
    category: told.category,
    subcategory: told.subcategory,
    severity: told.severity,
    state: told.state,
    description: told.description,
    address: told.address,
    unit: told.unit,
    reported: time(told.reported_at) ?? 0,
    deadline: time(told.deadline),
    // `supervised` of the record is the mark alone, that of a list counts the overdue as well.
    marked: told.marked ?? told.supervised,
    district: told.district,
    street: told.street,
    community: told.community,
    duplicateOf: told.duplicate_of,
    // What was kept before there were exercises does not say.
    exercise: Boolean(told.exercise),
    expires: time(told.expires_at),
  };
}

export const isOpen = ({ state }: Pick<Incident, 'state'>) => OPEN.includes(state);

export function isOverdue({ deadline }: Pick<Incident, 'deadline'>, now: number): boolean {
  return deadline !== null && now > deadline;
}

export function isSupervised(incident: Pick<Incident, 'deadline' | 'marked' | 'state'>, now: number): boolean {
  return isOverdue(incident, now) || (incident.marked && incident.state !== 'closed');
}

/** What a state usually leads to. */
export const NEXT_MOVE: Record<IncidentState, Move | null> = {
  reported: 'accept',
  accepted: 'dispatch',
  dispatched: 'arrive',
  'on-scene': 'resolve',
  resolved: 'close',
  closed: null,
};

export const MOVES = ['accept', 'dispatch', 'arrive', 'resolve', 'close'] as const satisfies readonly Move[];

/** Exercises, what is real, or both. */
export type Reality = 'all' | 'real' | 'exercises';
export const REALITIES = ['all', 'real', 'exercises'] as const satisfies readonly Reality[];

export type IncidentOrder = 'urgency' | 'newest' | 'deadline';

export interface IncidentFilter {
  /** open: somebody has to act; standing: not closed; closed: from the archive */
  scope: 'open' | 'standing' | 'closed';
  categories: readonly Category[];
  severities: readonly Severity[];
  /** only past their deadline or marked */
  supervised: boolean;
  reality: Reality;
  /** code of an area of any level below the city */
  area: string | null;
  text: string;
}

export const EVERY_INCIDENT: IncidentFilter = {
  scope: 'open',
  categories: [],
  severities: [],
  supervised: false,
  reality: 'all',
  area: null,
  text: '',
};

const chosen = <T>(list: readonly T[], value: T) => list.length === 0 || list.includes(value);

export function passes(incident: Incident, filter: IncidentFilter, now: number): boolean {
  if (filter.scope === 'open' && !isOpen(incident)) return false;
  if (!chosen(filter.categories, incident.category) || !chosen(filter.severities, incident.severity)) return false;
  if (filter.reality !== 'all' && incident.exercise !== (filter.reality === 'exercises')) return false;
  if (filter.supervised && !isSupervised(incident, now)) return false;
  const { district, street, community, number, address, description, subcategory } = incident;
  if (filter.area !== null && ![district, street, community].includes(filter.area)) return false;
  if (filter.text === '') return true;
  const inside = [number, address, description, subcategory, incident.id].join('\n').toLowerCase();
  return filter.text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inside.includes(word));
}

type Compare = (a: Incident, b: Incident) => number;

const last = Number.POSITIVE_INFINITY;
const byDeadline: Compare = (a, b) => (a.deadline ?? last) - (b.deadline ?? last) || 0;
/** An exercise never stands before what is real. */
const byReality: Compare = (a, b) => Number(a.exercise) - Number(b.exercise);
const byId: Compare = (a, b) => (a.id < b.id ? -1 : 1);

const ORDERS: Record<IncidentOrder, Compare> = {
  urgency: (a, b) => byReality(a, b) || a.severity - b.severity || byDeadline(a, b) || byId(a, b),
  deadline: (a, b) => byDeadline(a, b) || a.severity - b.severity || byId(a, b),
  newest: (a, b) => b.reported - a.reported || byId(a, b),
};

export function sorted(incidents: Iterable<Incident>, order: IncidentOrder): Incident[] {
  return [...incidents].sort(ORDERS[order]);
}

/** How many real ones stand open of each category, most first. */
export function openByCategory(incidents: Iterable<Incident>): [Category, number][] {
  const counts = new Map<Category, number>();
  for (const incident of incidents) {
    if (isOpen(incident) && !incident.exercise) counts.set(incident.category, (counts.get(incident.category) ?? 0) + 1);
  }
  return [...counts].sort(([, a], [, b]) => b - a);
}

/** `4:05`, `1:02:09`; days where there are any. */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(Math.abs(milliseconds) / 1000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export interface Sums {
  open: number;
  overdue: number;
  supervised: number;
  exercises: number;
}

/** Of what is real: how many stand open, are overdue, are supervised; and how many exercises stand open. */
export function sumsOf(incidents: Iterable<Incident>, now: number): Sums {
  const found: Sums = { open: 0, overdue: 0, supervised: 0, exercises: 0 };
  for (const incident of incidents) {
    if (incident.exercise) {
      if (isOpen(incident)) found.exercises += 1;
      continue;
    }
    if (isOpen(incident)) found.open += 1;
    if (isOverdue(incident, now)) found.overdue += 1;
    if (isSupervised(incident, now)) found.supervised += 1;
  }
  return found;
}

/** Of what is only played: no colour of a severity. */
export const EXERCISE_COLOUR = '#e3e9f2';
/** What is written over the sign of an exercise. */
export const EXERCISE_WORDS: Record<'zh' | 'en', string> = { zh: '演习', en: 'EXERCISE' };

/** What stands in an incident's sign: one sign of Chinese, two letters of English. */
export const GLYPHS: Record<'zh' | 'en', Record<Category, string>> = {
  zh: {
    fire: '火',
    rescue: '救',
    'hazardous-material': '危',
    medical: '医',
    'traffic-accident': '祸',
    'traffic-jam': '堵',
    theft: '盗',
    robbery: '抢',
    assault: '伤',
    dispute: '纠',
    disturbance: '扰',
    'missing-person': '寻',
    fraud: '诈',
    suspicious: '疑',
    'false-alarm': '误',
    help: '助',
    other: '他',
  },
  en: {
    fire: 'FI',
    rescue: 'RE',
    'hazardous-material': 'HZ',
    medical: 'ME',
    'traffic-accident': 'TA',
    'traffic-jam': 'TJ',
    theft: 'TH',
    robbery: 'RO',
    assault: 'AS',
    dispute: 'DI',
    disturbance: 'DB',
    'missing-person': 'MP',
    fraud: 'FR',
    suspicious: 'SU',
    'false-alarm': 'FA',
    help: 'HE',
    other: 'OT',
  },
};
