import { Spin } from 'antd';
import { type ReactNode, useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useApp, useAppContext } from '../app';
import { Trouble } from '../Trouble';
import { EndedDialog } from './EndedDialog';
import { SignInPage } from './SignInPage';

/** Lets nobody in before the server has said who it is. */
export function Entrance({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const { store, api } = useAppContext();
  const door = useApp((state) => state.door);
  const [error, setError] = useState<unknown>();
  const ask = useCallback(() => {
    setError(undefined);
    api.session().then(({ account, openid }) => {
      store.getState().setProvider(openid);
      store.getState().setAccount(account);
    }, setError);
  }, [api, store]);
  useEffect(ask, [ask]);
  if (door === 'out' || door === 'due') return <SignInPage />;
  if (door === 'asking') {
    return (
      <main className="entrance">
        {error ? <Trouble error={error} retry={ask} /> : <Spin size="large" description={t('door.asking')} />}
      </main>
    );
  }
  return (
    <>
      {children}
      <EndedDialog />
    </>
  );
}
