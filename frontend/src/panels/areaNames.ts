import type { Area, CameraSummary } from '../api/types';
import { titleOf } from './cameraTree';
import type { Lang } from './format';

/** Where a camera stands, as people say it: district, street, community. */
export function areaPath(
  camera: Pick<CameraSummary, 'district' | 'street' | 'community'>,
  areas: readonly Area[],
  lang: Lang,
): string {
  return [camera.district, camera.street, camera.community]
    .map((code) => areas.find((area) => area.code === code))
    .filter((area): area is Area => area !== undefined)
    .map((area) => titleOf(area, lang))
    .join(lang === 'zh' ? ' ' : ', ');
}

export function areaName(code: string, areas: readonly Area[], lang: Lang): string {
  const area = areas.find((candidate) => candidate.code === code);
  return area ? titleOf(area, lang) : '';
}
