/** Rows of the journal in words. */
import type { TFunction } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { FieldChange, JournalRow } from '../../api/editing';
import { useLang } from '../app';
import type { Lang } from '../format';

export function moment(time: string, lang: Lang): string {
  const at = new Date(time);
  if (Number.isNaN(at.getTime())) return time;
  return at.toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', { dateStyle: 'short', timeStyle: 'medium' });
}

const LOADED = 'load:';
const CONSOLE = 'console:';

/** Who did it: a person, a person with a list, a user of the machine; nobody is named to whom may not know. */
export function actorWords(actor: string, t: TFunction, titles?: ReadonlyMap<string, string>): string {
  if (actor === '') return t('history.other');
  if (actor.startsWith(LOADED)) return t('history.loaded', { name: actorWords(actor.slice(LOADED.length), t, titles) });
  if (actor.startsWith(CONSOLE)) return t('history.console', { name: actor.slice(CONSOLE.length) });
  return titles?.get(actor) ?? t(`history.by.${actor}`, { defaultValue: actor });
}

/** Unit of a field, after its number. */
const UNITS: Record<string, string> = {
  heading: '°',
  pitch: '°',
  roll: '°',
  hfov: '°',
  hfov_tele: '°',
  pan_range: '°',
  tilt_min: '°',
  tilt_max: '°',
  mount_height: ' m',
  height: ' m',
  range: ' m',
  base: ' m',
  top: ' m',
  base_m: ' m',
  top_m: ' m',
};

const PLACES = new Set(['lon', 'lat']);

/** Fields whose values are words of ours. */
const CODED: Record<string, string> = { tier: 'tier', type: 'type', status: 'condition', lens: 'facts' };

/** A value of a field as a person reads it, with its unit. */
export function valueWords(field: string, value: unknown, t: TFunction, lang: Lang): string {
  if (value === null || value === undefined || value === '') return t('history.nothing');
  const words = CODED[field];
  if (words) return t(`${words}.${String(value)}`, { defaultValue: String(value) });
  if (typeof value === 'number') {
    const digits = PLACES.has(field) ? 6 : 2;
    const text = value.toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', { maximumFractionDigits: digits });
    return `${text}${UNITS[field] ?? ''}`;
  }
  if (typeof value === 'boolean') return t(value ? 'history.yes' : 'history.no');
  if (Array.isArray(value)) return t('history.entries', { count: value.length });
  return typeof value === 'object' ? t('history.set') : String(value);
}

export function fieldWord(field: string, t: TFunction): string {
  return t(`field.${field}`, { defaultValue: field });
}

/** "heading: 90° → 120°"; big values only by their name. */
export function changeWords({ field, before, after }: FieldChange, t: TFunction, lang: Lang): string {
  const [from, to] = [valueWords(field, before, t, lang), valueWords(field, after, t, lang)];
  const name = fieldWord(field, t);
  return from === to ? t('history.fieldChanged', { name }) : `${name}: ${from} → ${to}`;
}

/** What follows from other fields and is not told for itself. */
const DERIVED = new Set(['area', 'district', 'street', 'community', 'assumed', 'tier_assumed', 'kind', 'id']);

const MOST = 4;

export function useRowWords() {
  const { t } = useTranslation();
  const lang = useLang();
  return useCallback(
    (rows: readonly JournalRow[], whole = true) => {
      const [row] = rows;
      if (!row) return { title: '', changes: [] };
      const thing = t(`kind.${row.kind}`, { defaultValue: row.kind });
      const retired =
        row.action === 'change' && row.changes.some(({ field, after }) => field === 'status' && after === 'retired');
      const action = retired ? 'retire' : row.action;
      if (!whole) return { title: t(`history.${action}Bulk`, { thing }), changes: [] };
      if (rows.length > 1) return { title: t(`history.${action}Many`, { count: rows.length, thing }), changes: [] };
      const told = row.action === 'change' && !retired ? row.changes.filter(({ field }) => !DERIVED.has(field)) : [];
      const changes = told.slice(0, MOST).map((change) => changeWords(change, t, lang));
      if (told.length > MOST) changes.push(t('history.more', { count: told.length - MOST }));
      return { title: t(`history.${action}`, { thing }), changes };
    },
    [t, lang],
  );
}
