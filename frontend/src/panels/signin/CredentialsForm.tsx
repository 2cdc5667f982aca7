import { LockOutlined, UserOutlined } from '@ant-design/icons';
import { Alert, Button, Form, Input, type InputRef } from 'antd';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client';
import type { Account } from '../../api/session';
import { useAppContext } from '../app';
import { Trouble } from '../Trouble';
import { pauseOf, usePause } from './pause';

interface Given {
  name: string;
  password: string;
}

interface Props {
  /** the only name that may be given */
  name?: string;
  onSignedIn: (account: Account, password: string) => void;
}

/** Why it was refused: what the server says, while a pause lasts how long it still does. */
function Refusal({ error, left }: { error: unknown; left: number }) {
  const { t } = useTranslation();
  if (!error) return null;
  if (!(error instanceof ApiError)) return <Trouble error={error} />;
  const paused = pauseOf(error) > 0;
  if (paused && left === 0) return null;
  return (
    <Alert
      type={paused ? 'warning' : 'error'}
      showIcon
      role="alert"
      title={error.problem.title}
      description={paused ? t('door.paused', { seconds: left }) : error.problem.detail}
    />
  );
}

/** Name and password. */
export function CredentialsForm({ name, onSignedIn }: Props) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const [form] = Form.useForm<Given>();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [caps, setCaps] = useState(false);
  const [left, pause] = usePause();
  const password = useRef<InputRef>(null);

  const signIn = async (given: Given) => {
    setBusy(true);
    setError(undefined);
    try {
      const { account } = await api.signIn(given.name.trim(), given.password);
      if (account) onSignedIn(account, given.password);
    } catch (refused) {
      setError(refused);
      pause(pauseOf(refused));
      password.current?.focus({ cursor: 'all' });
    } finally {
      setBusy(false);
    }
  };
  const onKey = (event: KeyboardEvent) => setCaps(event.getModifierState('CapsLock'));
  return (
    <Form<Given>
      form={form}
      id="sign-in"
      name="sign-in"
      layout="vertical"
      size="large"
      requiredMark={false}
      initialValues={{ name: name ?? '' }}
      onFinish={(given) => void signIn(given)}
    >
      <Form.Item name="name" label={t('door.name')} rules={[{ required: true, message: t('door.nameWanted') }]}>
        <Input
          prefix={<UserOutlined />}
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          autoFocus={name === undefined}
          disabled={name !== undefined}
          maxLength={40}
        />
      </Form.Item>
      <Form.Item
        name="password"
        label={t('door.password')}
        rules={[{ required: true, message: t('door.passwordWanted') }]}
        {...(caps && { extra: t('door.capsLock') })}
      >
        <Input.Password
          ref={password}
          prefix={<LockOutlined />}
          autoComplete="current-password"
          autoFocus={name !== undefined}
          maxLength={256}
          onKeyUp={onKey}
          onKeyDown={onKey}
        />
      </Form.Item>
      <Refusal error={error} left={left} />
      <Button type="primary" htmlType="submit" block loading={busy} disabled={left > 0} style={{ marginTop: 16 }}>
        {left > 0 ? t('door.paused', { seconds: left }) : t(busy ? 'door.entering' : 'door.enter')}
      </Button>
    </Form>
  );
}
