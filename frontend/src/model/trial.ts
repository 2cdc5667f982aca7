/** A camera's pose and field of view as somebody drags them; pure. */
import type { CameraDetails, TrialQuery } from '../api/cameraTypes';

export interface TrialValues {
  /** degrees clockwise from true north */
  heading: number;
  /** degrees, negative looks down */
  pitch: number;
  roll: number;
  /** horizontal field of view, degrees */
  hfov: number;
  /** metres above the ground below the lens */
  mount_height: number;
  lon: number;
  lat: number;
}

export interface Trial {
  camera: string;
  /** the record's values, and the version they have */
  from: TrialValues;
  version: number;
  /** the record knows no heading: the one shown is a first guess */
  headingKnown: boolean;
  values: TrialValues;
  /** ground below the lens, ellipsoidal metres */
  ground: number;
  /** whether a handle is in the hand just now */
  dragging: boolean;
}

export const LIMITS: Record<Exclude<keyof TrialValues, 'lon' | 'lat' | 'heading'>, readonly [number, number]> = {
  pitch: [-90, 45],
  roll: [-45, 45],
  hfov: [1, 170],
  mount_height: [0, 400],
};

const WIDEST: Record<CameraDetails['lens'], number> = { rectilinear: 170, fisheye: 230, panorama: 360 };

/** Greatest field of view that the kind of lens can have, degrees. */
export const widest = (lens: CameraDetails['lens']) => WIDEST[lens];

export const turnTo360 = (heading: number) => ((heading % 360) + 360) % 360;

/** The way round from one bearing to another, −180 to 180. */
export const between180 = (from: number, to: number) => turnTo360(to - from + 180) - 180;

const DIGITS: Record<keyof TrialValues, number> = {
  heading: 1,
  pitch: 1,
  roll: 2,
  hfov: 1,
  mount_height: 2,
  lon: 7,
  lat: 7,
};

const clamp = (value: number, [low, high]: readonly [number, number]) => Math.min(high, Math.max(low, value));

/** A value as it may be: within its limits, with the digits that mean something. */
export function settled(name: keyof TrialValues, value: number, widest_deg = LIMITS.hfov[1]): number {
  const limits = name === 'hfov' ? ([LIMITS.hfov[0], widest_deg] as const) : undefined;
  let fit = value;
  if (name === 'heading') fit = turnTo360(value);
  else if (name !== 'lon' && name !== 'lat') fit = clamp(value, limits ?? LIMITS[name]);
  const rounded = Number(fit.toFixed(DIGITS[name]));
  return name === 'heading' && rounded === 360 ? 0 : rounded;
}

export function valuesOf(camera: CameraDetails): TrialValues {
  const { heading, pitch, roll, hfov, mount_height, lon, lat } = camera;
  return { heading: heading ?? 0, pitch, roll, hfov, mount_height, lon, lat };
}

export function startTrial(camera: CameraDetails): Trial {
  const from = valuesOf(camera);
  return {
    camera: camera.id,
    from,
    version: camera.version,
    headingKnown: camera.heading !== null,
    values: from,
    ground: camera.ground_height ?? camera.height - camera.mount_height,
    dragging: false,
  };
}

const NAMES: readonly (keyof TrialValues)[] = ['heading', 'pitch', 'roll', 'hfov', 'mount_height', 'lon', 'lat'];

/** What was changed. A heading that the record did not know counts as changed. */
export function changes({ from, values, headingKnown }: Trial): Partial<TrialValues> {
  const changed = NAMES.filter((name) => values[name] !== from[name] || (name === 'heading' && !headingKnown));
  return Object.fromEntries(changed.map((name) => [name, values[name]]));
}

/** The trial as query parameters; nothing where nothing is changed. */
export function trialQuery(trial: Trial | undefined): TrialQuery {
  if (!trial) return {};
  const { lon, lat, ...others } = changes(trial);
  const moved = lon !== undefined || lat !== undefined;
  return { ...others, ...(moved && { at_lon: trial.values.lon, at_lat: trial.values.lat }) };
}
