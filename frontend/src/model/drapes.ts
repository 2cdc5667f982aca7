/** Live pictures that are laid on the model: which, how strongly, and what is needed to paint them. */
import type { Aim } from '../api/cameraTypes';

/** So many at once: each is a picture that is decoded and uploaded anew with every frame. */
export const MOST_DRAPED = 4;
export const LEAST_OPACITY = 0.2;

/** A moving picture that is on the screen, for who shows it elsewhere too. */
export interface Film {
  screen: HTMLVideoElement;
  /** who watches, since when: goes wherever the picture goes */
  mark: string;
  /** of the camera's record: another one may look elsewhere */
  version: number;
  /** where a PTZ camera looks as it tells; null: it does not turn, or does not tell */
  aim: Aim | null;
  /** it is being turned: where its pixels lie is not known */
  turning: boolean;
  /** why no new pictures come, in the reader's words; null while they do */
  stalled: string | null;
}

export interface DrapeState {
  /** cameras whose pictures are laid on the model, oldest first */
  drapes: readonly string[];
  /** 0 to 1, of all of them */
  drapeOpacity: number;
  /** panels: by camera, those whose moving pictures are on the screen */
  films: Readonly<Record<string, Film>>;
  /** scene: why a picture could not be laid on the model, by camera */
  drapeFaults: Readonly<Record<string, string>>;
}

export const initialDrapes: DrapeState = { drapes: [], drapeOpacity: 1, films: {}, drapeFaults: {} };

export interface DrapeActions {
  /** The oldest makes room where there are too many. */
  setDrape(camera: string, on: boolean): void;
  setDrapeOpacity(opacity: number): void;
  setFilm(camera: string, film: Film): void;
  /** Takes back what was put by the same screen; what it showed is no longer laid on anything. */
  dropFilm(camera: string, screen: HTMLVideoElement): void;
  setDrapeFault(camera: string, fault: string | null): void;
}

type Setter = (change: Partial<DrapeState> | ((state: DrapeState) => Partial<DrapeState>)) => void;

const without = <T>(record: Readonly<Record<string, T>>, key: string): Record<string, T> => {
  const { [key]: _, ...others } = record;
  return others;
};

const isSame = (a: Film, b: Film) =>
  a.screen === b.screen &&
  a.mark === b.mark &&
  a.version === b.version &&
  a.turning === b.turning &&
  a.stalled === b.stalled &&
  aimWords(a.aim) === aimWords(b.aim);

/** Turns by less than this, degrees at the wide end, move no pixel that anybody sees. */
const STEADY_DEG = 0.02;
/** Turned farther than this, a picture lies where it does not belong. */
const NEAR_DEG = 0.3;

/** A head's trembling taken away. */
export function steady({ pan, tilt, zoom }: Aim): Aim {
  const step = STEADY_DEG / Math.max(1, zoom);
  const at = (angle: number) => Number((Math.round(angle / step) * step).toFixed(4));
  return { pan: at(pan), tilt: at(tilt), zoom: Math.round(zoom * 100) / 100 };
}

/** Whether what was worked out for one aim still fits another. */
export function fits(a: Aim | null, b: Aim | null): boolean {
  if (!a || !b) return a === b;
  const limit = NEAR_DEG / Math.max(1, a.zoom);
  const turned = Math.abs(((((a.pan - b.pan) % 360) + 540) % 360) - 180);
  return turned < limit && Math.abs(a.tilt - b.tilt) < limit && Math.abs(a.zoom / b.zoom - 1) < 0.01;
}

export function aimWords(aim: Aim | null): string {
  if (!aim) return '';
  const { pan, tilt, zoom } = steady(aim);
  return `${pan} ${tilt} ${zoom}`;
}

export const withDrape = (drapes: readonly string[], camera: string, on: boolean): readonly string[] => {
  if (drapes.includes(camera) === on) return drapes;
  return on ? [...drapes, camera].slice(-MOST_DRAPED) : drapes.filter((other) => other !== camera);
};

export function drapeActions(set: Setter): DrapeActions {
  return {
    setDrape: (camera, on) =>
      set(({ drapes, drapeFaults }) => ({
        drapes: withDrape(drapes, camera, on),
        drapeFaults: without(drapeFaults, camera),
      })),
    setDrapeOpacity: (opacity) => set({ drapeOpacity: Math.min(1, Math.max(LEAST_OPACITY, opacity)) }),
    setFilm: (camera, film) =>
      set(({ films }) => {
        const before = films[camera];
        return before && isSame(before, film) ? {} : { films: { ...films, [camera]: film } };
      }),
    dropFilm: (camera, screen) =>
      set(({ films }) => (films[camera]?.screen === screen ? { films: without(films, camera) } : {})),
    setDrapeFault: (camera, fault) =>
      set(({ drapeFaults }) => ({
        drapeFaults: fault === null ? without(drapeFaults, camera) : { ...drapeFaults, [camera]: fault },
      })),
  };
}

/** Whether a camera's picture lies on the model now. */
export const isDraped = ({ drapes, films }: Pick<DrapeState, 'drapes' | 'films'>, camera: string) =>
  drapes.includes(camera) && films[camera] !== undefined;

/** `0.8,camera,camera`: how strongly, and what. */
export function formatDrapes({ drapes, drapeOpacity }: Pick<DrapeState, 'drapes' | 'drapeOpacity'>): string {
  return [String(Number(drapeOpacity.toFixed(2))), ...drapes.map(encodeURIComponent)].join(',');
}

/** What makes no sense is left out. */
export function parseDrapes(text: string | null): Pick<DrapeState, 'drapes' | 'drapeOpacity'> | undefined {
  const [first = '', ...ids] = text?.split(',') ?? [];
  const opacity = Number(first);
  const drapes = [...new Set(ids.filter(Boolean))].slice(0, MOST_DRAPED);
  if (drapes.length === 0 || first === '' || !Number.isFinite(opacity)) return undefined;
  return { drapes, drapeOpacity: Math.min(1, Math.max(LEAST_OPACITY, opacity)) };
}
