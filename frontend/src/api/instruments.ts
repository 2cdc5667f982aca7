/** The doors of one camera as an instrument: its picture, both ways between picture and map, what it sees, its calibration. */
import type {
  AimQuery,
  Calibrated,
  CalibrationQuestion,
  Located,
  NamesAnswer,
  Projected,
  SeesAnswer,
  TrialQuery,
} from './cameraTypes';
import type { ConeAnswer, CoverageAnswer, Ladder, LonLatHeight } from './types';

type Value = string | number | null | undefined;
type Query = Record<string, Value>;

export interface Doors {
  file(path: string, signal?: AbortSignal): Promise<Blob>;
  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T>;
  send<T>(path: string, init: RequestInit): Promise<T>;
  withQuery(path: string, query?: Query): string;
}

export interface StillQuery extends TrialQuery, AimQuery {
  width?: number;
}

export const cameraPath = (id: string) => `/api/cameras/${encodeURIComponent(id)}`;

export function instrumentDoors({ get, send, file, withQuery }: Doors) {
  return {
    /** Address of the picture as the camera would take it. */
    stillUrl: (id: string, query: StillQuery & { v?: number } = {}) =>
      withQuery(`${cameraPath(id)}/still.jpg`, { ...query }),
    /** Address of the model's edges alone, to be laid over a picture. */
    edgesUrl: (id: string, query: StillQuery & { v?: number } = {}) =>
      withQuery(`${cameraPath(id)}/still.jpg`, { ...query, lines: 1 }),
    /** Address of what the camera sees of the city, as a model coloured by class. */
    viewUrl: (id: string, ladder: Ladder, query: Query = {}) =>
      withQuery(`${cameraPath(id)}/view.glb`, { ladder, ...query }),
    /** The same, down to a density in px/m: for a picture to be painted on. */
    viewModel: async (id: string, query: AimQuery & { density: number; v: number }, signal?: AbortSignal) =>
      (await file(withQuery(`${cameraPath(id)}/view.glb`, { ...query }), signal)).arrayBuffer(),
    locate: (id: string, pixel: readonly [number, number], query: TrialQuery & AimQuery = {}, signal?: AbortSignal) =>
      get<Located>(`${cameraPath(id)}/locate`, { u: pixel[0], v: pixel[1], ...query }, signal),
    project: (
      id: string,
      place: { lon: number; lat: number; height?: number | undefined },
      query: TrialQuery & AimQuery = {},
      signal?: AbortSignal,
    ) => get<Projected>(`${cameraPath(id)}/project`, { ...place, ...query }, signal),
    /** What is seen by name in the picture, the largest first. */
    names: (id: string, query: AimQuery & { limit?: number } = {}, signal?: AbortSignal) =>
      get<NamesAnswer>(`${cameraPath(id)}/names`, { ...query }, signal),
    sees: (id: string, query: { ladder: Ladder; aim?: string | undefined; limit?: number }, signal?: AbortSignal) =>
      get<SeesAnswer>(`${cameraPath(id)}/sees`, { ...query }, signal),
    /** Coverage of a trial: coarse and quick while somebody drags. */
    coverageOf: (
      id: string,
      query: TrialQuery & { ladder: Ladder; preview?: 0 | 1; aim?: string | undefined },
      signal?: AbortSignal,
    ) => get<CoverageAnswer>(`${cameraPath(id)}/coverage`, { ...query }, signal),
    coneOf: (id: string, query: Query, toward?: LonLatHeight, signal?: AbortSignal) =>
      get<ConeAnswer>(
        `${cameraPath(id)}/cone`,
        {
          ...query,
          ...(toward && { toward_lon: toward[0], toward_lat: toward[1], toward_height: toward[2] }),
        },
        signal,
      ),
    calibrate: (id: string, question: CalibrationQuestion, signal?: AbortSignal) =>
      send<Calibrated>(`${cameraPath(id)}/calibrate`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(question),
        signal: signal ?? null,
      }),
  };
}
