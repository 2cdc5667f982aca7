import { SettingOutlined, ToolOutlined } from '@ant-design/icons';
import { Button, Skeleton } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { NO_ORDER_FILTER } from '../../../model/healthState';
import { useApp, useAppContext, useLang } from '../../app';
import { count } from '../../format';
import { useAllowed, useMay } from '../../may';
import { Trouble } from '../../Trouble';
import { CameraDrawer } from './CameraDrawer';
import { CameraList } from './CameraList';
import { ChecksLine } from './Checks';
import { Faults } from './Faults';
import { Groups } from './Groups';
import { useBoard } from './queries';
import { Rates } from './Rates';
import { SettingsDrawer } from './SettingsDrawer';

/** How many orders stand open, and the way to them. */
function OrdersLine({ open, overdue }: { open: number; overdue: number }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const sees = useMay('accept', 'repair-order');
  if (!sees) return null;
  const go = (late: boolean) => {
    const { setOrderFilter, setManagePage } = store.getState();
    setOrderFilter({ ...NO_ORDER_FILTER, overdue: late });
    setManagePage('orders');
  };
  return (
    <>
      <Button size="small" id="to-orders" icon={<ToolOutlined />} onClick={() => go(false)}>
        {t('health.ordersOpen', { count: open, value: count(open, lang) })}
      </Button>
      {overdue > 0 && (
        <Button size="small" danger id="to-overdue" onClick={() => go(true)}>
          {t('health.ordersOverdue', { count: overdue, value: count(overdue, lang) })}
        </Button>
      )}
    </>
  );
}

/** The health board: how many cameras work, which do not, and why. */
export function HealthPage() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const board = useBoard();
  const camera = useApp((state) => state.healthCamera);
  const [settings, setSettings] = useState(false);
  const allowed = useAllowed('maintain', 'camera');
  if (board.error) return <Trouble error={board.error} retry={() => void board.refetch()} />;
  if (!board.data) return <Skeleton active paragraph={{ rows: 10 }} />;
  const { rates, faults, checks, orders } = board.data;
  const all = rates.find((row) => row.axis === 'all');
  return (
    <div className="health" id="health">
      <div className="row wrap">
        <div className="grow">
          <ChecksLine checks={checks} />
        </div>
        <OrdersLine {...orders} />
        <Button
          size="small"
          id="health-settings"
          icon={<SettingOutlined />}
          {...allowed}
          onClick={() => {
            store.getState().openHealth(null);
            setSettings(true);
          }}
        >
          {t('health.settings')}
        </Button>
      </div>
      {all && <Rates all={all} />}
      <Faults faults={faults} />
      <div className="lower">
        <Groups rates={rates} />
        <CameraList />
      </div>
      {camera !== null && <CameraDrawer key={camera} camera={camera} />}
      {settings && camera === null && <SettingsDrawer onClose={() => setSettings(false)} />}
    </div>
  );
}
