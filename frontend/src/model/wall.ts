/** The wall of pictures: its panes, and a tour of cameras through them. Pure. */

export const WALL_SIZES = [1, 4, 9, 16] as const;
export type WallSize = (typeof WALL_SIZES)[number];

/** Seconds that a tour may stay. */
export const DWELLS_S = [5, 10, 20, 30, 60] as const;
const SHORTEST_S = 3;
const LONGEST_S = 600;
export const MOST_ON_TOUR = 200;

export interface Tour {
  cameras: readonly string[];
  dwell_s: number;
  running: boolean;
  /** number of the camera in the first pane */
  at: number;
}

export interface Wall {
  size: WallSize;
  /** camera by pane, as many as panes */
  panes: readonly (string | null)[];
  /** the pane that fills the wall for a while */
  solo: number | null;
  tour: Tour;
}

export const NO_TOUR: Tour = { cameras: [], dwell_s: 10, running: false, at: 0 };

/** So many panes at least make do with the small stream. */
const SUB_FROM = 4;

export const roleIn = (wall: Wall): 'main' | 'sub' => (wall.solo === null && wall.size >= SUB_FROM ? 'sub' : 'main');

/** Panes in as few rows as columns. */
export const columnsOf = (size: WallSize) => Math.sqrt(size);

export function emptyWall(size: WallSize = 4): Wall {
  return { size, panes: Array<string | null>(size).fill(null), solo: null, tour: NO_TOUR };
}

/** Pictures that do not fit any more are left out; where there is less room those that stay move up. */
export function resized(wall: Wall, size: WallSize): Wall {
  const panes = size < wall.size ? wall.panes.filter((camera) => camera !== null) : wall.panes;
  const bare = { ...wall, size, solo: null, panes: Array.from({ length: size }, (_, i) => panes[i] ?? null) };
  return wall.tour.running ? onTour(bare, wall.tour) : bare;
}

const set = (wall: Wall, changes: Record<number, string | null>): Wall => ({
  ...wall,
  panes: wall.panes.map((camera, i) => (i in changes ? (changes[i] ?? null) : camera)),
});

/** Puts a camera into a pane; from another pane it moves there, and what stood there takes its place. */
export function put(wall: Wall, pane: number, camera: string): Wall {
  const before = wall.panes.indexOf(camera);
  return before >= 0 ? swapped(wall, before, pane) : set(wall, { [pane]: camera });
}

/** Puts a camera where there is room: the first empty pane, else the last one. */
export function added(wall: Wall, camera: string): Wall {
  if (wall.panes.includes(camera)) return wall;
  const free = wall.panes.indexOf(null);
  return put(wall, free >= 0 ? free : wall.size - 1, camera);
}

export function swapped(wall: Wall, a: number, b: number): Wall {
  return set(wall, { [a]: wall.panes[b] ?? null, [b]: wall.panes[a] ?? null });
}

export const cleared = (wall: Wall, pane: number): Wall => ({
  ...set(wall, { [pane]: null }),
  solo: wall.solo === pane ? null : wall.solo,
});

export const soloed = (wall: Wall, pane: number): Wall => ({ ...wall, solo: wall.solo === pane ? null : pane });

const seconds = (value: number) => Math.min(Math.max(Math.round(value), SHORTEST_S), LONGEST_S);

function onTour(wall: Wall, tour: Tour): Wall {
  const { cameras, at } = tour;
  const panes = wall.panes.map((_, i) => (i < cameras.length ? (cameras[(at + i) % cameras.length] ?? null) : null));
  return { ...wall, tour, panes, solo: null };
}

export function withTour(wall: Wall, change: Partial<Pick<Tour, 'cameras' | 'dwell_s'>>): Wall {
  const cameras = [...new Set(change.cameras ?? wall.tour.cameras)].slice(0, MOST_ON_TOUR);
  const dwell_s = seconds(change.dwell_s ?? wall.tour.dwell_s);
  const at = change.cameras ? 0 : wall.tour.at;
  return { ...wall, tour: { ...wall.tour, cameras, dwell_s, at, running: wall.tour.running && cameras.length > 0 } };
}

/** Goes on with the tour where it stood; its cameras take the panes. */
export const started = (wall: Wall): Wall =>
  wall.tour.cameras.length === 0 ? wall : onTour(wall, { ...wall.tour, running: true });

export const paused = (wall: Wall): Wall => ({ ...wall, tour: { ...wall.tour, running: false } });

/** The cameras that come after those that are seen, or before them. */
export function stepped(wall: Wall, direction: 1 | -1 = 1): Wall {
  const count = wall.tour.cameras.length;
  if (count === 0) return wall;
  const at = (((wall.tour.at + direction * wall.size) % count) + count) % count;
  return onTour(wall, { ...wall.tour, at });
}

const encoded = (ids: readonly (string | null)[]) => ids.map((id) => (id === null ? '' : encodeURIComponent(id)));

/** `4,camera,,camera`: how many panes, and what they show. */
export function formatWall({ size, panes }: Wall): string {
  const last = panes.findLastIndex((camera) => camera !== null);
  return [size, ...encoded(panes.slice(0, last + 1))].join(',');
}

/** `10,1,camera,camera`: seconds, whether it runs, its cameras. */
export function formatTour({ cameras, dwell_s, running }: Tour): string | undefined {
  return cameras.length === 0 ? undefined : [dwell_s, running ? 1 : 0, ...encoded(cameras)].join(',');
}

function parseTour(text: string | null): Tour {
  const [dwell = '', running = '', ...ids] = text?.split(',') ?? [];
  const cameras = [...new Set(ids.filter(Boolean))].slice(0, MOST_ON_TOUR);
  const dwell_s = Number(dwell);
  if (cameras.length === 0 || !Number.isFinite(dwell_s)) return NO_TOUR;
  return { cameras, dwell_s: seconds(dwell_s), running: running === '1', at: 0 };
}

/** What makes no sense is left out. */
export function parseWall(text: string | null, tourText: string | null = null): Wall | undefined {
  const [sizeText, ...ids] = text?.split(',') ?? [];
  const size = WALL_SIZES.find((known) => String(known) === sizeText);
  if (!size) return undefined;
  const bare = emptyWall(size);
  const seen = new Set<string>();
  const panes = bare.panes.map((_, i) => {
    const id = ids[i];
    if (!id || seen.has(id)) return null;
    seen.add(id);
    return id;
  });
  const wall: Wall = { ...bare, panes, tour: parseTour(tourText) };
  return wall.tour.running ? started(wall) : wall;
}
