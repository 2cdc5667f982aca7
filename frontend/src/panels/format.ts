/** How numbers are shown: in the reader's language, with their unit, no more digits than mean something. */

export type Lang = 'zh' | 'en';

const locale = (lang: Lang) => (lang === 'zh' ? 'zh-CN' : 'en-GB');

function number(value: number, digits: number, lang: Lang): string {
  return value.toLocaleString(locale(lang), { maximumFractionDigits: digits });
}

/** Metres below ten kilometres, kilometres beyond. */
export function distance(metres: number, lang: Lang): string {
  if (metres >= 10_000) return `${number(metres / 1000, 1, lang)} km`;
  return `${number(metres, metres < 10 ? 2 : metres < 100 ? 1 : 0, lang)} m`;
}

/** A way by road: metres below a kilometre, kilometres beyond. */
export function byRoad(metres: number, lang: Lang): string {
  return metres < 1_000 ? `${number(metres, 0, lang)} m` : `${number(metres / 1000, 1, lang)} km`;
}

export function height(metres: number, lang: Lang): string {
  return `${number(metres, 1, lang)} m`;
}

export function surface(squareMetres: number, lang: Lang): string {
  if (squareMetres >= 1e6) return `${number(squareMetres / 1e6, 2, lang)} km²`;
  if (squareMetres >= 1e4) return `${number(squareMetres / 1e4, 2, lang)} ha`;
  return `${number(squareMetres, 0, lang)} m²`;
}

export function density(pxPerMetre: number, lang: Lang): string {
  return `${number(pxPerMetre, pxPerMetre < 100 ? 1 : 0, lang)} px/m`;
}

export function degrees(value: number, lang: Lang, digits = 1): string {
  return `${number(value, digits, lang)}°`;
}

export function count(value: number, lang: Lang): string {
  return number(value, 0, lang);
}

/** Longitude, latitude as they are pasted elsewhere: always with a point, six digits (about 0.1 m). */
export function coordinates(lon: number, lat: number): string {
  return `${lon.toFixed(6)}, ${lat.toFixed(6)}`;
}
