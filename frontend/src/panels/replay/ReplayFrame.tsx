import { HistoryOutlined } from '@ant-design/icons';
import { useTranslation } from 'react-i18next';
import { useApp } from '../app';
import { useCityTime } from './cityTime';

/** Around everything while the past is shown, so that nobody takes it for the present. */
export function ReplayFrame() {
  const { t } = useTranslation();
  const at = useApp((state) => state.replay?.at);
  const city = useCityTime();
  if (at === undefined) return null;
  return (
    <div className="replay-frame" id="replay-frame">
      <span className="replay-badge" title={t('replay.frameHelp')}>
        <HistoryOutlined /> {t('replay.frame', { time: city.full(at) })}
      </span>
    </div>
  );
}
