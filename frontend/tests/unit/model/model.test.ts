import { Cartesian3, Cartographic, EllipsoidGeodesic } from 'cesium';
import { describe, expect, it } from 'vitest';
import { addressOf, formatAddress, keepAddress, parseAddress, restore } from '../../../src/model/address';
import { passes } from '../../../src/model/filter';
import { horizontalDistance, polygonArea, straightDistance, toEcef } from '../../../src/model/geodesy';
import { measureOf, settle } from '../../../src/model/measure';
import { createAppStore } from '../../../src/model/store';
import { camera } from '../cameras';

describe('address bar', () => {
  const full = '#/operate?v=106.821,39.655,1500.5,30,-35.25,0&c=C%2F1%20%26&p=106.82,39.65,1091.24&lang=en';

  it('is the inverse of reading it', () => {
    expect(formatAddress(parseAddress(full))).toBe(full);
  });

  it.each(['', '#', '#/operate', '#/operate?v=1,2&p=x,y&lang=fr', '#/operate?v=200,95,1,2,3,4', '#?v=1,,3,4,5'])(
    'leaves out what makes no sense: %s',
    (hash) => {
      expect(parseAddress(hash)).toEqual({ workspace: 'operate' });
    },
  );

  it('restores camera, place, view and language', () => {
    const store = createAppStore();
    restore(store, parseAddress(full));
    expect(formatAddress(addressOf(store.getState()))).toBe(full);
  });

  it('is written when something changed, and only then', () => {
    const store = createAppStore();
    const written: string[] = [];
    const stop = keepAddress(store, (hash) => written.push(hash));
    store.getState().select({ kind: 'camera', id: '17' });
    store.getState().setHover({ camera: '3', x: 1, y: 2 });
    stop();
    store.getState().setLang('en');
    expect(written).toEqual(['#/operate?c=17&lang=zh']);
  });
});

describe('store', () => {
  it('puts away cone and coverage of another camera', () => {
    const store = createAppStore();
    const { select, setCone } = store.getState();
    select({ kind: 'camera', id: 'a' });
    setCone({ camera: 'a', eye: [0, 0, 0], rows: 0, cols: 0, points: [], kinds: [], aim: 'heading', reach_m: 1 });
    select({ kind: 'camera', id: 'a' });
    expect(store.getState().cone).toBeDefined();
    select({ kind: 'camera', id: 'b' });
    expect(store.getState().cone).toBeUndefined();
  });

  it('repeats a command for the same place', () => {
    const store = createAppStore();
    store.getState().goTo({ lon: 1, lat: 2 });
    const first = store.getState().flyTo;
    store.getState().goTo({ lon: 1, lat: 2 });
    expect(store.getState().flyTo?.nonce).not.toBe(first?.nonce);
  });

  it('forgets a fault that is mended', () => {
    const store = createAppStore();
    store.getState().setFault('terrain', 'gone');
    store.getState().setFault('areas', 'gone too');
    store.getState().setFault('terrain', null);
    expect(store.getState().faults).toEqual({ areas: 'gone too' });
  });
});

describe('filter', () => {
  const all = { tiers: { 1: true, 2: true, 3: true }, owner: null, area: null, text: '' };

  it.each([
    [{ ...all, tiers: { 1: true, 2: true, 3: false } }, false],
    [{ ...all, owner: '消防' }, false],
    [{ ...all, area: '150302' }, true],
    [{ ...all, area: '150302001' }, true],
    [{ ...all, area: '150303' }, false],
    [{ ...all, area: '150300' }, true],
    [{ ...all, text: 'CAMERA A' }, true],
    [{ ...all, text: '摄像机' }, true],
    [{ ...all, text: 'zz' }, false],
  ])('%j', (filters, expected) => {
    expect(passes(camera('a1'), filters)).toBe(expected);
  });
});

describe('geodesy', () => {
  const a = { lon: 106.8, lat: 39.6, height: 0 };
  const b = { lon: 106.9, lat: 39.7, height: 0 };

  it('agrees with CesiumJS on the frame', () => {
    const theirs = Cartesian3.fromDegrees(106.8, 39.6, 1080);
    const [x, y, z] = toEcef(106.8, 39.6, 1080);
    expect(Math.hypot(x - theirs.x, y - theirs.y, z - theirs.z)).toBeLessThan(1e-6);
  });

  it('measures along the ellipsoid', () => {
    const exact = new EllipsoidGeodesic(Cartographic.fromDegrees(a.lon, a.lat), Cartographic.fromDegrees(b.lon, b.lat));
    expect(Math.abs(horizontalDistance(a, b) / exact.surfaceDistance - 1)).toBeLessThan(1e-5);
  });

  it('is longer on high ground and aslant', () => {
    const high = horizontalDistance({ ...a, height: 2000 }, { ...b, height: 2000 });
    expect(high / horizontalDistance(a, b)).toBeCloseTo(1 + 2000 / 6_371_000, 5);
    expect(straightDistance(a, { ...a, height: 30 })).toBeCloseTo(30, 6);
  });

  it('takes the area of a hectare, either way round', () => {
    const [east, north] = [85_903.6, 111_044.6];
    const corners = [
      [0, 0],
      [100, 0],
      [100, 100],
      [0, 100],
    ].map(([x = 0, y = 0]) => ({ lon: 106.8 + x / east, lat: 39.6 + y / north, height: 0 }));
    expect(polygonArea(corners)).toBeGreaterThan(9990);
    expect(polygonArea(corners)).toBeLessThan(10_010);
    expect(polygonArea(corners.toReversed())).toBeCloseTo(polygonArea(corners), 6);
    expect(polygonArea(corners.slice(0, 2))).toBe(0);
  });
});

describe('measuring', () => {
  const spot = (lon: number, height: number) => ({ lon, lat: 39.6, height });

  it('waits for enough places', () => {
    expect(measureOf('distance', [spot(106.8, 0)], false)).toBeUndefined();
    expect(measureOf('area', [spot(106.8, 0), spot(106.81, 0)], false)).toBeUndefined();
  });

  it('adds up the legs', () => {
    const result = measureOf('distance', [spot(106.8, 1000), spot(106.81, 1010), spot(106.8, 1005)], true);
    expect(result?.kind).toBe('distance');
    if (result?.kind !== 'distance') return;
    expect(result.horizontal_m).toBeCloseTo(2 * 859.2, 0);
    expect(result.climb_m).toBe(5);
    expect(result.slope_m).toBeGreaterThan(result.horizontal_m);
  });

  it('gives a rise its sign', () => {
    const result = measureOf('height', [spot(106.8, 1100), spot(106.8, 1080)], true);
    expect(result).toMatchObject({ kind: 'height', rise_m: -20, horizontal_m: 0 });
  });

  it.each([
    [1080.9, 1080],
    [1098.5, 1100],
    [1090, 1090],
  ])('takes the server’s height where the picked one nearly is it: %f', (picked, height) => {
    expect(settle(spot(106.8, picked), 1080, 1100).height).toBe(height);
  });

  it('keeps the picked height outside the city', () => {
    expect(settle(spot(106.8, 55), null, null).height).toBe(55);
  });
});
