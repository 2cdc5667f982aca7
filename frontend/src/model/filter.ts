/** Which cameras the operator wants to see; the camera tree and the map share it. */
import type { CameraSummary } from '../api/types';
import type { Filters } from './state';

export function passes(camera: CameraSummary, { tiers, owner, area, text }: Filters): boolean {
  if (!tiers[camera.tier]) return false;
  if (owner !== null && camera.owner !== owner) return false;
  if (area !== null && !isIn(camera, area)) return false;
  return text === '' || matches(camera, text);
}

/** Codes of GB/T 2260 nest: a district's code begins with its city's. */
function isIn({ district, street, community }: CameraSummary, area: string): boolean {
  return district === area || street === area || community === area || cityOf(district) === cityCode(area);
}

const cityOf = (district: string) => `${district.slice(0, 4)}00`;
const cityCode = (area: string) => (area.length === 6 && area.endsWith('00') ? area : null);

/** Every word stands somewhere in the camera's names, number or owner. */
function matches({ id, name, name_en, owner }: CameraSummary, text: string): boolean {
  const inside = `${name} ${name_en} ${id} ${owner}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => inside.includes(word));
}

export function shownCameras(cameras: ReadonlyMap<string, CameraSummary>, filters: Filters): CameraSummary[] {
  return [...cameras.values()].filter((camera) => passes(camera, filters));
}
