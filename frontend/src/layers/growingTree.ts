/**
 * Groups of many things that keep changing: the tree is built anew in slices behind what is shown. Until it is
 * there, what came since stands alone and what went is left out, so news is seen at once and nothing ever stalls.
 */
import { type Slices, sliced } from '../model/slices';
import { ClusterTree, type Group, type Placed, type Sight } from './clusterTree';

/** So few are grouped at once. */
const SMALL = 1000;
/** More news than this is no news but another set: it is shown when it is grouped. */
const MOST_FRESH = 100;
/** Single changes wait so long to be grouped together. */
const REST_MS = 700;

export class GrowingTree<T extends Placed> {
  private readonly classes: number;
  private readonly classOf: (thing: T) => number;
  private readonly grown: () => void;
  private tree: ClusterTree<T>;
  /** what the tree was built of, and what it should hold */
  private held: ReadonlyMap<string, T> = new Map();
  private wanted: ReadonlyMap<string, T> = new Map();
  private fresh: readonly T[] = [];
  private building: Slices | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** `classOf` says which of `classes` classes (from 0) a thing is counted in; `grown` hears of each new grouping. */
  constructor(classes: number, classOf: (thing: T) => number, grown: () => void = () => undefined) {
    [this.classes, this.classOf, this.grown] = [classes, classOf, grown];
    this.tree = new ClusterTree([], classes, classOf);
  }

  /** These are all there are, from now on. */
  take(things: Iterable<T>): void {
    this.wanted = new Map([...things].map((thing) => [thing.id, thing]));
    if (this.wanted.size <= SMALL) {
      this.stop();
      this.put(new ClusterTree(this.wanted.values(), this.classes, this.classOf), this.wanted);
      return;
    }
    this.compare();
    this.plan();
  }

  /** What to draw in a view. */
  seen(sight: Sight): { groups: Group[]; alone: T[] } {
    const { groups, alone } = this.tree.seen(sight);
    if (this.held === this.wanted) return { groups, alone };
    const kept = alone.flatMap(({ id }) => {
      const now = this.wanted.get(id);
      return now && this.isHeld(now) ? [now] : [];
    });
    const news = this.fresh.length > MOST_FRESH ? [] : this.fresh;
    return { groups, alone: [...kept, ...news.filter(({ lon, lat, height }) => sight.sees(lon, lat, height, 1))] };
  }

  stop(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.building?.stop();
    this.building = undefined;
  }

  private put(tree: ClusterTree<T>, held: ReadonlyMap<string, T>): void {
    this.tree = tree;
    this.held = held;
    this.compare();
  }

  /** A thing that is where it was and counts as it did need not be grouped again. */
  private isHeld(now: T): boolean {
    const then = this.held.get(now.id);
    if (then === now) return true;
    if (!then || then.lon !== now.lon || then.lat !== now.lat || then.height !== now.height) return false;
    return this.classOf(then) === this.classOf(now);
  }

  private compare(): void {
    this.fresh = this.held === this.wanted ? [] : [...this.wanted.values()].filter((thing) => !this.isHeld(thing));
  }

  private plan(): void {
    // What is being built is finished first: in a stream of changes something has to come of it.
    if (this.building) return;
    const many = this.fresh.length > MOST_FRESH || Math.abs(this.held.size - this.wanted.size) > MOST_FRESH;
    if (many) clearTimeout(this.timer);
    else if (this.timer !== undefined) return;
    this.timer = setTimeout(() => this.build(), many ? 0 : REST_MS);
  }

  private build(): void {
    this.timer = undefined;
    const of = this.wanted;
    this.building = sliced(ClusterTree.inSlices(of.values(), this.classes, this.classOf), (tree) => {
      this.building = undefined;
      this.put(tree, of);
      if (this.held !== this.wanted) this.plan();
      this.grown();
    });
  }
}
