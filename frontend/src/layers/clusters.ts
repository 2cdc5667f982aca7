/** Which cameras stand alone and which are drawn together, for one view. */
import type { CameraSummary, Tier } from '../api/types';
import { metresPerDegree } from '../model/geodesy';
import type { Group, Sight } from './clusterTree';
import { GrowingTree } from './growingTree';

export { type Sight, scaleOf, zoomOf } from './clusterTree';

export interface Cluster extends Omit<Group, 'kind' | 'counts'> {
  kind: 'cluster';
  counts: Record<Tier, number>;
}

export interface Single {
  kind: 'camera';
  key: string;
  camera: CameraSummary;
}

export type Marker = Cluster | Single;

const TIERS = 3;

function clusterOf({ counts: [t1 = 0, t2 = 0, t3 = 0], ...group }: Group): Cluster {
  return { ...group, kind: 'cluster', counts: { 1: t1, 2: t2, 3: t3 } };
}

export class CameraClusters {
  private readonly tree: GrowingTree<CameraSummary>;

  /** `grown` hears when cameras that were taken have been grouped, where that takes a while. */
  constructor(grown?: () => void) {
    this.tree = new GrowingTree<CameraSummary>(TIERS, ({ tier }) => tier - 1, grown);
  }

  /** These are all cameras, from now on. */
  take(cameras: Iterable<CameraSummary>): void {
    this.tree.take(cameras);
  }

  /** Markers to draw in a view. */
  markers(sight: Sight): Marker[] {
    const { groups, alone } = this.tree.seen(sight);
    const singles = alone.map((camera): Single => ({ kind: 'camera', key: `k${camera.id}`, camera }));
    return [...groups.map(clusterOf), ...singles];
  }

  stop(): void {
    this.tree.stop();
  }
}
/**
 * Places on a small ring for cameras that share one pole, so that none hides another:
 * pixels right and down of their true place; absent for those that stand alone.
 */
export function spread(cameras: Iterable<CameraSummary>): Map<string, [number, number]> {
  const poles = new Map<string, string[]>();
  for (const { id, lon, lat } of cameras) {
    const [east, north] = metresPerDegree(lat);
    const pole = `${Math.round((lon * east) / 3)},${Math.round((lat * north) / 3)}`;
    poles.set(pole, [...(poles.get(pole) ?? []), id]);
  }
  const places = new Map<string, [number, number]>();
  for (const ids of poles.values()) {
    if (ids.length < 2) continue;
    const radius = Math.max(13, (ids.length * 25) / (2 * Math.PI));
    ids.forEach((id, i) => {
      const angle = (2 * Math.PI * i) / ids.length - Math.PI / 2;
      places.set(id, [radius * Math.cos(angle), radius * Math.sin(angle)]);
    });
  }
  return places;
}
