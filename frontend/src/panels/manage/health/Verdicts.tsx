import { useTranslation } from 'react-i18next';
import type { VerdictSeen } from '../../../api/health';
import { useLang } from '../../app';
import type { Lang } from '../../format';
import { StateSign } from '../../health/ConditionMark';
import { useHealthWords } from '../../health/words';

/** The unit of what is told as a part of one, and read in percent. */
export const SHARE = 'share';

/** A number with no more digits than mean something, and its unit. */
export function measure(value: number, unit: string, lang: Lang): string {
  const share = unit === SHARE;
  const text = (share ? value * 100 : value).toLocaleString(lang === 'zh' ? 'zh-CN' : 'en-GB', {
    maximumSignificantDigits: 3,
  });
  if (share) return `${text} %`;
  return unit ? `${text} ${unit}` : text;
}

/** Each fault: found or not, what was measured against which limit, and why. */
export function Verdicts({ verdicts }: { verdicts: readonly VerdictSeen[] }) {
  const { t } = useTranslation();
  const lang = useLang();
  const words = useHealthWords();
  if (verdicts.length === 0) return <p className="soft">{t('health.noVerdicts')}</p>;
  const first = verdicts.toSorted((a, b) => Number(b.found) - Number(a.found));
  return (
    <table className="verdicts" id="health-verdicts">
      <thead>
        <tr>
          <th>{t('health.faultWord')}</th>
          <th>{t('health.verdict')}</th>
          <th className="n">{t('health.measured')}</th>
          <th className="n">{t('health.threshold')}</th>
        </tr>
      </thead>
      {first.map(({ fault, found, judged, measured, threshold, unit, text }) => (
        <tbody key={fault} data-fault={fault} className={found ? 'found' : ''}>
          <tr>
            <th scope="row">{words.fault(fault)}</th>
            <td>
              <StateSign
                sign={found ? 'fault' : judged ? 'online' : 'unknown'}
                word={t(found ? 'health.isFound' : judged ? 'health.isGood' : 'health.notJudged')}
              />
            </td>
            <td className="n">{measured === null ? '–' : measure(measured, unit, lang)}</td>
            <td className="n">{measure(threshold, unit, lang)}</td>
          </tr>
          {text && (
            <tr className="explains">
              <td colSpan={4}>{text}</td>
            </tr>
          )}
        </tbody>
      ))}
    </table>
  );
}
