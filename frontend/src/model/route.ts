/** A route over the map, the cameras along it, and its pieces on the ground. Pure. */
import type { RouteAnswer, RouteCamera, Stretch } from '../api/routes';
import type { LonLat, Tier } from '../api/types';
import { horizontalDistance } from './geodesy';
import { emptyWall, started, type Wall, withTour } from './wall';

/** What the route runs along. */
export type RouteOf = { kind: 'road'; id: string; name: string } | { kind: 'line'; line: LonLat[] };

export interface RouteWish {
  /** null: not chosen yet */
  of: RouteOf | null;
  tiers: readonly Tier[];
  /** PTZ cameras count with what they see after turning */
  turning: boolean;
  /** all cameras are toured, not only the few that are enough */
  every: boolean;
}

export interface RouteState {
  routeWish: RouteWish;
  /** panels: the answer for the wish; the scene draws it */
  route: RouteAnswer | null;
}

export const NO_WISH: RouteWish = { of: null, tiers: [1, 2, 3], turning: false, every: false };

export const initialRoute: RouteState = { routeWish: NO_WISH, route: null };

export interface RouteActions {
  /** Another route puts the former one's cameras away; the rest of the wish stays. */
  setRouteWish(change: Partial<RouteWish>): void;
  setRoute(route: RouteAnswer | null): void;
  clearRoute(): void;
}

type Setter = (change: Partial<RouteState> | ((state: RouteState) => Partial<RouteState>)) => void;

export function routeActions(set: Setter): RouteActions {
  return {
    setRouteWish: (change) =>
      set(({ routeWish, route }) => ({
        routeWish: { ...routeWish, ...change },
        route: change.of === undefined ? route : null,
      })),
    setRoute: (route) => set({ route }),
    clearRoute: () => set(({ routeWish }) => ({ routeWish: { ...routeWish, of: null }, route: null })),
  };
}

/** The cameras that a tour takes, in the order along the route. */
export const toured = ({ cameras }: Pick<RouteAnswer, 'cameras'>, every: boolean): RouteCamera[] =>
  every ? cameras : cameras.filter(({ chosen }) => chosen);

/** Where a camera sees the route best; null where it does not. */
export const bestOn = (route: RouteAnswer | null, camera: string) =>
  route?.cameras.find((one) => one.camera === camera)?.best ?? null;

/** A wall, put up anew where there is none, that tours along a route. */
export function tourAlong(wall: Wall | null, route: RouteAnswer, every: boolean): Wall {
  const cameras = toured(route, every).map(({ camera }) => camera);
  return started(withTour(wall ?? emptyWall(), { cameras }));
}

/** The cameras whose pictures are on the screen. */
export function onScreen(wall: Wall | null, pictures: readonly string[]): readonly string[] {
  if (!wall) return pictures;
  const panes = wall.solo === null ? wall.panes : [wall.panes[wall.solo] ?? null];
  return panes.filter((camera) => camera !== null);
}

/** What the cameras on the screen see of the route. */
export const litBy = (route: RouteAnswer, cameras: readonly string[]): Stretch[] =>
  route.cameras.filter(({ camera }) => cameras.includes(camera)).flatMap(({ stretches }) => stretches);

const at = ([lon, lat]: LonLat) => ({ lon, lat, height: 0 });

const between = ([a, b]: LonLat, [c, d]: LonLat, t: number): LonLat => [a + (c - a) * t, b + (d - b) * t];

/** The pieces of lines that lie from so many metres along them to so many; `length_m` is that of all lines. */
export function cut(lines: readonly LonLat[][], length_m: number, { from_m, to_m }: Stretch): LonLat[][] {
  const legs = lines.map((line) =>
    line.slice(1).map((point, i) => horizontalDistance(at(line[i] ?? point), at(point))),
  );
  const sum = legs.flat().reduce((all, leg) => all + leg, 0);
  if (sum === 0) return [];
  // The server measures in the city's own frame: a stretch ends where it says, in parts of the whole.
  const scale = length_m / sum;
  let done = 0;
  return lines.flatMap((line, k) => {
    const piece: LonLat[] = [];
    line.slice(1).forEach((end, i) => {
      const start = line[i] ?? end;
      const leg = (legs[k]?.[i] ?? 0) * scale;
      const [first, last] = [Math.max(from_m, done), Math.min(to_m, done + leg)];
      if (leg > 0 && first < last) {
        if (piece.length === 0) piece.push(between(start, end, (first - done) / leg));
        piece.push(between(start, end, (last - done) / leg));
      }
      done += leg;
    });
    return piece.length > 1 ? [piece] : [];
  });
}
