/** Fields of a repair order as a person reads them. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { useLang } from '../../app';
import { moment } from '../../desk/historyWords';

const WORDS: Record<string, string> = { state: 'order.states', opened_by: 'order.by', closed_by: 'order.by' };
const TIMES = new Set(['opened_at', 'deadline', 'fixed_at', 'closed_at', 'valid_from', 'valid_to']);

/** A value in words; undefined where there are none of its own. */
export function useOrderValue(): (field: string, value: unknown) => string | undefined {
  const { t } = useTranslation();
  const lang = useLang();
  return useCallback(
    (field, value) => {
      if (value === null || value === undefined) return undefined;
      const words = WORDS[field];
      if (words) return t(`${words}.${String(value)}`, { defaultValue: String(value) });
      if (TIMES.has(field)) return moment(String(value), lang);
      if (field !== 'faults') return undefined;
      return [value]
        .flat()
        .map((fault) => t(`health.fault.${String(fault)}`, { defaultValue: String(fault) }))
        .join(lang === 'zh' ? '、' : ', ');
    },
    [t, lang],
  );
}
