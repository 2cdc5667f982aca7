import { describe, expect, it } from 'vitest';
import type { LonLat } from '../../../src/api/types';
import { wayShapes } from '../../../src/layers/way';
import { createAppStore } from '../../../src/model/store';
import { byRoad } from '../../../src/panels/format';
import { minutes } from '../../../src/panels/incidents/NearestVehicles';

const WAY: LonLat[] = [
  [106.8, 39.6],
  [106.81, 39.6],
  [106.81, 39.61],
];

describe('the way of a vehicle', () => {
  it('is drawn there and back, so that no line closes it', () => {
    const shapes = wayShapes(WAY);
    expect(shapes).toHaveLength(2);
    const [first] = shapes;
    expect(first?.geometry.coordinates[0]).toEqual([[...WAY, WAY[1], WAY[0]]]);
    expect(first?.fill).toBeUndefined();
  });

  it('is not drawn where the vehicle is there already', () => {
    expect(wayShapes(WAY.slice(0, 1))).toEqual([]);
  });

  it('is put away again', () => {
    const store = createAppStore();
    store.getState().setWay(WAY);
    expect(store.getState().way).toBe(WAY);
    store.getState().setWay(null);
    expect(store.getState().way).toBeNull();
  });

  it('is told in whole minutes, and in kilometres', () => {
    expect([12, 89, 91, 600].map(minutes)).toEqual([1, 1, 2, 10]);
    expect([byRoad(950.4, 'zh'), byRoad(1_049, 'zh'), byRoad(12_340, 'en')]).toEqual(['950 m', '1 km', '12.3 km']);
  });
});
