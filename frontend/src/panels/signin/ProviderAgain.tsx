import { LoginOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Provider, TO_PROVIDER } from '../../api/session';
import { useAppContext, useLang } from '../app';

const EVERY_MS = 1_500;

/** Signing in again through the provider, on a page of its own: this one keeps what stands on it. */
export function ProviderAgain({ provider, name }: { provider: Provider; name: string }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api, store } = useAppContext();
  const [waiting, setWaiting] = useState(false);
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => {
      api.session().then(
        ({ account }) => {
          if (account?.name === name) store.getState().setAccount(account);
          else if (account) window.location.reload();
        },
        () => undefined,
      );
    }, EVERY_MS);
    return () => clearInterval(timer);
  }, [waiting, api, store, name]);
  const open = () => {
    setWaiting(true);
    window.open(TO_PROVIDER, '_blank', 'noopener');
  };
  return (
    <>
      <p>{t('provider.endedHelp')}</p>
      <Button id="to-provider" type="primary" size="large" block autoFocus icon={<LoginOutlined />} onClick={open}>
        {provider.names[lang] ?? provider.names.zh}
      </Button>
      {waiting && <p className="soft">{t('provider.waiting')}</p>}
    </>
  );
}
