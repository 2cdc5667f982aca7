/** The camera tree as values: grouping, counting, filtering and sorting, without React. */
import type { Area, CameraSummary } from '../api/types';
import type { Lang } from './format';

export type Grouping = 'area' | 'owner' | 'tier';
export type Order = 'name' | 'count';

export interface Branch {
  key: string;
  title: string;
  count: number;
  children: Branch[];
  cameras: CameraSummary[];
}

export interface TreeWords {
  unassigned: string;
  noOwner: string;
  tier: (tier: number) => string;
}

export function titleOf(thing: { name: string; name_en?: string | null }, lang: Lang): string {
  return lang === 'en' && thing.name_en ? thing.name_en : thing.name;
}

function insert(root: Branch, path: { key: string; title: string }[], camera: CameraSummary): void {
  let branch = root;
  branch.count += 1;
  for (const step of path) {
    let next = branch.children.find((child) => child.key === step.key);
    if (!next) {
      next = { ...step, count: 0, children: [], cameras: [] };
      branch.children.push(next);
    }
    next.count += 1;
    branch = next;
  }
  branch.cameras.push(camera);
}

/** Cameras under their areas (district, street, community), owners or tiers; every camera stands once. */
export function buildTree(
  cameras: Iterable<CameraSummary>,
  areas: readonly Area[],
  grouping: Grouping,
  order: Order,
  lang: Lang,
  words: TreeWords,
): Branch[] {
  const named = new Map(areas.map((area) => [area.code, area]));
  const root: Branch = { key: 'root', title: '', count: 0, children: [], cameras: [] };
  const pathOf: Record<Grouping, (camera: CameraSummary) => { key: string; title: string }[]> = {
    area: (camera) => {
      const codes = [camera.district, camera.street, camera.community].filter((code): code is string => Boolean(code));
      if (codes.length === 0) return [{ key: 'area:none', title: words.unassigned }];
      return codes.map((code) => {
        const area = named.get(code);
        return { key: `area:${code}`, title: area ? titleOf(area, lang) : words.unassigned };
      });
    },
    owner: (camera) => [{ key: `owner:${camera.owner ?? ''}`, title: camera.owner || words.noOwner }],
    tier: (camera) => [{ key: `tier:${camera.tier}`, title: words.tier(camera.tier) }],
  };
  for (const camera of cameras) insert(root, pathOf[grouping](camera), camera);
  const collator = new Intl.Collator(lang === 'zh' ? 'zh-CN' : 'en');
  const sort = (branch: Branch): void => {
    branch.children.sort(
      grouping === 'tier'
        ? (a, b) => a.key.localeCompare(b.key)
        : (a, b) => (order === 'count' ? b.count - a.count : 0) || collator.compare(a.title, b.title),
    );
    branch.cameras.sort((a, b) => collator.compare(titleOf(a, lang), titleOf(b, lang)));
    branch.children.forEach(sort);
  };
  sort(root);
  return root.children;
}
