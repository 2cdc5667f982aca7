/** The part of the state that belongs to one camera as an instrument: its pictures, its adjusting, its calibration. */
import type { Calibrated, Found } from '../api/cameraTypes';
import type { Pair } from './pairs';
import { settled, type Trial, type TrialValues } from './trial';

/** Pictures side by side, at most. */
export const MOST_PICTURES = 4;

/** What the coverage of a PTZ camera is drawn for: all that it reaches, where it looks now, or one of its presets. */
export type AimChoice = 'reach' | 'now' | `preset:${string}`;

/** A place that was pointed at in a picture. */
export interface Pointed {
  camera: string;
  pixel: readonly [number, number];
  answer: Found;
  /** what was hit, in the reader's words */
  label: string;
}

/** One standard deviation of a camera's pose, to be drawn around its cone. */
export interface Spread {
  camera: string;
  heading_deg: number;
  pitch_deg: number;
}

export interface CameraState {
  /** ids of the cameras whose pictures stand open, oldest first */
  pictures: readonly string[];
  pointed: Pointed | null;
  /** by camera; without an entry: reach */
  aims: Readonly<Record<string, AimChoice>>;
  trial?: Trial;
  /** the camera that is being calibrated */
  calibrating: string | null;
  /** the camera that the pairs are of */
  pairsOf: string | null;
  pairs: readonly Pair[];
  /** number of the pair that is looked at */
  pair: number | null;
  calibrated?: Calibrated;
  /** panels: how well the pose of the shown cone is known */
  spread?: Spread;
  /** panels: address of the model of what the selected camera sees */
  viewMesh?: string;
}

export const initialCamera: CameraState = {
  pictures: [],
  pointed: null,
  aims: {},
  calibrating: null,
  pairsOf: null,
  pairs: [],
  pair: null,
};

export interface CameraActions {
  /** The oldest picture makes room where there are too many. */
  openPicture(camera: string): void;
  closePicture(camera: string): void;
  setPointed(pointed: Pointed | null): void;
  setAim(camera: string, aim: AimChoice): void;
  /** Takes the handles in hand; undefined lays them down and shows what is on record. */
  setTrial(trial: Trial | undefined): void;
  adjust(values: Partial<TrialValues>, more?: { ground?: number; dragging?: boolean; widest?: number }): void;
  /** Opens the calibration of a camera, with the pairs that it had; another's are put away. Null closes it. */
  calibrate(camera: string | null): void;
  setPairs(pairs: readonly Pair[]): void;
  setPair(number: number | null): void;
  setCalibrated(answer: Calibrated | undefined): void;
  setSpread(spread: Spread | undefined): void;
  setViewMesh(url: string | undefined): void;
}

type Setter = (change: Partial<CameraState> | ((state: CameraState) => Partial<CameraState>)) => void;

export function withPicture(open: readonly string[], camera: string): readonly string[] {
  if (open.includes(camera)) return open;
  return [...open, camera].slice(-MOST_PICTURES);
}

function adjusted(trial: Trial, values: Partial<TrialValues>, widest?: number): TrialValues {
  const entries = Object.entries(values) as [keyof TrialValues, number][];
  const fit = entries
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => [name, settled(name, value, widest)]);
  return { ...trial.values, ...Object.fromEntries(fit) };
}

export function cameraActions(set: Setter, takeTool: (tool: 'adjust' | 'calibrate' | 'select') => void): CameraActions {
  return {
    openPicture: (camera) => set(({ pictures }) => ({ pictures: withPicture(pictures, camera) })),
    closePicture: (camera) =>
      set(({ pictures, pointed }) => ({
        pictures: pictures.filter((other) => other !== camera),
        pointed: pointed?.camera === camera ? null : pointed,
      })),
    setPointed: (pointed) => set({ pointed }),
    setAim: (camera, aim) => set(({ aims }) => ({ aims: { ...aims, [camera]: aim } })),
    setTrial: (trial) => {
      takeTool(trial ? 'adjust' : 'select');
      set({ trial });
    },
    adjust: (values, { ground, dragging, widest } = {}) =>
      set(({ trial }) => {
        if (!trial) return {};
        return {
          trial: {
            ...trial,
            values: adjusted(trial, values, widest),
            ...(ground !== undefined && { ground }),
            ...(dragging !== undefined && { dragging }),
          },
        };
      }),
    calibrate: (camera) => {
      takeTool(camera ? 'calibrate' : 'select');
      set(({ pairsOf }) => ({
        calibrating: camera,
        calibrated: undefined,
        ...(camera !== null && camera !== pairsOf && { pairsOf: camera, pairs: [], pair: null }),
      }));
    },
    setPairs: (pairs) => set({ pairs, calibrated: undefined }),
    setPair: (pair) => set({ pair }),
    setCalibrated: (calibrated) => set({ calibrated }),
    setSpread: (spread) => set({ spread }),
    setViewMesh: (viewMesh) => set({ viewMesh }),
  };
}
