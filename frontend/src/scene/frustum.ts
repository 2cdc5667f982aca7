/**
 * A camera's pose and field of view as directions in the earth-centred frame.
 * Signs as in CesiumJS: heading clockwise from true north, pitch negative looks
 * down, roll positive lowers the right side.
 */
import { localAxes, toEcef, type Vector } from '../model/geodesy';
import { focalLength, type Lens, toDirection, toPixel } from '../model/lens';

export interface Pose {
  lon: number;
  lat: number;
  height: number;
  heading: number;
  pitch: number;
  roll: number;
}

export interface Axes {
  right: Vector;
  up: Vector;
  forward: Vector;
}

const radians = (degrees: number) => (degrees * Math.PI) / 180;

const combine = (a: Vector, s: number, b: Vector, t: number): Vector => [
  a[0] * s + b[0] * t,
  a[1] * s + b[1] * t,
  a[2] * s + b[2] * t,
];

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

/** Level direction of a bearing. */
export function bearingVector(lon: number, lat: number, heading: number): Vector {
  const { east, north } = localAxes(lon, lat);
  return combine(east, Math.sin(radians(heading)), north, Math.cos(radians(heading)));
}

export function poseAxes({ lon, lat, heading, pitch, roll }: Pose): Axes {
  const { up: zenith } = localAxes(lon, lat);
  const level = bearingVector(lon, lat, heading);
  const side = bearingVector(lon, lat, heading + 90);
  const [sin, cos] = [Math.sin(radians(pitch)), Math.cos(radians(pitch))];
  const forward = combine(level, cos, zenith, sin);
  const upright = combine(zenith, cos, level, -sin);
  const [sinRoll, cosRoll] = [Math.sin(radians(roll)), Math.cos(radians(roll))];
  return {
    forward,
    up: combine(upright, cosRoll, side, sinRoll),
    right: combine(side, cosRoll, upright, -sinRoll),
  };
}

/** Where a place appears, pixels from the top left corner of the picture; null where the lens shows nothing. */
export function projectTo(
  pose: Pose,
  picture: Lens,
  place: { lon: number; lat: number; height: number },
): [number, number] | null {
  const eye = toEcef(pose.lon, pose.lat, pose.height);
  const ray = combine(toEcef(place.lon, place.lat, place.height), 1, eye, -1);
  const { right, up, forward } = poseAxes(pose);
  return toPixel(picture, [dot(ray, right), -dot(ray, up), dot(ray, forward)]);
}

/** Level bearing (0 to 360) and elevation of the ray through a pixel, degrees; null where the lens shows nothing. */
export function rayOf(pose: Pose, picture: Lens, pixel: readonly [number, number]): [number, number] | null {
  const direction = toDirection(picture, pixel);
  if (!direction) return null;
  const { right, up, forward } = poseAxes(pose);
  const ray = combine(combine(right, direction[0], up, -direction[1]), 1, forward, direction[2]);
  const axes = localAxes(pose.lon, pose.lat);
  const [east, north, rise] = [dot(ray, axes.east), dot(ray, axes.north), dot(ray, axes.up)];
  const bearing = (Math.atan2(east, north) * 180) / Math.PI;
  return [(bearing + 360) % 360, (Math.atan2(rise, Math.hypot(east, north)) * 180) / Math.PI];
}

/** Vertical field of view of a flat picture, degrees. */
export function verticalFov(picture: Lens): number {
  return (2 * Math.atan(picture.height / 2 / focalLength(picture)) * 180) / Math.PI;
}
