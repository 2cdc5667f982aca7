/** The client's whole state as values; who writes each part stands beside it. */
import type { ImageFault } from '../api/health';
import type {
  Area,
  CameraSummary,
  City,
  ConeAnswer,
  CoverageAnswer,
  Ladder,
  Lang,
  LinkAnswer,
  SightAnswer,
  Tier,
} from '../api/types';
import { type CameraState, initialCamera } from './cameraState';
import { type CityState, initialCity } from './cityState';
import { type DoorState, initialDoor } from './doorState';
import { type DrapeState, initialDrapes } from './drapes';
import { type HealthState, initialHealth } from './healthState';
import { initialReplay, type ReplayState } from './replay/replayState';
import { initialRoute, type RouteState } from './route';
import { initialSituation, type SituationState } from './situationState';
import { initialVehicles, type VehicleState } from './vehicleState';
import { initialVideo, type VideoStateSlice } from './videoState';
import { initialWay, type WayState } from './way';

export interface Place {
  lon: number;
  lat: number;
  /** ellipsoidal metres; without it the ground, or the roof where a building stands */
  height?: number;
}

/** Where the viewer's eye is: degrees, ellipsoidal metres; signs as in CesiumJS. */
export interface View {
  lon: number;
  lat: number;
  height: number;
  heading: number;
  pitch: number;
  roll: number;
}

export type Selection = { kind: 'camera'; id: string } | { kind: 'building'; id: string } | ({ kind: 'place' } & Place);

export interface Click extends Place {
  source: 'scene' | 'search';
}

export interface Filters {
  tiers: Record<Tier, boolean>;
  owner: string | null;
  /** area code of any level */
  area: string | null;
  /** part of a name or an id */
  text: string;
}

export interface Layers {
  cameras: boolean;
  labels: boolean;
  buildings: boolean;
  basemap: boolean;
  areas: boolean;
  coverage: boolean;
  cone: boolean;
  viewMesh: boolean;
  privacy: boolean;
  incidents: boolean;
  checkpoints: boolean;
  zones: boolean;
  units: boolean;
  vehicles: boolean;
}

/** `pick`, `outline` and `line` are lent to a panel that waits for a place, a shape or a line; `adjust`: a camera's handles; `calibrate`: places of pairs. */
export type Tool =
  | 'select'
  | 'distance'
  | 'area'
  | 'height'
  | 'sight'
  | 'pick'
  | 'outline'
  | 'line'
  | 'adjust'
  | 'calibrate';

export type MeasureResult =
  | {
      kind: 'distance';
      points: Required<Place>[];
      /** along the ellipsoid at the ground's height */
      horizontal_m: number;
      /** along the drawn line in space */
      slope_m: number;
      climb_m: number;
      done: boolean;
    }
  | { kind: 'area'; points: Required<Place>[]; area_m2: number; perimeter_m: number; done: boolean }
  | {
      kind: 'height';
      points: Required<Place>[];
      rise_m: number;
      horizontal_m: number;
      slope_m: number;
      done: boolean;
    };

export interface FlyTo extends Place {
  /** metres from the eye to the place */
  range?: number;
  /** grows with each command, so that the same place can be asked for twice */
  nonce: number;
}

export interface Command {
  kind: 'home' | 'north' | 'zoom-in' | 'zoom-out' | 'look-through';
  nonce: number;
}

export type Part = 'city' | 'cameras' | 'areas' | 'terrain' | 'buildings' | 'basemap' | 'graphics' | 'coverage';

/** A camera of the list; `version` where its own record was read. */
export type KnownCamera = CameraSummary & { version?: number; online?: boolean | null; faults?: ImageFault[] };

export interface State
  extends CityState,
    CameraState,
    DoorState,
    SituationState,
    VideoStateSlice,
    DrapeState,
    HealthState,
    ReplayState,
    RouteState,
    WayState,
    VehicleState {
  lang: Lang;
  /** city, cameras, areas: put here by main, which fetches them */
  city?: City;
  cameras: Map<string, KnownCamera>;
  /** true once the cameras were fetched, were there none */
  camerasLoaded: boolean;
  areas: Area[];
  /** the scene: terrain, buildings and cameras are settled */
  ready: boolean;
  /** what could not be loaded, to be told on the screen */
  faults: Partial<Record<Part, string>>;

  selection: Selection | null;
  /** the clicked place (scene or search); the link panel queries it */
  click: Click | null;
  /** panels: the answer for `click`; the scene draws lines to the recommended cameras */
  link?: LinkAnswer;
  filters: Filters;
  layers: Layers;
  basemapStyle: 'dark' | 'light';
  ladder: Ladder;
  /** panels: fetched for the selected camera; the scene draws it */
  coverage?: { camera: string; ladder: Ladder; geojson: CoverageAnswer };
  cone?: ConeAnswer;
  tool: Tool;
  /** grows whenever a tool is taken in hand, also the same one again: it starts afresh */
  toolTurn: number;
  /** grows whenever the last place of what is being drawn is to be taken back */
  backTurn: number;
  /** scene: what the measuring tools found */
  measure?: MeasureResult;
  /** scene: the answer of the sight line tool */
  sight?: SightAnswer;
  /** scene: a tool's request failed, in the caller's language */
  toolFault?: string;
  /** commands to the scene; the map does not move otherwise */
  flyTo?: FlyTo;
  command?: Command;
  /** scene: camera under the pointer, window pixels */
  hover?: { camera: string; x: number; y: number };
  /** scene: where the eye rests; main: the view that the address bar asked for, before the start */
  view?: View;
  /** scene: what of the ground is in the picture, about: west, south, east, north; absent where none is */
  extent?: readonly [number, number, number, number];
}

export const initialState: State = {
  ...initialCity,
  ...initialCamera,
  ...initialDoor,
  ...initialSituation,
  ...initialVideo,
  ...initialDrapes,
  ...initialHealth,
  ...initialReplay,
  ...initialRoute,
  ...initialWay,
  ...initialVehicles,
  lang: 'zh',
  cameras: new Map(),
  camerasLoaded: false,
  areas: [],
  ready: false,
  faults: {},
  selection: null,
  click: null,
  filters: { tiers: { 1: true, 2: true, 3: true }, owner: null, area: null, text: '' },
  layers: {
    cameras: true,
    labels: true,
    buildings: true,
    basemap: true,
    areas: true,
    coverage: true,
    cone: true,
    viewMesh: false,
    privacy: true,
    incidents: true,
    checkpoints: true,
    zones: true,
    units: true,
    vehicles: true,
  },
  basemapStyle: 'dark',
  ladder: '2014',
  tool: 'select',
  toolTurn: 0,
  backTurn: 0,
};
