import { Empty, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { GroupRates, RateName } from '../../../api/health';
import type { Tier } from '../../../api/types';
import { AXES, type GroupAxis, percent, RATES, worstFirst } from '../../../model/health';
import { useApp, useAppContext, useLang } from '../../app';
import { count } from '../../format';
import { RateBar, TargetWord } from './Rates';

/** A group in words: one that has no name is the one of cameras that belong nowhere. */
export function useGroupName(): (axis: GroupAxis, group: string, name: string) => string {
  const { t } = useTranslation();
  return (axis, group, name) => {
    if (group === '') return t(`health.none.${axis}`);
    if (axis === 'tier') return t(`tier.${group as `${Tier}`}`);
    return name || group;
  };
}

/** Moves between the buttons of a list by the arrow keys. */
export function stepButtons(event: { key: string; currentTarget: HTMLElement; preventDefault(): void }): void {
  if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
  event.preventDefault();
  const all = [...(event.currentTarget.parentElement?.querySelectorAll<HTMLElement>('button') ?? [])];
  all[all.indexOf(event.currentTarget) + (event.key === 'ArrowDown' ? 1 : -1)]?.focus();
}

function Group({ axis, row, rate }: { axis: GroupAxis; row: GroupRates; rate: RateName }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const name = useGroupName()(axis, row.group, row.name);
  const chosen = useApp(({ healthFilter: { group } }) => group?.axis === axis && group.code === row.group);
  const { share, good, total } = row[rate];
  const figure = share === null ? '–' : `${percent(share)} %`;
  return (
    <button
      type="button"
      className="group"
      data-group={row.group}
      aria-pressed={chosen}
      title={t('health.filterHelp')}
      onKeyDown={stepButtons}
      onClick={() => store.getState().setHealthFilter({ group: chosen ? null : { axis, code: row.group } })}
    >
      <span className="name" title={name}>
        {name}
      </span>
      <strong>{figure}</strong>
      <RateBar rate={row[rate]} label={figure} />
      <span className="soft of">{t('health.of', { good: count(good, lang), total: count(total, lang) })}</span>
      <TargetWord rate={row[rate]} />
    </button>
  );
}

/** The rates by district, street, owner or tier, the worst first; one that is pressed narrows the list. */
export function Groups({ rates }: { rates: readonly GroupRates[] }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const axis = useApp((state) => state.healthAxis);
  const rate = useApp((state) => state.healthRate);
  const rows = worstFirst(rates, axis, rate);
  return (
    <section className="groups" id="health-groups" aria-label={t('health.groups')}>
      <Segmented<GroupAxis>
        size="small"
        block
        value={axis}
        onChange={store.getState().setHealthAxis}
        options={AXES.map((value) => ({ value, label: t(`health.axes.${value}`) }))}
      />
      <Segmented<RateName>
        size="small"
        block
        value={rate}
        onChange={store.getState().setHealthRate}
        options={RATES.map((value) => ({ value, label: t(`health.rates.${value}`) }))}
      />
      <div className="list">
        {rows.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('health.noCameras')} />}
        {rows.map((row) => (
          <Group key={row.group} axis={axis} row={row} rate={rate} />
        ))}
      </div>
    </section>
  );
}
