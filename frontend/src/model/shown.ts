/** Which cameras the filters leave: the tree lists them and the scene draws them. */
import type { CameraSummary } from '../api/types';
import type { Filters } from './state';

export function matches(camera: CameraSummary, text: string): boolean {
  const words = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const inside = `${camera.name} ${camera.name_en ?? ''} ${camera.id} ${camera.owner ?? ''}`.toLowerCase();
  return words.every((word) => inside.includes(word));
}

function inArea(camera: CameraSummary, code: string): boolean {
  return camera.district === code || camera.street === code || camera.community === code;
}

export function isShown(camera: CameraSummary, filters: Filters): boolean {
  return (
    filters.tiers[camera.tier] &&
    (filters.owner === null || camera.owner === filters.owner) &&
    (filters.area === null || inArea(camera, filters.area)) &&
    matches(camera, filters.text)
  );
}

export function shownCameras(cameras: ReadonlyMap<string, CameraSummary>, filters: Filters): CameraSummary[] {
  return [...cameras.values()].filter((camera) => isShown(camera, filters));
}
