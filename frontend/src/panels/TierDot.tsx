import { useTranslation } from 'react-i18next';
import type { Tier } from '../api/types';

/** The mark of a tier: shape as well as colour; hollow when the direction is not known. */
export function TierDot({ tier, unknown = false }: { tier: Tier; unknown?: boolean }) {
  const { t } = useTranslation();
  const label = unknown ? `${t(`tier.${tier}`)} · ${t('camera.noHeading')}` : t(`tier.${tier}`);
  return <i className={`dot t${tier}${unknown ? ' unknown' : ''}`} role="img" aria-label={label} title={label} />;
}
