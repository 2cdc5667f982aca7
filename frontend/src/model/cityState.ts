/** The part of the state that belongs to the whole city's data: its coverage, its loading and its editing. */
import type { FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { CoverageAnswer, Ladder, Tier } from '../api/types';
import type { Spot } from './geodesy';

/** What a cell of the coverage layer is coloured by. */
export type CoverageLayer = 'count' | 'class' | 'tier' | 'single' | 'blind';

export const COVERAGE_LAYERS: readonly CoverageLayer[] = ['count', 'class', 'tier', 'single', 'blind'];

/** Which coverage of the city lies on the map; `layer` null: none. */
export interface CityCoverage {
  layer: CoverageLayer | null;
  tier: Tier | null;
  ladder: Ladder;
  /** id of the least class that counts, of the ladder */
  minClass: string;
  /** 0 to 1 */
  opacity: number;
  /** buildings coloured by how many cameras see their walls */
  facades: boolean;
  /** statistic shown as hexagons; null: none */
  hexagons: string | null;
}

/** The first class of each ladder is what "seen" means unless somebody asks for more. */
export const LEAST_CLASS: Record<Ladder, string> = { '2014': 'monitor', '2025': 'overview' };

export type Seen = 'seen' | 'single' | 'blind';

/** A row of a file to be loaded, where it would stand. */
export interface PreviewDot {
  lon: number;
  lat: number;
  /** how bad the worst of its notes is */
  state: 'good' | 'warning' | 'error' | 'neutral';
  label: string;
}

/** A space whose pixels are blanked for those without the right to see them. */
export interface PrivacyVolume {
  id: string;
  name: string;
  reason: string;
  geometry: Polygon;
  /** ellipsoidal metres */
  base: number;
  top: number;
  version: number;
}

/** The place that a panel waits for. */
export type Task =
  | { kind: 'new-camera' }
  | { kind: 'move'; camera: string }
  | { kind: 'direction'; camera: string }
  | { kind: 'volume' }
  | { kind: 'incident' }
  | { kind: 'zone'; redrawn?: string }
  | { kind: 'route' };

/** The desk beside the map: work with data, one thing at a time. */
export type Desk =
  | { kind: 'load' }
  | { kind: 'conflicts' }
  | { kind: 'history' }
  | { kind: 'privacy' }
  | { kind: 'coverage' }
  | { kind: 'camera'; camera: string | null; at?: Spot }
  | { kind: 'compare'; a: string; b: string | null }
  | { kind: 'incidents' }
  | { kind: 'report' }
  | { kind: 'zones' }
  | { kind: 'crossings' }
  | { kind: 'figures' }
  | { kind: 'vehicles' }
  | { kind: 'route' };

/** Coloured shapes with a value each, as hexagons are. */
export interface ValueShapes {
  collection: FeatureCollection<Polygon | MultiPolygon>;
  property: string;
}

export interface CityState {
  desk: Desk | null;
  cityCoverage: CityCoverage;
  /** panels: changes whenever the coverage was computed anew; the tiles' address carries it */
  coverageVersion: string;
  /** panels: what the hexagons show */
  hexagons?: ValueShapes;
  /** panels: buildings that are not simply seen */
  facades?: ReadonlyMap<string, Seen>;
  /** panels: blind spot that was chosen in a list, outlined on the map */
  outlined?: Polygon | MultiPolygon;
  /** panels: the coverages of the two cameras that are compared */
  comparison?: { a: CoverageAnswer; b: CoverageAnswer | null };
  /** panels: rows of the file that is being loaded */
  preview: readonly PreviewDot[];
  volumes: readonly PrivacyVolume[];
  /** id of the volume chosen in the list */
  volume: string | null;
  task?: Task;
  /** scene: the place that was clicked for the task, and the building there */
  picked?: Spot & { building?: string };
  /** changes of the city that this page has heard of */
  journalHead: number;
  /** what was undone and can be done again, latest last: rows of the journal */
  redo: readonly { seq: number; through: number }[];
}

export const initialCity: CityState = {
  desk: null,
  cityCoverage: {
    layer: null,
    tier: null,
    ladder: '2014',
    minClass: LEAST_CLASS['2014'],
    opacity: 0.65,
    facades: false,
    hexagons: null,
  },
  coverageVersion: '',
  preview: [],
  volumes: [],
  volume: null,
  journalHead: 0,
  redo: [],
};

export interface CityActions {
  /** Lays a piece of work on the desk; null clears it and what it drew. */
  setDesk(desk: Desk | null): void;
  setCityCoverage(choice: Partial<CityCoverage>): void;
  setCoverageVersion(version: string): void;
  setHexagons(hexagons: ValueShapes | undefined): void;
  setFacades(facades: ReadonlyMap<string, Seen> | undefined): void;
  setOutlined(shape: Polygon | MultiPolygon | undefined): void;
  setComparison(comparison: CityState['comparison']): void;
  setPreview(preview: readonly PreviewDot[]): void;
  setVolumes(volumes: readonly PrivacyVolume[]): void;
  setVolume(id: string | null): void;
  /** Asks for a place (or an outline, or a line) on the map. */
  startTask(task: Task): void;
  setPicked(picked: CityState['picked']): void;
  setJournalHead(seq: number): void;
  setRedo(redo: CityState['redo']): void;
}

/** A change of ladder keeps what was asked for no longer: its classes are others. */
export function withChoice(before: CityCoverage, choice: Partial<CityCoverage>): CityCoverage {
  const after = { ...before, ...choice };
  const changed = choice.ladder !== undefined && choice.ladder !== before.ladder && choice.minClass === undefined;
  return changed ? { ...after, minClass: LEAST_CLASS[after.ladder] } : after;
}

type Setter = (change: Partial<CityState> | ((state: CityState) => Partial<CityState>)) => void;

const CLEAR_DESK = { preview: [], comparison: undefined, outlined: undefined, volume: null, task: undefined };

/** Tools that are lent to a panel. */
type Lent = 'pick' | 'outline' | 'line';
const TOOL_OF: Partial<Record<Task['kind'], Lent>> = { volume: 'outline', zone: 'outline', route: 'line' };

export function cityActions(set: Setter, takeTool: (tool: Lent | 'select') => void): CityActions {
  return {
    setDesk: (desk) => {
      let waiting = false;
      set((state) => {
        waiting = state.task !== undefined;
        return { desk, ...CLEAR_DESK };
      });
      if (waiting) takeTool('select');
    },
    setCityCoverage: (choice) => set((state) => ({ cityCoverage: withChoice(state.cityCoverage, choice) })),
    setCoverageVersion: (coverageVersion) => set({ coverageVersion }),
    setHexagons: (hexagons) => set({ hexagons }),
    setFacades: (facades) => set({ facades }),
    setOutlined: (outlined) => set({ outlined }),
    setComparison: (comparison) => set({ comparison }),
    setPreview: (preview) => set({ preview }),
    setVolumes: (volumes) => set({ volumes }),
    setVolume: (volume) => set({ volume }),
    startTask: (task) => {
      takeTool(TOOL_OF[task.kind] ?? 'pick');
      set({ task, picked: undefined });
    },
    setPicked: (picked) => set({ picked }),
    setJournalHead: (journalHead) => set({ journalHead }),
    setRedo: (redo) => set({ redo }),
  };
}
