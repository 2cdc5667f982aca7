import { Checkbox, Form, Input, Modal } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { EVERY_CAMERA } from '../../model/videoState';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';

const LONGEST = 200;

/** Asks what a camera is watched for, where its grant wants to know. */
export function PurposeDialog() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const id = useApp((state) => state.purposeFor);
  const camera = useApp((state) => (id === null ? undefined : state.cameras.get(id)));
  const who = useApp((state) => state.account?.name);
  const [text, setText] = useState('');
  const [all, setAll] = useState(true);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another person says for themselves what for
  useEffect(() => store.getState().forgetPurposes(), [who, store]);
  const said = text.trim();
  const watch = () => {
    if (id !== null && said) store.getState().setPurpose(all ? EVERY_CAMERA : id, said);
  };
  return (
    <Modal
      open={id !== null}
      destroyOnHidden
      width={440}
      title={`${t('video.purpose')}${camera ? ` · ${titleOf(camera, lang)}` : ''}`}
      okText={t('video.watch')}
      cancelText={t('video.cancel')}
      okButtonProps={{ disabled: said === '', id: 'purpose-ok' }}
      onOk={watch}
      onCancel={() => store.getState().askPurpose(null)}
    >
      <Form layout="vertical" onFinish={watch}>
        <Form.Item help={t('video.purposeHelp')} style={{ marginBottom: 20 }}>
          <Input
            autoFocus
            id="purpose"
            value={text}
            maxLength={LONGEST}
            aria-label={t('video.purpose')}
            onChange={(event) => setText(event.target.value)}
            onPressEnter={watch}
          />
        </Form.Item>
        <Checkbox checked={all} onChange={(event) => setAll(event.target.checked)}>
          {t('video.purposeAll')}
        </Checkbox>
      </Form>
    </Modal>
  );
}
