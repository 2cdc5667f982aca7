/** Roles as somebody holds them, in words: what as, where, of which tiers. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { HeldRole } from '../../api/session';
import { useApp, useLang } from '../app';
import { areaName } from '../areaNames';

const EVERYWHERE = '*';

export function useHeldWords(): (held: HeldRole) => string {
  const { t } = useTranslation();
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  return useCallback(
    (held) => {
      const comma = lang === 'zh' ? '、' : ', ';
      const where = held.areas.map((code) =>
        code === EVERYWHERE ? t('door.everywhere') : areaName(code, areas, lang) || code,
      );
      const tiers = held.tiers?.map((tier) => t(`tier.short${tier}`)).join(comma);
      const parts = [t(`role.${held.role}`, { defaultValue: held.role }), where.join(comma)];
      return [...parts, ...(tiers ? [t('door.tiers', { tiers })] : [])].join(' · ');
    },
    [t, lang, areas],
  );
}
