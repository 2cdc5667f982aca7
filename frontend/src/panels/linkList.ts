/** The link panel's lists as values. */
import type { LinkAnswer, LinkedCamera, Role } from '../api/types';

export type LinkOrder = 'rank' | 'distance' | 'density';

export interface Split {
  visible: LinkedCamera[];
  hidden: LinkedCamera[];
}

const by: Record<Exclude<LinkOrder, 'rank'>, (a: LinkedCamera, b: LinkedCamera) => number> = {
  distance: (a, b) => a.distance_m - b.distance_m,
  density: (a, b) => (b.density_px_m ?? 0) - (a.density_px_m ?? 0),
};

/** Those that see the place and those that don't, in the order asked for; the server's own order is the rank. */
export function split(answer: LinkAnswer, order: LinkOrder): Split {
  const sorted = order === 'rank' ? answer.cameras : [...answer.cameras].sort(by[order]);
  return {
    visible: sorted.filter((camera) => camera.visible),
    hidden: sorted.filter((camera) => !camera.visible),
  };
}

export function recommended(answer: LinkAnswer, role: Role): LinkedCamera | undefined {
  const id = answer.recommended[role];
  return id ? answer.cameras.find((camera) => camera.camera === id) : undefined;
}

const TIER_OF: Record<Role, number> = { overview: 1, context: 2, close: 3 };

/** Why a role has no camera: the reason of the nearest one of that tier that does not see the place. */
export function reasonWhyNone(answer: LinkAnswer, role: Role): LinkedCamera | undefined {
  return answer.cameras.find((camera) => !camera.visible && camera.tier === TIER_OF[role]);
}
