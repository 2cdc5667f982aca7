import { describe, expect, it } from 'vitest';
import type { ConeAnswer, HitKind, LonLatHeight } from '../../../src/api/types';
import { coneMesh, rim } from '../../../src/layers/coneMesh';
import { metresPerDegree, toEcef } from '../../../src/model/geodesy';

const EYE: LonLatHeight = [106.8, 39.6, 1100];

/** A fan to the north that ends `far(row, col)` metres away. */
function cone(rows: number, cols: number, far: (row: number, col: number) => number, kind: HitKind): ConeAnswer {
  const [east, north] = metresPerDegree(EYE[1], EYE[2]);
  const points: LonLatHeight[] = [];
  for (let row = 0; row < rows; row++)
    for (let col = 0; col < cols; col++) {
      const [turn, tilt] = [(col / (cols - 1) - 0.5) * 0.8, -(row / (rows - 1)) * 0.4];
      const level = far(row, col) * Math.cos(tilt);
      points.push([
        EYE[0] + (level * Math.sin(turn)) / east,
        EYE[1] + (level * Math.cos(turn)) / north,
        EYE[2] + far(row, col) * Math.sin(tilt),
      ]);
    }
  return { camera: 'x', eye: EYE, rows, cols, points, kinds: points.map(() => kind), aim: 'heading', reach_m: 300 };
}

const triangleCount = (mesh: ReturnType<typeof coneMesh>) =>
  Object.values(mesh.triangles).reduce((sum, group) => sum + group.length / 3, 0);

describe('cone', () => {
  it('is a closed skin: every edge belongs to two triangles', () => {
    const mesh = coneMesh(cone(5, 9, () => 200, 1));
    const edges = new Map<string, number>();
    for (const group of Object.values(mesh.triangles))
      for (let i = 0; i < group.length; i += 3)
        for (const [a = 0, b = 0] of [
          [group[i], group[i + 1]],
          [group[i + 1], group[i + 2]],
          [group[i + 2], group[i]],
        ]) {
          const key = a < b ? `${a} ${b}` : `${b} ${a}`;
          edges.set(key, (edges.get(key) ?? 0) + 1);
        }
    expect(new Set(edges.values())).toEqual(new Set([2]));
    expect(triangleCount(mesh)).toBe(2 * 4 * 8 + 2 * (4 + 8));
  });

  it('ends just before what it meets', () => {
    const answer = cone(3, 3, () => 200, 3);
    const mesh = coneMesh(answer);
    const eye = toEcef(...EYE);
    const distance = (i: number) =>
      Math.hypot(...[0, 1, 2].map((axis) => (mesh.positions[3 * i + axis] ?? 0) - (eye[axis as 0 | 1 | 2] ?? 0)));
    for (let i = 0; i < 9; i++) {
      expect(distance(i)).toBeLessThan(200);
      expect(distance(i)).toBeGreaterThan(198);
    }
    expect(distance(9)).toBe(0);
    expect(mesh.triangles.facade.length).toBeGreaterThan(0);
    expect(mesh.triangles.ground).toEqual([]);
  });

  it('does not paint the gap behind an edge as if something stood there', () => {
    const mesh = coneMesh(cone(3, 10, (_, col) => (col < 5 ? 50 : 250), 1));
    expect(mesh.triangles.ground.length / 3).toBe(2 * 2 * 8);
    expect(mesh.triangles.walls.length / 3).toBe(2 * 2 + 2 * (2 + 9));
  });

  it('walks its rim once around', () => {
    expect(rim(2, 3)).toEqual([0, 1, 2, 5, 4, 3, 0]);
  });
});
