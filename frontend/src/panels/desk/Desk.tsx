import { useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import type { Desk as Work } from '../../model/cityState';
import { useApp, useAppContext } from '../app';
import { CoverageDesk } from '../coverage/CoverageDesk';
import { Dock } from '../Dock';
import { Crossings } from '../incidents/Crossings';
import { Figures } from '../incidents/Figures';
import { IncidentQueue } from '../incidents/IncidentQueue';
import { ReportForm } from '../incidents/ReportForm';
import { Zones } from '../incidents/Zones';
import { LoadWizard } from '../load/LoadWizard';
import { VehicleDesk } from '../vehicles/VehicleDesk';
import { RouteDesk } from '../video/RouteDesk';
import { CameraForm } from './CameraForm';
import { Compare } from './Compare';
import { Conflicts } from './Conflicts';
import { History } from './History';
import { Privacy } from './Privacy';

/** Pieces of work with tables need more room. */
export const WIDE: readonly Work['kind'][] = ['load', 'coverage', 'conflicts', 'figures'];

function Content({ work }: { work: Work }) {
  switch (work.kind) {
    case 'history':
      return <History />;
    case 'coverage':
      return <CoverageDesk />;
    case 'load':
      return <LoadWizard />;
    case 'conflicts':
      return <Conflicts />;
    case 'privacy':
      return <Privacy />;
    case 'compare':
      return <Compare a={work.a} b={work.b} />;
    case 'incidents':
      return <IncidentQueue />;
    case 'report':
      return <ReportForm />;
    case 'zones':
      return <Zones />;
    case 'crossings':
      return <Crossings />;
    case 'route':
      return <RouteDesk />;
    case 'figures':
      return <Figures />;
    case 'vehicles':
      return <VehicleDesk />;
    case 'camera':
      return <CameraForm key={work.camera ?? 'new'} id={work.camera} />;
    default:
      return null;
  }
}

/** The desk at the left of the map: one piece of work with the city's data at a time. */
export function Desk() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  // Tables and forms take long to set up: that is done piece by piece, and the map goes on meanwhile.
  const work = useDeferredValue(useApp((state) => state.desk));
  if (!work) return null;
  const title =
    work.kind === 'camera' ? t(work.camera === null ? 'desk.newCamera' : 'desk.editCamera') : t(`desk.${work.kind}`);
  return (
    <div className={`desk${WIDE.includes(work.kind) ? ' wide' : ''}`} data-desk={work.kind}>
      <Dock side="left" title={title} closeLabel={t('desk.close')} onClose={() => store.getState().setDesk(null)}>
        <Content work={work} />
      </Dock>
    </div>
  );
}
