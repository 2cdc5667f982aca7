import { Alert, Button } from 'antd';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { clock, type Incident } from '../../model/incidents';
import type { Live, Missed } from '../../model/situationState';
import { useApp, useAppContext } from '../app';
import { useGoToIncident } from './IncidentQueue';
import { ExerciseMark, SeverityMark, StateChip } from './Marks';
import { useNow } from './now';

/** Changes listed at first. */
const FEW = 5;

function Down({ since }: { since: number }) {
  const { t } = useTranslation();
  const now = useNow();
  return (
    <Alert
      type="error"
      showIcon
      id="live-down"
      title={t('live.downTitle', { time: clock(Math.max(0, now - since)) })}
      description={t('live.downText', { at: new Date(since).toLocaleTimeString() })}
    />
  );
}

function Told({ missed, incident }: { missed: Missed; incident: Incident | undefined }) {
  const { t } = useTranslation();
  const go = useGoToIncident();
  if (!incident) return <div className="soft">{t(`live.${missed.action === 'change' ? 'closed' : 'gone'}`)}</div>;
  return (
    <button type="button" className="missed" data-incident={incident.id} onClick={() => go(incident)}>
      <SeverityMark severity={incident.severity} />
      {incident.exercise && <ExerciseMark />}
      <span className="grow">
        {t(missed.action === 'create' ? 'live.new' : 'live.changed')} · {t(`incident.categories.${incident.category}`)}
        {incident.address && ` · ${incident.address}`}
      </span>
      <StateChip state={incident.state} />
    </button>
  );
}

function Back({ live }: { live: Extract<Live, { state: 'back' }> }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const incidents = useApp((state) => state.incidents);
  const [all, setAll] = useState(false);
  const { missed, others, since, until, whole } = live;
  const shown = all ? missed : missed.slice(0, FEW);
  const created = missed.filter(({ action }) => action === 'create').length;
  const sum = whole
    ? t('live.whole')
    : missed.length + others === 0
      ? t('live.nothing')
      : t('live.missed', { created, changed: missed.length - created, others });
  return (
    <Alert
      type="warning"
      showIcon
      id="live-back"
      data-missed={missed.length}
      title={t('live.backTitle', { time: clock(until - since) })}
      closable={{
        closeIcon: true,
        'aria-label': t('live.seen'),
        onClose: () => store.getState().setLive({ state: 'up' }),
      }}
      description={
        <>
          <div>{sum}</div>
          {shown.map((one) => (
            <Told key={one.id} missed={one} incident={incidents.get(one.id)} />
          ))}
          {missed.length > shown.length && (
            <Button size="small" type="link" onClick={() => setAll(true)}>
              {t('live.more', { count: missed.length - shown.length })}
            </Button>
          )}
        </>
      }
    />
  );
}

/** Says honestly that what is on the screen grows old, and afterwards what happened meanwhile. */
export function LiveBanner() {
  const live = useApp((state) => state.live);
  if (live.state === 'down') return <Down since={live.since} />;
  return live.state === 'back' ? <Back live={live} /> : null;
}
