import { describe, expect, it } from 'vitest';
import type { RouteAnswer } from '../../../src/api/routes';
import type { LonLat } from '../../../src/api/types';
import { addressOf, formatAddress, parseAddress, restore } from '../../../src/model/address';
import { horizontalDistance } from '../../../src/model/geodesy';
import { bestOn, cut, litBy, onScreen, tourAlong, toured } from '../../../src/model/route';
import { createAppStore } from '../../../src/model/store';
import { emptyWall, withTour } from '../../../src/model/wall';
import { seen } from '../routes';

const EAST_M = 85_903.6;
const east = (metres: number): LonLat => [106.8 + metres / EAST_M, 39.6];
const metres = (line: LonLat[]) =>
  line.slice(1).reduce((sum, [lon, lat], i) => {
    const [a = 0, b = 0] = line[i] ?? [];
    return sum + horizontalDistance({ lon: a, lat: b, height: 0 }, { lon, lat, height: 0 });
  }, 0);

const route: RouteAnswer = {
  name: '滨河大道',
  name_en: 'Binhe Avenue',
  length_m: 300,
  step_m: 10,
  seen_m: 250,
  share: 0.8333,
  lines: [
    [east(0), east(100), east(200)],
    [east(500), east(600)],
  ],
  gaps: [{ from_m: 250, to_m: 300 }],
  cameras: [seen('a', 0, 120), seen('b', 80, 150, { chosen: false }), seen('c', 120, 250)],
};

describe('a route', () => {
  it('is cut where the metres say, across corners and gaps', () => {
    const pieces = cut(route.lines, 300, { from_m: 50, to_m: 250 });
    expect(pieces.map((piece) => piece.length)).toEqual([3, 2]);
    expect(pieces.map((piece) => Math.round(metres(piece)))).toEqual([150, 50]);
    expect(metres([east(0), pieces[0]?.[0] ?? east(0)])).toBeCloseTo(50, 0);
    expect(cut(route.lines, 300, { from_m: 0, to_m: 300 })).toHaveLength(2);
    expect(cut(route.lines, 300, { from_m: 120, to_m: 120 })).toEqual([]);
    expect(cut([[east(0), east(0)]], 0, { from_m: 0, to_m: 10 })).toEqual([]);
  });

  it('is toured in its order, by the few or by all', () => {
    expect(toured(route, false).map(({ camera }) => camera)).toEqual(['a', 'c']);
    const wall = tourAlong(null, route, true);
    expect(wall).toMatchObject({ size: 4, panes: ['a', 'b', 'c', null], tour: { running: true, at: 0 } });
    const kept = withTour(emptyWall(1), { cameras: ['z'], dwell_s: 20 });
    expect(tourAlong(kept, route, false)).toMatchObject({ panes: ['a'], tour: { cameras: ['a', 'c'], dwell_s: 20 } });
  });

  it('is lit where the pictures on the screen see it', () => {
    const wall = tourAlong(null, route, true);
    expect(onScreen(wall, ['z'])).toEqual(['a', 'b', 'c']);
    expect(onScreen({ ...wall, solo: 2 }, [])).toEqual(['c']);
    expect(onScreen(null, ['b'])).toEqual(['b']);
    expect(litBy(route, ['c', 'z'])).toEqual([{ from_m: 120, to_m: 250 }]);
  });

  it('says what each picture marks', () => {
    expect(bestOn(route, 'c')).toMatchObject({ at_m: 120 });
    expect(bestOn(route, 'z')).toBeNull();
    expect(bestOn(null, 'a')).toBeNull();
  });

  it('of another kind puts the answer away; other wishes keep it until the new one comes', () => {
    const store = createAppStore();
    store.getState().setRoute(route);
    store.getState().setRouteWish({ tiers: [3] });
    expect(store.getState().route).toBe(route);
    store.getState().setRouteWish({ of: { kind: 'line', line: [east(0), east(9)] } });
    expect(store.getState().route).toBeNull();
    store.getState().setRoute(route);
    store.getState().clearRoute();
    expect(store.getState()).toMatchObject({ route: null, routeWish: { of: null, tiers: [3] } });
  });

  it('is drawn with a tool of its own', () => {
    const store = createAppStore();
    store.getState().startTask({ kind: 'route' });
    expect(store.getState()).toMatchObject({ tool: 'line', task: { kind: 'route' } });
  });
});

describe('names over pictures in the address', () => {
  it('are restored, and left out where there are none', () => {
    const store = createAppStore();
    restore(store, parseAddress('#/operate?names=1'));
    expect(store.getState().named).toBe(true);
    expect(formatAddress(addressOf(store.getState()))).toContain('names=1');
    store.getState().setNamed(false);
    expect(formatAddress(addressOf(store.getState()))).not.toContain('names');
    expect(parseAddress('#/operate?names=yes').named).toBeUndefined();
  });
});
