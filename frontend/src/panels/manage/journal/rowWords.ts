/** A row of the journal in words: who, did what, to what, and where that lies. */
import { useCallback, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { OrderStep } from '../../../api/health';
import type { FoundRow } from '../../../api/journal';
import { useApp, useLang } from '../../app';
import { titleOf } from '../../cameraTree';
import { actorWords } from '../../desk/historyWords';
import { useUsers } from '../queries';

const WRITTEN = ['create', 'change', 'remove'];
/** A repair order's new state → the step that led to it. */
const STEP_TO: Record<string, OrderStep> = {
  open: 'reopen',
  accepted: 'accept',
  fixed: 'fixed',
  closed: 'close',
  cancelled: 'cancel',
};

/** The step of a repair order that a row is, if it is one. */
export function stepOf({
  kind,
  action,
  changes,
}: Pick<FoundRow, 'kind' | 'action' | 'changes'>): OrderStep | undefined {
  if (kind !== 'repair-order' || action !== 'change') return undefined;
  return STEP_TO[String(changes.find(({ field }) => field === 'state')?.after)];
}

export function useActorWords(): (actor: string) => string {
  const { t } = useTranslation();
  const users = useUsers();
  const titles = useMemo(() => new Map(users.data?.map(({ name, title }) => [name, title])), [users.data]);
  return useCallback((actor) => (actor === '-' ? '' : actorWords(actor, t, titles)), [titles, t]);
}

export function useWhat(): (row: FoundRow) => string {
  const { t } = useTranslation();
  const lang = useLang();
  return useCallback(
    (row) => {
      const { action, kind, detail } = row;
      const thing = t(`kind.${kind}`, { defaultValue: t(`manage.kind.${kind}`, { defaultValue: kind }) });
      const deed = detail?.deed;
      const step = stepOf(row);
      if (step) return t('journal.orderStep', { thing, step: t(`order.steps.${step}`) });
      if (deed === 'export' && detail?.what === 'assessment') return t('manage.deed.export-assessment');
      if (typeof deed === 'string') return t(`manage.deed.${deed}`, { defaultValue: deed, thing });
      if (WRITTEN.includes(action)) return t(`history.${action}`, { thing });
      const done = t(`manage.action.${action}`, { defaultValue: action });
      return lang === 'zh' ? `${done}${thing}` : `${done} ${thing}`;
    },
    [t, lang],
  );
}

export function useThing(): (row: FoundRow) => string {
  const { t } = useTranslation();
  const lang = useLang();
  const incidents = useApp((state) => state.incidents);
  const cameras = useApp((state) => state.cameras);
  const actor = useActorWords();
  return useCallback(
    ({ kind, id, name }) => {
      if (id === '*' || (id === '-' && kind !== 'account')) return '';
      if (kind === 'account') return id === '-' ? '' : actor(id);
      const camera = kind === 'camera' ? cameras.get(id) : undefined;
      if (camera) return titleOf(camera, lang);
      // Without a number or an address an incident that stands is told by what it is.
      const incident = kind === 'incident' && !name ? incidents.get(id) : undefined;
      return incident ? `${t(`incident.categories.${incident.category}`)} ${incident.address}`.trim() : name || id;
    },
    [t, lang, cameras, incidents, actor],
  );
}

const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);

/** Where the row's thing lies, as far as the row or this page knows. */
export function placeOf(
  row: FoundRow,
  cameras: ReadonlyMap<string, { lon: number; lat: number }>,
): { lon: number; lat: number } | undefined {
  const camera = row.kind === 'camera' ? cameras.get(row.id) : undefined;
  if (camera) return { lon: camera.lon, lat: camera.lat };
  const changed = (name: string) => {
    const change = row.changes.find(({ field }) => field === name);
    return number(change?.after) ?? number(change?.before);
  };
  const lon = number(row.detail?.lon) ?? changed('lon');
  const lat = number(row.detail?.lat) ?? changed('lat');
  return lon !== undefined && lat !== undefined ? { lon, lat } : undefined;
}
