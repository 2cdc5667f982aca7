/** What narrows a role beside areas and tiers, in words: networks, days, hours, dates. */
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Post } from '../../../api/people';
import { useLang } from '../../app';
import { moment } from '../../desk/historyWords';

export function useLimitWords(): (post: Post) => string[] {
  const { t } = useTranslation();
  const lang = useLang();
  return useCallback(
    ({ networks, window: limits }) => {
      const comma = lang === 'zh' ? '、' : ', ';
      const words: string[] = [];
      if (networks) words.push(networks.map((network) => t(`people.network.${network}`)).join(comma));
      if (!limits) return words;
      const { days, begin, until, starts, ends } = limits;
      if (days && days.length < 7) {
        words.push(t('people.onlyDays', { days: days.map((day) => t(`people.day.${day}`)).join(comma) }));
      }
      if (begin && until) words.push(t('people.onlyHours', { begin: begin.slice(0, 5), until: until.slice(0, 5) }));
      if (starts) words.push(t('people.from', { time: moment(starts, lang) }));
      if (ends) words.push(t('people.until', { time: moment(ends, lang) }));
      return words;
    },
    [t, lang],
  );
}
