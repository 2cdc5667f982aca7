import { AuditOutlined, KeyOutlined, LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { App as AntApp, Badge, Button, Dropdown, Modal } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '../../api/session';
import { useApp, useAppContext, useLang } from '../app';
import { AgreementsDialog, useAgreements } from './AgreementsDialog';
import { useHeldWords } from './heldWords';
import { PasswordForm } from './PasswordForm';

function clock(time: string, lang: 'zh' | 'en'): string {
  const at = new Date(time);
  const sameDay = at.toDateString() === new Date().toDateString();
  return at.toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    ...(!sameDay && { dateStyle: 'short' as const }),
    timeStyle: 'short',
  });
}

function WhoIsHere({ account }: { account: Account }) {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHeldWords();
  return (
    <div className="whoami">
      <strong>{account.title}</strong> <span className="soft">{account.name}</span>
      {account.roles.map((held) => (
        <div key={words(held)}>{words(held)}</div>
      ))}
      {account.ends_at && <div className="soft">{t('door.lasts', { time: clock(account.ends_at, lang) })}</div>}
    </div>
  );
}

/** Who sits here, with what roles; their password, and the way out. */
export function AccountMenu() {
  const { t } = useTranslation();
  const { store, api } = useAppContext();
  const { message } = AntApp.useApp();
  const account = useApp((state) => state.account);
  const [changing, setChanging] = useState(false);
  const [agreeing, setAgreeing] = useState(false);
  const { enabled, query } = useAgreements(account);
  const waiting = query.data?.waiting ?? 0;
  // What was agreed to, or has ended, changes what this page may offer.
  const open = (query.data?.agreements ?? []).filter((one) => one.mine && one.state === 'agreed').map((one) => one.id);
  const opened = query.data && open.join();
  const before = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (opened === undefined) return;
    if (before.current !== undefined && before.current !== opened)
      void api.session().then(
        ({ account: now }) => now && store.getState().setAccount(now),
        () => undefined,
      );
    before.current = opened;
  }, [opened, api, store]);
  if (!account) return null;
  const signOut = async () => {
    try {
      const there = await api.signOut();
      if (there) return window.location.assign(there.onward);
    } catch {
      // Whether it had ended already or nobody answers: the page must not go on showing what it knows.
    }
    window.location.reload();
  };
  const changed = async () => {
    setChanging(false);
    message.success(t('door.changed'));
    store.getState().setAccount((await api.session()).account);
  };
  return (
    <>
      <Dropdown
        trigger={['click']}
        placement="bottomRight"
        popupRender={(menu) => (
          <div className="accountmenu">
            <WhoIsHere account={account} />
            {menu}
          </div>
        )}
        menu={{
          onClick: ({ key }) => {
            if (key === 'password') setChanging(true);
            else if (key === 'agreements') setAgreeing(true);
            else void signOut();
          },
          items: [
            ...(enabled
              ? [
                  {
                    key: 'agreements',
                    icon: <AuditOutlined />,
                    label: waiting ? t('agreement.waiting', { count: waiting }) : t('agreement.title'),
                  },
                ]
              : []),
            ...(account.openid ? [] : [{ key: 'password', icon: <KeyOutlined />, label: t('door.change') }]),
            { key: 'out', icon: <LogoutOutlined />, label: t('door.signOut') },
          ],
        }}
      >
        <Button type="text" id="account-menu" icon={<UserOutlined />} aria-label={t('door.account')}>
          <Badge count={waiting} size="small" offset={[6, -2]}>
            <span className="accountname">{account.title}</span>
          </Badge>
        </Button>
      </Dropdown>
      {agreeing && <AgreementsDialog account={account} onClose={() => setAgreeing(false)} />}
      <Modal
        open={changing}
        destroyOnHidden
        footer={null}
        width={400}
        title={t('door.change')}
        onCancel={() => setChanging(false)}
      >
        <PasswordForm onChanged={() => void changed()} />
      </Modal>
    </>
  );
}
