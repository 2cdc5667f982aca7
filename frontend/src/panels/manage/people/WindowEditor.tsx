import { Checkbox, Input, Segmented } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Window } from '../../../api/people';
import { fromLocal, toLocal } from '../localTime';

const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

interface Props {
  window: Window | null;
  onChange: (window: Window | null) => void;
}

/** Between which dates, on which days, at which hours a role holds. */
export function WindowEditor({ window: limits, onChange }: Props) {
  const { t } = useTranslation();
  const set = (change: Partial<Window>) => onChange({ days: [...DAYS], ...limits, ...change });
  const hour = (value: string | null | undefined) => (value ?? '').slice(0, 5);
  return (
    <div className="window">
      <Segmented
        size="small"
        aria-label={t('people.window')}
        value={limits === null ? 'always' : 'limited'}
        options={[
          { value: 'always', label: t('people.always') },
          { value: 'limited', label: t('people.limited') },
        ]}
        onChange={(value) => onChange(value === 'always' ? null : { days: [...DAYS] })}
      />
      {limits !== null && (
        <div className="limits">
          <span>{t('people.days')}</span>
          <Checkbox.Group
            value={limits.days}
            options={DAYS.map((value) => ({ value, label: t(`people.day.${value}`) }))}
            onChange={(days) => days.length > 0 && set({ days: (days as number[]).toSorted() })}
          />
          <span>{t('people.hours')}</span>
          <div>
            <div className="row">
              <Input
                size="small"
                type="time"
                aria-label={t('people.starts')}
                value={hour(limits.begin)}
                onChange={({ target }) => set({ begin: target.value || null })}
              />
              –
              <Input
                size="small"
                type="time"
                aria-label={t('people.ends')}
                value={hour(limits.until)}
                onChange={({ target }) => set({ until: target.value || null })}
              />
            </div>
            <div className="soft">{t('people.hoursHelp')}</div>
          </div>
          <span>{t('people.starts')}</span>
          <Input
            size="small"
            type="datetime-local"
            aria-label={t('people.starts')}
            value={toLocal(limits.starts)}
            onChange={({ target }) => set({ starts: fromLocal(target.value) })}
          />
          <span>{t('people.ends')}</span>
          <Input
            size="small"
            type="datetime-local"
            aria-label={t('people.ends')}
            value={toLocal(limits.ends)}
            onChange={({ target }) => set({ ends: fromLocal(target.value) })}
          />
        </div>
      )}
    </div>
  );
}
