/** The doors of routes: the cameras along a road or a drawn line. */
import type { Doors } from './instruments';
import type { LonLat, Tier } from './types';
import type { components } from './types.gen';

type Schemas = components['schemas'];
type Refine<T, R extends { [K in keyof R]: K extends keyof T ? T[K] : never }> = Omit<T, keyof R> & R;

/** Part of a route, metres along it. */
export type Stretch = Schemas['Stretch'];

export type RouteCamera = Schemas['RouteCamera'];

export type RouteAnswer = Refine<Schemas['RouteCameras'], { lines: LonLat[][] }>;

export interface RouteQuestion {
  road?: string;
  line?: LonLat[];
  tiers: Tier[];
  turning: boolean;
}

export function routeDoors({ send }: Pick<Doors, 'send'>) {
  return {
    /** Those that see a route, in the order along it. */
    routeCameras: (question: RouteQuestion, signal?: AbortSignal) =>
      send<RouteAnswer>('/api/routes/cameras', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(question),
        signal: signal ?? null,
      }),
  };
}
