import { Input, Modal, Select } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraHealth, NewOrder as Fields, OrderFault } from '../../../api/health';
import { ORDER_FAULTS } from '../../../model/health';
import { useHealthWords } from '../../health/words';
import { fromLocal } from '../localTime';
import { CameraPick } from './CameraPick';
import { ContractorPick } from './ContractorPick';
import { useOrderSteps } from './useOrderSteps';

type About = Pick<CameraHealth, 'camera' | 'name' | 'faults' | 'online' | 'contractor'>;

interface Props {
  open: boolean;
  /** null: it is chosen here */
  camera: About | null;
  onClose: () => void;
  onMade?: (id: string) => void;
}

/** What an order for a camera is about, as far as one knows. */
export function faultsOf({ online, faults }: Pick<About, 'online' | 'faults'>): OrderFault[] {
  return online === false ? ['offline', ...faults] : [...faults];
}

/** What is sent: only what was said. */
export function fieldsOf(
  camera: string,
  faults: readonly OrderFault[],
  said: Record<'contractor' | 'deadline' | 'note', string>,
): Fields {
  const deadline = fromLocal(said.deadline);
  return {
    camera,
    faults: [...faults],
    ...(said.contractor.trim() && { contractor: said.contractor.trim() }),
    ...(deadline && { deadline }),
    ...(said.note.trim() && { note: said.note.trim() }),
  };
}

/** A repair order by hand. */
export function NewOrder({ open, camera, onClose, onMade }: Props) {
  const { t } = useTranslation();
  const words = useHealthWords();
  const steps = useOrderSteps();
  const [chosen, setChosen] = useState<string | null>(null);
  const [faults, setFaults] = useState<OrderFault[]>([]);
  const [said, setSaid] = useState({ contractor: '', deadline: '', note: '' });
  const [busy, setBusy] = useState(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what stands here is written when it opens, not when the list is read again
  useEffect(() => {
    if (!open) return;
    setChosen(camera?.camera ?? null);
    setFaults(camera ? faultsOf(camera) : []);
    setSaid({ contractor: camera?.contractor ?? '', deadline: '', note: '' });
  }, [open, camera?.camera]);
  const make = async () => {
    if (chosen === null) return;
    setBusy(true);
    const made = await steps.create(fieldsOf(chosen, faults, said));
    setBusy(false);
    if (!made) return;
    onClose();
    onMade?.(made.id);
  };
  return (
    <Modal
      open={open}
      destroyOnHidden
      width={480}
      title={t('order.new')}
      okText={t('order.open')}
      cancelText={t('manage.cancel')}
      confirmLoading={busy}
      okButtonProps={{ id: 'make-order', disabled: chosen === null || faults.length === 0 }}
      onOk={() => void make()}
      onCancel={onClose}
    >
      <div className="orderform">
        <label htmlFor="order-camera">{t('health.camera')}</label>
        {camera ? <strong>{camera.name}</strong> : <CameraPick value={chosen} onChange={setChosen} />}
        <label htmlFor="order-faults">{t('health.faults')}</label>
        <Select<OrderFault[]>
          id="order-faults"
          size="small"
          mode="multiple"
          allowClear
          placeholder={t('order.faultsWanted')}
          value={faults}
          onChange={setFaults}
          options={ORDER_FAULTS.map((value) => ({ value, label: words.fault(value) }))}
        />
        <label htmlFor="order-contractor">{t('health.contractor')}</label>
        <ContractorPick
          id="order-contractor"
          value={said.contractor}
          placeholder={t('order.contractorHelp')}
          onChange={(contractor) => setSaid({ ...said, contractor })}
        />
        <label htmlFor="order-deadline">{t('order.deadline')}</label>
        <div>
          <Input
            id="order-deadline"
            size="small"
            type="datetime-local"
            value={said.deadline}
            onChange={({ target }) => setSaid({ ...said, deadline: target.value })}
          />
          <span className="soft small">{t('order.deadlineHelp')}</span>
        </div>
        <label htmlFor="order-note">{t('order.note')}</label>
        <Input.TextArea
          id="order-note"
          size="small"
          autoSize={{ minRows: 2, maxRows: 5 }}
          maxLength={500}
          value={said.note}
          onChange={({ target }) => setSaid({ ...said, note: target.value })}
        />
      </div>
    </Modal>
  );
}
