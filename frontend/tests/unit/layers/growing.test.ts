import Supercluster from 'supercluster';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { levels } from '../../../src/layers/clusterLevels';
import type { Placed } from '../../../src/layers/clusterTree';
import { GrowingTree } from '../../../src/layers/growingTree';
import { atOnce } from '../../../src/model/slices';
import { dice } from '../cameras';

const EVERYTHING = { zoomAt: () => 22, sees: () => true };
const WORLD = { zoomAt: () => 4, sees: () => true };

function spots(count: number, seed = 3): Placed[] {
  const roll = dice(seed);
  return Array.from({ length: count }, (_, i) => ({
    id: `i${i}`,
    lon: 106.6 + 0.4 * roll(),
    lat: 39.2 + 0.4 * roll(),
    height: 1000 + 50 * roll(),
  }));
}

describe('an index built zoom by zoom', () => {
  it.each([[0], [1], [7], [3000]])('is the one that load builds, of %d points', (count) => {
    const options = { radius: 62, extent: 512, minZoom: 4, maxZoom: 17, minPoints: 3 };
    const points = spots(count).map(({ id, lon, lat }) => ({
      type: 'Feature' as const,
      geometry: { type: 'Point' as const, coordinates: [lon, lat] },
      properties: { id },
    }));
    const [whole, sliced] = [new Supercluster(options), new Supercluster(options)];
    whole.load(points);
    atOnce(levels(sliced, points));
    for (let zoom = 4; zoom <= 18; zoom += 1) {
      const told = (index: typeof whole) => index.getClusters([-180, -85, 180, 85], zoom);
      expect(told(sliced)).toEqual(told(whole));
    }
    for (const { properties } of whole.getClusters([-180, -85, 180, 85], 9)) {
      if (!('cluster_id' in properties)) continue;
      expect(sliced.getChildren(properties.cluster_id)).toEqual(whole.getChildren(properties.cluster_id));
      expect(sliced.getClusterExpansionZoom(properties.cluster_id)).toBe(
        whole.getClusterExpansionZoom(properties.cluster_id),
      );
    }
  });
});

describe('groups of things that keep changing', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const ids = (tree: GrowingTree<Placed>) =>
    tree
      .seen(EVERYTHING)
      .alone.map(({ id }) => id)
      .toSorted();
  const total = (tree: GrowingTree<Placed>) => {
    const { groups, alone } = tree.seen(WORLD);
    return groups.reduce((sum, group) => sum + group.total, alone.length);
  };

  it('groups few at once', () => {
    const tree = new GrowingTree<Placed>(1, () => 0);
    tree.take(spots(900));
    expect(total(tree)).toBe(900);
  });

  it('groups many behind what is shown, and tells when', () => {
    const grown = vi.fn();
    const tree = new GrowingTree<Placed>(1, () => 0, grown);
    tree.take(spots(5000));
    expect(total(tree)).toBe(0);
    vi.runAllTimers();
    expect(grown).toHaveBeenCalledOnce();
    expect(total(tree)).toBe(5000);
  });

  it('shows one more at once, by itself, and groups it later', () => {
    const tree = new GrowingTree<Placed>(1, () => 0);
    const all = spots(2000);
    tree.take(all);
    vi.runAllTimers();
    const [first] = all;
    const twin = { ...(first as Placed), id: 'new' };
    tree.take([...all, twin]);
    expect(tree.seen(WORLD).alone.map(({ id }) => id)).toContain('new');
    vi.runAllTimers();
    expect(tree.seen(WORLD).alone.map(({ id }) => id)).not.toContain('new');
    expect(total(tree)).toBe(2001);
  });

  it('leaves out what went and draws what moved where it is, before it is grouped anew', () => {
    const tree = new GrowingTree<Placed>(1, () => 0);
    const [gone, moved, ...rest] = spots(2000) as [Placed, Placed, ...Placed[]];
    tree.take([gone, moved, ...rest]);
    vi.runAllTimers();
    const now = { ...moved, lon: moved.lon + 0.01 };
    tree.take([now, ...rest]);
    expect(ids(tree)).toEqual([now, ...rest].map(({ id }) => id).toSorted());
    expect(tree.seen(EVERYTHING).alone.find(({ id }) => id === now.id)).toBe(now);
    vi.runAllTimers();
    expect(total(tree)).toBe(1999);
  });

  it('comes to an end in a stream of changes', () => {
    const grown = vi.fn();
    const tree = new GrowingTree<Placed>(1, () => 0, grown);
    const all = spots(4000);
    for (let i = 0; i < 40; i += 1) {
      tree.take(all.slice(0, 3000 + i));
      vi.advanceTimersByTime(100);
    }
    expect(grown.mock.calls.length).toBeGreaterThan(3);
    vi.runAllTimers();
    expect(total(tree)).toBe(3039);
  });
});
