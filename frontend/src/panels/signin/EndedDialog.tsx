import { onlineManager } from '@tanstack/react-query';
import { Button, Modal } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useAppContext } from '../app';
import { CredentialsForm } from './CredentialsForm';
import { ProviderAgain } from './ProviderAgain';

/** While nobody is signed in, nothing is asked; afterwards everything on the screen is asked afresh. */
function useSilence(silent: boolean): void {
  useEffect(() => {
    if (!silent) return;
    onlineManager.setOnline(false);
    return () => onlineManager.setOnline(true);
  }, [silent]);
}

/** The session ended while somebody worked: their work stays, and they sign in over it. */
export function EndedDialog() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const ended = useApp((state) => state.door === 'ended');
  const account = useApp((state) => state.account);
  const provider = useApp((state) => state.provider);
  useSilence(ended);
  if (!ended || !account) return null;
  return (
    <Modal
      open
      closable={false}
      mask={{ closable: false }}
      keyboard={false}
      footer={null}
      title={t('door.ended')}
      width={400}
      className="ended"
    >
      {account.openid && provider ? (
        <ProviderAgain provider={provider} name={account.name} />
      ) : (
        <>
          <p>{t('door.endedHelp')}</p>
          <CredentialsForm name={account.name} onSignedIn={(again) => store.getState().setAccount(again)} />
        </>
      )}
      <Button type="link" block style={{ marginTop: 8 }} onClick={() => window.location.reload()}>
        {t('door.otherName')}
      </Button>
      <p className="soft">{t('door.endedOther')}</p>
    </Modal>
  );
}
