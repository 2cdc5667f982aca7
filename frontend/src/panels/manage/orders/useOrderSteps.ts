/** What a person does with repair orders; a refusal is told, and what it was about is read afresh. */
import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { NewOrder, OrderStep, RepairOrder } from '../../../api/health';
import { useAppContext, useLang } from '../../app';
import { useEdits } from '../../desk/edits';
import { HEALTH_KEYS } from '../health/queries';

export function useOrderSteps() {
  const { t } = useTranslation();
  const { api, store } = useAppContext();
  const lang = useLang();
  const queries = useQueryClient();
  const { attempt } = useEdits();
  return useMemo(() => {
    const taken = (order: RepairOrder): RepairOrder => {
      store.getState().setRedo([]);
      queries.setQueryData(['repair-orders', 'one', order.id, lang], order);
      for (const key of [...HEALTH_KEYS, 'journal']) void queries.invalidateQueries({ queryKey: [key] });
      return order;
    };
    return {
      create: (fields: NewOrder) =>
        attempt(
          async () => taken(await api.openOrder(fields)),
          () => t('order.created'),
        ),
      step: ({ id, version }: RepairOrder, step: OrderStep, note: string) =>
        attempt(
          async () => taken(await api.stepOrder(id, step, { version, ...(note.trim() && { note: note.trim() }) })),
          () => t(`order.done.${step}`),
        ),
      change: ({ id, version }: RepairOrder, fields: { contractor?: string; deadline?: string; note?: string }) =>
        attempt(
          async () => taken(await api.changeOrder(id, { version, ...fields })),
          () => t('manage.saved'),
        ),
    };
  }, [api, store, queries, lang, attempt, t]);
}
