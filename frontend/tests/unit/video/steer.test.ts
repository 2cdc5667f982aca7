import { describe, expect, it } from 'vitest';
import { bearingOf, draggedAim, steppedAim, zoomedLens } from '../../../src/model/steer';

const lens = { width: 1920, height: 1080, hfov: 60 };
const aim = { pan: 350, tilt: -20, zoom: 1 };

describe('turning by the picture', () => {
  it('knows where the middle looks', () => {
    const middle = bearingOf(lens, aim, [960, 540]);
    expect(middle?.pan).toBeCloseTo(350);
    expect(middle?.tilt).toBeCloseTo(-20);
    expect(bearingOf(lens, { pan: 0, tilt: 0, zoom: 1 }, [1920, 540])?.pan).toBeCloseTo(30);
    expect(bearingOf(lens, { pan: 0, tilt: 0, zoom: 1 }, [960, 0])?.tilt).toBeCloseTo(17.992, 3);
  });

  it('brings what was taken hold of to where it was let go', () => {
    const cases: [[number, number], [number, number], number][] = [
      [[400, 300], [960, 540], 1],
      [[1700, 900], [500, 200], 1],
      [[960, 540], [1500, 700], 4],
    ];
    for (const [from, to, zoom] of cases) {
      const before = { ...aim, zoom };
      const wanted = bearingOf(lens, before, from);
      const after = draggedAim(lens, before, from, to);
      const seen = after && bearingOf(lens, after, to);
      expect(Math.abs((((((seen?.pan ?? 0) - (wanted?.pan ?? 1) + 540) % 360) + 360) % 360) - 180)).toBeLessThan(1e-3);
      expect(seen?.tilt).toBeCloseTo(wanted?.tilt ?? Number.NaN, 3);
    }
  });

  it('narrows with the zoom', () => {
    expect(zoomedLens(lens, 1).hfov).toBeCloseTo(60);
    expect(zoomedLens(lens, 10).hfov).toBeCloseTo(6.6, 1);
  });

  it('steps by keys, less where the picture is narrow', () => {
    expect(steppedAim(lens, aim, 'ArrowRight')?.pan).toBeCloseTo(2);
    expect(steppedAim(lens, aim, 'ArrowUp')?.tilt).toBeCloseTo(-8);
    expect(steppedAim(lens, { ...aim, tilt: -88 }, 'ArrowDown')?.tilt).toBe(-90);
    expect(steppedAim(lens, aim, '+')?.zoom).toBeCloseTo(1.25);
    expect(steppedAim(lens, aim, '-')?.zoom).toBe(1);
    expect(steppedAim(lens, aim, 'x')).toBeNull();
    const narrow = steppedAim(lens, { ...aim, zoom: 10 }, 'ArrowLeft');
    expect(350 - (narrow?.pan ?? 0)).toBeLessThan(2);
  });
});
