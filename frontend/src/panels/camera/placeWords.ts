/** What a pixel of a picture hit, in the reader's words. */
import type { TFunction } from 'i18next';
import type { Found } from '../../api/cameraTypes';
import type { Lang } from '../../api/types';
import { titleOf } from '../cameraTree';
import { distance } from '../format';

export function hitWords({ place }: Found, lang: Lang, t: TFunction): string {
  const what = t(`link.${place.kind}`);
  const name = place.building ? titleOf(place.building, lang) : '';
  return name ? `${what} · ${name}` : what;
}

export const hitLabel = (answer: Found, lang: Lang, t: TFunction) =>
  t('picture.label', { what: hitWords(answer, lang, t), distance: distance(answer.distance_m, lang) });
