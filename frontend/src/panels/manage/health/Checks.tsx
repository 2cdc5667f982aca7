import { Alert } from 'antd';
import { useTranslation } from 'react-i18next';
import type { Checks } from '../../../api/health';
import { useLang } from '../../app';
import { count } from '../../format';
import { useHealthWords } from '../../health/words';
import { useNow } from '../../incidents/now';

/** Whether checks run, when the last round was, and what waits. */
export function ChecksLine({ checks }: { checks: Checks }) {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHealthWords();
  const now = useNow(10_000);
  const last = checks.reached_at;
  if (!checks.enabled) {
    const since = last === null ? t('health.checks.never') : t('health.checks.since', { time: words.ago(last, now) });
    return <Alert id="health-checks" type="warning" showIcon title={t('health.checks.off')} description={since} />;
  }
  const parts = [
    last === null
      ? t('health.checks.first')
      : t('health.checks.reached', {
          time: words.ago(last, now),
          round: words.length(Math.max(60_000, checks.reach_round_s * 1000)),
        }),
    t('health.checks.judged', { count: checks.judged_last_hour, value: count(checks.judged_last_hour, lang) }),
    checks.picture_round_s !== null && t('health.checks.round', { time: words.length(checks.picture_round_s * 1000) }),
    checks.waiting > 0 && t('health.checks.waiting', { count: checks.waiting, value: count(checks.waiting, lang) }),
  ];
  return (
    <div className="checksline soft" id="health-checks">
      <i aria-hidden /> {[t('health.checks.on'), ...parts.filter(Boolean)].join(' · ')}
    </div>
  );
}
