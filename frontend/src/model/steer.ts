/** Turning a pan-tilt camera by its picture. Pure. */
import type { Aim } from '../api/cameraTypes';
import { type Lens, toDirection } from './lens';

type Pixel = readonly [number, number];

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const degrees = (angle: number) => (angle * 180) / Math.PI;

/** −180 … 180 */
const turnOf = (angle: number) => ((((angle + 180) % 360) + 360) % 360) - 180;

const LOWEST = -90;
const HIGHEST = 90;
const ROUNDS = 12;

/** The lens at a zoom over its wide end. */
export function zoomedLens(lens: Lens, zoom: number): Lens {
  return { ...lens, hfov: degrees(2 * Math.atan(Math.tan(radians(lens.hfov) / 2) / zoom)) };
}

/** True bearing and elevation of what a pixel shows; null where the lens shows nothing. */
export function bearingOf(lens: Lens, aim: Aim, pixel: Pixel): { pan: number; tilt: number } | null {
  const direction = toDirection(zoomedLens(lens, aim.zoom), pixel);
  if (!direction) return null;
  const [right, down, ahead] = direction;
  const tilt = radians(aim.tilt);
  const up = -down * Math.cos(tilt) + ahead * Math.sin(tilt);
  const level = ahead * Math.cos(tilt) + down * Math.sin(tilt);
  return { pan: aim.pan + degrees(Math.atan2(right, level)), tilt: degrees(Math.atan2(up, Math.hypot(right, level))) };
}

/** The aim at which what `from` shows now stands at `to`; null where the lens shows nothing there. */
export function draggedAim(lens: Lens, aim: Aim, from: Pixel, to: Pixel): Aim | null {
  const wanted = bearingOf(lens, aim, from);
  if (!wanted) return null;
  let { pan, tilt } = aim;
  for (let i = 0; i < ROUNDS; i++) {
    const seen = bearingOf(lens, { pan, tilt, zoom: aim.zoom }, to);
    if (!seen) return null;
    pan += turnOf(wanted.pan - seen.pan);
    tilt = Math.min(Math.max(tilt + wanted.tilt - seen.tilt, LOWEST), HIGHEST);
  }
  return { pan: ((pan % 360) + 360) % 360, tilt, zoom: aim.zoom };
}

/** A fifth of the picture. */
const STEP = 0.2;
const ZOOM_STEP = 1.25;

const ARROWS: Record<string, Pixel> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** What a key makes of an aim; null: nothing. */
export function steppedAim(lens: Lens, aim: Aim, key: string): Aim | null {
  if (key === '+' || key === '=') return { ...aim, zoom: aim.zoom * ZOOM_STEP };
  if (key === '-') return { ...aim, zoom: Math.max(1, aim.zoom / ZOOM_STEP) };
  const arrow = ARROWS[key];
  if (!arrow) return null;
  const step = zoomedLens(lens, aim.zoom).hfov * STEP;
  const tilt = Math.min(Math.max(aim.tilt + arrow[1] * step, LOWEST), HIGHEST);
  return { ...aim, pan: (((aim.pan + arrow[0] * step) % 360) + 360) % 360, tilt };
}
