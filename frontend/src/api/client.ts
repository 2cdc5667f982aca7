import { agreementDoors } from './agreements';
import { coverageDoors } from './cityCoverage';
import { editingDoors } from './editing';
import { ApiError, problemOf, Unreachable } from './errors';
import { healthDoors } from './health';
import { importingDoors } from './importing';
import { instrumentDoors } from './instruments';
import { journalDoors } from './journal';
import { nearestDoors } from './nearest';
import { peopleDoors } from './people';
import { replayDoors } from './replay';
import { routeDoors } from './routes';
import { sessionDoors } from './session';
import { situationDoors } from './situation';
import { streamDoors } from './streams';
import type {
  Area,
  AreaFeature,
  BuildingFacts,
  CameraDetails,
  CameraList,
  City,
  ConeAnswer,
  CoverageAnswer,
  HeightAnswer,
  HeightsAnswer,
  Ladder,
  Lang,
  LinkAnswer,
  LonLat,
  LonLatHeight,
  SearchAnswer,
  SightAnswer,
  Tier,
} from './types';
import { vehicleDoors } from './vehicles';

export { ApiError, Unreachable } from './errors';

type Value = string | number | null | undefined;
type Query = Record<string, Value>;

export interface LinkQuery {
  lon: number;
  lat: number;
  height?: number;
  density?: number;
  tier?: Tier;
  limit?: number;
}

export interface SightEnd {
  lon: number;
  lat: number;
  height?: number;
}

/** What the server calls a caller whom it does not know, or no more. */
const NOT_SIGNED_IN = 'not-signed-in';

const ACCEPT_LANGUAGE: Record<Lang, string> = { zh: 'zh-CN,zh', en: 'en' };

/** `path?a=1`, leaving out what is not given. */
export function withQuery(path: string, query: Query = {}): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return path;
  return `${path}?${new URLSearchParams(given.map(([key, value]) => [key, String(value)]))}`;
}

/**
 * The server's doors as typed functions. Each takes an abort signal last and
 * throws `ApiError` (the server refused) or `Unreachable` (it did not answer).
 * `unknown` hears that the server knows nobody behind this page (any more).
 */
export function createClient(
  lang: () => Lang,
  fetcher: typeof fetch = (...all) => fetch(...all),
  unknown: () => void = () => undefined,
) {
  async function ask(path: string, init: RequestInit): Promise<Response> {
    const headers = { 'Accept-Language': ACCEPT_LANGUAGE[lang()], ...init.headers };
    let response: Response;
    try {
      response = await fetcher(path, { ...init, headers });
    } catch (cause) {
      if (init.signal?.aborted) throw cause;
      throw new Unreachable(path, cause);
    }
    if (!response.ok) {
      const error = new ApiError(await problemOf(response));
      if (error.code === NOT_SIGNED_IN) unknown();
      throw error;
    }
    return response;
  }

  async function send<T>(path: string, init: RequestInit): Promise<T> {
    const response = await ask(path, init);
    return (response.status === 204 ? undefined : await response.json()) as T;
  }

  const file = async (path: string, signal?: AbortSignal) => (await ask(path, { signal: signal ?? null })).blob();

  /** A file and when it was changed last; null where there is none. */
  const dated = async (path: string, signal?: AbortSignal) => {
    const response = await ask(path, { signal: signal ?? null });
    if (response.status === 204) return null;
    const at = new Date(response.headers.get('Last-Modified') ?? Number.NaN);
    return { data: await response.blob(), at: Number.isNaN(at.getTime()) ? null : at };
  };

  const get = <T>(path: string, query?: Query, signal?: AbortSignal) =>
    send<T>(withQuery(path, query), { signal: signal ?? null });
  const camera = (id: string) => `/api/cameras/${encodeURIComponent(id)}`;

  return {
    ...instrumentDoors({ get, send, file, withQuery }),
    city: (signal?: AbortSignal) => get<City>('/api/city', {}, signal),
    cameras: (query: Query = {}, signal?: AbortSignal) => get<CameraList>('/api/cameras', query, signal),
    camera: (id: string, signal?: AbortSignal) => get<CameraDetails>(camera(id), {}, signal),
    coverage: (id: string, ladder: Ladder, signal?: AbortSignal) =>
      get<CoverageAnswer>(`${camera(id)}/coverage`, { ladder }, signal),
    cone: (id: string, toward?: LonLatHeight, signal?: AbortSignal) =>
      get<ConeAnswer>(
        `${camera(id)}/cone`,
        toward ? { toward_lon: toward[0], toward_lat: toward[1], toward_height: toward[2] } : {},
        signal,
      ),
    areas: async (signal?: AbortSignal) => (await get<{ areas: Area[] }>('/api/areas', {}, signal)).areas,
    area: (code: string, signal?: AbortSignal) =>
      get<AreaFeature>(`/api/areas/${encodeURIComponent(code)}`, {}, signal),
    search: (q: string, limit?: number, signal?: AbortSignal) => get<SearchAnswer>('/api/search', { q, limit }, signal),
    link: (query: LinkQuery, signal?: AbortSignal) => get<LinkAnswer>('/api/link', { ...query }, signal),
    sight: (from: SightEnd, to: SightEnd, signal?: AbortSignal) =>
      get<SightAnswer>(
        '/api/sight',
        {
          from_lon: from.lon,
          from_lat: from.lat,
          from_height: from.height,
          to_lon: to.lon,
          to_lat: to.lat,
          to_height: to.height,
        },
        signal,
      ),
    height: (lon: number, lat: number, signal?: AbortSignal) => get<HeightAnswer>('/api/height', { lon, lat }, signal),
    heights: (points: LonLat[], signal?: AbortSignal) =>
      send<HeightsAnswer>('/api/heights', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ points }),
        signal: signal ?? null,
      }),
    building: (id: string, signal?: AbortSignal) =>
      get<BuildingFacts>(`/api/buildings/${encodeURIComponent(id)}`, {}, signal),
    ...editingDoors(send),
    ...importingDoors(send),
    ...coverageDoors(send),
    ...sessionDoors(send),
    ...agreementDoors(send),
    ...situationDoors(send),
    ...peopleDoors(send),
    ...journalDoors({ get, file, withQuery }),
    ...routeDoors({ send }),
    ...nearestDoors({ send }),
    ...vehicleDoors({ get, withQuery }),
    ...replayDoors({ get, file, withQuery }),
    ...streamDoors({ get, send, file, dated, withQuery }),
    ...healthDoors({ get, send, file, withQuery }),
  };
}

export type Api = ReturnType<typeof createClient>;
