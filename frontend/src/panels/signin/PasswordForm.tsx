import { Alert, Button, Form, Input } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client';
import { useAppContext } from '../app';
import { Trouble } from '../Trouble';
import { pauseOf, usePause } from './pause';

/** As the server holds it; longer ones than this side says are refused by the server alone. */
const SHORTEST = 12;
const LONGEST = 256;

interface Given {
  old: string;
  fresh: string;
  again: string;
}

interface Props {
  /** the present password, where it has just been typed */
  known?: string | undefined;
  /** the present one is good for one time */
  once?: boolean;
  onChanged: () => void;
}

/** A new password of one's own. */
export function PasswordForm({ known, once = false, onChanged }: Props) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const [error, setError] = useState<unknown>();
  const [busy, setBusy] = useState(false);
  const [left, pause] = usePause();

  const change = async (given: Given) => {
    setBusy(true);
    setError(undefined);
    try {
      await api.changePassword(known ?? given.old, given.fresh);
      onChanged();
    } catch (refused) {
      setError(refused);
      pause(pauseOf(refused));
    } finally {
      setBusy(false);
    }
  };
  const long = (value: string | undefined) => {
    const missing = SHORTEST - (value ?? '').length;
    return missing > 0 ? Promise.reject(new Error(t('door.tooShort', { missing }))) : Promise.resolve();
  };
  return (
    <Form<Given>
      id="new-password"
      name="new-password"
      layout="vertical"
      requiredMark={false}
      onFinish={(given) => void change(given)}
    >
      {known === undefined && (
        <Form.Item
          name="old"
          label={t(once ? 'door.oneTime' : 'door.old')}
          rules={[{ required: true, message: t('door.passwordWanted') }]}
        >
          <Input.Password autoComplete="current-password" maxLength={LONGEST} autoFocus />
        </Form.Item>
      )}
      <Form.Item
        name="fresh"
        label={t('door.fresh')}
        extra={t('door.rule', { shortest: SHORTEST })}
        dependencies={['old']}
        validateTrigger="onBlur"
        rules={[
          { validator: (_, value: string | undefined) => long(value) },
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value && value === (known ?? getFieldValue('old'))
                ? Promise.reject(new Error(t('door.same')))
                : Promise.resolve(),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={LONGEST} autoFocus={known !== undefined} />
      </Form.Item>
      <Form.Item
        name="again"
        label={t('door.again')}
        dependencies={['fresh']}
        validateTrigger="onBlur"
        rules={[
          ({ getFieldValue }) => ({
            validator: (_, value) =>
              value === getFieldValue('fresh') ? Promise.resolve() : Promise.reject(new Error(t('door.differs'))),
          }),
        ]}
      >
        <Input.Password autoComplete="new-password" maxLength={LONGEST} />
      </Form.Item>
      {error instanceof ApiError ? (
        <Alert type="error" showIcon role="alert" title={error.problem.title} description={error.problem.detail} />
      ) : (
        error !== undefined && <Trouble error={error} />
      )}
      <Button type="primary" htmlType="submit" block loading={busy} disabled={left > 0} style={{ marginTop: 12 }}>
        {left > 0 ? t('door.paused', { seconds: left }) : t('door.set')}
      </Button>
    </Form>
  );
}
