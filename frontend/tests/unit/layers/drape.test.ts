import { GeographicTilingScheme } from 'cesium';
import { describe, expect, it } from 'vitest';
import { startLevel, toMap } from '../../../src/layers/drape';

describe('drape', () => {
  it('has the lattice of the ground', () => {
    const scheme = new GeographicTilingScheme();
    const degrees = Math.PI / 180;
    for (const [lon, lat] of [
      [106.8, 39.6],
      [-70.2, -33.4],
      [0.1, 0.1],
    ] as const) {
      const [x, y] = toMap(lon, lat);
      const tile = scheme.positionToTileXY(
        { longitude: lon * degrees, latitude: lat * degrees, height: 0 } as never,
        14,
      );
      expect([Math.floor(x * 2 ** 14), Math.floor(y * 2 ** 14)]).toEqual([tile.x, tile.y]);
    }
  });

  it.each([
    [1, 0],
    [0.3, 1],
    [1e-3, 9],
    [0, 19],
  ])('begins where a box of %f is a few tiles', (size, level) => {
    expect(startLevel(size, size / 2)).toBe(level);
    if (size > 0) expect(size * 2 ** level).toBeLessThanOrEqual(1);
  });
});
