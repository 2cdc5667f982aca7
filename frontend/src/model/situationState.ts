/** The part of the state that is the situation: incidents, checkpoints, zones, and how live all of it is. */
import type { Point, Polygon } from 'geojson';
import type { LiveFeature } from '../api/live';
import type { Watch } from '../api/situation';
import type { AreaLevel } from '../api/types';
import type { ValueShapes } from './cityState';
import { EVERY_INCIDENT, type Incident, type IncidentFilter, type IncidentOrder } from './incidents';
import { Movers } from './movers';
import type { ReplayState } from './replay/replayState';
import type { VehicleState } from './vehicleState';
import type { Vehicle } from './vehicles';

export interface Direction {
  name: string;
  heading_deg: number | null;
  lanes: number | null;
}

export interface Checkpoint {
  id: string;
  name: string;
  name_en: string;
  lon: number;
  lat: number;
  height: number | null;
  road: string;
  lanes: number | null;
  directions: readonly Direction[];
  status: string;
}

export interface Zone {
  id: string;
  version: number;
  name: string;
  purpose: string;
  watch: Watch;
  geometry: Polygon;
}

export function checkpointOf({ id, geometry, properties }: LiveFeature): Checkpoint {
  const [lon = 0, lat = 0, height = null] = (geometry as Point).coordinates as [number, number, number?];
  const { name, name_en, road, lanes, directions, status } = properties as unknown as Checkpoint;
  return { id, name, name_en, lon, lat, height, road, lanes, directions, status };
}

export function zoneOf({ id, geometry, properties }: LiveFeature): Zone {
  const { version, name, purpose, watch } = properties as unknown as Zone;
  return { id, version, name, purpose, watch, geometry: geometry as Polygon };
}

/** A geofence was crossed: which, by what, which way. */
export interface Crossing {
  id: string;
  zone: string;
  name: string;
  moverKind: string;
  mover: string;
  way: 'enter' | 'leave';
  lon: number;
  lat: number;
  /** milliseconds since 1970 */
  at: number;
}

/** A unit that is on record, where it is housed. */
export interface UnitPlace {
  id: string;
  name: string;
  name_en: string;
  lon: number;
  lat: number;
}

export function crossingOf({ id, geometry, properties }: LiveFeature): Crossing {
  const [lon = 0, lat = 0] = (geometry as Point).coordinates;
  const { zone, name, mover_kind, mover, way, at } = properties as Record<string, string>;
  return {
    id,
    zone: zone ?? '',
    name: name ?? '',
    moverKind: mover_kind ?? '',
    mover: mover ?? '',
    way: way === 'leave' ? 'leave' : 'enter',
    lon,
    lat,
    at: Date.parse(at ?? ''),
  };
}

/** A change that came while this page was cut off. */
export interface Missed {
  id: string;
  action: 'create' | 'change' | 'remove' | 'leave';
}

/** `waiting`: not yet connected since the page was opened. */
export type Live =
  | { state: 'waiting' | 'up' }
  | { state: 'down'; since: number }
  /** back again: what was told of incidents meanwhile; `whole`: too much, everything was read afresh */
  | { state: 'back'; since: number; until: number; missed: readonly Missed[]; others: number; whole: boolean };

/** Kinds that come over the live feed. */
export interface Kept {
  incidents: Incident;
  checkpoints: Checkpoint;
  zones: Zone;
  vehicles: Vehicle;
}

export interface SituationState {
  live: Live;
  incidents: ReadonlyMap<string, Incident>;
  /** all that stand open were read once */
  incidentsLoaded: boolean;
  checkpoints: ReadonlyMap<string, Checkpoint>;
  zones: ReadonlyMap<string, Zone>;
  incidentFilter: IncidentFilter;
  incidentOrder: IncidentOrder;
  /** the newest first, of the last day */
  crossings: readonly Crossing[];
  /** told just now, the newest first; each is put away after a while */
  crossed: readonly Crossing[];
  /** units on record, by id */
  units: ReadonlyMap<string, UnitPlace>;
  /** what moves; tells its own listeners */
  movers: Movers;
  /** what moves and is at the right, `kind:id` */
  unit: string | null;
  /** the incident at the right, also behind one of its cameras */
  incident: string | null;
  /** the checkpoint at the right */
  checkpoint: string | null;
  /** the zone that is chosen in the list */
  zone: string | null;
  /** what is being filled in for the incident at the right */
  incidentAsk: 'dispatch' | 'note' | null;
  /** new incidents make no sound */
  muted: boolean;
  /** areas of which level are outlined */
  boundaries: AreaLevel | null;
  heat?: ValueShapes;
  /** scene: what is under the pointer of incidents, checkpoints and units, window pixels */
  over?: { kind: 'incident' | 'checkpoint' | 'unit'; id: string; x: number; y: number };
}

export const initialSituation: SituationState = {
  live: { state: 'waiting' },
  incidents: new Map(),
  incidentsLoaded: false,
  checkpoints: new Map(),
  zones: new Map(),
  crossings: [],
  crossed: [],
  units: new Map(),
  movers: new Movers(),
  unit: null,
  incidentFilter: EVERY_INCIDENT,
  incidentOrder: 'urgency',
  incident: null,
  incidentAsk: null,
  checkpoint: null,
  zone: null,
  muted: false,
  boundaries: null,
};

/** What happened to a kind: `put` in the place of what there was, `drop`ped; `whole`: this is all there is. */
export interface Delta<K extends keyof Kept> {
  kind: K;
  put: readonly Kept[K][];
  drop: readonly string[];
  whole?: boolean;
}

export type AnyDelta = Delta<'incidents'> | Delta<'checkpoints'> | Delta<'zones'> | Delta<'vehicles'>;

export interface SituationActions {
  setLive(live: Live): void;
  setIncidentsLoaded(): void;
  take(delta: AnyDelta): void;
  setIncidentFilter(filter: Partial<IncidentFilter>): void;
  setIncidentOrder(order: IncidentOrder): void;
  /** Opens an incident at the right; what stood there is put away. Null closes it. */
  openIncident(id: string | null): void;
  askIncident(ask: SituationState['incidentAsk']): void;
  openCheckpoint(id: string | null): void;
  /** Opens what moves, by `kind:id`, at the right; null closes it and puts its trail and track away. */
  openUnit(key: string | null): void;
  /** Takes crossings up; `told`: they happened just now and are to be noticed. */
  takeCrossings(crossings: readonly Crossing[], told: boolean): void;
  /** Puts the notice of a crossing away. */
  passCrossing(id: string): void;
  setUnits(units: readonly UnitPlace[]): void;
  setZone(id: string | null): void;
  setMuted(muted: boolean): void;
  setBoundaries(level: AreaLevel | null): void;
  setHeat(heat: ValueShapes | undefined): void;
  setOver(over: SituationState['over']): void;
}

function merged<T extends { id: string }>(
  before: ReadonlyMap<string, T>,
  { put, drop, whole = false }: { put: readonly T[]; drop: readonly string[]; whole?: boolean },
): ReadonlyMap<string, T> {
  const after = new Map(whole ? [] : before);
  for (const id of drop) after.delete(id);
  for (const record of put) after.set(record.id, record);
  return after;
}

/** Only what is not closed stays: the archive is asked for when somebody wants it. */
const standing = ({ put, drop, ...rest }: Delta<'incidents'>): Delta<'incidents'> => ({
  ...rest,
  put: put.filter(({ state }) => state !== 'closed'),
  drop: [...drop, ...put.filter(({ state }) => state === 'closed').map(({ id }) => id)],
});

function taken(state: Shown, delta: AnyDelta): Partial<Shown> {
  switch (delta.kind) {
    case 'incidents':
      return { incidents: merged(state.incidents, standing(delta)) };
    case 'checkpoints':
      return { checkpoints: merged(state.checkpoints, delta) };
    case 'zones':
      return { zones: merged(state.zones, delta) };
    case 'vehicles':
      return { vehicles: merged(state.vehicles, delta) };
  }
}

/** Records as they are shown, or as they are live while the past is shown. */
type Shown = Pick<SituationState, 'incidents' | 'checkpoints' | 'zones'> & Pick<VehicleState, 'vehicles'>;
type Seen = SituationState & Pick<ReplayState, 'aside'> & Pick<VehicleState, 'vehicles'>;
type Putting = {
  click: null;
  selection: null;
  link: undefined;
  trail: null;
  trackAsk: null;
  track: null;
  trackAt: null;
};
type Part = Seen & Putting;
type Setter = (change: Partial<Part> | ((state: Seen) => Partial<Part>)) => void;

/** Crossings that are kept. */
const MOST_CROSSINGS = 500;
/** Notices at once. */
const MOST_TOLD = 3;

/** What else stands at the right makes room. */
const ROOM = { click: null, selection: null, link: undefined };

export function situationActions(set: Setter): SituationActions {
  return {
    setLive: (live) => set({ live }),
    setIncidentsLoaded: () => set({ incidentsLoaded: true }),
    take: (delta) =>
      set((state) => {
        const { aside } = state;
        return aside ? { aside: { ...aside, ...taken(aside, delta) } } : taken(state, delta);
      }),
    setIncidentFilter: (filter) => set((state) => ({ incidentFilter: { ...state.incidentFilter, ...filter } })),
    setIncidentOrder: (incidentOrder) => set({ incidentOrder }),
    openIncident: (incident) =>
      set({
        incident,
        incidentAsk: null,
        ...(incident === null ? { link: undefined } : { checkpoint: null, unit: null, ...ROOM }),
      }),
    askIncident: (incidentAsk) => set({ incidentAsk }),
    openCheckpoint: (checkpoint) =>
      set(checkpoint === null ? { checkpoint } : { checkpoint, unit: null, selection: null }),
    openUnit: (unit) =>
      set(
        unit === null
          ? { unit, trail: null, trackAsk: null, track: null, trackAt: null }
          : { unit, checkpoint: null, selection: null },
      ),
    takeCrossings: (crossings, told) =>
      set((state) => {
        const fresh = crossings.filter(({ id }) => !state.crossings.some((known) => known.id === id));
        const all = [...fresh, ...state.crossings].toSorted((a, b) => b.at - a.at).slice(0, MOST_CROSSINGS);
        return {
          crossings: all,
          ...(told && { crossed: [...fresh, ...state.crossed].toSorted((a, b) => b.at - a.at).slice(0, MOST_TOLD) }),
        };
      }),
    passCrossing: (id) => set((state) => ({ crossed: state.crossed.filter((one) => one.id !== id) })),
    setUnits: (units) => set({ units: new Map(units.map((unit) => [unit.id, unit])) }),
    setZone: (zone) => set({ zone }),
    setMuted: (muted) => set({ muted }),
    setBoundaries: (boundaries) => set({ boundaries }),
    setHeat: (heat) => set({ heat }),
    setOver: (over) => set({ over }),
  };
}
