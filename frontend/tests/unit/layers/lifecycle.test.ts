import { SceneTransforms } from 'cesium';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AreaFeature, ConeAnswer, CoverageAnswer, LinkAnswer } from '../../../src/api/types';
import { areaLayer } from '../../../src/layers/areas';
import { cameraLayer } from '../../../src/layers/cameras';
import { coneLayer } from '../../../src/layers/cone';
import { coverageLayer } from '../../../src/layers/coverage';
import { linkLayer } from '../../../src/layers/link';
import { measureLayer } from '../../../src/layers/measure';
import { placeLayer } from '../../../src/layers/place';
import { sightLayer } from '../../../src/layers/sight';
import type { State } from '../../../src/model/state';
import { createAppStore } from '../../../src/model/store';
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

const CASES: Case[] = [
  { name: 'cameras', make: cameraLayer, state: { cameras } },
  { name: 'cone', make: coneLayer, state: { cone, cameras } },
  { name: 'coverage', make: coverageLayer, state: { coverage: { camera: 'a', ladder: '2014', geojson: coverage } } },
  { name: 'areas', make: areaLayer, state: { filters: { ...createAppStore().getState().filters, area: '150302' } } },
  { name: 'link', make: linkLayer, state: { link, cameras } },
  { name: 'place', make: placeLayer, state: { click } },
  { name: 'measure', ...tool(measureLayer), state: { tool: 'distance' } },
  { name: 'sight', ...tool(sightLayer), state: { tool: 'sight' } },
];

describe('each layer', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    blankCanvas();
    vi.spyOn(SceneTransforms, 'worldToWindowCoordinates').mockReturnValue(undefined);
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
