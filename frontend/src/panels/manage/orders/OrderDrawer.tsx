import { AimOutlined, HeartOutlined, PlayCircleOutlined } from '@ant-design/icons';
import { Alert, Button, Input, Skeleton } from 'antd';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { OrderStep, RepairOrder } from '../../../api/health';
import { STEPS } from '../../../model/health';
import { useApp, useAppContext, useLang } from '../../app';
import { areaName } from '../../areaNames';
import { useHealthWords } from '../../health/words';
import { useAllowed, useMay } from '../../may';
import { Trouble } from '../../Trouble';
import { useRepairOrder } from '../health/queries';
import { useShow } from '../health/show';
import { fromLocal, toLocal } from '../localTime';
import { SidePane } from '../SidePane';
import { ContractorPick } from './ContractorPick';
import { useCameraName } from './cameraName';
import { Deadline, OrderChip } from './Deadline';
import { useOrderSteps } from './useOrderSteps';

type Steps = ReturnType<typeof useOrderSteps>;

function StepButton({
  order,
  step,
  first,
  onStep,
}: {
  order: RepairOrder;
  step: OrderStep;
  first: boolean;
  onStep: (step: OrderStep) => void;
}) {
  const { t } = useTranslation();
  const allowed = useAllowed(step, 'repair-order');
  return (
    <Button
      size="small"
      type={first ? 'primary' : 'default'}
      danger={step === 'cancel'}
      data-step={step}
      data-order={order.id}
      title={t(`order.stepHelp.${step}`)}
      {...allowed}
      onClick={() => onStep(step)}
    >
      {t(`order.steps.${step}`)}
    </Button>
  );
}

/** The next steps, with a note that goes with whichever is taken. */
function StepBar({ order, steps }: { order: RepairOrder; steps: Steps }) {
  const { t } = useTranslation();
  const [note, setNote] = useState('');
  const go = async (step: OrderStep) => {
    if (await steps.step(order, step, note)) setNote('');
  };
  return (
    <div className="orderstep">
      <Input
        size="small"
        id="step-note"
        value={note}
        maxLength={500}
        placeholder={t('order.stepNote')}
        aria-label={t('order.stepNote')}
        onChange={({ target }) => setNote(target.value)}
      />
      <div className="actions">
        {STEPS[order.state].map((step, at) => (
          <StepButton key={step} order={order} step={step} first={at === 0} onStep={(one) => void go(one)} />
        ))}
      </div>
    </div>
  );
}

/** Who mends it, and until when. */
function Terms({ order, steps }: { order: RepairOrder; steps: Steps }) {
  const { t } = useTranslation();
  const allowed = useAllowed('change', 'repair-order');
  const [contractor, setContractor] = useState(order.contractor);
  const [deadline, setDeadline] = useState(toLocal(order.deadline));
  const { version } = order;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another version puts away what is written here
  useEffect(() => {
    setContractor(order.contractor);
    setDeadline(toLocal(order.deadline));
  }, [version]);
  const until = fromLocal(deadline);
  const changes = {
    ...(contractor.trim() !== order.contractor && { contractor: contractor.trim() }),
    ...(until && deadline !== toLocal(order.deadline) && { deadline: until }),
  };
  const over = order.state === 'closed' || order.state === 'cancelled';
  if (over || allowed.disabled) {
    return (
      <>
        <dt>{t('health.contractor')}</dt>
        <dd>{order.contractor || t('health.none.contractor')}</dd>
        <dt>{t('order.deadline')}</dt>
        <dd>
          <Deadline order={order} />
        </dd>
      </>
    );
  }
  return (
    <>
      <dt>{t('health.contractor')}</dt>
      <dd>
        <ContractorPick id="edit-contractor" value={contractor} onChange={setContractor} />
      </dd>
      <dt>{t('order.deadline')}</dt>
      <dd className="row wrap">
        <Input
          id="edit-deadline"
          size="small"
          type="datetime-local"
          aria-label={t('order.deadline')}
          value={deadline}
          onChange={({ target }) => setDeadline(target.value)}
        />
        <Deadline order={order} />
      </dd>
      {Object.keys(changes).length > 0 && (
        <>
          <dt />
          <dd className="row">
            <Button size="small" type="primary" id="save-terms" onClick={() => void steps.change(order, changes)}>
              {t('manage.save')}
            </Button>
            <Button
              size="small"
              onClick={() => {
                setContractor(order.contractor);
                setDeadline(toLocal(order.deadline));
              }}
            >
              {t('people.discard')}
            </Button>
          </dd>
        </>
      )}
    </>
  );
}

function Inside({ order }: { order: RepairOrder }) {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHealthWords();
  const nameOf = useCameraName();
  const steps = useOrderSteps();
  const show = useShow();
  const { store } = useAppContext();
  const areas = useApp((state) => state.areas);
  const health = useMay('maintain', 'camera');
  const toHealth = () => {
    store.getState().openHealth(order.camera);
    store.getState().setManagePage('health');
  };
  return (
    <>
      <div className="statehead">
        <OrderChip state={order.state} />
        <strong>{words.faults(order.faults)}</strong>
        <Deadline order={order} />
      </div>
      {order.closed_by === 'picture' && <Alert type="success" showIcon title={t('order.closedByPicture')} />}
      <StepBar order={order} steps={steps} />
      <dl className="facts-table">
        <dt>{t('health.camera')}</dt>
        <dd>{nameOf(order) || order.camera}</dd>
        <dt>{t('health.where')}</dt>
        <dd>{areaName(order.area, areas, lang) || t('health.none.district')}</dd>
        <dt>{t('camera.owner')}</dt>
        <dd>{order.owner || t('health.none.owner')}</dd>
        <Terms order={order} steps={steps} />
        <dt>{t('order.openedAt')}</dt>
        <dd>{words.moment(order.opened_at)}</dd>
        {order.closed_at && (
          <>
            <dt>{t('order.closedAt')}</dt>
            <dd>
              {words.moment(order.closed_at)}
              {order.closed_by && ` · ${t(`order.closedBy.${order.closed_by}`)}`}
            </dd>
          </>
        )}
        {order.note && (
          <>
            <dt>{t('order.note')}</dt>
            <dd className="pre">{order.note}</dd>
          </>
        )}
        <dt>{t('order.number')}</dt>
        <dd>{order.id}</dd>
      </dl>
      <div className="actions">
        {health && (
          <Button size="small" id="order-health" icon={<HeartOutlined />} onClick={toHealth}>
            {t('order.toHealth')}
          </Button>
        )}
        <Button size="small" icon={<AimOutlined />} onClick={() => show(order)}>
          {t('health.onMap')}
        </Button>
        <Button size="small" icon={<PlayCircleOutlined />} onClick={() => show(order, true)}>
          {t('health.video')}
        </Button>
      </div>
    </>
  );
}

/** One repair order: what is wrong, who mends it until when, and the next step. */
export function OrderDrawer({ id }: { id: string }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const order = useRepairOrder(id);
  const nameOf = useCameraName();
  const title = (order.data && nameOf(order.data)) || t('order.title');
  return (
    <SidePane id="repair-order" title={title} label={title} onClose={() => store.getState().openRepairOrder(null)}>
      {order.error && <Trouble error={order.error} retry={() => void order.refetch()} />}
      {order.isPending && <Skeleton active paragraph={{ rows: 8 }} />}
      {order.data && !order.error && <Inside order={order.data} />}
    </SidePane>
  );
}
