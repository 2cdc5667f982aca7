import { useTranslation } from 'react-i18next';
import { moverState } from '../../model/movers';
import { useApp, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { useMoverName } from '../vehicles/vehicleQueries';
import { Countdown, ExerciseMark, SeverityMark, StateChip } from './Marks';

function UnitTip({ unit: key }: { unit: string }) {
  const { t } = useTranslation();
  const nameOf = useMoverName();
  const mover = useApp((state) => state.movers.get(key));
  const [kind = ''] = key.split(':', 1);
  const id = key.slice(kind.length + 1);
  return (
    <>
      {nameOf(kind, id)}
      <div className="soft">{t(mover ? `unit.states.${moverState(mover, Date.now())}` : 'unit.housed')}</div>
    </>
  );
}

/** What is under the pointer: an incident, a checkpoint or a unit. */
export function OverTip() {
  const { t } = useTranslation();
  const lang = useLang();
  const over = useApp((state) => state.over);
  const incident = useApp((state) => (over?.kind === 'incident' ? state.incidents.get(over.id) : undefined));
  const checkpoint = useApp((state) => (over?.kind === 'checkpoint' ? state.checkpoints.get(over.id) : undefined));
  const unit = over?.kind === 'unit' ? over.id : undefined;
  if (!over || !(incident || checkpoint || unit)) return null;
  return (
    <div className="tip" style={{ left: over.x, top: over.y }}>
      {incident && (
        <>
          {incident.exercise && <ExerciseMark />} <SeverityMark severity={incident.severity} />{' '}
          {t(`incident.categories.${incident.category}`)} <StateChip state={incident.state} />
          <div className="soft">{incident.address || incident.description.slice(0, 80)}</div>
          <Countdown deadline={incident.deadline} />
        </>
      )}
      {unit && <UnitTip unit={unit} />}
      {checkpoint && (
        <>
          {titleOf(checkpoint, lang)}
          <div className="soft">{[t('checkpoint.title'), checkpoint.road].filter(Boolean).join(' · ')}</div>
        </>
      )}
    </div>
  );
}
