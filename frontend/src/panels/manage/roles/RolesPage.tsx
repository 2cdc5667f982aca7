import { Skeleton, Tag } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Role } from '../../../api/people';
import type { May } from '../../../api/session';
import { byKind } from '../../../model/grants';
import { useLang } from '../../app';
import { Trouble } from '../../Trouble';
import { useRoles, useUsers } from '../queries';
import { WhoMay } from './WhoMay';

/** From looking to doing to what few may. */
const ORDER = [
  'see',
  'watch',
  'aim',
  'create',
  'change',
  'remove',
  'accept',
  'dispatch',
  'arrive',
  'resolve',
  'close',
  'note',
  'supervise',
  'export',
  'agree',
  'unmask',
];

/** What is not listed comes last. */
const place = (action: string) => (ORDER.includes(action) ? ORDER.indexOf(action) : ORDER.length);

/** Kinds that share their actions, in one line. */
function lines(actions: May): { actions: string[]; kinds: string[] }[] {
  const found = new Map<string, { actions: string[]; kinds: string[] }>();
  for (const [kind, done] of byKind(actions)) {
    const ordered = done.toSorted((a, b) => place(a) - place(b));
    const key = ordered.join();
    const line = found.get(key) ?? { actions: ordered, kinds: [] };
    line.kinds.push(kind);
    found.set(key, line);
  }
  return [...found.values()];
}

function useWords() {
  const { t } = useTranslation();
  const comma = useLang() === 'zh' ? '、' : ', ';
  return {
    actions: (list: string[]) => list.map((a) => t(`manage.action.${a}`, { defaultValue: a })).join(comma),
    kinds: (list: string[]) => list.map((k) => t(`manage.kind.${k}`, { defaultValue: k })).join(comma),
  };
}

function OneRole({ role, held }: { role: Role; held: number | undefined }) {
  const { t } = useTranslation();
  const words = useWords();
  const row = (line: { actions: string[]; kinds: string[] }, agreed: boolean) => (
    <div key={`${agreed}${line.kinds.join()}`} style={{ display: 'contents' }}>
      <dt>{words.kinds(line.kinds)}</dt>
      <dd>
        {words.actions(line.actions)} {agreed && <Tag color="gold">{t('roles.agreed')}</Tag>}
      </dd>
    </div>
  );
  return (
    <section className="role" data-role={role.role}>
      <h3>
        {t(`role.${role.role}`, { defaultValue: role.role })}
        {held !== undefined && <span className="soft">{t('roles.held', { count: held })}</span>}
      </h3>
      <dl>
        {lines(role.actions).map((line) => row(line, false))}
        {lines(role.approval).map((line) => row(line, true))}
      </dl>
    </section>
  );
}

/** What each role may do, in words; and who may do a thing in a place. */
export function RolesPage() {
  const { t } = useTranslation();
  const roles = useRoles();
  const users = useUsers();
  if (roles.error) return <Trouble error={roles.error} retry={() => void roles.refetch()} />;
  if (!roles.data) return <Skeleton active paragraph={{ rows: 8 }} />;
  const held = (role: string) =>
    users.data?.filter((user) => user.state !== 'disabled' && user.posts.some((post) => post.role === role)).length;
  return (
    <div className="split">
      <div className="grow scrolls">
        <h2>{t('roles.title')}</h2>
        <p className="soft">{t('roles.help')}</p>
        {roles.data.map((role) => (
          <OneRole key={role.role} role={role} held={held(role.role)} />
        ))}
      </div>
      <aside className="person">
        <WhoMay roles={roles.data} users={users.data ?? []} />
      </aside>
    </div>
  );
}
