import { Event, Model, SceneTransforms } from 'cesium';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteAnswer } from '../../../src/api/routes';
import type { AreaFeature, ConeAnswer, CoverageAnswer, LinkAnswer } from '../../../src/api/types';
import { areaLayer } from '../../../src/layers/areas';
import { cameraLayer } from '../../../src/layers/cameras';
import { coneLayer } from '../../../src/layers/cone';
import { coverageLayer } from '../../../src/layers/coverage';
import { gizmoLayer } from '../../../src/layers/gizmo';
import { linkLayer } from '../../../src/layers/link';
import { locatedLayer } from '../../../src/layers/located';
import { measureLayer } from '../../../src/layers/measure';
import { pairLayer } from '../../../src/layers/pairs';
import { placeLayer } from '../../../src/layers/place';
import { routeLayer } from '../../../src/layers/route';
import { sightLayer } from '../../../src/layers/sight';
import { spreadLayer } from '../../../src/layers/spread';
import { viewMeshLayer } from '../../../src/layers/viewMesh';
import type { Pointed } from '../../../src/model/cameraState';
import type { State } from '../../../src/model/state';
import { createAppStore } from '../../../src/model/store';
import type { Trial } from '../../../src/model/trial';
import type { Layer, Stage } from '../../../src/scene/stage';
import { camera } from '../cameras';
import { blankCanvas, fakeStage } from '../stage';

const square = {
  type: 'Polygon' as const,
  coordinates: [
    [
      [106.79, 39.59],
      [106.81, 39.59],
      [106.81, 39.61],
      [106.79, 39.59],
    ],
  ],
};

const area: AreaFeature = {
  type: 'Feature',
  geometry: square,
  properties: { code: '150302', name: '海勃湾区', name_en: 'Haibowan', level: 'district', parent: '' },
};

const coverage: CoverageAnswer = {
  type: 'FeatureCollection',
  features: [
    {
      type: 'Feature',
      geometry: square,
      properties: {
        surface: 'ground',
        length_m: null,
        buildings: null,
        aim: 'reach',
        blocked_by_surface_m2: null,
        class: 'observe',
        name: '观察',
        min_px_m: 62.5,
        max_px_m: 125,
        area_m2: 10,
        ladder: '2014',
        cell_m: 2,
        radius_m: 100,
        city_version: 'v',
        assumed: [],
      },
    },
  ],
};

const cone: ConeAnswer = {
  camera: 'a',
  eye: [106.8, 39.6, 1085],
  rows: 2,
  cols: 2,
  points: [
    [106.8, 39.601, 1085],
    [106.801, 39.601, 1085],
    [106.8, 39.601, 1080],
    [106.801, 39.601, 1080],
  ],
  kinds: [0, 0, 1, 1],
  aim: 'heading',
  reach_m: 200,
};

const link: LinkAnswer = {
  place: { lon: 106.801, lat: 39.601, height: 1080, kind: 'ground', building: null },
  recommended: { overview: 'a', context: null, close: 'b' },
  cameras: [],
};

const cameras = new Map(
  [camera('a'), camera('b', { lon: 106.801 }), camera('c', { tier: 1, height: 1300 })].map((c) => [c.id, c]),
);

const click = { lon: 106.8, lat: 39.6, height: 1080, source: 'scene' as const };
const spot = { lon: 106.8, lat: 39.6, height: 1080 };

const values = { heading: 90, pitch: -10, roll: 0, hfov: 60, mount_height: 5, lon: 106.8, lat: 39.6 };
const trial: Trial = {
  camera: 'a',
  from: values,
  version: 1,
  headingKnown: true,
  values,
  ground: 1080,
  dragging: true,
};

const pointed: Pointed = {
  camera: 'a',
  pixel: [10, 20],
  label: '地面 · 12 m',
  answer: {
    camera: 'a',
    pixel: [10, 20],
    hit: 'ground',
    place: { ...click, kind: 'ground', building: null },
    bearing_deg: 90,
    elevation_deg: -10,
    distance_m: 12,
    density_px_m: 60,
    class: 'detect',
    trees_m: null,
    uncertainty: {
      along_m: 3,
      across_m: 1,
      up_m: 0.2,
      major_m: 3,
      minor_m: 1,
      bearing_deg: 90,
      source: 'assumed',
      heading_deg: 3,
      pitch_deg: 2,
      roll_deg: 1,
      hfov_deg: 2,
      place_m: 3,
      height_m: 1,
    },
  },
};

const route: RouteAnswer = {
  name: '',
  name_en: '',
  length_m: 100,
  step_m: 10,
  seen_m: 50,
  share: 0.5,
  lines: [
    [
      [106.8, 39.6],
      [106.801, 39.6],
    ],
  ],
  gaps: [{ from_m: 50, to_m: 100 }],
  cameras: [],
};

interface Case {
  name: string;
  make(stage: Stage): Layer;
  state: Partial<State>;
  act?(layer: Layer): void;
}

const tool = (make: (stage: Stage) => Layer & { hand: { click(at: typeof spot): void } }) => ({
  make,
  act: (layer: Layer) => {
    const { hand } = layer as ReturnType<typeof make>;
    hand.click(spot);
    hand.click({ ...spot, lon: 106.802 });
  },
});

const withMesh: Partial<State> = {
  viewMesh: '/view.glb',
  layers: { ...createAppStore().getState().layers, viewMesh: true },
};

const CASES: Case[] = [
  { name: 'cameras', make: cameraLayer, state: { cameras } },
  { name: 'cone', make: coneLayer, state: { cone, cameras } },
  { name: 'coverage', make: coverageLayer, state: { coverage: { camera: 'a', ladder: '2014', geojson: coverage } } },
  { name: 'areas', make: areaLayer, state: { filters: { ...createAppStore().getState().filters, area: '150302' } } },
  { name: 'link', make: linkLayer, state: { link, cameras } },
  { name: 'place', make: placeLayer, state: { click } },
  {
    name: 'coverage that follows a hand',
    make: coverageLayer,
    state: { trial, coverage: { camera: 'a', ladder: '2014', geojson: coverage } },
  },
  { name: 'handles', make: gizmoLayer, state: { trial } },
  { name: 'located place', make: locatedLayer, state: { pointed, cameras } },
  {
    name: 'pairs',
    make: pairLayer,
    state: { calibrating: 'a', pairs: [{ number: 1, name: '', pixel: null, place: spot }] },
  },
  {
    name: 'uncertainty',
    make: spreadLayer,
    state: { cone, spread: { camera: 'a', heading_deg: 1, pitch_deg: 0.5 } },
  },
  { name: 'view mesh', make: viewMeshLayer, state: withMesh },
  { name: 'measure', ...tool(measureLayer), state: { tool: 'distance' } },
  { name: 'line of a route', ...tool(measureLayer), state: { tool: 'line' } },
  { name: 'route', make: routeLayer, state: { route } },
  { name: 'sight', ...tool(sightLayer), state: { tool: 'sight' } },
];

describe('each layer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    blankCanvas();
    vi.spyOn(SceneTransforms, 'worldToWindowCoordinates').mockReturnValue(undefined);
    // A model needs a graphics card to be made; what matters here is that it is taken away.
    vi.spyOn(Model, 'fromGltfAsync').mockImplementation(
      async () => ({ readyEvent: new Event(), destroy: () => undefined, isDestroyed: () => false }) as never,
    );
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it.each(CASES)('takes all of it away again: $name', async ({ make, state, act }) => {
    const store = createAppStore(state);
    const { stage, left } = fakeStage(store, {
      area: async () => area,
      heights: async () => ({ ground: [1080, 1080], top: [1080, 1080] }),
      height: async () => ({ ground: 1080, top: 1080, building: null }),
      sight: async () => ({ visible: true, distance_m: 1, from: spot, to: spot, blocker: null, text: '' }),
    });
    const before = left();
    const layer = make(stage);
    layer.apply(store.getState());
    act?.(layer);
    await vi.advanceTimersByTimeAsync(500);
    const during = left();
    expect(during.primitives + during.imagery).toBeGreaterThan(before.primitives + before.imagery);
    layer.dispose();
    await vi.advanceTimersByTimeAsync(500);
    expect(left()).toEqual(before);
  });

  it('takes back the last place of a line, but of none that is done', () => {
    const store = createAppStore({ tool: 'line' });
    const { stage } = fakeStage(store, { heights: async () => ({ ground: [1080], top: [1080] }) });
    const layer = measureLayer(stage);
    const points = () => {
      layer.apply(store.getState());
      return store.getState().measure?.points.length;
    };
    layer.apply(store.getState());
    for (const lon of [106.8, 106.801, 106.802]) layer.hand.click({ ...spot, lon });
    expect(points()).toBe(3);
    store.getState().takeBack();
    expect(points()).toBe(2);
    store.getState().takeBack();
    expect(points()).toBeUndefined();
    for (const lon of [106.801, 106.802]) layer.hand.click({ ...spot, lon });
    layer.hand.finish();
    store.getState().takeBack();
    expect(points()).toBe(3);
    layer.dispose();
  });

  it('does not pile up what it drew before', async () => {
    const store = createAppStore({ cameras, cone, click, link });
    const { stage, left } = fakeStage(store);
    const layers = [cameraLayer(stage), coneLayer(stage), linkLayer(stage), placeLayer(stage)];
    const apply = () => {
      for (const layer of layers) layer.apply(store.getState());
    };
    apply();
    await vi.advanceTimersByTimeAsync(500);
    const once = left();
    for (let i = 0; i < 30; i++) {
      store.setState({ cone: { ...cone }, link: { ...link }, click: { ...click, lon: 106.8 + i * 1e-5 } });
      store.getState().setFilters({ tiers: { 1: true, 2: true, 3: true } });
      apply();
      await vi.advanceTimersByTimeAsync(200);
    }
    expect(left()).toEqual(once);
  });
});
