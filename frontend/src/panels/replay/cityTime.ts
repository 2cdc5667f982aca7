/** Times as they are written on the map: in the city's zone, wherever the reader sits. */
import { useMemo } from 'react';
import { momentOf } from '../../model/cityClock';
import { useApp, useLang } from '../app';

export interface CityTime {
  zone: string;
  /** 14:32:05 */
  clock(time: number): string;
  /** 14:00 */
  short(time: number): string;
  /** 23 Nov 14:32:05 */
  full(time: number): string;
  /** 14:32:05, with the date where it was not on the day of `now` */
  moment(time: number, now?: number): string;
  /** minutes after midnight */
  minutes(time: number): number;
}

export function useCityTime(): CityTime {
  const lang = useLang();
  const zone = useApp((state) => state.city?.time_zone) ?? 'UTC';
  return useMemo(() => {
    const locale = lang === 'zh' ? 'zh-CN' : 'en-GB';
    const form = (parts: Intl.DateTimeFormatOptions) => {
      const made = new Intl.DateTimeFormat(locale, { timeZone: zone, hourCycle: 'h23', ...parts });
      return (time: number) => made.format(time);
    };
    const hm: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit' };
    const short = form(hm);
    return {
      zone,
      short,
      clock: form({ ...hm, second: '2-digit' }),
      full: form({ month: 'short', day: 'numeric', ...hm, second: '2-digit' }),
      moment: (time, now = Date.now()) => momentOf(time, now, zone),
      minutes: (time) => {
        const [hours = 0, minutes = 0] = short(time).split(':').map(Number);
        return hours * 60 + minutes;
      },
    };
  }, [lang, zone]);
}
