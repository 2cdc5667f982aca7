import { AimOutlined } from '@ant-design/icons';
import { Button, Skeleton, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { useApp, useAppContext } from '../app';
import { Dock } from '../Dock';
import { Trouble } from '../Trouble';
import { CamerasAround } from './CamerasAround';
import { DispatchForm } from './DispatchForm';
import { Answering, Course, Doubles, IncidentFacts, NearCheckpoints, shownIncident } from './IncidentParts';
import { IncidentPictures } from './IncidentPictures';
import { useIncident } from './incidentQueries';
import { CategoryMark, Countdown, SeverityMark, StateChip } from './Marks';
import { MoveBar } from './Moves';
import { useMoves } from './moves';
import { NearestVehicles } from './NearestVehicles';
import { NoteForm } from './NoteForm';

const RANGE_M = 900;

/** One incident with all that helps to end it. */
export function IncidentPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const live = useApp((state) => state.incidents.get(id));
  const ask = useApp((state) => state.incidentAsk);
  const moves = useMoves();
  const { data: detail, error, refetch } = useIncident(id, live?.version);
  const incident = shownIncident(live, detail);
  const category = incident ? t(`incident.categories.${incident.category}`) : t('incident.title');
  const title = incident?.exercise ? t('incident.exerciseOf', { what: category }) : category;
  return (
    <Dock
      side="right"
      title={title}
      closeLabel={t('incident.closePanel')}
      onClose={() => store.getState().openIncident(null)}
      extra={
        incident && (
          <Tooltip title={t('incident.fly')}>
            <Button
              type="text"
              size="small"
              icon={<AimOutlined />}
              aria-label={t('incident.fly')}
              onClick={() => store.getState().goTo({ lon: incident.lon, lat: incident.lat, range: RANGE_M })}
            />
          </Tooltip>
        )
      }
    >
      {incident && (
        <div className="incident-head" id="incident-panel" data-incident={id} data-state={incident.state}>
          {incident.exercise && (
            <p className="exercise-band" role="note">
              <strong>{t('incident.exercise')}</strong> {t('incident.exerciseHelp')}
            </p>
          )}
          <div className="row">
            <SeverityMark severity={incident.severity} />
            <CategoryMark category={incident.category} />
            <span className="grow">{t(`incident.severity.${incident.severity}`)}</span>
            <StateChip state={incident.state} />
            <Countdown deadline={incident.deadline} />
          </div>
          {(incident.subcategory || incident.description) && (
            <p className="description">{[incident.subcategory, incident.description].filter(Boolean).join(' — ')}</p>
          )}
          {detail && <MoveBar incident={incident} allowed={detail.allowed} moves={moves} />}
          {ask === 'dispatch' && <DispatchForm incident={incident} moves={moves} />}
          {ask === 'note' && <NoteForm id={id} moves={moves} />}
        </div>
      )}
      <div className="scroll">
        {error && <Trouble error={error} retry={() => refetch()} />}
        {!detail && !error && <Skeleton active title={false} paragraph={{ rows: 8 }} />}
        {detail && incident && (
          <>
            <CamerasAround detail={detail} />
            <NearestVehicles key={`near ${id}`} incident={incident} detail={detail} moves={moves} />
            <IncidentPictures key={id} id={id} pictures={detail.pictures} />
            <Doubles incident={incident} detail={detail} moves={moves} />
            <div className="sectionhead">
              <span>{t('incident.facts')}</span>
            </div>
            <IncidentFacts incident={incident} detail={detail} />
            <Answering detail={detail} />
            <NearCheckpoints detail={detail} />
            <div className="sectionhead">
              <span>{t('incident.course')}</span>
            </div>
            <Course detail={detail} />
          </>
        )}
      </div>
    </Dock>
  );
}
