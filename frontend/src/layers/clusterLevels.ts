/**
 * Supercluster built one zoom after the other, so that whoever builds can let others in between.
 * Its own `load` does all zooms in one go: here it does the deepest, and the others follow by the same two
 * steps that it takes for each. A test holds the result against `load`'s.
 */
import type Supercluster from 'supercluster';
import type { AnyProps, PointFeature } from 'supercluster';

interface Level {
  data: Int32Array;
  numItems: number;
}

/** What of Supercluster's insides the steps need. */
interface Steps {
  options: { minZoom: number; maxZoom: number };
  stride: number;
  trees: Level[];
  _cluster(data: Int32Array, count: number, zoom: number, out: Int32Array): number;
  _createTree(data: Int32Array, count: number): Level;
}

function joined(tree: Steps, below: Level, zoom: number): Level {
  const out = new Int32Array(below.numItems * tree.stride);
  const written = tree._cluster(below.data, below.numItems, zoom, out);
  return written === below.numItems ? below : tree._createTree(out, written);
}

/** Loads an index; pauses after each zoom. */
export function* levels<P extends AnyProps, C extends AnyProps>(
  index: Supercluster<P, C>,
  points: PointFeature<P>[],
): Generator<undefined, void> {
  const tree = index as unknown as Steps;
  const { minZoom: top, maxZoom: deepest } = tree.options;
  tree.options.minZoom = deepest;
  index.load(points);
  tree.options.minZoom = top;
  for (let zoom = deepest - 1; zoom >= top; zoom -= 1) {
    yield;
    const below = tree.trees[zoom + 1];
    if (below) tree.trees[zoom] = joined(tree, below, zoom);
  }
}
