import { useTranslation } from 'react-i18next';
import type { Severity } from '../../api/situation';
import { clock, GLYPHS, type Incident, isOverdue, SEVERITY_MARKS } from '../../model/incidents';
import { useLang } from '../app';
import { useNow } from './now';

/** Severity as its number in its colour; the number alone is enough. */
export function SeverityMark({ severity }: { severity: Severity }) {
  const { t } = useTranslation();
  const label = t(`incident.severity.${severity}`);
  return (
    <span className={`sev s${severity}`} role="img" aria-label={label} title={label}>
      {SEVERITY_MARKS[severity]}
    </span>
  );
}

export function CategoryMark({ category }: Pick<Incident, 'category'>) {
  const lang = useLang();
  return (
    <span className="glyph" aria-hidden>
      {GLYPHS[lang][category]}
    </span>
  );
}

/** Says that nothing of it is real, in words and by its hatching. */
export function ExerciseMark() {
  const { t } = useTranslation();
  return (
    <span className="chip exercise" title={t('incident.exerciseHelp')}>
      {t('incident.exercise')}
    </span>
  );
}

/** Time left in this state, or time past its deadline. */
export function Countdown({ deadline }: Pick<Incident, 'deadline'>) {
  const { t } = useTranslation();
  const now = useNow();
  if (deadline === null) return null;
  const late = isOverdue({ deadline }, now);
  return (
    <span className={`countdown${late ? ' late' : deadline - now < 60_000 ? ' soon' : ''}`}>
      {t(late ? 'incident.late' : 'incident.left', { time: clock(deadline - now) })}
    </span>
  );
}

export function StateChip({ state }: Pick<Incident, 'state'>) {
  const { t } = useTranslation();
  return <span className={`chip plain state-${state}`}>{t(`incident.state.${state}`)}</span>;
}
