import { CopyOutlined } from '@ant-design/icons';
import { Alert, App as AntApp, Button, Input, Modal } from 'antd';
import { useTranslation } from 'react-i18next';

export interface Secret {
  title: string;
  help: string;
  text: string;
}

/** What the server tells once: shown until it is put away, kept nowhere. */
export function Once({ secret, onClose }: { secret: Secret | null; onClose: () => void }) {
  const { t } = useTranslation();
  const { message } = AntApp.useApp();
  const copy = async () => {
    if (!secret) return;
    await navigator.clipboard.writeText(secret.text);
    message.success(t('manage.copied'));
  };
  return (
    <Modal
      open={secret !== null}
      destroyOnHidden
      title={secret?.title}
      width={460}
      closable={false}
      mask={{ closable: false }}
      footer={
        <Button type="primary" onClick={onClose}>
          {t('manage.close')}
        </Button>
      }
    >
      <div className="once">
        <Input
          readOnly
          id="once"
          value={secret?.text ?? ''}
          onFocus={(event) => event.target.select()}
          suffix={
            <Button type="text" size="small" icon={<CopyOutlined />} onClick={() => void copy()}>
              {t('manage.copy')}
            </Button>
          }
        />
        <Alert type="warning" showIcon title={secret?.help} />
      </div>
    </Modal>
  );
}
