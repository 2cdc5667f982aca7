/**
 * Which places stand alone and which are drawn together, for one view. The tree of
 * clusters is walked from the top, and each is opened where the viewer is near enough
 * for its parts to be told apart: a slanting view has street detail in front and
 * districts behind.
 */
import Supercluster, { type ClusterFeature, type PointFeature } from 'supercluster';
import { atOnce } from '../model/slices';
import { levels } from './clusterLevels';

/** Two markers closer than this on the screen become one, pixels. */
const RADIUS_PX = 62;
/** Deepest zoom at which places still join; 0.36 m per pixel at the demo city's latitude. */
const DEEPEST = 17;
const TOP = 4;
const WORLD: [number, number, number, number] = [-180, -85, 180, 85];
const TILE_PX = 512;
const EQUATOR_M = 40_075_016.7;

export interface Placed {
  id: string;
  lon: number;
  lat: number;
  /** ellipsoidal metres */
  height: number;
}

export interface Group {
  kind: 'group';
  key: string;
  lon: number;
  lat: number;
  height: number;
  /** how many of each class */
  counts: readonly number[];
  total: number;
  /** zoom at which it falls apart */
  opens: number;
}

export interface Alone<T> {
  kind: 'alone';
  thing: T;
}

/** What the walk must know of a view. */
export interface Sight {
  /** zoom of a flat web map that shows this place at the same size */
  zoomAt(lon: number, lat: number, height: number): number;
  /** whether anything within `radius_m` of a place may be in the picture */
  sees(lon: number, lat: number, height: number, radius_m: number): boolean;
}

interface Totals {
  counts: number[];
  heights: number;
}

interface Leaf extends Totals {
  index: number;
}

/** Zoom of a web map (512 pixel tiles) with `pixels_per_m` on the ground at a latitude. */
export function zoomOf(pixels_per_m: number, lat: number): number {
  return Math.log2((pixels_per_m * EQUATOR_M * Math.cos((lat * Math.PI) / 180)) / TILE_PX);
}

/** The inverse: pixels per metre at a zoom. */
export function scaleOf(zoom: number, lat: number): number {
  return (2 ** zoom * TILE_PX) / (EQUATOR_M * Math.cos((lat * Math.PI) / 180));
}

/** Bound on how far a cluster's places lie from its middle: the radii of all levels above add up to twice. */
function reach_m(zoom: number, lat: number): number {
  return (2 * RADIUS_PX) / scaleOf(zoom, lat);
}

function emptyIndex(): Supercluster<Leaf, Totals> {
  return new Supercluster<Leaf, Totals>({
    radius: RADIUS_PX,
    extent: TILE_PX,
    minZoom: TOP,
    maxZoom: DEEPEST,
    minPoints: 3,
    map: ({ counts, heights }) => ({ counts: [...counts], heights }),
    reduce: (sum, more) => {
      // A new list: the sum begins as a shallow copy of a part, whose own counts have to stay.
      sum.counts = sum.counts.map((count, i) => count + (more.counts[i] ?? 0));
      sum.heights += more.heights;
    },
  });
}

type Index = Supercluster<Leaf, Totals>;

function* indexed<T extends Placed>(
  things: readonly T[],
  classes: number,
  classOf: (thing: T) => number,
): Generator<undefined, Index> {
  const only = Array.from({ length: classes }, (_, i) => Array.from({ length: classes }, (_, j) => Number(i === j)));
  const points = things.map(
    (thing, index): PointFeature<Leaf> => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates: [thing.lon, thing.lat] },
      properties: { index, counts: only[classOf(thing)] ?? [], heights: thing.height },
    }),
  );
  yield;
  const index = emptyIndex();
  yield* levels(index, points);
  return index;
}

export class ClusterTree<T extends Placed> {
  private readonly tree: Index;
  private readonly things: readonly T[];

  /** `classOf` says which of `classes` classes (from 0) a thing is counted in. */
  constructor(things: Iterable<T>, classes: number, classOf: (thing: T) => number, tree?: Index) {
    this.things = [...things];
    this.tree = tree ?? atOnce(indexed(this.things, classes, classOf));
  }

  /** The same, with pauses in which others may work. */
  static *inSlices<T extends Placed>(
    things: Iterable<T>,
    classes: number,
    classOf: (thing: T) => number,
  ): Generator<undefined, ClusterTree<T>> {
    const all = [...things];
    return new ClusterTree(all, classes, classOf, yield* indexed(all, classes, classOf));
  }

  /** What to draw in a view. */
  seen(sight: Sight): { groups: Group[]; alone: T[] } {
    const groups: Group[] = [];
    const alone: T[] = [];
    const open = [...this.tree.getClusters(WORLD, TOP)];
    for (let node = open.pop(); node; node = open.pop()) {
      if (!('cluster_id' in node.properties)) {
        const thing = this.thing(node as PointFeature<Leaf>);
        if (thing && sight.sees(thing.lon, thing.lat, thing.height, 1)) alone.push(thing);
        continue;
      }
      const group = this.group(node as ClusterFeature<Totals>);
      const { lon, lat, height, opens } = group;
      if (!sight.sees(lon, lat, height, reach_m(opens - 1, lat))) continue;
      // A group whose middle is out of the picture may have parts inside: those are looked at one by one.
      const whole = sight.zoomAt(lon, lat, height) < opens && sight.sees(lon, lat, height, 1);
      if (whole) groups.push(group);
      else open.push(...this.tree.getChildren(node.properties.cluster_id));
    }
    return { groups, alone };
  }

  private thing({ properties }: PointFeature<Leaf>): T | undefined {
    return this.things[properties.index];
  }

  private group({ geometry, properties }: ClusterFeature<Totals>): Group {
    const [lon = 0, lat = 0] = geometry.coordinates;
    const total = properties.point_count;
    return {
      kind: 'group',
      key: `c${properties.cluster_id}`,
      lon,
      lat,
      height: properties.heights / total,
      counts: properties.counts,
      total,
      opens: this.tree.getClusterExpansionZoom(properties.cluster_id),
    };
  }
}
