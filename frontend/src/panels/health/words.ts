/** Camera health in the reader's words: faults, how long something lasts, when it was. */
import type { TFunction } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { OrderFault } from '../../api/health';
import { lengthOf } from '../../model/health';
import { useLang } from '../app';
import type { Lang } from '../format';

/** By its two biggest units: `2 d 5 h`, `3 h 20 min`. */
export function lengthWords(ms: number, t: TFunction): string {
  const { days, hours, minutes } = lengthOf(ms);
  const parts = [
    days > 0 && t('health.days', { count: days }),
    hours > 0 && t('health.hours', { count: hours }),
    minutes > 0 && t('health.minutes', { count: minutes }),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(' ') : t('health.lessThanMinute');
}

/** Day and time to the minute, without the year where it is this one. */
export function shortMoment(time: string, lang: Lang, now = Date.now()): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  const thisYear = at.getFullYear() === new Date(now).getFullYear();
  return at.toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    ...(!thisYear && { year: 'numeric' as const }),
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  });
}

export function useHealthWords() {
  const { t } = useTranslation();
  const lang = useLang();
  return useMemo(
    () => ({
      fault: (fault: OrderFault) => t(`health.fault.${fault}`),
      faults: (faults: readonly OrderFault[]) =>
        faults.map((fault) => t(`health.fault.${fault}`)).join(lang === 'zh' ? '、' : ', '),
      length: (ms: number) => lengthWords(ms, t),
      /** `22 min ago`; just now where it is less than a minute. */
      ago: (time: string, now: number) => {
        const ms = now - Date.parse(time);
        return ms < 60_000 ? t('health.justNow') : t('health.ago', { time: lengthWords(ms, t) });
      },
      moment: (time: string) => shortMoment(time, lang),
    }),
    [t, lang],
  );
}
