import { Alert, Button, Progress } from 'antd';
import { useTranslation } from 'react-i18next';
import { useHealthWords } from '../../health/words';
import { useNow } from '../../incidents/now';
import { Trouble } from '../../Trouble';
import { CHECK_S, type CheckState } from './useCheck';

function Running({ since, stop }: { since: number; stop: () => void }) {
  const { t } = useTranslation();
  const now = useNow();
  const seconds = Math.max(0, Math.floor((now - since) / 1000));
  return (
    <div className="checking" id="check-running" role="status">
      <span className="grow">{t('health.checking', { seconds, most: CHECK_S })}</span>
      <Button size="small" onClick={stop}>
        {t('health.stopWaiting')}
      </Button>
      <Progress percent={Math.min(99, (100 * seconds) / CHECK_S)} showInfo={false} size="small" />
    </div>
  );
}

/** A check that is under way, or what it came to. */
export function CheckResult({ check, start, stop }: { check: CheckState; start: () => void; stop: () => void }) {
  const { t } = useTranslation();
  const words = useHealthWords();
  if (check.state === 'none') return null;
  if (check.state === 'running') return <Running since={check.since} stop={stop} />;
  if (check.state === 'failed') return <Trouble error={check.error} retry={start} />;
  const { found, took_s } = check;
  const good = found.online === true && found.faults.length === 0;
  const said =
    found.online === false
      ? t('health.found.offline', { why: found.why_text ?? '' })
      : found.faults.length > 0
        ? t('health.found.faults', { faults: words.faults(found.faults) })
        : t(found.online === null ? 'health.found.unknown' : 'health.found.good');
  return (
    <Alert
      id="check-result"
      type={good ? 'success' : 'warning'}
      showIcon
      title={said.trim()}
      description={t('health.took', { seconds: took_s.toFixed(1) })}
    />
  );
}
