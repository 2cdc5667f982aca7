import { Button, Checkbox, Input, Select, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { AreaPick } from '../AreaPick';
import { fromLocal, toLocal } from '../localTime';
import { useUsers } from '../queries';
import { type Asked, NOTHING_ASKED, PERIODS, type Period } from './period';

const KINDS = [
  'camera',
  'repair-order',
  'incident',
  'checkpoint',
  'zone',
  'unit',
  'privacy-volume',
  'account',
  'journal',
];
const ACTIONS = ['create', 'change', 'remove', 'look'];
const DEEDS = [
  'replay',
  'link',
  'route',
  'still',
  'watch',
  'watched',
  'snapshot',
  'clip',
  'aim',
  'signed-in',
  'sign-in-failed',
  'signed-out',
  'password-changed',
  'password-reset',
  'account-added',
  'account-linked',
  'account-disabled',
  'account-enabled',
  'posts-given',
  'sessions-ended',
  'token-added',
  'token-ended',
  'exported',
  'health-settings',
  'health-reference',
  'health-reference-forgotten',
  'health-picture',
];

interface Props {
  asked: Asked;
  onAsk: (asked: Asked) => void;
}

function PersonPick({ asked, onAsk }: Props) {
  const { t } = useTranslation();
  const users = useUsers();
  if (!users.data) {
    return (
      <Input
        size="small"
        allowClear
        aria-label={t('journal.person')}
        placeholder={t('journal.person')}
        value={asked.person ?? ''}
        onChange={({ target }) => onAsk({ ...asked, person: target.value.trim() || undefined })}
      />
    );
  }
  const people = users.data.map(({ name, title }) => ({
    value: name,
    label: title === name ? name : `${title} ${name}`,
  }));
  const programs = ['local', 'load', 'health'].map((value) => ({ value, label: t(`history.by.${value}`) }));
  return (
    <Select<string>
      size="small"
      allowClear
      showSearch={{ optionFilterProp: 'label' }}
      aria-label={t('journal.person')}
      placeholder={t('journal.anyone')}
      value={asked.person ?? null}
      options={[...people, ...programs]}
      onChange={(person?: string) => onAsk({ ...asked, person })}
    />
  );
}

/** What rows are looked for: whose, about what, where, when. */
export function Filters({ asked, onAsk }: Props) {
  const { t } = useTranslation();
  const options = (list: string[], word: (value: string) => string) =>
    list.map((value) => ({ value, label: word(value) }));
  const empty = JSON.stringify(asked) === JSON.stringify(NOTHING_ASKED);
  return (
    <search className="filters" id="journal-filters">
      <PersonPick asked={asked} onAsk={onAsk} />
      <Select<string>
        size="small"
        allowClear
        aria-label={t('journal.kind')}
        placeholder={t('journal.anyKind')}
        value={asked.kind ?? null}
        options={options(KINDS, (kind) => t(`kind.${kind}`))}
        onChange={(kind?: string) => onAsk({ ...asked, kind })}
      />
      <Select<string>
        size="small"
        allowClear
        aria-label={t('journal.action')}
        placeholder={t('journal.anyAction')}
        value={asked.action ?? null}
        options={[
          ...options(ACTIONS, (action) => t(`manage.action.${action}`)),
          ...options(DEEDS, (deed) => t(`manage.deed.${deed}`)),
          { value: 'export', label: t('manage.action.export') },
        ]}
        onChange={(action?: string) => onAsk({ ...asked, action })}
      />
      <Input
        size="small"
        allowClear
        aria-label={t('journal.id')}
        placeholder={t('journal.id')}
        value={asked.id}
        onChange={({ target }) => onAsk({ ...asked, id: target.value })}
      />
      <AreaPick
        size="small"
        label={t('journal.area')}
        placeholder={t('manage.anyArea')}
        value={asked.area}
        onChange={(area) => onAsk({ ...asked, area })}
      />
      <Select<Period>
        size="small"
        aria-label={t('journal.period')}
        value={asked.period}
        options={PERIODS.map((value) => ({ value, label: t(`journal.periods.${value}`) }))}
        onChange={(period) => onAsk({ ...asked, period })}
      />
      {asked.period === 'own' && (
        <>
          <Input
            size="small"
            type="datetime-local"
            aria-label={t('journal.since')}
            value={toLocal(asked.since)}
            onChange={({ target }) => onAsk({ ...asked, since: fromLocal(target.value) })}
          />
          <Input
            size="small"
            type="datetime-local"
            aria-label={t('journal.until')}
            value={toLocal(asked.until)}
            onChange={({ target }) => onAsk({ ...asked, until: fromLocal(target.value) })}
          />
        </>
      )}
      <Tooltip title={t('journal.extentHelp')}>
        <Checkbox checked={asked.extent} onChange={({ target }) => onAsk({ ...asked, extent: target.checked })}>
          {t('journal.extent')}
        </Checkbox>
      </Tooltip>
      <Button size="small" type="link" disabled={empty} onClick={() => onAsk(NOTHING_ASKED)}>
        {t('journal.clear')}
      </Button>
    </search>
  );
}
