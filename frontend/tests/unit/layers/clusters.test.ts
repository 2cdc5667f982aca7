import { beforeAll, describe, expect, it } from 'vitest';
import type { Tier } from '../../../src/api/types';
import { CameraClusters, type Marker, scaleOf, spread, zoomOf } from '../../../src/layers/clusters';
import { camera, dice } from '../cameras';

function city(count: number) {
  const roll = dice(7);
  return Array.from({ length: count }, (_, i) =>
    camera(String(i), {
      lon: 106.6 + 0.5 * roll(),
      lat: 39.1 + 0.8 * roll(),
      height: 1080 + 100 * roll(),
      tier: (i % 200 === 0 ? 1 : i % 17 === 0 ? 2 : 3) as Tier,
    }),
  );
}

const everywhere = (zoom: number) => ({ zoomAt: () => zoom, sees: () => true });

function count(markers: Marker[]): number {
  return markers.reduce((sum, marker) => sum + (marker.kind === 'cluster' ? marker.total : 1), 0);
}

describe('clusters', () => {
  const cameras = city(7000);
  let clusters: CameraClusters;

  beforeAll(
    () =>
      new Promise<void>((grown) => {
        clusters = new CameraClusters(grown);
        clusters.take(cameras);
      }),
  );

  it.each([4, 8, 10.5, 13, 16, 18, 22])('shows every camera exactly once at zoom %f', (zoom) => {
    expect(count(clusters.markers(everywhere(zoom)))).toBe(7000);
  });

  it('joins more the farther the view', () => {
    const shown = [5, 9, 11, 13, 15, 19].map((zoom) => clusters.markers(everywhere(zoom)).length);
    expect(shown).toEqual(shown.toSorted((a, b) => a - b));
    expect(shown[0]).toBeLessThan(12);
    expect(shown.at(-1)).toBe(7000);
  });

  it('counts tiers and means heights truly', () => {
    const markers = clusters.markers(everywhere(8)).filter((marker) => marker.kind === 'cluster');
    for (const tier of [1, 2, 3] as const) {
      const sum = markers.reduce((total, { counts }) => total + counts[tier], 0);
      const singles = clusters.markers(everywhere(8)).filter((m) => m.kind === 'camera' && m.camera.tier === tier);
      expect(sum + singles.length).toBe(cameras.filter((c) => c.tier === tier).length);
    }
    const heights = markers.reduce((total, marker) => total + marker.height * marker.total, 0);
    const total = markers.reduce((n, marker) => n + marker.total, 0);
    expect(heights / total).toBeGreaterThan(1120);
    expect(heights / total).toBeLessThan(1140);
  });

  it('opens near the eye and stays closed far away', () => {
    const slanting = { zoomAt: (_: number, lat: number) => (lat < 39.3 ? 19 : 9), sees: () => true };
    const markers = clusters.markers(slanting);
    expect(count(markers)).toBe(7000);
    expect(markers.some((m) => m.kind === 'camera' && m.camera.lat < 39.25)).toBe(true);
    expect(markers.some((m) => m.kind === 'cluster' && m.total > 20)).toBe(true);
  });

  it('never loses a camera that is in the picture, though the middle of its clusters is outside', () => {
    const box = { west: 106.8, east: 106.83, south: 39.5, north: 39.53 };
    const degreesOf = (m: number) => m / 85_000;
    const inside = (lon: number, lat: number, pad: number) =>
      lon > box.west - pad && lon < box.east + pad && lat > box.south - pad && lat < box.north + pad;
    const window = {
      zoomAt: () => 20,
      sees: (lon: number, lat: number, _: number, radius_m: number) => inside(lon, lat, degreesOf(radius_m)),
    };
    const shown = clusters.markers(window).flatMap((m) => (m.kind === 'camera' ? [m.camera.id] : []));
    const expected = cameras.filter(({ lon, lat }) => inside(lon, lat, 0)).map(({ id }) => id);
    expect(expected.length).toBeGreaterThan(5);
    expect(shown).toEqual(expect.arrayContaining(expected));
    expect(shown.length).toBeLessThan(expected.length + 5);
  });

  it('draws what is in the picture of a cluster that stays closed and has its middle outside', () => {
    const west = [0, 1, 2, 3].map((i) => camera(`w${i}`, { lon: 106.8 + i * 1e-5 }));
    const few = new CameraClusters(() => undefined);
    few.take([...west, camera('east', { lon: 106.8005 })]);
    const far = { zoomAt: () => 14, sees: () => true };
    expect(few.markers(far)).toMatchObject([{ kind: 'cluster', total: 5 }]);
    const window = {
      ...far,
      sees: (lon: number, _: number, __: number, reach_m: number) => lon > 106.8004 - reach_m / 85_000,
    };
    expect(few.markers(window)).toMatchObject([{ kind: 'camera', camera: { id: 'east' } }]);
  });

  it('is quick enough for every change of the view', () => {
    const start = performance.now();
    clusters.markers(everywhere(12));
    expect(performance.now() - start).toBeLessThan(400);
  });
});

describe('scale', () => {
  it('goes there and back', () => {
    expect(scaleOf(zoomOf(0.37, 39.6), 39.6)).toBeCloseTo(0.37, 12);
  });
});

describe('spread', () => {
  it('puts cameras of one pole side by side and leaves the others', () => {
    const places = spread([
      camera('a'),
      camera('b', { height: 1090 }),
      camera('c', { lon: 106.81 }),
      camera('d', { lon: 106.8000001 }),
    ]);
    expect([...places.keys()].sort()).toEqual(['a', 'b', 'd']);
    const spots = [...places.values()];
    spots.forEach(([x, y], i) => {
      const [nextX, nextY] = spots[(i + 1) % spots.length] ?? [0, 0];
      expect(Math.hypot(x - nextX, y - nextY)).toBeGreaterThan(18);
    });
  });
});
