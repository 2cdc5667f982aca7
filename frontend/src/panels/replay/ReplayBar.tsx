import {
  BackwardOutlined,
  CaretRightOutlined,
  CloseOutlined,
  FastBackwardOutlined,
  FastForwardOutlined,
  ForwardOutlined,
  HistoryOutlined,
  PauseOutlined,
} from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Segmented, Select, Tooltip } from 'antd';
import { type ReactNode, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { SPEEDS, type Speed } from '../../model/replay/clock';
import { missedMeanwhile, type Replay } from '../../model/replay/replayState';
import { useApp, useAppContext } from '../app';
import { useNow } from '../incidents/now';
import { type CityTime, useCityTime } from './cityTime';
import { Strip } from './Strip';
import { DAY, spanOf } from './timeline';
import { REPLAY_KEY, stepReplay } from './useReplay';

const MARKED = 1000;
/** The end of the strip moves on so often. */
const EDGE_MS = 30_000;

/** Incidents of the last day, closed ones too. */
function useDay(on: boolean) {
  const { api } = useAppContext();
  const { data } = useQuery({
    queryKey: ['incidents', 'day'],
    enabled: on,
    refetchInterval: 60_000,
    queryFn: ({ signal }) => api.incidents({ since: new Date(Date.now() - DAY).toISOString(), limit: MARKED }, signal),
  });
  return data?.features ?? [];
}

function Step({ by, word, icon }: { by: number; word: string; icon: ReactNode }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  return (
    <Tooltip title={t(`replay.${word}`)}>
      <Button
        size="small"
        type="text"
        icon={icon}
        aria-label={t(`replay.${word}`)}
        onClick={() => stepReplay(store, by)}
      />
    </Tooltip>
  );
}

function Controls({ replay, city }: { replay: Replay; city: CityTime }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const { playReplay, setSpeed } = store.getState();
  const word = t(replay.playing ? 'replay.pause' : 'replay.play');
  return (
    <>
      <Step by={-60_000} word="back60" icon={<FastBackwardOutlined />} />
      <Step by={-10_000} word="back10" icon={<BackwardOutlined />} />
      <Tooltip title={word}>
        <Button
          size="small"
          type="primary"
          id="replay-play"
          aria-label={word}
          aria-pressed={replay.playing}
          icon={replay.playing ? <PauseOutlined /> : <CaretRightOutlined />}
          onClick={() => playReplay(!replay.playing)}
        />
      </Tooltip>
      <Step by={10_000} word="on10" icon={<ForwardOutlined />} />
      <Step by={60_000} word="on60" icon={<FastForwardOutlined />} />
      <Select<Speed>
        size="small"
        id="replay-speed"
        value={replay.speed}
        aria-label={t('replay.speed')}
        style={{ width: 84 }}
        onChange={setSpeed}
        options={SPEEDS.map((value) => ({ value, label: t('replay.times', { count: value }) }))}
      />
      <span className="replay-time" id="replay-time">
        {city.clock(replay.at)}
      </span>
      {replay.loading && <span className="soft">{t('replay.loading')}</span>}
    </>
  );
}

/** What is not known of the moment, and why; nothing is passed over in silence. */
function Notes({ replay, city }: { replay: Replay; city: CityTime }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const { known, fault, at } = replay;
  const notes: string[] = [];
  if (known) {
    const { recordsFrom, positionsFrom, complete, tracks } = known;
    if (recordsFrom === null) notes.push(t('replay.tooEarly', { time: city.full(Date.now()) }));
    else if (!complete)
      notes.push(t(at < recordsFrom ? 'replay.tooEarly' : 'replay.incomplete', { time: city.full(recordsFrom) }));
    if (!tracks) notes.push(t('replay.noTracks'));
    else if (positionsFrom === null) notes.push(t('replay.noFixesAtAll'));
    else if (at < positionsFrom) notes.push(t('replay.noFixes', { time: city.full(positionsFrom) }));
  }
  return (
    <div className="replay-notes">
      {fault && (
        <span className="late" role="alert">
          {t('replay.failed')}: {fault}{' '}
          <Button size="small" type="link" onClick={() => store.getState().replayAt(at)}>
            {t('replay.again')}
          </Button>
        </span>
      )}
      {notes.map((note) => (
        <span key={note} className="warn">
          {note}
        </span>
      ))}
      <span className="soft">{t('replay.noVideo')}</span>
    </div>
  );
}

/** The bar of the past at the bottom; while the present is shown it is a small button, or an empty strip to reach into. */
export function ReplayBar() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const open = useApp((state) => state.timeline);
  const replay = useApp((state) => state.replay);
  const missed = useApp(missedMeanwhile);
  const [scale, setScale] = useState<'day' | 'hour'>('day');
  const city = useCityTime();
  // The end of the strip is the present, whatever is shown.
  const ticking = useNow(EDGE_MS);
  const edge = replay ? Math.floor(Date.now() / EDGE_MS) * EDGE_MS : ticking;
  const day = useDay(open || replay !== null);
  const at = replay?.at ?? edge;
  const around = scale === 'hour' ? Math.floor(at / 900_000) * 900_000 : edge;
  const span = useMemo(() => spanOf(edge, around, scale), [edge, around, scale]);
  if (!open && !replay) {
    return (
      <Tooltip title={`${t('replay.open')} (${REPLAY_KEY})`}>
        <Button
          className="replay-open"
          id="replay-open"
          size="small"
          icon={<HistoryOutlined />}
          onClick={() => store.getState().setTimeline(true)}
        >
          {t('replay.title')}
        </Button>
      </Tooltip>
    );
  }
  const pick = (time: number) => store.getState().replayAt(Math.min(time, Date.now() - 1000));
  return (
    <section className={`replay-bar${replay ? ' past' : ''}`} id="replay-bar" aria-label={t('replay.title')}>
      <div className="row">
        {replay ? (
          <Controls replay={replay} city={city} />
        ) : (
          <strong className="livesign up">{t('replay.liveNow')}</strong>
        )}
        <span className="grow" />
        {missed > 0 && (
          <span className="warn" id="replay-missed">
            {t('replay.meanwhile', { count: missed })}
          </span>
        )}
        <span className="soft">{t('replay.zone', { zone: city.zone })}</span>
        <Segmented<'day' | 'hour'>
          size="small"
          value={scale}
          aria-label={t('replay.scale')}
          onChange={setScale}
          options={(['day', 'hour'] as const).map((value) => ({ value, label: t(`replay.${value}`) }))}
        />
        {replay ? (
          <Button size="small" id="replay-live" onClick={() => store.getState().endReplay()}>
            {t('replay.live')} <kbd>L</kbd>
          </Button>
        ) : (
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined />}
            aria-label={t('replay.close')}
            onClick={() => store.getState().setTimeline(false)}
          />
        )}
      </div>
      <Strip
        span={span}
        at={at}
        live={replay === null}
        incidents={day}
        city={city}
        onPick={pick}
        onStep={(by) => (replay ? stepReplay(store, by) : pick(edge + by))}
      />
      {replay && <Notes replay={replay} city={city} />}
    </section>
  );
}
