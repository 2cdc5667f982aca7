/**
 * Which cameras stand alone and which are drawn together, for one view. The tree
 * of clusters is walked from the top, and each is opened where the viewer is near
 * enough for its parts to be told apart: a slanting view has street detail in
 * front and districts behind.
 */
import Supercluster, { type ClusterFeature, type PointFeature } from 'supercluster';
import type { CameraSummary, Tier } from '../api/types';
import { metresPerDegree } from '../model/geodesy';

/** Two markers closer than this on the screen become one, pixels. */
const RADIUS_PX = 62;
/** Deepest zoom at which cameras still join; 0.36 m per pixel at the demo city's latitude. */
const DEEPEST = 17;
const TOP = 4;
const WORLD: [number, number, number, number] = [-180, -85, 180, 85];
const TILE_PX = 512;
const EQUATOR_M = 40_075_016.7;

export interface Cluster {
  kind: 'cluster';
  key: string;
  lon: number;
  lat: number;
  height: number;
  counts: Record<Tier, number>;
  total: number;
  /** zoom at which it falls apart */
  opens: number;
}

export interface Single {
  kind: 'camera';
  key: string;
  camera: CameraSummary;
}

export type Marker = Cluster | Single;

/** What the walk must know of a view. */
export interface Sight {
  /** zoom of a flat web map that shows this place at the same size */
  zoomAt(lon: number, lat: number, height: number): number;
  /** whether anything within `radius_m` of a place may be in the picture */
  sees(lon: number, lat: number, height: number, radius_m: number): boolean;
}

interface Totals {
  t1: number;
  t2: number;
  t3: number;
  heights: number;
}

interface Leaf extends Totals {
  camera: string;
}

const fields = (tier: Tier, height: number): Totals => ({
  t1: Number(tier === 1),
  t2: Number(tier === 2),
  t3: Number(tier === 3),
  heights: height,
});

/** Zoom of a web map (512 pixel tiles) with `pixels_per_m` on the ground at a latitude. */
export function zoomOf(pixels_per_m: number, lat: number): number {
  return Math.log2((pixels_per_m * EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / TILE_PX);
}

/** The inverse: pixels per metre at a zoom. */
export function scaleOf(zoom: number, lat: number): number {
  return (2 ** zoom * TILE_PX) / (EQUATOR_M * Math.cos((lat * Math.PI) / 180));
}

/** Bound on how far a cluster's cameras lie from its middle: the radii of all levels above add up to twice. */
function reach_m(zoom: number, lat: number): number {
  return (2 * RADIUS_PX) / scaleOf(zoom, lat);
}

export class CameraClusters {
  private readonly tree: Supercluster<Leaf, Totals>;
  private readonly cameras: ReadonlyMap<string, CameraSummary>;

  constructor(cameras: Iterable<CameraSummary>) {
    this.cameras = new Map([...cameras].map((camera) => [camera.id, camera]));
    this.tree = new Supercluster<Leaf, Totals>({
      radius: RADIUS_PX,
      extent: TILE_PX,
      minZoom: TOP,
      maxZoom: DEEPEST,
      minPoints: 3,
      map: ({ t1, t2, t3, heights }) => ({ t1, t2, t3, heights }),
      reduce: (sum, more) => {
        sum.t1 += more.t1;
        sum.t2 += more.t2;
        sum.t3 += more.t3;
        sum.heights += more.heights;
      },
    });
    this.tree.load(
      [...this.cameras.values()].map((camera) => ({
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [camera.lon, camera.lat] },
        properties: { camera: camera.id, ...fields(camera.tier, camera.height) },
      })),
    );
  }

  /** Markers to draw in a view. */
  markers(sight: Sight): Marker[] {
    const shown: Marker[] = [];
    const open = [...this.tree.getClusters(WORLD, TOP)];
    for (let node = open.pop(); node; node = open.pop()) {
      const marker = this.marker(node);
      if (marker?.kind === 'camera') {
        const { lon, lat, height } = marker.camera;
        if (sight.sees(lon, lat, height, 1)) shown.push(marker);
      } else if (marker && 'cluster_id' in node.properties) {
        const { lon, lat, height, opens } = marker;
        if (!sight.sees(lon, lat, height, reach_m(opens - 1, lat))) continue;
        if (sight.zoomAt(lon, lat, height) < opens) {
          if (sight.sees(lon, lat, height, 1)) shown.push(marker);
        } else open.push(...this.tree.getChildren(node.properties.cluster_id));
      }
    }
    return shown;
  }

  private marker(node: ClusterFeature<Totals> | PointFeature<Leaf>): Marker | undefined {
    const [lon = 0, lat = 0] = node.geometry.coordinates;
    const { properties } = node;
    if (!('cluster_id' in properties)) {
      const camera = this.cameras.get(properties.camera);
      return camera && { kind: 'camera', key: `k${camera.id}`, camera };
    }
    const total = properties.point_count;
    return {
      kind: 'cluster',
      key: `c${properties.cluster_id}`,
      lon,
      lat,
      height: properties.heights / total,
      counts: { 1: properties.t1, 2: properties.t2, 3: properties.t3 },
      total,
      opens: this.tree.getClusterExpansionZoom(properties.cluster_id),
    };
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
