import { App as AntApp, ConfigProvider } from 'antd';
import enUS from 'antd/locale/en_US';
import zhCN from 'antd/locale/zh_CN';
import { type ReactNode, useEffect } from 'react';
import { setLanguage } from '../i18n';
import { useLang } from './app';
import { controlRoom } from './theme';

/** Looks and language of everything on the screen. */
export function Frame({ children }: { children: ReactNode }) {
  const lang = useLang();
  useEffect(() => {
    void setLanguage(lang);
  }, [lang]);
  return (
    <ConfigProvider theme={controlRoom} locale={lang === 'zh' ? zhCN : enUS}>
      <AntApp component={false}>{children}</AntApp>
    </ConfigProvider>
  );
}
