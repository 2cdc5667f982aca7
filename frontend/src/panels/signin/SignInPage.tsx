import { Button, Segmented } from 'antd';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Account, Provider } from '../../api/session';
import { useApp, useAppContext, useLang } from '../app';
import { CredentialsForm } from './CredentialsForm';
import { PasswordForm } from './PasswordForm';
import { ProviderEntrance } from './ProviderEntrance';

function Languages() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  return (
    <Segmented<'zh' | 'en'>
      value={lang}
      aria-label={t('app.language')}
      onChange={(value) => store.getState().setLang(value)}
      options={[
        { value: 'zh', label: t('door.chinese') },
        { value: 'en', label: t('door.english') },
      ]}
    />
  );
}

/** By a password, or through the provider where there is one. */
function Ways({ provider, children }: { provider: Provider | null; children: ReactNode }) {
  return provider ? <ProviderEntrance provider={provider}>{children}</ProviderEntrance> : children;
}

/** What stands where nobody is signed in, and where a one-time password has yet to be changed. */
export function SignInPage() {
  const { t } = useTranslation();
  const { store, api } = useAppContext();
  const due = useApp((state) => state.door === 'due');
  const account = useApp((state) => state.account);
  const provider = useApp((state) => state.provider);
  const [known, setKnown] = useState<string>();
  const take = (signedIn: Account, password: string) => {
    setKnown(password);
    store.getState().setAccount(signedIn);
  };
  const changed = async () => {
    setKnown(undefined);
    store.getState().setAccount((await api.session()).account);
  };
  const leave = async () => {
    await api.signOut().catch(() => undefined);
    setKnown(undefined);
    store.getState().setAccount(null);
  };
  useEffect(() => {
    document.title = `${t('door.welcome')} · ${t('app.title')}`;
  }, [t]);
  return (
    <main className="entrance">
      <section className="gatecard" aria-label={t(due ? 'door.due' : 'door.welcome')}>
        <header>
          <img src="/favicon.svg" alt="" />
          <h1>{t('app.title')}</h1>
          <Languages />
        </header>
        {due ? (
          <>
            <h2>{t('door.due')}</h2>
            <p className="soft">
              {account?.title} · {t('door.dueHelp')}
            </p>
            <PasswordForm once known={known} onChanged={() => void changed()} />
            <Button type="link" block onClick={() => void leave()} style={{ marginTop: 8 }}>
              {t('door.otherName')}
            </Button>
          </>
        ) : (
          <Ways provider={provider}>
            <CredentialsForm onSignedIn={take} />
            <p className="soft">{t('door.help')}</p>
          </Ways>
        )}
      </section>
    </main>
  );
}
