/** The part of the state that belongs to moving pictures: the wall, and what they are watched for. */
import type { Wall } from './wall';

export interface VideoStateSlice {
  /** null: put away */
  wall: Wall | null;
  /** the wall as it was when it was put away */
  wallBefore: Wall | null;
  /** streets, buildings and areas are named over the pictures */
  named: boolean;
  /** why somebody watches, where it has to be said: by camera, or `*` for all */
  purposes: Readonly<Record<string, string>>;
  /** the camera whose picture waits for a purpose that is being asked for */
  purposeFor: string | null;
}

export const initialVideo: VideoStateSlice = {
  wall: null,
  wallBefore: null,
  named: false,
  purposes: {},
  purposeFor: null,
};

export const EVERY_CAMERA = '*';

export interface VideoActions {
  /** Null puts the wall away. */
  setWall(wall: Wall | null): void;
  setNamed(named: boolean): void;
  askPurpose(camera: string | null): void;
  /** Says why a camera, or with `*` every one, is watched. */
  setPurpose(camera: string, purpose: string): void;
  /** Another person sits here: nothing that was said before holds. */
  forgetPurposes(): void;
}

export const purposeOf = ({ purposes }: Pick<VideoStateSlice, 'purposes'>, camera: string): string | undefined =>
  purposes[camera] ?? purposes[EVERY_CAMERA];

type Setter = (change: Partial<VideoStateSlice> | ((state: VideoStateSlice) => Partial<VideoStateSlice>)) => void;

export function videoActions(set: Setter): VideoActions {
  return {
    setWall: (wall) => set((before) => ({ wall, ...(wall === null && before.wall && { wallBefore: before.wall }) })),
    setNamed: (named) => set({ named }),
    askPurpose: (purposeFor) => set({ purposeFor }),
    setPurpose: (camera, purpose) =>
      set(({ purposes }) => ({ purposes: { ...purposes, [camera]: purpose }, purposeFor: null })),
    forgetPurposes: () => set({ purposes: {}, purposeFor: null }),
  };
}
