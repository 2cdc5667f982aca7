import { describe, expect, it } from 'vitest';
import { declutter } from '../../../src/model/declutter';
import { dice } from '../cameras';

describe('labels', () => {
  it('keep the first and leave out what would cover it', () => {
    const box = (item: string, x: number) => ({ x, y: 0, width: 50, height: 18, item });
    expect(declutter([box('near', 0), box('behind', 30), box('beside', 51)], 9)).toEqual(['near', 'beside']);
  });

  it('never cover each other, and none that would fit is missing', () => {
    const roll = dice(3);
    const boxes = Array.from({ length: 300 }, (_, item) => ({
      x: 1200 * roll(),
      y: 700 * roll(),
      width: 40 + 90 * roll(),
      height: 18,
      item,
    }));
    const kept = new Set(declutter(boxes, 1000));
    const meets = (i: number, j: number) => {
      const [a, b] = [boxes[i], boxes[j]];
      if (!a || !b) return false;
      return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
    };
    for (const { item } of boxes) {
      const earlier = boxes.slice(0, item).some((other) => kept.has(other.item) && meets(item, other.item));
      expect(kept.has(item)).toBe(!earlier);
    }
  });

  it('leave signs free', () => {
    const box = (item: string, x: number) => ({ x, y: 0, width: 50, height: 18, item });
    const sign = { x: 100, y: 5, width: 20, height: 20 };
    expect(declutter([box('over the sign', 60), box('free', 130)], 9, [sign])).toEqual(['free']);
  });

  it('stop at the limit', () => {
    const boxes = Array.from({ length: 50 }, (_, item) => ({ x: item * 100, y: 0, width: 50, height: 18, item }));
    expect(declutter(boxes, 12)).toHaveLength(12);
  });
});
