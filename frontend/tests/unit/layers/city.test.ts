import { Color, Event, SceneTransforms } from 'cesium';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { City, CoverageAnswer } from '../../../src/api/types';
import { cityCoverageLayer, coverageUrl } from '../../../src/layers/cityCoverage';
import { buildingLayer, paintOf } from '../../../src/layers/highlight';
import { pickLayer } from '../../../src/layers/picker';
import { previewLayer } from '../../../src/layers/preview';
import { comparedShapes, comparisonLayer, hexagonLayer, hexagonShapes, outlineLayer } from '../../../src/layers/shapes';
import { edgesOf, volumeLayer } from '../../../src/layers/volumes';
import { initialCity, type PrivacyVolume, type Seen, withChoice } from '../../../src/model/cityState';
import { SEEN_COLOURS } from '../../../src/model/classes';
import { bearing } from '../../../src/model/geodesy';
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
const feature = (value: number) => ({ type: 'Feature' as const, geometry: square, properties: { share: value } });
const hexagons = {
  property: 'share',
  collection: { type: 'FeatureCollection' as const, features: [1, 2, 3, Number.NaN].map(feature) },
};
const coverage = { type: 'FeatureCollection', features: [feature(1)] } as unknown as CoverageAnswer;
const volume: PrivacyVolume = {
  id: 'v',
  name: '院落',
  reason: '',
  geometry: square,
  base: 1080,
  top: 1083,
  version: 1,
};
const city = { extent: [106.6, 39.4, 107, 39.8] } as unknown as City;
const spot = { lon: 106.8, lat: 39.6, height: 1080 };
const cityCoverage = { ...initialCity.cityCoverage, layer: 'count' as const };

interface Case {
  name: string;
  make(stage: Stage): Layer;
  state: Partial<State>;
  act?(layer: Layer): void;
}

const CASES: Case[] = [
  { name: 'coverage tiles', make: cityCoverageLayer, state: { city, cityCoverage, coverageVersion: '1' } },
  { name: 'hexagons', make: hexagonLayer, state: { hexagons } },
  { name: 'blind spot', make: outlineLayer, state: { outlined: square } },
  { name: 'comparison', make: comparisonLayer, state: { comparison: { a: coverage, b: coverage } } },
  { name: 'privacy volumes', make: volumeLayer, state: { volumes: [volume] } },
  {
    name: 'rows of a file',
    make: previewLayer,
    state: { preview: [{ lon: 106.8, lat: 39.6, state: 'good', label: 'a' }] },
  },
  {
    name: 'asked place',
    make: pickLayer,
    state: { tool: 'pick', task: { kind: 'direction', camera: 'a' }, cameras: new Map([['a', camera('a')]]) },
    act: (layer) => (layer as ReturnType<typeof pickLayer>).hand.move({ ...spot, lon: 106.802 }),
  },
];

describe('each layer of the city', () => {
  beforeEach(() => {
    vi.useFakeTimers();
    blankCanvas();
    for (const name of ['ImageBitmap', 'OffscreenCanvas']) vi.stubGlobal(name, class {});
    vi.spyOn(SceneTransforms, 'worldToWindowCoordinates').mockReturnValue(undefined);
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it.each(CASES)('takes all of it away again: $name', async ({ make, state, act }) => {
    const store = createAppStore(state);
    const { stage, left } = fakeStage(store, { heights: async () => ({ ground: [1080], top: [1085] }) });
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

  it('lays the coverage on the base map, under what was chosen, one at a time', () => {
    const store = createAppStore({ city, cityCoverage, coverageVersion: '1', outlined: square });
    const { stage } = fakeStage(store);
    const layers = [outlineLayer(stage), cityCoverageLayer(stage)];
    const apply = () => {
      for (const layer of layers) layer.apply(store.getState());
    };
    apply();
    store.getState().setCityCoverage({ layer: 'blind', opacity: 0.3 });
    apply();
    const { imageryLayers } = stage.scene;
    expect(imageryLayers.length).toBe(2);
    expect([0, 1].map((i) => imageryLayers.get(i).alpha)).toContain(0.3);
    store.getState().setCityCoverage({ layer: null });
    apply();
    expect(imageryLayers.length).toBe(1);
  });

  it('hands the clicked place to the panel that waits, and forgets it with the tool', () => {
    const store = createAppStore({ cameras: new Map([['a', camera('a')]]) });
    const { stage } = fakeStage(store);
    const { hand } = pickLayer(stage);
    store.getState().startTask({ kind: 'direction', camera: 'a' });
    expect(store.getState().tool).toBe('pick');
    hand.click(spot);
    expect(store.getState().picked).toEqual(spot);
    store.getState().setTool('select');
    expect(store.getState()).toMatchObject({ task: undefined, picked: undefined });
    store.getState().startTask({ kind: 'volume' });
    expect(store.getState().tool).toBe('outline');
    store.getState().setDesk(null);
    expect(store.getState()).toMatchObject({ task: undefined, tool: 'select' });
  });
});

describe('facades', () => {
  it('colour each building by how its walls are seen', () => {
    const paint = paintOf(new Map<string, Seen>([['b1', 'blind']]), 'b2');
    expect(paint('b1')).toEqual(Color.fromCssColorString(SEEN_COLOURS.blind));
    expect(paint('b2')).not.toEqual(paint('b3'));
  });

  it('colour a tile when it is first drawn, and wipe the colours off again', () => {
    const features = ['b1', 'b9'].map((id) => ({ color: undefined as unknown, getProperty: () => id }));
    const content = { featuresLength: 2, getFeature: (i: number) => features[i] };
    const buildings = { tileVisible: new Event(), show: false, style: undefined as unknown };
    const store = createAppStore({ facades: new Map<string, Seen>([['b1', 'single']]) });
    const { stage } = fakeStage(store);
    stage.buildings = buildings as never;
    const layer = buildingLayer(stage);
    layer.apply(store.getState());
    buildings.tileVisible.raiseEvent({ content });
    expect(features[0]?.color).toEqual(Color.fromCssColorString(SEEN_COLOURS.single));
    const plain = buildings.style;
    store.getState().setFacades(undefined);
    layer.apply(store.getState());
    expect(buildings.style).not.toBe(plain);
    expect(buildings.tileVisible.numberOfListeners).toBe(0);
  });
});

describe('what the layers are made of', () => {
  it('addresses of coverage tiles carry what was chosen, and what they rest on', () => {
    const choice = withChoice({ ...cityCoverage, tier: 3 }, { ladder: '2025' });
    expect(coverageUrl(choice, '7')).toBe(
      '/tiles/coverage/{z}/{x}/{y}.png?layer=count&ladder=2025&min_class=overview&tier=3&v=7',
    );
    expect(withChoice(choice, { tier: null }).minClass).toBe('overview');
    expect(withChoice(choice, { ladder: '2014', minClass: 'observe' }).minClass).toBe('observe');
  });

  it('hexagons without a value are not drawn; the others by their step', () => {
    const shapes = hexagonShapes(hexagons);
    expect(shapes).toHaveLength(3);
    expect(new Set(shapes.map(({ fill }) => fill)).size).toBe(3);
  });

  it('what both see is cut by the second coverage', () => {
    expect(comparedShapes(coverage, null)).toHaveLength(1);
    const [, , both] = comparedShapes(coverage, coverage);
    expect(both?.within?.coordinates).toHaveLength(1);
  });

  it('a volume has two rings and an upright edge at each corner', () => {
    expect(edgesOf(volume, false)).toHaveLength(2 + 3);
  });

  it('bearings go clockwise from true north', () => {
    const at = { lon: 106.8, lat: 39.6 };
    expect(bearing(at, { lon: 106.8, lat: 39.61 })).toBeCloseTo(0, 3);
    expect(bearing(at, { lon: 106.81, lat: 39.6 })).toBeCloseTo(90, 1);
    expect(bearing(at, { lon: 106.8, lat: 39.59 })).toBeCloseTo(180, 3);
    expect(bearing(at, { lon: 106.79, lat: 39.6 })).toBeCloseTo(270, 1);
  });
});
