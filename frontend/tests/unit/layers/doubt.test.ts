import { describe, expect, it } from 'vitest';
import { circleAround, doubtShapes } from '../../../src/layers/doubt';
import { horizontalDistance } from '../../../src/model/geodesy';
import type { Incident } from '../../../src/model/incidents';

const middle = { lon: 106.8, lat: 39.6 };

describe('the circle of a roughly known place', () => {
  it('has its radius all round, and is closed', () => {
    const [ring = []] = circleAround(middle, 700).coordinates;
    expect(ring[0]).toEqual(ring.at(-1));
    for (const [lon = 0, lat = 0] of ring) {
      const off = horizontalDistance({ ...middle, height: 0 }, { lon, lat, height: 0 });
      expect(Math.abs(off - 700)).toBeLessThan(7);
    }
  });

  it('is not there where the place is known', () => {
    const incident = { ...middle, severity: 2, within_m: null } as Incident;
    expect(doubtShapes(incident)).toEqual([]);
    expect(doubtShapes(undefined)).toEqual([]);
    expect(doubtShapes({ ...incident, within_m: 700 })).toHaveLength(1);
  });
});
