import { describe, expect, it } from 'vitest';
import { usualGround } from '../../../src/layers/grounds';
import { camera } from '../cameras';

const state = (...cameras: ReturnType<typeof camera>[]) => ({ cameras: new Map(cameras.map((one) => [one.id, one])) });

describe('the usual ground', () => {
  const city = state(
    camera('peak', { lon: 107.05, lat: 39.7, ground_height: 1427 }),
    camera('a', { lon: 106.8, lat: 39.6, ground_height: 1058 }),
    camera('b', { lon: 106.81, lat: 39.61, ground_height: 1062 }),
    camera('c', { lon: 106.82, lat: 39.61, ground_height: 1061 }),
  );

  it('is that of the cameras nearby, whichever camera comes first', () => {
    expect(usualGround(city, 106.8012, 39.6031)).toBe(1058);
    expect(usualGround(city, 107.07, 39.71)).toBe(1427);
  });

  it('is the middle of the city where no camera is near, and nothing is lost where there is none', () => {
    expect(usualGround(city, 105, 39)).toBe(1062);
    expect(usualGround(state(), 106.8, 39.6)).toBe(0);
  });
});
