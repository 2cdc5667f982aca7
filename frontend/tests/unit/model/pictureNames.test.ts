import { describe, expect, it } from 'vitest';
import type { NamedThing } from '../../../src/api/cameraTypes';
import { placed, turnOf, widthOf } from '../../../src/model/pictureNames';

const thing = (id: string, u: number, v: number, more: Partial<NamedThing> = {}): NamedThing => ({
  kind: 'building',
  id,
  name: id,
  name_en: id,
  u,
  v,
  angle_deg: null,
  size: 0.2,
  distance_m: 100,
  lon: 106.8,
  lat: 39.6,
  height: 1080,
  building: null,
  ...more,
});

const PAGE = { width: 960, height: 540, shown: { x: 0, y: 0, width: 960, height: 540 } };
const name = ({ id }: NamedThing) => id;
const ids = (things: NamedThing[], page = PAGE) => placed(things, name, page).map((one) => one.thing.id);

describe('names over a picture', () => {
  it('stand at their points, whatever part of the picture is shown', () => {
    const [one] = placed([thing('a', 0.25, 0.5)], name, PAGE);
    expect([one?.x, one?.y]).toEqual([240, 270]);
    const near = { width: 3840, height: 2160, shown: { x: 900, y: 1000, width: 960, height: 540 } };
    expect(placed([thing('a', 0.25, 0.5)], name, near)[0]).toMatchObject({ x: 960, y: 1080 });
    expect(ids([thing('beside', 0.1, 0.5)], near)).toEqual([]);
  });

  it('leave out what would cover an earlier one', () => {
    expect(ids([thing('first', 0.5, 0.5), thing('over', 0.505, 0.505), thing('free', 0.5, 0.7)])).toEqual([
      'first',
      'free',
    ]);
  });

  it('are no more than can be read', () => {
    const many = Array.from({ length: 90 }, (_, i) =>
      thing(`n${i}`, ((i % 9) + 0.5) / 9, (Math.floor(i / 9) + 0.5) / 10),
    );
    expect(ids(many)).toHaveLength(30);
  });

  it('keep their words in the picture and their dot where it is', () => {
    for (const [u, v] of [
      [0.001, 0.5],
      [0.999, 0.5],
      [0.5, 0.001],
      [0.5, 0.999],
    ] as const) {
      const [one] = placed([thing('海北大街第一中学', u, v)], name, PAGE);
      if (!one) throw new Error('it is in the picture');
      expect([one.x, one.y]).toEqual([u * 960, v * 540]);
      const half = (widthOf(one.text) * one.font) / 2;
      expect(one.x + one.dx - half).toBeGreaterThanOrEqual(0);
      expect(one.x + one.dx + half).toBeLessThanOrEqual(960);
      expect(one.y + one.dy - one.font / 2).toBeGreaterThanOrEqual(0);
      expect(one.y + one.dy + one.font / 2).toBeLessThanOrEqual(540);
    }
  });

  it('of roads lie along them unless that is too steep', () => {
    expect(turnOf({ angle_deg: 30 })).toBe(30);
    expect(turnOf({ angle_deg: -54 })).toBe(-54);
    expect(turnOf({ angle_deg: 80 })).toBe(0);
    expect(turnOf({ angle_deg: null })).toBe(0);
    const [one] = placed([thing('滨河大道', 0.5, 0.5, { kind: 'road', angle_deg: 20 })], name, PAGE);
    expect(one).toMatchObject({ dx: 0, dy: 0, turn: 20 });
  });

  it('are as wide as their letters', () => {
    expect(widthOf('滨河大道')).toBe(4);
    expect(widthOf('Road')).toBeLessThan(3);
  });
});
