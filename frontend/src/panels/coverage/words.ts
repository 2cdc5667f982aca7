/** Figures of coverage in words. */
import { type Lang, surface } from '../format';

const locale = (lang: Lang) => (lang === 'zh' ? 'zh-CN' : 'en-GB');

export function percent(share: number | null, lang: Lang): string {
  if (share === null) return '–';
  return `${(100 * share).toLocaleString(locale(lang), { maximumFractionDigits: 1 })} %`;
}

/** A value of a hexagon, by what it is. */
export function statistic(name: string, value: number, lang: Lang): string {
  if (name.endsWith('_share')) return percent(value, lang);
  if (name.endsWith('_m2')) return surface(value, lang);
  return value.toLocaleString(locale(lang), { maximumFractionDigits: 1 });
}

/** One unit for a whole column, so that its figures can be compared at a glance. */
export function hectares(squareMetres: number, lang: Lang): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return `${(squareMetres / 1e4).toLocaleString(locale(lang), digits)} ha`;
}
