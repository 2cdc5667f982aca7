/**
 * What a lens does to a direction, and back; the server's formulas (OpenCV's), proved by the same cases.
 * A direction is right, down, forward of the picture; a pixel u right, v down from its top left corner.
 */
import type { Vector } from './geodesy';

export type LensModel = 'rectilinear' | 'fisheye' | 'panorama';

export interface Lens {
  width: number;
  height: number;
  /** horizontal field of view without distortion, degrees */
  hfov: number;
  lens?: LensModel;
  /** rectilinear: k1 k2 p1 p2 k3 k4 k5 k6 (Brown-Conrady); fisheye: k1 k2 k3 k4 */
  distortion?: readonly number[];
  /** where the axis meets the picture; its middle unless said */
  principal?: readonly [number, number] | null;
}

type Pair = [number, number];

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const WIDEST_OFF_AXIS = radians(115);
const STEP = radians(0.25);
const EPSILON = 1e-13;

const k = (lens: Lens, i: number) => lens.distortion?.[i] ?? 0;
const isBent = (lens: Lens) => lens.distortion?.some((value) => value !== 0) ?? false;

/** Pixels; per radian for fisheye and panorama. */
export const focalLength = ({ width, hfov, lens }: Lens) =>
  lens === 'fisheye' || lens === 'panorama' ? width / radians(hfov) : width / 2 / Math.tan(radians(hfov / 2));

export const principalOf = ({ width, height, principal }: Lens): Pair => [
  principal?.[0] ?? width / 2,
  principal?.[1] ?? height / 2,
];

/** Distorted radius of the tangent of the angle off the axis, and its slope. */
function brown(lens: Lens, r: number): Pair {
  const s = r * r;
  const low = 1 + s * (k(lens, 5) + s * (k(lens, 6) + s * k(lens, 7)));
  if (low <= 0) return [Number.POSITIVE_INFINITY, -1];
  const up = 1 + s * (k(lens, 0) + s * (k(lens, 1) + s * k(lens, 4)));
  const upSlope = k(lens, 0) + s * (2 * k(lens, 1) + s * 3 * k(lens, 4));
  const lowSlope = k(lens, 5) + s * (2 * k(lens, 6) + s * 3 * k(lens, 7));
  return [(r * up) / low, up / low + (2 * s * (upSlope * low - up * lowSlope)) / (low * low)];
}

/** Distorted angle of an angle off the axis, and its slope. */
function fisheye(lens: Lens, theta: number): Pair {
  const s = theta * theta;
  return [
    theta * (1 + s * (k(lens, 0) + s * (k(lens, 1) + s * (k(lens, 2) + s * k(lens, 3))))),
    1 + s * (3 * k(lens, 0) + s * (5 * k(lens, 1) + s * (7 * k(lens, 2) + s * 9 * k(lens, 3)))),
  ];
}

/** Angle off the axis up to which the lens shows something: where it folds over, or its circle ends. */
function limitOf(lens: Lens): number {
  const flat = lens.lens !== 'fisheye';
  if (flat && !isBent(lens)) return Math.PI / 2;
  const edge = Math.max(radians(lens.hfov) / 2, Math.PI / 2);
  const holds = (off: number) => {
    const [value, slope] = flat ? brown(lens, Math.tan(off)) : fisheye(lens, off);
    return slope > 0 && (flat || value <= edge);
  };
  const last = flat ? Math.PI / 2 - STEP / 2 : WIDEST_OFF_AXIS;
  let inside = 0;
  while (inside < last) {
    let beyond = Math.min(inside + STEP, last);
    if (!holds(beyond)) {
      for (let i = 0; i < 50; i++) {
        const middle = (inside + beyond) / 2;
        if (holds(middle)) inside = middle;
        else beyond = middle;
      }
      return inside;
    }
    inside = beyond;
  }
  return flat ? Math.PI / 2 : last;
}

/** Of a direction, in focal lengths from the principal point, by Brown and Conrady. */
function bend(lens: Lens, a: number, b: number): Pair {
  const s = a * a + b * b;
  const r = Math.sqrt(s);
  const out = r > 0 ? brown(lens, r)[0] / r : 1;
  const [p1, p2] = [k(lens, 2), k(lens, 3)];
  return [a * out + 2 * p1 * a * b + p2 * (s + 2 * a * a), b * out + p1 * (s + 2 * b * b) + 2 * p2 * a * b];
}

function planeOf(lens: Lens, [x, y, z]: Vector): Pair | null {
  if (lens.lens === 'panorama') return [Math.atan2(x, z), Math.atan2(y, Math.hypot(x, z))];
  const flat = Math.hypot(x, y);
  const off = Math.atan2(flat, z);
  if (off > limitOf(lens) || (lens.lens !== 'fisheye' && z <= 0)) return null;
  if (lens.lens === 'fisheye') {
    const out = flat > 0 ? fisheye(lens, off)[0] / flat : 0;
    return [x * out, y * out];
  }
  return isBent(lens) ? bend(lens, x / z, y / z) : [x / z, y / z];
}

/** Where a direction appears, in the picture or beside it; null where the lens shows nothing. */
export function toPixel(lens: Lens, direction: Vector): Pair | null {
  const met = planeOf(lens, direction);
  if (!met) return null;
  const focal = focalLength(lens);
  const [cx, cy] = principalOf(lens);
  const [u, v] = [cx + focal * met[0], cy + focal * met[1]];
  if (lens.lens !== 'panorama') return [u, v];
  // a whole circle has a place twice: the one in the picture
  const around = 2 * Math.PI * focal;
  const twin = u < 0 ? u + around : u - around;
  const better = (u < 0 || u > lens.width) && twin >= 0 && twin <= lens.width;
  return [better ? twin : u, v];
}

/** The value whose `bent` is the one given, between 0 and the limit; null beyond it. */
function unbend(bent: (value: number) => Pair, wanted: number, limit: number): number | null {
  if (wanted > bent(limit)[0] * (1 + 1e-12)) return null;
  let [low, high, guess] = [0, limit, Math.min(wanted, limit)];
  for (let i = 0; i < 100; i++) {
    const [value, slope] = bent(guess);
    if (value > wanted) high = guess;
    else low = guess;
    const newton = slope > 0 ? guess - (value - wanted) / slope : -1;
    const better = newton >= low && newton <= high ? newton : (low + high) / 2;
    if (Math.abs(better - guess) < EPSILON) break;
    guess = better;
  }
  return guess;
}

function straighten(lens: Lens, a: number, b: number): Pair | null {
  const limit = Math.min(Math.tan(limitOf(lens)), 1e3);
  let [x, y] = [a, b];
  for (let i = 0; i < 60; i++) {
    // tangential terms are small: taken away in turns with undoing the radial ones exactly
    const [bentX, bentY] = bend(lens, x, y);
    const r = Math.hypot(x, y);
    const radial = r > 0 ? brown(lens, r)[0] / r : 1;
    const [aimX, aimY] = i === 0 ? [a, b] : [a - (bentX - x * radial), b - (bentY - y * radial)];
    const bent = Math.hypot(aimX, aimY);
    if (bent === 0) return [0, 0];
    const straight = unbend((value) => brown(lens, value), bent, limit);
    if (straight === null) return null;
    const [nextX, nextY] = [(aimX * straight) / bent, (aimY * straight) / bent];
    const moved = Math.hypot(nextX - x, nextY - y);
    [x, y] = [nextX, nextY];
    if (moved < EPSILON) break;
  }
  return [x, y];
}

/** Unit direction of a pixel; null where the lens shows nothing. */
export function toDirection(lens: Lens, [u, v]: readonly [number, number]): Vector | null {
  const focal = focalLength(lens);
  const [cx, cy] = principalOf(lens);
  const [a, b] = [(u - cx) / focal, (v - cy) / focal];
  if (lens.lens === 'panorama') {
    if (Math.abs(b) > Math.PI / 2) return null;
    return [Math.sin(a) * Math.cos(b), Math.sin(b), Math.cos(a) * Math.cos(b)];
  }
  if (lens.lens === 'fisheye') {
    const radius = Math.hypot(a, b);
    const off = unbend((value) => fisheye(lens, value), radius, limitOf(lens));
    if (off === null) return null;
    const out = radius > 0 ? Math.sin(off) / radius : 1;
    return [a * out, b * out, Math.cos(off)];
  }
  const flat = isBent(lens) ? straighten(lens, a, b) : ([a, b] as Pair);
  if (!flat) return null;
  const length = Math.hypot(flat[0], flat[1], 1);
  return [flat[0] / length, flat[1] / length, 1 / length];
}
