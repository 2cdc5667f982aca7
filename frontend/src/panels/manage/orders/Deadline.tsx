import { useTranslation } from 'react-i18next';
import type { RepairOrder } from '../../../api/health';
import { urgency } from '../../../model/health';
import { useHealthWords } from '../../health/words';
import { useNow } from '../../incidents/now';

/** Time left or time past, in words; of one that is over nothing but the deadline. */
export function Deadline({ order }: { order: Pick<RepairOrder, 'state' | 'deadline'> }) {
  const { t } = useTranslation();
  const words = useHealthWords();
  const now = useNow(60_000);
  const so = urgency(order, now);
  const left = Date.parse(order.deadline) - now;
  return (
    <span className={`deadline ${so}`} title={words.moment(order.deadline)}>
      {so === 'done' && words.moment(order.deadline)}
      {so === 'overdue' && t('order.overdueBy', { time: words.length(-left) })}
      {(so === 'soon' || so === 'in-time') && t('order.left', { time: words.length(left) })}
    </span>
  );
}

export function OrderChip({ state }: Pick<RepairOrder, 'state'>) {
  const { t } = useTranslation();
  return <span className={`chip order-${state}`}>{t(`order.states.${state}`)}</span>;
}
