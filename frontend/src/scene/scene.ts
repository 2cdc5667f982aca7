/** Builds the scene, ties it to the store, and takes it all down again. */
import type { CesiumWidget } from 'cesium';
import type { Api } from '../api/client';
import { areaLayer } from '../layers/areas';
import { boundaryLayer } from '../layers/boundaries';
import { cameraLayer } from '../layers/cameras';
import { checkpointLayer } from '../layers/checkpoints';
import { cityCoverageLayer } from '../layers/cityCoverage';
import { coneLayer } from '../layers/cone';
import { coverageLayer } from '../layers/coverage';
import { doubtLayer } from '../layers/doubt';
import { filmLayer } from '../layers/films';
import { gizmoLayer } from '../layers/gizmo';
import { buildingLayer } from '../layers/highlight';
import { incidentLayer } from '../layers/incidents';
import { linkLayer } from '../layers/link';
import { locatedLayer } from '../layers/located';
import { measureLayer } from '../layers/measure';
import { pairLayer } from '../layers/pairs';
import { pickLayer } from '../layers/picker';
import { placeLayer } from '../layers/place';
import { previewLayer } from '../layers/preview';
import { routeLayer } from '../layers/route';
import { comparisonLayer, heatLayer, hexagonLayer, outlineLayer } from '../layers/shapes';
import { sightLayer } from '../layers/sight';
import { spreadLayer } from '../layers/spread';
import { trackLayer } from '../layers/track';
import { trailLayer } from '../layers/trail';
import { unitLayer } from '../layers/units';
import { vehicleLayer } from '../layers/vehicles';
import { viewMeshLayer } from '../layers/viewMesh';
import { volumeLayer } from '../layers/volumes';
import { wayLayer } from '../layers/way';
import { zoneLayer } from '../layers/zones';
import { api as session } from '../model/session';
import type { Part } from '../model/state';
import type { AppState, AppStore } from '../model/store';
import { keepHandles } from './adjust';
import { basemapLayer, creditCity, lightCity, loadBuildings, loadTerrain } from './city';
import { coarseLayer } from './coarse';
import { flightLayer, homeView, setView } from './flight';
import { followLayer } from './follow';
import { countFrames, type Hooks, makeHooks } from './hooks';
import { keepKeys } from './keyboard';
import { dragMeter } from './meter';
import { keepEye } from './navigate';
import { keepPointer } from './pointer';
import { qualityOf } from './quality';
import { type Layer, onChange, type Stage } from './stage';
import { makeViewer } from './viewer';

export interface Scene {
  /** absent where this browser gives no WebGL; the store then tells the fault */
  hooks?: Hooks;
  dispose(): void;
}

const reason = (error: unknown) => (error instanceof Error ? error.message : String(error));

function makeStage(widget: CesiumWidget, container: HTMLElement, store: AppStore, api: Api): Stage {
  const { scene } = widget;
  const quality = qualityOf(container.ownerDocument.location.search);
  return { widget, scene, store, api, quality, container, redraw: () => scene.requestRender() };
}

/** Loads a part; a fault is told and the rest goes on. */
async function settled(store: AppStore, part: Part, load: () => Promise<unknown>): Promise<void> {
  try {
    await load();
    store.getState().setFault(part, null);
  } catch (error) {
    store.getState().setFault(part, reason(error));
  }
}

/** What depends on the city's facts: first view, light, credits. */
function cityLayer(stage: Stage): Layer {
  const arrive = onChange(
    (s) => [s.city] as const,
    (state, [city]) => {
      if (!city) return;
      lightCity(stage, city);
      creditCity(stage, city);
      setView(stage, state.view ?? homeView(city));
    },
  );
  return { apply: arrive, dispose: () => undefined };
}

function watchFaults({ scene, store, widget }: Stage): () => void {
  const tell = (message: string) => store.getState().setFault('graphics', message);
  const lost = (event: globalThis.Event) => {
    event.preventDefault();
    tell('WebGL context lost');
  };
  widget.canvas.addEventListener('webglcontextlost', lost);
  const failed = scene.renderError.addEventListener((_: unknown, error: unknown) => tell(reason(error)));
  return () => {
    widget.canvas.removeEventListener('webglcontextlost', lost);
    failed();
  };
}

function run(stage: Stage): Scene {
  const { store, widget } = stage;
  const measure = measureLayer(stage);
  const sight = sightLayer(stage);
  const pick = pickLayer(stage);
  const pairs = pairLayer(stage);
  const gizmo = gizmoLayer(stage);
  const meter = dragMeter(stage);
  const layers: Layer[] = [
    cityLayer(stage),
    basemapLayer(stage),
    cityCoverageLayer(stage),
    hexagonLayer(stage),
    heatLayer(stage),
    boundaryLayer(stage),
    areaLayer(stage),
    zoneLayer(stage),
    doubtLayer(stage),
    coverageLayer(stage),
    comparisonLayer(stage),
    outlineLayer(stage),
    buildingLayer(stage),
    cameraLayer(stage),
    coneLayer(stage),
    viewMeshLayer(stage),
    filmLayer(stage),
    spreadLayer(stage),
    locatedLayer(stage),
    linkLayer(stage),
    routeLayer(stage),
    wayLayer(stage),
    trackLayer(stage),
    trailLayer(stage),
    placeLayer(stage),
    checkpointLayer(stage),
    unitLayer(stage),
    vehicleLayer(stage),
    incidentLayer(stage),
    volumeLayer(stage),
    previewLayer(stage),
    pairs,
    gizmo,
    coarseLayer(stage),
    meter,
    measure,
    sight,
    pick,
    flightLayer(stage),
    followLayer(stage),
  ];
  const { hand } = measure;
  const counter = countFrames(stage);
  const hooks = makeHooks(stage, counter, meter);
  let loaded = false;
  const apply = (state: AppState) => {
    for (const layer of layers) layer.apply(state);
    if (loaded && !state.ready && state.city && state.camerasLoaded) state.setReady(true);
    stage.redraw();
  };
  const stops = [
    keepEye(stage),
    keepKeys(stage),
    keepPointer(stage, {
      distance: hand,
      area: hand,
      height: hand,
      outline: hand,
      line: hand,
      sight: sight.hand,
      pick: pick.hand,
      calibrate: pairs.hand,
      adjust: null,
    }),
    keepHandles(stage, gizmo),
    watchFaults(stage),
    store.subscribe(apply),
    counter.dispose,
    ...layers.map((layer) => () => layer.dispose()),
  ];
  apply(store.getState());
  const terrain = settled(store, 'terrain', () => loadTerrain(stage));
  const buildings = settled(store, 'buildings', () => loadBuildings(stage));
  void Promise.all([terrain, buildings]).then(() => {
    if (widget.isDestroyed()) return;
    loaded = true;
    apply(store.getState());
  });
  return {
    hooks,
    dispose() {
      for (const stop of stops) stop();
      widget.destroy();
    },
  };
}

export function startScene(container: HTMLElement, store: AppStore, api: Api = session): Scene {
  try {
    const widget = makeViewer(container, qualityOf(container.ownerDocument.location.search));
    const scene = run(makeStage(widget, container, store, api));
    if (scene.hooks) window.geoserver = scene.hooks;
    return scene;
  } catch (error) {
    store.getState().setFault('graphics', reason(error));
    return { dispose: () => undefined };
  }
}
