import { LoginOutlined } from '@ant-design/icons';
import { Alert, Button, Collapse } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Provider, TO_PROVIDER } from '../../api/session';
import { leaveFor } from '../../model/wayBack';
import { useApp, useLang } from '../app';

/** Why the provider's answer let nobody in, in words. */
export function ProviderRefusal() {
  const { t, i18n } = useTranslation();
  const code = useApp((state) => state.refused);
  if (!code) return null;
  const failed = i18n.exists(`provider.failed.${code}`);
  const words = failed ? `provider.failed.${code}` : `provider.refused.${code}`;
  return (
    <Alert
      type={failed ? 'warning' : 'error'}
      showIcon
      role="alert"
      id="provider-refusal"
      title={t(failed ? 'provider.failedTitle' : 'provider.refusedTitle')}
      description={t(words, { defaultValue: t('provider.other', { code: code.slice(0, 40) }) })}
    />
  );
}

/** The provider first; local accounts, which are for when it fails, folded under it. */
export function ProviderEntrance({ provider, children }: { provider: Provider; children: ReactNode }) {
  const { t } = useTranslation();
  const lang = useLang();
  const refused = useApp((state) => state.refused);
  const [leaving, setLeaving] = useState(false);
  const leave = () => {
    setLeaving(true);
    // Who was just refused is signed in there still, and would be refused again.
    leaveFor(refused ? `${TO_PROVIDER}?again=true` : TO_PROVIDER);
  };
  return (
    <div className="providerentrance">
      <ProviderRefusal />
      <Button
        id="to-provider"
        type="primary"
        size="large"
        block
        autoFocus
        icon={<LoginOutlined />}
        loading={leaving}
        onClick={leave}
      >
        {leaving ? t('provider.leaving') : (provider.names[lang] ?? provider.names.zh)}
      </Button>
      <Collapse
        ghost
        items={[
          {
            key: 'local',
            label: t('provider.local'),
            extra: provider.local === 'administrators' && <span className="soft">{t('provider.localOnly')}</span>,
            children,
          },
        ]}
      />
    </div>
  );
}
