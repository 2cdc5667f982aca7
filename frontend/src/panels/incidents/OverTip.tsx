import { useTranslation } from 'react-i18next';
import { useApp, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { Countdown, SeverityMark, StateChip } from './Marks';

/** What is under the pointer: an incident or a checkpoint. */
export function OverTip() {
  const { t } = useTranslation();
  const lang = useLang();
  const over = useApp((state) => state.over);
  const incident = useApp((state) => (over?.kind === 'incident' ? state.incidents.get(over.id) : undefined));
  const checkpoint = useApp((state) => (over?.kind === 'checkpoint' ? state.checkpoints.get(over.id) : undefined));
  if (!over || !(incident || checkpoint)) return null;
  return (
    <div className="tip" style={{ left: over.x, top: over.y }}>
      {incident && (
        <>
          <SeverityMark severity={incident.severity} /> {t(`incident.categories.${incident.category}`)}{' '}
          <StateChip state={incident.state} />
          <div className="soft">{incident.address || incident.description.slice(0, 80)}</div>
          <Countdown deadline={incident.deadline} />
        </>
      )}
      {checkpoint && (
        <>
          {titleOf(checkpoint, lang)}
          <div className="soft">{[t('checkpoint.title'), checkpoint.road].filter(Boolean).join(' · ')}</div>
        </>
      )}
    </div>
  );
}
