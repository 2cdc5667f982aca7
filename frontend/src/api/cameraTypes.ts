/** What the server says about one camera's picture, view and calibration. */
import type { components } from './types.gen';

type Schemas = components['schemas'];

type Refine<T, R extends { [K in keyof R]: K extends keyof T ? T[K] : never }> = Omit<T, keyof R> & R;

export type { CameraDetails } from './types';

export type Preset = Schemas['Preset'];
export type Aim = Schemas['PtzAim'];

/** One standard deviation each: degrees, metres. */
export type Uncertainty = Schemas['Uncertainty'];

/** A pose and lens that are tried out; what is left out is as on record. */
export interface TrialQuery {
  heading?: number;
  pitch?: number;
  roll?: number;
  hfov?: number;
  mount_height?: number;
  at_lon?: number;
  at_lat?: number;
}

/** Where a PTZ camera is turned to; left out: where it looks now. */
export type AimQuery = Partial<Aim>;

export type LocatedPlace = Schemas['LocatedPlace'];

/** What a pixel shows; without a place only why there is none. */
export type Located = Schemas['Located'];

/** A pixel that shows a place. */
export type Found = Refine<
  Located,
  {
    place: LocatedPlace;
    distance_m: number;
    density_px_m: number;
    uncertainty: Schemas['PlaceUncertainty'];
  }
>;

export function isFound(located: Located): located is Found {
  const { place, distance_m, density_px_m, uncertainty } = located;
  return place !== null && distance_m !== null && density_px_m !== null && uncertainty !== null;
}

export type Projected = Refine<Schemas['Projected'], { pixel: [number, number] | null }>;

/** Something with a name in a picture: where in it, and where it is. */
export type NamedThing = Schemas['NamedThing'];

export type NamesAnswer = Schemas['Names'];

/** A street, building, gate, place or area that the camera sees, with where to look for it. */
export type SeenThing = Schemas['SeenThing'];

export type SharedGround = Schemas['Neighbour'];

export type SeesAnswer = Schemas['Sees'];

export interface CalibrationPair {
  pixel: [number, number];
  lon: number;
  lat: number;
  height?: number;
  name?: string;
}

export interface CalibrationQuestion {
  pairs: CalibrationPair[];
  picture?: { width: number; height: number };
}

type Pixel = [number, number];

export type Residual = Refine<Schemas['Residual'], { pixel: Pixel; projected: Pixel }>;

export type Calibrated = Refine<Schemas['Calibrated'], { residuals: Residual[] }>;
