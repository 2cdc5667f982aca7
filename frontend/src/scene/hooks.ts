/** `window.geoserver`: what tests and scripts may ask of the running scene. */
import { BillboardCollection, Cartesian3, type Cesium3DTile, SceneTransforms } from 'cesium';
import { handlePositions } from '../layers/gizmo';
import { isMark } from '../layers/marks';
import { HANDLES, type Handle } from '../model/gizmo';
import type { View } from '../model/state';
import type { AppState } from '../model/store';
import { layBare } from './bare';
import { setView } from './flight';
import type { DragMeter, DragStats } from './meter';
import { type Pole, standPoles } from './poles';
import type { Stage } from './stage';

export interface ViewerStats {
  /** nothing is being loaded or waited for */
  tilesLoaded: boolean;
  /** features of the building tiles in the last picture */
  buildingsInView: number;
  /** pictures drawn since the start */
  frames: number;
}

export interface Hooks {
  readonly ready: boolean;
  viewerStats(): ViewerStats;
  /** window pixels of a place; null behind the eye */
  project(lon: number, lat: number, height: number): { x: number; y: number } | null;
  setView(view: Partial<View> & Pick<View, 'lon' | 'lat' | 'height'>): void;
  state(): AppState;
  /** window pixels of the handles of the camera that is being adjusted; empty where there is none */
  handles(): Partial<Record<Handle, { x: number; y: number }>>;
  /** what the drawn signs stand for: `incident:…`, `camera:…`; a group is `cluster` */
  signs(): string[];
  /** where something that moves is drawn now, between what was heard of it; null where it is not drawn */
  moving(key: string): { lon: number; lat: number; height: number } | null;
  /** how well the picture followed the hand since a camera was taken in hand */
  dragStats(): DragStats;
  /** the city alone in plain colours and full detail, with a field of view in degrees: to be measured */
  layBare(fov: number): void;
  /** coloured poles at known places, instead of those before: to be found in a picture */
  standPoles(poles: readonly Pole[]): void;
}

declare global {
  interface Window {
    geoserver?: Hooks;
  }
}

export interface Counter {
  stats(): ViewerStats;
  dispose(): void;
}

/** Counts pictures, and the features of the building tiles that each of them shows. */
export function countFrames(stage: Stage): Counter {
  const { scene } = stage;
  let frames = 0;
  let counting = 0;
  let buildingsInView = 0;
  let unlisten: (() => void) | undefined;
  const count = (tile: Cesium3DTile) => {
    counting += tile.content.featuresLength;
  };
  const before = scene.preRender.addEventListener(() => {
    counting = 0;
    unlisten ??= stage.buildings?.tileVisible.addEventListener(count);
  });
  const after = scene.postRender.addEventListener(() => {
    frames += 1;
    buildingsInView = counting;
  });
  return {
    stats: () => ({
      tilesLoaded: scene.globe.tilesLoaded && (stage.buildings?.tilesLoaded ?? false),
      buildingsInView,
      frames,
    }),
    dispose() {
      before();
      after();
      unlisten?.();
    },
  };
}

/** Signs whose picture has reached the graphics card. */
function drawnSigns({ scene }: Stage): string[] {
  const drawn: string[] = [];
  for (let i = 0; i < scene.primitives.length; i += 1) {
    const primitive: unknown = scene.primitives.get(i);
    if (!(primitive instanceof BillboardCollection)) continue;
    for (let j = 0; j < primitive.length; j += 1) {
      const { id: mark, ready } = primitive.get(j);
      if (ready && isMark(mark)) drawn.push(mark.kind === 'cluster' ? mark.kind : `${mark.kind}:${mark.id}`);
    }
  }
  return drawn;
}

export function makeHooks(stage: Stage, counter: Counter, meter: DragMeter): Hooks {
  const { scene, store } = stage;
  const onWindow = (position: Cartesian3) => {
    const at = SceneTransforms.worldToWindowCoordinates(scene, position);
    const { left, top } = scene.canvas.getBoundingClientRect();
    return at ? { x: at.x + left, y: at.y + top } : null;
  };
  return {
    get ready() {
      return store.getState().ready;
    },
    viewerStats: counter.stats,
    project: (lon, lat, height) => onWindow(Cartesian3.fromDegrees(lon, lat, height)),
    handles() {
      const { trial } = store.getState();
      if (!trial) return {};
      const positions = handlePositions(stage, trial);
      return Object.fromEntries(
        HANDLES.flatMap((handle) => {
          const at = onWindow(positions[handle]);
          return at ? [[handle, at]] : [];
        }),
      );
    },
    signs: () => drawnSigns(stage),
    moving(key) {
      const found = stage.shownAt?.(key);
      return found ? { lon: found.shown.lon, lat: found.shown.lat, height: found.height } : null;
    },
    dragStats: meter.stats,
    setView: (view) => setView(stage, { heading: 0, pitch: -90, roll: 0, ...view }),
    state: () => store.getState(),
    layBare: (fov) => layBare(stage, fov),
    standPoles: (poles) => standPoles(stage, poles),
  };
}
