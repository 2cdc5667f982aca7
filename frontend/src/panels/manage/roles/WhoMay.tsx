import { Empty, Select, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Role, User } from '../../../api/people';
import { holders } from '../../../model/grants';
import { useApp, useAppContext } from '../../app';
import { useHeldWords } from '../../signin/heldWords';
import { AreaPick } from '../AreaPick';
import { useLimitWords } from './limitWords';

const ACTIONS = [
  'see',
  'watch',
  'aim',
  'unmask',
  'create',
  'change',
  'remove',
  'export',
  'dispatch',
  'supervise',
  'agree',
];
const KINDS = [
  'camera',
  'incident',
  'checkpoint',
  'zone',
  'privacy-volume',
  'unit',
  'coverage',
  'journal',
  'account',
  'grant',
  'credential',
];

/** Who may do a thing in a place, and by which role. */
export function WhoMay({ roles, users }: { roles: Role[]; users: User[] }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const areas = useApp((state) => state.areas);
  const [action, setAction] = useState('see');
  const [kind, setKind] = useState('camera');
  const [area, setArea] = useState<string | undefined>();
  const words = useHeldWords();
  const limits = useLimitWords();
  const top = areas.find(({ level }) => level === 'city')?.code ?? '';
  const found = useMemo(
    () => holders(users, roles, areas, { action, kind, area: area ?? top }),
    [users, roles, areas, action, kind, area, top],
  );
  const options = (list: string[], group: 'action' | 'kind') =>
    list.map((value) => ({ value, label: t(`manage.${group}.${value}`) }));
  return (
    <div id="who-may">
      <div className="sectionhead" style={{ marginTop: 0 }}>
        {t('roles.who')}
      </div>
      <p className="soft">{t('roles.whoHelp')}</p>
      <div className="choices">
        <Select
          aria-label={t('roles.doing')}
          value={action}
          onChange={setAction}
          options={options(ACTIONS, 'action')}
        />
        <Select aria-label={t('roles.on')} value={kind} onChange={setKind} options={options(KINDS, 'kind')} />
        <AreaPick
          label={t('roles.where')}
          placeholder={t('manage.everywhere')}
          value={area}
          onChange={(code) => setArea(code)}
        />
      </div>
      {found.length === 0 && <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('roles.nobody')} />}
      <ul className="plainlist" id="holders">
        {found.map(({ user, post, verdict }) => (
          <li key={`${user.name}${JSON.stringify(post)}`}>
            <button
              type="button"
              className="plain"
              onClick={() => store.getState().setPerson(user.name)}
              data-person={user.name}
            >
              <strong>{user.title}</strong>
            </button>{' '}
            {verdict === 'approval' && <Tag color="gold">{t('roles.agreed')}</Tag>}
            <div className="soft">{[words(post), ...limits(post)].join(' · ')}</div>
          </li>
        ))}
      </ul>
    </div>
  );
}
