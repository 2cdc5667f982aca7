/** What the server says about one camera's picture, view and calibration. */
import type { components } from './types.gen';

type Schemas = components['schemas'];

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

/** How well a located place is known: one standard deviation, metres. */
export interface Ellipse {
  along_m: number;
  across_m: number;
  up_m: number;
  /** the ellipse over the ground, and the true bearing of its longer axis */
  major_m: number;
  minor_m: number;
  bearing_deg: number;
}

export interface LocatedPlace {
  lon: number;
  lat: number;
  height: number;
  kind: 'ground' | 'roof' | 'facade';
  building: { id: string; name: string; name_en?: string | null } | null;
}

/** `beyond`: it looks down and meets nothing within reach; `no-picture`: the lens shows nothing at that pixel. */
export type Hit = 'ground' | 'roof' | 'facade' | 'sky' | 'beyond' | 'no-picture';

export interface Located {
  hit: Hit;
  place: LocatedPlace;
  distance_m: number;
  density_px_m: number;
  class: string | null;
  uncertainty: Ellipse;
}

export interface Projected {
  pixel: [number, number] | null;
  visible: boolean;
  why: string;
  why_code: string;
  distance_m: number | null;
  density_px_m: number | null;
  class: string | null;
  aim: Aim | null;
}

/** A street, building, gate or place that the camera sees, with where to look for it. */
export interface SeenThing {
  id: string;
  kind: string;
  name: string;
  name_en: string;
  lon: number;
  lat: number;
  height?: number | null;
  distance_m: number;
  density_px_m: number | null;
  class: string | null;
  length_m?: number | null;
  area_m2?: number | null;
}

export interface SharedGround {
  camera: string;
  shared_m2: number;
  share: number;
  distance_m: number;
}

export interface SeesAnswer {
  streets: SeenThing[];
  buildings: SeenThing[];
  places: SeenThing[];
  neighbours: SharedGround[];
}

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

export interface Residual {
  name: string;
  pixel: [number, number];
  /** where the solved camera puts the place */
  projected: [number, number] | null;
  error_px: number;
  loo_px: number | null;
  loo_m: number | null;
}

export interface Calibrated {
  pose: {
    lon: number;
    lat: number;
    height: number;
    mount_height: number;
    heading: number;
    pitch: number;
    roll: number;
  };
  lens: { lens: string; hfov: number; distortion: number[]; principal: [number, number] | null };
  calibration: Uncertainty;
  residuals: Residual[];
  verdict: string;
  text: string;
}
