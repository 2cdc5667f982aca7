import { AimOutlined, CheckCircleOutlined, PlayCircleOutlined, SyncOutlined, ToolOutlined } from '@ant-design/icons';
import { useQueryClient } from '@tanstack/react-query';
import { Button, Popconfirm, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraHealthDetail } from '../../../api/health';
import { useApp, useAppContext, useLang } from '../../app';
import { areaName } from '../../areaNames';
import { FaultTags, OnlineSign } from '../../health/ConditionMark';
import { useHealthWords } from '../../health/words';
import { useNow } from '../../incidents/now';
import { useAllowed } from '../../may';
import { Trouble } from '../../Trouble';
import { useAttempt } from '../attempt';
import { NewOrder } from '../orders/NewOrder';
import { SidePane } from '../SidePane';
import { CheckResult } from './CheckResult';
import { History } from './History';
import { Pictures } from './Pictures';
import { useHealthCamera } from './queries';
import { useShow } from './show';
import { useCheck } from './useCheck';
import { Verdicts } from './Verdicts';

function State({ detail }: { detail: CameraHealthDetail }) {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHealthWords();
  const now = useNow(60_000);
  const areas = useApp((state) => state.areas);
  const { store } = useAppContext();
  const { online_since, reached_at, judged_at, order } = detail;
  const where = [detail.district, detail.street].map((code) => areaName(code, areas, lang)).filter(Boolean);
  const toOrder = () => {
    store.getState().openRepairOrder(order);
    store.getState().setManagePage('orders');
  };
  return (
    <>
      <div className="statehead">
        <OnlineSign online={detail.online} />
        {online_since && <span>{t('health.lasts', { time: words.length(now - Date.parse(online_since)) })}</span>}
        <FaultTags faults={detail.faults} />
        {detail.online === false && detail.why_text && <span className="soft">{detail.why_text}</span>}
      </div>
      <dl className="facts-table">
        <dt>{t('health.reachedAt')}</dt>
        <dd>{reached_at ? words.ago(reached_at, now) : t('health.never')}</dd>
        <dt>{t('health.judged')}</dt>
        <dd>{judged_at ? words.ago(judged_at, now) : t('health.never')}</dd>
        <dt>{t('health.where')}</dt>
        <dd>{where.join(' ') || t('health.none.district')}</dd>
        <dt>{t('camera.owner')}</dt>
        <dd>{detail.owner || t('health.none.owner')}</dd>
        <dt>{t('health.contractor')}</dt>
        <dd>{detail.contractor || t('health.none.contractor')}</dd>
        <dt>{t('health.order')}</dt>
        <dd>
          {order ? (
            <Button size="small" type="link" id="health-order" onClick={toOrder}>
              {t('health.toOrder')}
            </Button>
          ) : (
            t('health.noOrder')
          )}
        </dd>
      </dl>
    </>
  );
}

/** Take the picture of now as the good one, or forget it. */
function Reference({ detail }: { detail: CameraHealthDetail }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { api } = useAppContext();
  const queries = useQueryClient();
  const [run, busy] = useAttempt('health');
  const allowed = useAllowed('maintain', 'camera');
  const take = async () => {
    const taken = await run(() => api.takeReference(detail.camera), t('health.referenceTaken'));
    if (taken) queries.setQueryData(['health', 'camera', detail.camera, lang], taken);
  };
  return (
    <>
      <Popconfirm
        title={t('health.takeAsk')}
        description={<div className="asks">{t('health.takeHelp')}</div>}
        okText={t('health.take')}
        cancelText={t('manage.cancel')}
        disabled={allowed.disabled === true}
        onConfirm={() => void take()}
      >
        <Button size="small" id="take-reference" icon={<CheckCircleOutlined />} loading={busy} {...allowed}>
          {t('health.take')}
        </Button>
      </Popconfirm>
      {detail.reference && (
        <Popconfirm
          title={t('health.forgetAsk')}
          description={<div className="asks">{t('health.forgetHelp')}</div>}
          okText={t('health.forget')}
          cancelText={t('manage.cancel')}
          disabled={allowed.disabled === true}
          onConfirm={() => void run(() => api.forgetReference(detail.camera), t('health.forgotten'))}
        >
          <Button size="small" type="text" {...allowed}>
            {t('health.forget')}
          </Button>
        </Popconfirm>
      )}
    </>
  );
}

function Inside({ detail }: { detail: CameraHealthDetail }) {
  const { t } = useTranslation();
  const { check, start, stop } = useCheck(detail.camera);
  const show = useShow();
  const [ordering, setOrdering] = useState(false);
  const checks = useAllowed('maintain', 'camera');
  const orders = useAllowed('create', 'repair-order');
  return (
    <>
      <State detail={detail} />
      <div className="actions">
        <Button
          size="small"
          type="primary"
          id="check-now"
          icon={<SyncOutlined />}
          loading={check.state === 'running'}
          {...checks}
          onClick={start}
        >
          {t('health.checkNow')}
        </Button>
        <Button
          size="small"
          id="new-order"
          icon={<ToolOutlined />}
          {...orders}
          {...(detail.order && { disabled: true, title: t('health.hasOrder') })}
          onClick={() => setOrdering(true)}
        >
          {t('health.openOrder')}
        </Button>
        <Button size="small" id="show-on-map" icon={<AimOutlined />} onClick={() => show(detail)}>
          {t('health.onMap')}
        </Button>
        <Button size="small" id="open-video" icon={<PlayCircleOutlined />} onClick={() => show(detail, true)}>
          {t('health.video')}
        </Button>
      </div>
      <CheckResult check={check} start={start} stop={stop} />
      <div className="sectionhead">
        <span>{t('health.pictures')}</span>
        <span className="tools">
          <Reference detail={detail} />
        </span>
      </div>
      <Pictures detail={detail} />
      <div className="sectionhead">{t('health.verdicts')}</div>
      <Verdicts verdicts={detail.verdicts} />
      <div className="sectionhead">{t('health.history')}</div>
      <History history={detail.history} />
      <NewOrder open={ordering} camera={detail} onClose={() => setOrdering(false)} />
    </>
  );
}

/** One camera: how it is, how one knows, what it went through, and what can be done. */
export function CameraDrawer({ camera }: { camera: string }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const known = useApp((state) => state.cameras.get(camera)?.name);
  const detail = useHealthCamera(camera);
  const title = detail.data?.name ?? known ?? '';
  return (
    <SidePane id="camera-health" title={title} label={title} wide onClose={() => store.getState().openHealth(null)}>
      {detail.error && <Trouble error={detail.error} retry={() => void detail.refetch()} />}
      {detail.isPending && <Skeleton active paragraph={{ rows: 10 }} />}
      {detail.data && !detail.error && <Inside detail={detail.data} />}
      {!detail.data && !detail.isPending && !detail.error && <p className="soft">{t('health.emptyHelp')}</p>}
    </SidePane>
  );
}
