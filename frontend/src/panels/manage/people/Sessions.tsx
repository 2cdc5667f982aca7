import { Button, Popconfirm, Skeleton } from 'antd';
import { useTranslation } from 'react-i18next';
import type { User } from '../../../api/people';
import { useAppContext, useLang } from '../../app';
import { moment } from '../../desk/historyWords';
import { useAllowed } from '../../may';
import { Trouble } from '../../Trouble';
import { useAttempt } from '../attempt';
import { useUserSessions } from '../queries';

/** Where somebody is signed in, and the end of it. */
export function Sessions({ user }: { user: User }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api } = useAppContext();
  const sessions = useUserSessions(user.name);
  const [run, busy] = useAttempt('users', 'user-sessions');
  const allowed = useAllowed('change', 'account');
  const list = sessions.data ?? [];
  return (
    <>
      <div className="sectionhead">
        {t('people.openSessions')}
        {list.length > 0 && (
          <Popconfirm
            title={t('people.endAsk', { name: user.title })}
            okText={t('people.endSessions')}
            cancelText={t('manage.cancel')}
            onConfirm={() => void run(() => api.endSessions(user.name), t('people.ended'))}
          >
            <Button size="small" danger id="end-sessions" loading={busy} {...allowed}>
              {t('people.endSessions')}
            </Button>
          </Popconfirm>
        )}
      </div>
      {sessions.error && <Trouble error={sessions.error} retry={() => void sessions.refetch()} />}
      {sessions.isPending && <Skeleton active title={false} paragraph={{ rows: 2 }} />}
      {sessions.data && list.length === 0 && <div className="soft">{t('people.noSessions')}</div>}
      <ul className="plainlist">
        {list.map((session) => (
          <li key={session.id}>
            {session.address}
            <div className="soft">
              {t('people.since')} {moment(session.made, lang)} · {t('people.lastSeen')} {moment(session.seen, lang)}
            </div>
          </li>
        ))}
      </ul>
    </>
  );
}
