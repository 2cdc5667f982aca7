/**
 * The handles with which a camera is turned in the scene, in metres east, north and up of its
 * lens; and what a handle means where the pointer's ray drags it. Pure.
 */
import { between180, type TrialValues, turnTo360 } from './trial';

export type Enu = readonly [east: number, north: number, up: number];

export interface Ray {
  origin: Enu;
  direction: Enu;
}

export type Handle = 'heading' | 'tilt' | 'left' | 'right' | 'mast' | 'foot';

export const HANDLES: readonly Handle[] = ['foot', 'mast', 'left', 'right', 'tilt', 'heading'];

const radians = (degrees: number) => (degrees * Math.PI) / 180;
const degrees = (angle: number) => (angle * 180) / Math.PI;
const dot = (a: Enu, b: Enu) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const along = ({ origin, direction }: Ray, t: number): Enu => [
  origin[0] + t * direction[0],
  origin[1] + t * direction[1],
  origin[2] + t * direction[2],
];

/** A point at a bearing and elevation, `r` metres away. */
export function toward(bearing: number, elevation: number, r: number): Enu {
  const level = r * Math.cos(radians(elevation));
  return [level * Math.sin(radians(bearing)), level * Math.cos(radians(bearing)), r * Math.sin(radians(elevation))];
}

/** The tilt's arc stands a little farther out than the heading's ring, so that their handles never meet. */
const ARC = 1.22;
const EDGE = 1;
const MAST = 0.62;

/** Where the handles stand; `r` is the radius of the ring, metres. */
export function handlePlaces(values: TrialValues, r: number): Record<Handle, Enu> {
  const { heading, pitch, hfov, mount_height } = values;
  const half = Math.min(hfov / 2, 175);
  return {
    heading: toward(heading, 0, r),
    tilt: toward(heading, pitch, ARC * r),
    left: toward(heading - half, 0, EDGE * r),
    right: toward(heading + half, 0, EDGE * r),
    mast: [0, 0, MAST * r],
    foot: [0, 0, -mount_height],
  };
}

const STEP_DEG = 4;

const sweep = (from: number, to: number, at: (angle: number) => Enu): Enu[] => {
  const count = Math.max(1, Math.ceil(Math.abs(to - from) / STEP_DEG));
  return Array.from({ length: count + 1 }, (_, i) => at(from + ((to - from) * i) / count));
};

export type GizmoLine = { part: Handle | 'aim'; points: Enu[] };

/** The lines between the handles. */
export function gizmoLines(values: TrialValues, r: number): GizmoLine[] {
  const { heading, pitch, hfov, mount_height } = values;
  const half = Math.min(hfov / 2, 175);
  const lens: Enu = [0, 0, 0];
  return [
    { part: 'heading', points: sweep(0, 360, (angle) => toward(angle, 0, r)) },
    {
      part: 'left',
      points: [lens, ...sweep(heading - half, heading + half, (angle) => toward(angle, 0, EDGE * r)), lens],
    },
    { part: 'tilt', points: sweep(Math.max(pitch, -90) - 0.01, 25, (angle) => toward(heading, angle, ARC * r)) },
    { part: 'tilt', points: sweep(-90, pitch, (angle) => toward(heading, angle, ARC * r)) },
    { part: 'aim', points: [lens, toward(heading, pitch, ARC * r)] },
    {
      part: 'mast',
      points: [
        [0, 0, -mount_height],
        [0, 0, MAST * r],
      ],
    },
  ];
}

/** Where a ray meets the level plane through the lens; null where it runs along it or away. */
function onLevel(ray: Ray): Enu | null {
  const fall = ray.direction[2];
  const t = -ray.origin[2] / fall;
  return Math.abs(fall) < 0.02 || !(t > 0) ? null : along(ray, t);
}

/** Bearing under the pointer; seen from the side, the ray's nearest point to the mast's axis decides. */
function bearingOf(ray: Ray): number | null {
  const spot = onLevel(ray) ?? null;
  if (!spot) return null;
  return turnTo360(degrees(Math.atan2(spot[0], spot[1])));
}

/** Elevation at which the ray meets the upright plane through the lens along the heading. */
function elevationOf(ray: Ray, heading: number, r: number): number | null {
  const forward = toward(heading, 0, 1);
  const side = toward(heading + 90, 0, 1);
  const across = dot(ray.direction, side);
  if (Math.abs(across) > 0.08) {
    const t = -dot(ray.origin, side) / across;
    if (t <= 0) return null;
    const spot = along(ray, t);
    return degrees(Math.atan2(spot[2], dot(spot, forward)));
  }
  // Seen edge on: the height at which the ray passes the arc's far side.
  const level = dot(ray.direction, forward);
  if (Math.abs(level) < 0.02) return null;
  const t = (ARC * r * 0.8 - dot(ray.origin, forward)) / level;
  const spot = along(ray, t);
  return degrees(Math.asin(Math.max(-1, Math.min(1, spot[2] / (ARC * r)))));
}

/** Height over the lens of the point of the mast's axis that is nearest to the ray. */
export function heightOnAxis({ origin, direction }: Ray): number | null {
  const level = direction[0] ** 2 + direction[1] ** 2;
  if (level < 1e-4) return null;
  const t = -(origin[0] * direction[0] + origin[1] * direction[1]) / level;
  return t <= 0 ? null : origin[2] + t * direction[2];
}

/** What dragging a handle to a ray makes of the values; empty where the ray tells nothing. The foot is not here: it is put onto the ground. */
export function dragged(handle: Handle, ray: Ray, values: TrialValues, r: number): Partial<TrialValues> {
  switch (handle) {
    case 'heading': {
      const heading = bearingOf(ray);
      return heading === null ? {} : { heading };
    }
    case 'left':
    case 'right': {
      const bearing = bearingOf(ray);
      if (bearing === null) return {};
      const off = between180(values.heading, bearing) * (handle === 'right' ? 1 : -1);
      return { hfov: 2 * (off < -90 ? 360 + off : Math.max(off, 0.5)) };
    }
    case 'tilt': {
      const pitch = elevationOf(ray, values.heading, r);
      return pitch === null ? {} : { pitch: pitch > 90 ? 180 - pitch : pitch < -90 ? -90 : pitch };
    }
    case 'mast': {
      const height = heightOnAxis(ray);
      return height === null ? {} : { mount_height: values.mount_height + height - MAST * r };
    }
    case 'foot':
      return {};
  }
}
