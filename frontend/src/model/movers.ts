/** What moves over the city now: the latest position of each, as the live feed tells it (docs/live.md). */

export interface Mover {
  /** `kind:id` */
  key: string;
  kind: string;
  id: string;
  lon: number;
  lat: number;
  /** ellipsoidal metres; null: on the ground */
  height: number | null;
  /** degrees from true north */
  heading: number | null;
  /** metres per second */
  speed: number | null;
  /** when it was there, milliseconds since 1970 */
  heard: number;
}

export type Box = readonly [west: number, south: number, east: number, north: number];
export type MoverState = 'moving' | 'standing' | 'silent';
export type MoverNames = Record<string, { kind: string; id: string }>;

/** Not heard of for so long, it is drawn grey: where it is now nobody knows. */
export const SILENT_MS = 60_000;
/** After so long it is not drawn any more; the server then tells nothing of it, either. */
export const GONE_MS = 600_000;
/** Slower than this it stands: positions waver. */
const STANDING_M_S = 0.5;

const FORM = 1;
const HEADER = 16;
const ROW = 24;
const UNKNOWN = 65_535;

export interface Row extends Omit<Mover, 'key' | 'kind' | 'id'> {
  number: number;
}

/** Rows of a batch; a form that is not known here has none, and what a later one adds to a row is passed over. */
export function readBatch(batch: ArrayBuffer): Row[] {
  const view = new DataView(batch);
  if (view.byteLength < HEADER || view.getUint8(0) !== FORM) return [];
  const size = view.getUint16(2, true);
  const count = view.getUint32(4, true);
  const newest = view.getFloat64(8, true);
  if (size < ROW || view.byteLength < HEADER + count * size) return [];
  const known = (at: number) => {
    const value = view.getUint16(at, true);
    return value === UNKNOWN ? null : value / 100;
  };
  return Array.from({ length: count }, (_, i) => {
    const at = HEADER + i * size;
    const height = view.getFloat32(at + 12, true);
    return {
      number: view.getUint32(at, true),
      lon: view.getInt32(at + 4, true) / 1e7,
      lat: view.getInt32(at + 8, true) / 1e7,
      height: Number.isNaN(height) ? null : height,
      heading: known(at + 16),
      speed: known(at + 18),
      heard: newest - view.getInt32(at + 20, true),
    };
  });
}

export function moverState({ heard, speed }: Mover, now: number): MoverState {
  if (now - heard > SILENT_MS) return 'silent';
  return speed !== null && speed > STANDING_M_S ? 'moving' : 'standing';
}

export const inBox = ({ lon, lat }: { lon: number; lat: number }, [west, south, east, north]: Box): boolean =>
  lon >= west && lon <= east && lat >= south && lat <= north;

/** A view's box with some room around it, so that a small move of the eye asks for nothing new. */
export function roomy([west, south, east, north]: Box, share = 0.3): Box {
  const [x, y] = [(east - west) * share, (north - south) * share];
  return [Math.max(-180, west - x), Math.max(-90, south - y), Math.min(180, east + x), Math.min(90, north + y)];
}

/** Whether what is asked for no longer fits the view: it reaches beyond, or is far smaller. */
export function outgrown(asked: Box | undefined, view: Box): boolean {
  if (!asked) return true;
  const within = inBox({ lon: view[0], lat: view[1] }, asked) && inBox({ lon: view[2], lat: view[3] }, asked);
  const area = ([west, south, east, north]: Box) => (east - west) * (north - south);
  return !within || area(asked) > 9 * area(view);
}

type Listener = (changed: ReadonlySet<string>) => void;

/**
 * Held beside the store, not in it: thousands of small changes a second are no business of every listener there.
 * Whoever draws them listens here and is told which have changed.
 */
export class Movers {
  private readonly all = new Map<string, Mover>();
  private readonly listeners = new Set<Listener>();
  private names = new Map<number, { kind: string; id: string }>();

  get(key: string | null): Mover | undefined {
    return key === null ? undefined : this.all.get(key);
  }

  values(): IterableIterator<Mover> {
    return this.all.values();
  }

  get size(): number {
    return this.all.size;
  }

  listen(listener: Listener): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Numbers are a server process's own: after a break they mean nothing. */
  forgetNames(): void {
    this.names = new Map();
  }

  name(names: MoverNames): void {
    for (const [number, thing] of Object.entries(names)) this.names.set(Number(number), thing);
  }

  take(batch: ArrayBuffer): void {
    const changed = new Set<string>();
    for (const { number, ...row } of readBatch(batch)) {
      const thing = this.names.get(number);
      if (!thing) continue;
      const key = `${thing.kind}:${thing.id}`;
      const before = this.all.get(key);
      if (before && before.heard > row.heard) continue;
      this.all.set(key, { key, ...thing, ...row });
      changed.add(key);
    }
    this.tell(changed);
  }

  /** These and no others: as they were at a moment that is past. */
  show(some: readonly Mover[]): void {
    const changed = new Set(this.all.keys());
    this.all.clear();
    for (const mover of some) {
      this.all.set(mover.key, mover);
      changed.add(mover.key);
    }
    this.tell(changed);
  }

  /** Forgets what lies outside a box, which is told of no more; all but one. */
  keep(box: Box, but: string | null): void {
    const gone = new Set<string>();
    for (const [key, mover] of this.all) {
      if (key === but || inBox(mover, box)) continue;
      this.all.delete(key);
      gone.add(key);
    }
    this.tell(gone);
  }

  /** Forgets what was last heard of before a time. */
  forget(before: number): void {
    const gone = new Set<string>();
    for (const [key, { heard }] of this.all) if (heard < before) gone.add(key);
    for (const key of gone) this.all.delete(key);
    this.tell(gone);
  }

  clear(): void {
    const gone = new Set(this.all.keys());
    this.all.clear();
    this.forgetNames();
    this.tell(gone);
  }

  private tell(changed: ReadonlySet<string>): void {
    if (changed.size === 0) return;
    for (const listener of this.listeners) listener(changed);
  }
}
