import { Button, Form, Input, InputNumber, Modal, Popconfirm, Select, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KeptToken, User } from '../../../api/people';
import { useAppContext, useLang } from '../../app';
import { moment } from '../../desk/historyWords';
import { useAllowed } from '../../may';
import { Trouble } from '../../Trouble';
import { useAttempt } from '../attempt';
import type { Secret } from '../Once';
import { useUserTokens } from '../queries';

/** What integrations use most; others are typed as `action:kind`. */
const COMMON = [
  'see:*',
  'create:incident',
  'change:incident',
  'see:incident',
  'see:camera',
  'create:checkpoint',
  'change:checkpoint',
  '*:*',
];
const SCOPE = /^(\*|[a-z][a-z0-9-]*):(\*|[a-z][a-z0-9-]*)$/;
const DAYS = 90;
const MOST_DAYS = 730;

interface Given {
  label: string;
  scopes: string[];
  days: number;
}

function useScopeWords() {
  const { t } = useTranslation();
  return (scope: string) => {
    const [action = '', kind = ''] = scope.split(':');
    return t('people.scope', {
      action: t(`manage.action.${action}`, { defaultValue: action }),
      kind: t(`manage.kind.${kind}`, { defaultValue: kind }),
    });
  };
}

function NewToken({
  user,
  open,
  onClose,
  onSecret,
}: {
  user: User;
  open: boolean;
  onClose: () => void;
  onSecret: (secret: Secret) => void;
}) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const [form] = Form.useForm<Given>();
  const [run, busy] = useAttempt('users', 'user-tokens');
  const words = useScopeWords();
  const make = async (given: Given) => {
    const made = await run(() => api.addToken(user.name, given));
    if (!made) return;
    onClose();
    onSecret({ title: `${t('people.secret')} · ${given.label}`, help: t('people.secretHelp'), text: made.secret });
  };
  return (
    <Modal
      open={open}
      destroyOnHidden
      width={460}
      title={t('people.addToken')}
      okText={t('people.addToken')}
      cancelText={t('manage.cancel')}
      okButtonProps={{ loading: busy }}
      onOk={() => form.submit()}
      onCancel={onClose}
    >
      <p className="soft">{t('people.tokenHelp')}</p>
      <Form<Given>
        form={form}
        id="new-token"
        name="new-token"
        layout="vertical"
        requiredMark={false}
        initialValues={{ days: DAYS, scopes: ['see:*'] }}
        onFinish={(given) => void make(given)}
      >
        <Form.Item
          name="label"
          label={t('people.tokenLabel')}
          rules={[{ required: true, whitespace: true, message: t('people.tokenLabelWanted') }]}
        >
          <Input maxLength={80} autoFocus autoComplete="off" />
        </Form.Item>
        <Form.Item
          name="scopes"
          label={t('people.scopes')}
          rules={[
            { required: true, message: t('people.scopesWanted') },
            {
              validator: (_, scopes: string[]) =>
                (scopes ?? []).every((scope) => SCOPE.test(scope))
                  ? Promise.resolve()
                  : Promise.reject(new Error('action:kind')),
            },
          ]}
        >
          <Select mode="tags" options={COMMON.map((value) => ({ value, label: words(value) }))} />
        </Form.Item>
        <Form.Item name="days" label={t('people.days_')}>
          <InputNumber min={1} max={MOST_DAYS} precision={0} />
        </Form.Item>
      </Form>
    </Modal>
  );
}

/** What systems show in place of this account's password. */
export function Tokens({ user, onSecret }: { user: User; onSecret: (secret: Secret) => void }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api } = useAppContext();
  const tokens = useUserTokens(user.name);
  const [run] = useAttempt('users', 'user-tokens');
  const [adding, setAdding] = useState(false);
  const allowed = useAllowed('change', 'account');
  const words = useScopeWords();
  const over = (token: KeptToken) => new Date(token.expires).getTime() < Date.now();
  return (
    <>
      <div className="sectionhead">
        {t('people.tokens')}
        <Button size="small" id="add-token" {...allowed} onClick={() => setAdding(true)}>
          {t('people.addToken')}
        </Button>
      </div>
      {tokens.error && <Trouble error={tokens.error} retry={() => void tokens.refetch()} />}
      {tokens.isPending && <Skeleton active title={false} paragraph={{ rows: 2 }} />}
      {tokens.data?.length === 0 && <div className="soft">{t('people.noTokens')}</div>}
      <ul className="plainlist" id="tokens">
        {tokens.data?.map((token) => (
          <li key={token.id}>
            <div className="row">
              <span className="grow">{token.label || token.id}</span>
              <Popconfirm
                title={t('people.revokeAsk')}
                okText={t('people.revoke')}
                cancelText={t('manage.cancel')}
                onConfirm={() => void run(() => api.endToken(token.id), t('people.revoked'))}
              >
                <Button size="small" type="text" danger {...allowed}>
                  {t('people.revoke')}
                </Button>
              </Popconfirm>
            </div>
            <div className="soft">
              {token.scopes.map(words).join(lang === 'zh' ? '、' : ', ')} ·{' '}
              {over(token) ? t('people.expired') : t('people.expires', { time: moment(token.expires, lang) })} ·{' '}
              {token.seen ? `${t('people.lastSeen')} ${moment(token.seen, lang)}` : t('people.never')}
            </div>
          </li>
        ))}
      </ul>
      <NewToken user={user} open={adding} onClose={() => setAdding(false)} onSecret={onSecret} />
    </>
  );
}
