/**
 * The one store. `appStore` is a plain zustand store: the scene subscribes to
 * it, React reads it with `useStore(appStore, selector)` from zustand.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { Area, CameraSummary, City, ConeAnswer, Ladder, Lang, LinkAnswer, SightAnswer } from '../api/types';
import { type CameraActions, cameraActions } from './cameraState';
import { type CityActions, cityActions } from './cityState';
import { type DoorActions, doorActions } from './doorState';
import { type DrapeActions, drapeActions } from './drapes';
import type { Condition } from './health';
import { type HealthActions, healthActions, withConditions } from './healthState';
import { Movers } from './movers';
import { type ReplayActions, replayActions } from './replay/replayState';
import { type RouteActions, routeActions } from './route';
import { type SituationActions, situationActions } from './situationState';
import {
  type Click,
  type Command,
  type Filters,
  initialState,
  type KnownCamera,
  type Layers,
  type MeasureResult,
  type Part,
  type Place,
  type Selection,
  type State,
  type Tool,
  type View,
} from './state';
import { type VehicleActions, vehicleActions } from './vehicleState';
import { type VideoActions, videoActions } from './videoState';
import { type WayActions, wayActions } from './way';

export interface Actions
  extends CityActions,
    CameraActions,
    DoorActions,
    SituationActions,
    VideoActions,
    DrapeActions,
    HealthActions,
    ReplayActions,
    RouteActions,
    WayActions,
    VehicleActions {
  setLang(lang: Lang): void;
  setCity(city: City): void;
  setCameras(cameras: Iterable<CameraSummary>): void;
  /** Puts one camera in the place of what was known of it. */
  setCamera(camera: KnownCamera): void;
  removeCamera(id: string): void;
  setAreas(areas: Area[]): void;
  setReady(ready: boolean): void;
  /** Tells (or, with null, takes back) that a part could not be loaded. */
  setFault(part: Part, message: string | null): void;
  /** Selects; the cone and coverage of another camera are put away. */
  select(selection: Selection | null): void;
  /** Asks for the cameras that see a place; null puts the answer away. */
  setClick(click: Click | null): void;
  setLink(link: LinkAnswer | undefined): void;
  setFilters(filters: Partial<Filters>): void;
  setLayer(layer: keyof Layers, on: boolean): void;
  setBasemapStyle(style: State['basemapStyle']): void;
  setLadder(ladder: Ladder): void;
  setCoverage(coverage: State['coverage']): void;
  setCone(cone: ConeAnswer | undefined): void;
  /** Takes a tool in hand; what the former one drew is put away. */
  setTool(tool: Tool): void;
  /** Takes back the last place of what is being drawn. */
  takeBack(): void;
  setMeasure(measure: MeasureResult | undefined): void;
  setSight(sight: SightAnswer | undefined): void;
  setToolFault(fault: string | undefined): void;
  /** Moves the map to a place (the state's `flyTo` is this command). */
  goTo(place: Place & { range?: number }): void;
  order(kind: Command['kind']): void;
  setHover(hover: State['hover']): void;
  setView(view: View): void;
  setExtent(extent: State['extent']): void;
}

export type AppState = State & Actions;
export type AppStore = StoreApi<AppState>;

function sameCamera(state: State, selection: Selection | null): boolean {
  const before = state.selection;
  return before?.kind === 'camera' && selection?.kind === 'camera' && before.id === selection.id;
}

/** What a camera's own record says of how it is now. */
function conditionIn({ id, online, faults }: KnownCamera): [string, Condition][] {
  return online === undefined ? [] : [[id, { online, faults: faults ?? [] }]];
}

/** A store of its own (tests make one each). */
export function createAppStore(start: Partial<State> = {}): AppStore {
  let nonce = 0;
  return createStore<AppState>()((set, get) => ({
    ...initialState,
    ...start,
    ...cityActions(set, (tool) => get().setTool(tool)),
    ...cameraActions(set, (tool) => get().setTool(tool)),
    ...doorActions(set),
    ...situationActions(set),
    ...videoActions(set),
    ...drapeActions(set),
    ...healthActions(set),
    ...replayActions(set),
    ...routeActions(set),
    ...wayActions(set),
    ...vehicleActions(set),
    movers: new Movers(),
    setLang: (lang) => set({ lang }),
    setCity: (city) => set({ city }),
    setCameras: (cameras) =>
      set(({ conditions }) => {
        const all = [...cameras];
        return {
          cameras: new Map(all.map((camera) => [camera.id, camera])),
          camerasLoaded: true,
          conditions: withConditions(conditions, all.flatMap(conditionIn), true),
        };
      }),
    setCamera: (camera) =>
      set(({ cameras, conditions }) => ({
        cameras: new Map(cameras).set(camera.id, camera),
        conditions: withConditions(conditions, conditionIn(camera)),
      })),
    removeCamera: (id) => set((state) => ({ cameras: new Map([...state.cameras].filter(([other]) => other !== id)) })),
    setAreas: (areas) => set({ areas }),
    setReady: (ready) => set({ ready }),
    setFault: (part, message) =>
      set(({ faults: { [part]: _, ...others } }) => ({
        faults: message === null ? others : { ...others, [part]: message },
      })),
    select: (selection) =>
      set((state) =>
        sameCamera(state, selection)
          ? { selection }
          : { selection, cone: undefined, coverage: undefined, spread: undefined, viewMesh: undefined },
      ),
    setClick: (click) =>
      set({ click, link: undefined, pointed: null, ...(click && { incident: null, checkpoint: null, unit: null }) }),
    setLink: (link) => set({ link }),
    setFilters: (filters) => set((state) => ({ filters: { ...state.filters, ...filters } })),
    setLayer: (layer, on) => set((state) => ({ layers: { ...state.layers, [layer]: on } })),
    setBasemapStyle: (basemapStyle) => set({ basemapStyle }),
    setLadder: (ladder) => set({ ladder }),
    setCoverage: (coverage) => set({ coverage }),
    setCone: (cone) => set({ cone }),
    setTool: (tool) =>
      set((state) => ({
        tool,
        toolTurn: state.toolTurn + 1,
        measure: undefined,
        sight: undefined,
        toolFault: undefined,
        hover: undefined,
        task: undefined,
        picked: undefined,
        ...(tool !== 'adjust' && { trial: undefined }),
        ...(tool !== 'calibrate' && { calibrating: null, calibrated: undefined }),
      })),
    takeBack: () => set(({ backTurn }) => ({ backTurn: backTurn + 1 })),
    setMeasure: (measure) => set({ measure }),
    setSight: (sight) => set({ sight }),
    setToolFault: (toolFault) => set({ toolFault }),
    goTo: (place) => set({ flyTo: { ...place, nonce: ++nonce } }),
    order: (kind) => set({ command: { kind, nonce: ++nonce } }),
    setHover: (hover) => set({ hover }),
    setView: (view) => set({ view }),
    setExtent: (extent) => set({ extent }),
  }));
}

export const appStore = createAppStore();
