import { describe, expect, it } from 'vitest';
import { isElsewhere, moveOf } from '../../../src/scene/keyboard';
import { ceiling, type Extent, keepOver } from '../../../src/scene/limits';
import { qualityOf } from '../../../src/scene/quality';

const WUHAI: Extent = [106.6, 39.03, 107.14, 39.92];

describe('limits', () => {
  it('leave an eye over the city alone', () => {
    expect(keepOver(WUHAI, 106.82, 39.65)).toEqual([106.82, 39.65]);
  });

  it('bring a lost eye back to the edge', () => {
    const [lon, lat] = keepOver(WUHAI, 10, -60);
    expect(lon).toBeLessThan(WUHAI[0]);
    expect(lon).toBeGreaterThan(WUHAI[0] - 0.5);
    expect(lat).toBeLessThan(WUHAI[1]);
    expect(lat).toBeGreaterThan(WUHAI[1] - 0.5);
  });

  it('let the whole city into the picture, village or long valley', () => {
    expect(ceiling(WUHAI)).toBeGreaterThan(99_000);
    expect(ceiling([106.8, 39.6, 106.81, 39.61])).toBe(8000);
  });
});

describe('keys', () => {
  const key = (code: string, more = {}) => ({ code, ctrlKey: false, metaKey: false, altKey: false, ...more });

  it('move the map', () => {
    expect(moveOf(key('KeyW'))).toBe('ahead');
    expect(moveOf(key('ArrowLeft'))).toBe('left');
    expect(moveOf(key('KeyX'))).toBeUndefined();
  });

  it('leave the browser its own', () => {
    expect(moveOf(key('KeyA', { ctrlKey: true }))).toBeUndefined();
  });

  it('are not taken from fields and lists', () => {
    const field = document.createElement('input');
    const tree = document.createElement('div');
    tree.setAttribute('role', 'tree');
    const leaf = document.createElement('span');
    tree.append(leaf);
    expect([field, leaf, document.body, null].map(isElsewhere)).toEqual([true, true, false, false]);
  });
});

describe('quality', () => {
  it('is low only when the address says so', () => {
    expect(qualityOf('?gfx=low').resolutionScale).toBe(0.5);
    expect(qualityOf('?gfx=high').low).toBe(false);
    expect(qualityOf('').low).toBe(false);
  });
});
