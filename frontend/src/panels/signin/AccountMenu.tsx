import { KeyOutlined, LogoutOutlined, UserOutlined } from '@ant-design/icons';
import { App as AntApp, Button, Dropdown, Modal } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account } from '../../api/session';
import { useApp, useAppContext, useLang } from '../app';
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
  if (!account) return null;
  const signOut = async () => {
    try {
      await api.signOut();
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
          onClick: ({ key }) => (key === 'password' ? setChanging(true) : void signOut()),
          items: [
            { key: 'password', icon: <KeyOutlined />, label: t('door.change') },
            { key: 'out', icon: <LogoutOutlined />, label: t('door.signOut') },
          ],
        }}
      >
        <Button type="text" id="account-menu" icon={<UserOutlined />} aria-label={t('door.account')}>
          <span className="accountname">{account.title}</span>
        </Button>
      </Dropdown>
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
