import { Button, Timeline } from 'antd';
import { useTranslation } from 'react-i18next';
import type { IncidentDetail } from '../../api/situation';
import { type Incident, incidentOf } from '../../model/incidents';
import { useApp, useAppContext, useLang } from '../app';
import { areaPath } from '../areaNames';
import { moment } from '../desk/historyWords';
import { coordinates, distance } from '../format';
import { useAllowed } from '../may';
import { useGoToIncident } from './IncidentQueue';
import { unitName, useUnits } from './incidentQueries';
import { SeverityMark } from './Marks';
import type { Moves } from './moves';
import { useSeenUntil } from './now';

/** What is known of it. */
export function IncidentFacts({ incident, detail }: { incident: Incident; detail: IncidentDetail }) {
  const { t } = useTranslation();
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  const { data: units } = useUnits();
  const { reference } = detail.properties;
  const rows: [string, string][] = [
    [t('incident.where'), incident.address],
    [t('incident.area'), areaPath(incident, areas, lang)],
    [t('incident.place'), coordinates(incident.lon, incident.lat)],
    [t('incident.within'), incident.within_m === null ? '' : `± ${distance(incident.within_m, lang)}`],
    [t('incident.reference'), reference],
    [t('incident.when'), moment(detail.properties.reported_at, lang)],
    [t('incident.expires'), incident.expires === null ? '' : moment(new Date(incident.expires).toISOString(), lang)],
    [t('incident.sourceWord'), [t(`incident.source.${incident.source}`), incident.number].filter(Boolean).join(' · ')],
    [t('incident.unit'), incident.unit && unitName(incident.unit, units, lang)],
  ];
  return (
    <dl className="facts-table" id="incident-facts">
      {rows
        .filter(([, value]) => value !== '')
        .map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** Who answers for the place, from the community up. */
export function Answering({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { data: units } = useUnits();
  if (detail.responsible.length === 0) return null;
  return (
    <>
      <div className="sectionhead">
        <span>{t('incident.responsible')}</span>
      </div>
      <dl className="facts-table">
        {detail.responsible.map(({ level, area, name, phone, unit }) => (
          <div key={`${level} ${area} ${name}`} style={{ display: 'contents' }}>
            <dt>{t(`incident.levels.${level}`)}</dt>
            <dd>
              {name} {phone && <a href={`tel:${phone}`}>{phone}</a>}{' '}
              <span className="soft">{unitName(unit, units, lang)}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** How it came to where it stands, and what was written down, in the order of time. */
export function Course({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { data: units } = useUnits();
  const now = useSeenUntil();
  const steps = detail.steps.map(({ state, at, by, unit, remark }) => ({
    at,
    by,
    what: t(`incident.state.${state}`),
    more: [unit && unitName(unit, units, lang), remark].filter(Boolean).join(' · '),
  }));
  const notes = detail.notes.map(({ at, by, text }) => ({ at, by, what: t('incident.note'), more: text }));
  // What came after the moment that is replayed was not known then.
  const all = [...steps, ...notes].filter(({ at }) => Date.parse(at) <= now).toSorted((a, b) => (a.at < b.at ? -1 : 1));
  return (
    <Timeline
      className="course"
      items={all.map(({ at, by, what, more }) => ({
        content: (
          <>
            <strong>{what}</strong> <span className="soft">{[moment(at, lang), by].filter(Boolean).join(' · ')}</span>
            {more && <div className="said">{more}</div>}
          </>
        ),
      }))}
    />
  );
}

export function NearCheckpoints({ detail }: { detail: IncidentDetail }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  if (detail.checkpoints.length === 0) return null;
  return (
    <>
      <div className="sectionhead">
        <span>{t('incident.checkpoints')}</span>
      </div>
      {detail.checkpoints.map(({ id, name, road, status, distance_m }) => (
        <button
          key={id}
          type="button"
          className="hit"
          data-checkpoint={id}
          onClick={() => store.getState().openCheckpoint(id)}
        >
          <span className="gate" aria-hidden />
          <span className="title">{name}</span>
          <span className="dist">{distance(distance_m, lang)}</span>
          <span className="facts">{[road, t(`condition.${status}`)].filter(Boolean).join(' · ')}</span>
        </button>
      ))}
    </>
  );
}

/** Incidents that may tell the same event, and why it is thought so. */
export function Doubles({ incident, detail, moves }: { incident: Incident; detail: IncidentDetail; moves: Moves }) {
  const { t } = useTranslation();
  const lang = useLang();
  const incidents = useApp((state) => state.incidents);
  const go = useGoToIncident();
  const close = useAllowed('close', 'incident');
  const closable = detail.allowed.includes('close');
  if (detail.duplicates.length === 0 && incident.duplicateOf === '') return null;
  return (
    <div id="duplicates">
      <div className="sectionhead">
        <span>{t('incident.duplicates')}</span>
      </div>
      {incident.duplicateOf && <p className="soft">{t('incident.isDouble', { id: incident.duplicateOf })}</p>}
      {detail.duplicates.map(({ id, distance_m, seconds, reasons }) => {
        const other = incidents.get(id);
        const title = other ? t(`incident.categories.${other.category}`) : id;
        return (
          <div className="row double" key={id}>
            <button type="button" className="hit grow" disabled={!other} onClick={() => other && go(other)}>
              {other ? <SeverityMark severity={other.severity} /> : <span />}
              <span className="title">{[title, other?.address].filter(Boolean).join(' · ')}</span>
              <span className="facts">
                {t('incident.apart', { metres: distance(distance_m, lang), minutes: Math.round(seconds / 60) })} ·{' '}
                {reasons.map((reason) => t(`incident.reasons.${reason}`, { defaultValue: reason })).join(', ')}
              </span>
            </button>
            {closable && (
              <Button size="small" {...close} onClick={() => void moves.move(incident, 'close', { duplicate_of: id })}>
                {t('incident.closeAsDouble')}
              </Button>
            )}
          </div>
        );
      })}
    </div>
  );
}

export const shownIncident = (live: Incident | undefined, detail: IncidentDetail | undefined) =>
  live ?? (detail && incidentOf(detail));
