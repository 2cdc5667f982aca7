import { readFileSync } from 'node:fs';
import { Cartesian3, HeadingPitchRoll, Matrix3, Quaternion, Transforms } from 'cesium';
import { describe, expect, it } from 'vitest';
import type { Lens } from '../../../src/model/lens';
import { poseAxes, projectTo, rayOf, verticalFov } from '../../../src/scene/frustum';

interface Case {
  name: string;
  pose: { lon: number; lat: number; height: number; heading: number; pitch: number; roll: number };
  optics: Lens;
  place: { lon: number; lat: number; height: number };
  expected: { pixel: [number, number] | null; bearing: number; elevation: number };
}

/** The same cases prove the server's camera. */
const { cases } = JSON.parse(readFileSync('../tests/fixtures/camera_cases.json', 'utf8')) as { cases: Case[] };

describe('pose and picture', () => {
  it('has cases', () => {
    expect(cases.length).toBeGreaterThan(5);
  });

  it.each(cases)('$name', ({ pose, optics, place, expected }) => {
    const pixel = projectTo(pose, optics, place);
    if (expected.pixel === null) {
      expect(pixel).toBeNull();
      return;
    }
    expect(pixel).not.toBeNull();
    expect(pixel?.[0]).toBeCloseTo(expected.pixel[0], 2);
    expect(pixel?.[1]).toBeCloseTo(expected.pixel[1], 2);
  });

  it.each(cases.filter(({ expected }) => expected.pixel !== null))('and back: $name', ({ pose, optics, expected }) => {
    const ray = rayOf(pose, optics, expected.pixel ?? [0, 0]);
    expect(ray).not.toBeNull();
    const [bearing, elevation] = ray ?? [0, 0];
    expect(((bearing - expected.bearing + 540) % 360) - 180).toBeCloseTo(0, 5);
    expect(elevation).toBeCloseTo(expected.elevation, 5);
  });

  /**
   * CesiumJS takes the vertical of a raised point as if it lay on the ellipsoid: up to 1e-6 off at 1 km,
   * hence no more digits.
   *
   * Its body frame of a heading-pitch-roll: x right of heading 90°; its camera looks along x.
   */
  it.each(cases)('turns as CesiumJS does: $name', ({ pose }) => {
    const radians = (degrees: number) => (degrees * Math.PI) / 180;
    const turn = new HeadingPitchRoll(radians(pose.heading - 90), radians(pose.pitch), radians(pose.roll));
    const local = Matrix3.fromQuaternion(Quaternion.fromHeadingPitchRoll(turn));
    const origin = Cartesian3.fromDegrees(pose.lon, pose.lat, pose.height);
    const toEarth = Matrix3.fromRowMajorArray(rotationOf(Transforms.eastNorthUpToFixedFrame(origin)));
    const body = Matrix3.multiply(toEarth, local, new Matrix3());
    const column = (i: number) => Matrix3.getColumn(body, i, new Cartesian3());
    const { forward, right, up } = poseAxes(pose);
    const close = (ours: readonly number[], theirs: Cartesian3, sign: number) =>
      [theirs.x, theirs.y, theirs.z].forEach((value, i) => {
        expect(ours[i]).toBeCloseTo(sign * value, 5);
      });
    close(forward, column(0), 1);
    close(right, column(1), -1);
    close(up, column(2), 1);
  });
});

/** The upper left 3 × 3 of a column-major 4 × 4, row by row. */
function rotationOf(matrix: ReturnType<typeof Transforms.eastNorthUpToFixedFrame>): number[] {
  return [0, 1, 2].flatMap((row) => [0, 1, 2].map((column) => matrix[(4 * column + row) as 0] ?? 0));
}

describe('where a lens shows nothing', () => {
  const pose = { lon: 106.8, lat: 39.6, height: 1080, heading: 0, pitch: -90, roll: 0 };

  it('has no ray outside a fisheye circle', () => {
    expect(rayOf(pose, { width: 2048, height: 2048, hfov: 180, lens: 'fisheye' }, [10, 10])).toBeNull();
  });

  it('has no ray beyond the fold of a barrel', () => {
    const barrel = { width: 1920, height: 1080, hfov: 120, distortion: [-0.35, 0.02, 0, 0] };
    expect(rayOf(pose, barrel, [5, 540])).toBeNull();
    expect(rayOf(pose, barrel, [700, 540])).not.toBeNull();
  });
});

describe('field of view', () => {
  it('is narrower upright on a wide picture', () => {
    expect(verticalFov({ width: 1920, height: 1080, hfov: 90 })).toBeCloseTo(58.7155, 3);
    expect(verticalFov({ width: 100, height: 100, hfov: 47 })).toBeCloseTo(47, 9);
  });
});
