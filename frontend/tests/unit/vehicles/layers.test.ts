import { SceneTransforms } from 'cesium';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Lines } from '../../../src/layers/lines';
import { timeClicked, trackLayer, trackShapes } from '../../../src/layers/track';
import { trailLayer } from '../../../src/layers/trail';
import { vehicleLayer } from '../../../src/layers/vehicles';
import { Motion } from '../../../src/model/motion';
import { createAppStore } from '../../../src/model/store';
import type { Track } from '../../../src/model/track';
import type { Vehicle } from '../../../src/model/vehicles';
import { followLayer } from '../../../src/scene/follow';
import { blankCanvas, fakeStage } from '../stage';

const NOW = Date.now();
const known = {
  id: 'a',
  name: '巡逻',
  name_en: '',
  call_sign: 'P-1',
  plate: '',
  type: 'patrol',
  duty: 'free',
} as Vehicle;

/** A batch with one vehicle, heard of so long ago. */
function batch(lon: number, age_ms = 0, at = NOW): ArrayBuffer {
  const view = new DataView(new ArrayBuffer(40));
  view.setUint8(0, 1);
  view.setUint16(2, 24, true);
  view.setUint32(4, 1, true);
  view.setFloat64(8, at, true);
  view.setUint32(16, 1, true);
  view.setInt32(20, lon * 1e7, true);
  view.setInt32(24, 39.598 * 1e7, true);
  view.setFloat32(28, Number.NaN, true);
  view.setUint16(32, 9000, true);
  view.setUint16(34, 900, true);
  view.setInt32(36, age_ms, true);
  return view.buffer;
}

const track: Track = {
  vehicle: 'a',
  span: [NOW - 60_000, NOW],
  complete: true,
  length_m: 170,
  stops: [{ begin: NOW - 60_000, end: NOW - 50_000, lon: 106.8, lat: 39.598 }],
  gaps: [],
  time: [NOW - 60_000, NOW - 30_000, NOW],
  lon: [106.8, 106.801, 106.802],
  lat: [39.598, 39.598, 39.598],
  height: [null, null, null],
  heading: [90, 90, 90],
  speed: [3, 3, 3],
};

beforeEach(() => {
  blankCanvas();
  vi.spyOn(SceneTransforms, 'worldToWindowCoordinates').mockReturnValue(undefined);
});
afterEach(() => vi.restoreAllMocks());

describe('vehicles in the scene', () => {
  it('are there while they are told of and their layer is on, and are taken away with it', () => {
    const store = createAppStore();
    const { stage, left } = fakeStage(store);
    const before = left();
    const layer = vehicleLayer(stage);
    const { movers } = store.getState();
    layer.apply(store.getState());
    movers.name({ 1: { kind: 'vehicle', id: 'a' }, 2: { kind: 'unit', id: 'u' } });
    movers.take(batch(106.8));
    expect(stage.shownAt?.('vehicle:a'), 'nobody knows it').toBeUndefined();
    store.setState({ vehicles: new Map([['a', known]]) });
    layer.apply(store.getState());
    expect(stage.shownAt?.('vehicle:a')?.shown.lon).toBeCloseTo(106.8, 6);
    store.getState().setLayer('vehicles', false);
    layer.apply(store.getState());
    expect(stage.shownAt?.('vehicle:a')).toBeUndefined();
    store.getState().setLayer('vehicles', true);
    layer.apply(store.getState());
    expect(stage.shownAt?.('vehicle:a')).toBeDefined();
    movers.forget(NOW + 1);
    expect(stage.shownAt?.('vehicle:a')).toBeUndefined();
    layer.dispose();
    expect(left()).toEqual(before);
    expect(stage.shownAt).toBeUndefined();
  });

  it('are followed until a hand is on the map', () => {
    const store = createAppStore();
    const { stage, left } = fakeStage(store);
    const before = left();
    const layer = followLayer(stage);
    const follow = () => {
      store.getState().openUnit('vehicle:a');
      layer.apply(store.getState());
      store.getState().follow('a');
      layer.apply(store.getState());
    };
    for (const type of ['pointerdown', 'wheel']) {
      follow();
      stage.container.dispatchEvent(new Event(type));
      expect(store.getState().following).toBeNull();
    }
    follow();
    document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'w', bubbles: true }));
    expect(store.getState().following).toBeNull();
    follow();
    store.getState().goTo({ lon: 106.9, lat: 39.6 });
    layer.apply(store.getState());
    expect(store.getState().following).toBeNull();
    follow();
    store.getState().openUnit('vehicle:b');
    layer.apply(store.getState());
    expect(store.getState().following).toBeNull();
    layer.dispose();
    expect(left()).toEqual(before);
  });
});

describe('a track in the scene', () => {
  it('is drawn with its stops, and taken away', () => {
    const store = createAppStore();
    const { stage, left } = fakeStage(store);
    const before = left();
    const layer = trackLayer(stage);
    store.getState().setTrack(track);
    layer.apply(store.getState());
    expect(left().imagery).toBe(before.imagery + 1);
    expect(trackShapes(track, 'speed').length).toBeGreaterThan(1);
    store.getState().setTrack(null);
    layer.apply(store.getState());
    expect(left().imagery).toBe(before.imagery);
    layer.dispose();
    expect(left()).toEqual(before);
  });

  it('takes a click on its line for a time, and no other', () => {
    const store = createAppStore();
    const { stage } = fakeStage(store);
    const spot = { lon: 106.801, lat: 39.59801, height: 0 };
    expect(timeClicked(stage, spot)).toBeUndefined();
    store.getState().setTrack(track);
    expect(timeClicked(stage, spot)).toBeCloseTo(NOW - 30_000, -3);
    expect(timeClicked(stage, { ...spot, lat: 39.601 })).toBeUndefined();
  });
});

describe('a trail', () => {
  const told = {
    time_ms: [NOW - 120_000, NOW - 60_000],
    lon: [106.79, 106.795],
    lat: [39.598, 39.598],
    height_m: [null, null],
  };

  it('is drawn when what was before is told, while its vehicle is open, and never in the replay', async () => {
    const store = createAppStore();
    const asking = vi.fn(async () => told as never);
    const { stage, left } = fakeStage(store, { track: asking });
    const before = left();
    const layer = trailLayer(stage);
    const shown = vi.spyOn(Lines.prototype, 'show');
    const drawn = () => shown.mock.lastCall?.[0].flatMap(({ positions }) => positions).length ?? 0;
    const go = (change: () => void) => {
      change();
      layer.apply(store.getState());
      return Promise.resolve();
    };
    await go(() => store.getState().openUnit('vehicle:a'));
    await go(() => store.getState().setTrail('a'));
    await vi.waitFor(() => expect(drawn()).toBeGreaterThan(1));
    await go(() => store.getState().replayAt(NOW - 3_600_000));
    expect(drawn()).toBe(0);
    expect(asking).toHaveBeenCalledTimes(1);
    await go(() => store.getState().endReplay());
    expect(asking).toHaveBeenCalledTimes(2);
    await vi.waitFor(() => expect(drawn()).toBeGreaterThan(1));
    await go(() => store.getState().openCheckpoint('c'));
    expect(drawn()).toBe(0);
    layer.dispose();
    expect(left()).toEqual(before);
  });
});

it('a vehicle that has just been made stands where it was heard of', () => {
  const fix = { lon: 106.8, lat: 39.6, height: null, heading: null, heard: NOW };
  expect(new Motion(fix, NOW).at(NOW + 5000)).toMatchObject({ lon: 106.8, lat: 39.6 });
});
