import {
  AlertOutlined,
  BarChartOutlined,
  BorderOuterOutlined,
  CarOutlined,
  ClockCircleOutlined,
  FlagFilled,
  NodeIndexOutlined,
  SwapOutlined,
} from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Tooltip } from 'antd';
import { type ReactNode, useDeferredValue, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { EVERY_INCIDENT, openByCategory, sumsOf } from '../model/incidents';
import { useApp, useAppContext, useLang } from './app';
import { count } from './format';
import { CrossingNotices } from './incidents/Crossings';
import { LiveBanner } from './incidents/LiveBanner';
import { CategoryMark } from './incidents/Marks';
import { useNow } from './incidents/now';

/** Categories that have a place of their own; the rest are summed up. */
const SHOWN = 4;
/** Beside a desk there is less room. */
const SHOWN_BESIDE = 2;
const POLL_MS = 15_000;
const CLOCK_MS = 5_000;

/** How many people have a live connection; the rest of the bar is counted here. */
function useConnected(): number | undefined {
  const { api } = useAppContext();
  const up = useApp((state) => state.live.state === 'up' || state.live.state === 'back');
  const { data } = useQuery({
    queryKey: ['situation'],
    enabled: up,
    retry: 0,
    refetchInterval: POLL_MS,
    refetchIntervalInBackground: false,
    queryFn: ({ signal }) => api.situation(signal),
  });
  return up ? data?.connected : undefined;
}

function LiveSign() {
  const { t } = useTranslation();
  const state = useApp((s) => s.live.state);
  const past = useApp((s) => s.replay !== null);
  if (past) {
    return (
      <span className="livesign past" data-live="past" title={t('replay.frameHelp')}>
        {t('replay.sign')}
      </span>
    );
  }
  const word = state === 'down' ? 'down' : state === 'waiting' ? 'waiting' : 'up';
  return (
    <span className={`livesign ${word}`} data-live={word} title={t(`live.${word}Help`)}>
      {t(`live.${word}`)}
    </span>
  );
}

/** Lists of their own, after the figures. */
const DESKS = {
  vehicles: <CarOutlined />,
  crossings: <SwapOutlined />,
  route: <NodeIndexOutlined />,
  zones: <BorderOuterOutlined />,
  figures: <BarChartOutlined />,
};

function OpenDesk({ kind, icon }: { kind: keyof typeof DESKS; icon: ReactNode }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const shown = useApp((state) => state.desk?.kind === kind);
  const name = t(`desk.${kind}`);
  return (
    <Tooltip title={name}>
      <Button
        size="small"
        type={shown ? 'primary' : 'text'}
        id={`open-${kind}`}
        aria-label={name}
        icon={icon}
        onClick={() => store.getState().setDesk({ kind })}
      />
    </Tooltip>
  );
}

/** Of all incidents that stand: open ones by kind, overdue, supervised; and who is connected. */
export function SituationBar() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const incidents = useDeferredValue(useApp((state) => state.incidents));
  const desk = useApp((state) => state.desk);
  const connected = useConnected();
  const past = useApp((state) => state.replay !== null);
  const now = useNow(CLOCK_MS);
  const kinds = useMemo(() => openByCategory(incidents.values()), [incidents]);
  const sums = useMemo(() => sumsOf(incidents.values(), now), [incidents, now]);
  const show = (filter: Partial<typeof EVERY_INCIDENT>) => {
    // Every figure but one is of what is real, and opens just that.
    const reality = sums.exercises > 0 ? 'real' : 'all';
    store.getState().setIncidentFilter({ ...EVERY_INCIDENT, reality, ...filter });
    store.getState().setDesk({ kind: 'incidents' });
  };
  const shown = desk ? SHOWN_BESIDE : SHOWN;
  // The bar stays in one line where exercises have their place in it.
  const room = sums.exercises > 0 ? shown / 2 : shown;
  const rest = kinds.slice(room).reduce((sum, [, n]) => sum + n, 0);
  return (
    <div className="situation" id="situation">
      <section className="figures-bar" aria-label={t('situation.title')}>
        <LiveSign />
        <Button
          size="small"
          type={desk?.kind === 'incidents' ? 'primary' : 'text'}
          id="open-queue"
          icon={<AlertOutlined />}
          onClick={() => show({})}
        >
          {t('situation.open', { count: count(sums.open, lang) })} <kbd>I</kbd>
        </Button>
        <span className="kinds">
          {kinds.slice(0, room).map(([category, n]) => (
            <Tooltip key={category} title={t(`incident.categories.${category}`)}>
              <button
                type="button"
                className="kind"
                data-category={category}
                aria-label={`${t(`incident.categories.${category}`)} ${n}`}
                onClick={() => show({ categories: [category] })}
              >
                <CategoryMark category={category} /> {count(n, lang)}
              </button>
            </Tooltip>
          ))}
          {rest > 0 && <span className="soft">{t('situation.rest', { count: rest })}</span>}
        </span>
        <Tooltip title={t('situation.overdueHelp')}>
          <button
            type="button"
            className={`kind${sums.overdue > 0 ? ' late' : ''}`}
            id="overdue"
            onClick={() => show({ supervised: true, scope: 'standing' })}
          >
            <ClockCircleOutlined /> {t('situation.overdue', { count: count(sums.overdue, lang) })}
          </button>
        </Tooltip>
        <Tooltip title={t('situation.supervisedHelp')}>
          <button
            type="button"
            className="kind"
            id="supervised"
            aria-label={t('incident.supervised')}
            onClick={() => show({ supervised: true, scope: 'standing' })}
          >
            <FlagFilled /> {count(sums.supervised, lang)}
          </button>
        </Tooltip>
        {sums.exercises > 0 && (
          <Tooltip title={t('situation.exercisesHelp')}>
            <button
              type="button"
              className="kind"
              id="exercises"
              aria-label={`${t('incident.exercise')} ${sums.exercises}`}
              onClick={() => show({ reality: 'exercises', scope: 'open' })}
            >
              <span className="chip exercise">{t('incident.exerciseShort')}</span> {count(sums.exercises, lang)}
            </button>
          </Tooltip>
        )}
        <span className="grow" />
        {connected !== undefined && (
          <span className="soft" id="connected">
            {t('situation.connected', { count: count(connected, lang) })}
          </span>
        )}
        {Object.entries(DESKS).map(([kind, icon]) => (
          <OpenDesk key={kind} kind={kind as keyof typeof DESKS} icon={icon} />
        ))}
      </section>
      <LiveBanner />
      {!past && <CrossingNotices />}
    </div>
  );
}
