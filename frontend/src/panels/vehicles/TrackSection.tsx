import { CloseOutlined, DownloadOutlined, LeftOutlined, ReloadOutlined, RightOutlined } from '@ant-design/icons';
import { Alert, Button, Dropdown, Empty, Segmented, Skeleton, Slider, Tooltip } from 'antd';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '../../api/client';
import type { TrackForm } from '../../api/vehicles';
import { fieldOf, timeIn } from '../../model/cityClock';
import { shownNow } from '../../model/replay/clock';
import {
  LONGEST_MS,
  onTrack,
  PRESETS,
  type Preset,
  SPEED_COLOURS,
  SPEED_STEPS,
  type Stop,
  TIME_COLOURS,
  type Track,
  type TrackColour,
} from '../../model/track';
import { ageText } from '../../model/vehicles';
import { useApp, useAppContext, useLang } from '../app';
import { coordinates, count, distance } from '../format';
import { useMay } from '../may';
import { useCityTime } from '../replay/cityTime';
import { Trouble } from '../Trouble';
import { SpeedChart } from './SpeedChart';
import { useTrack } from './vehicleQueries';

const KM_H = 3.6;
const FORMS: Record<TrackForm, string> = {
  gpx: 'GPX',
  geojson: 'GeoJSON',
  'mf-json': 'Moving Features JSON',
  czml: 'CZML',
};
const RANGE_M = 500;
/** One press of an arrow on the slider, parts of the whole. */
const STEPS = 1000;

/** From and to, on the clock of the city. */
function OwnWindow({ vehicle }: { vehicle: string }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const ask = useApp((state) => state.trackAsk);
  const { zone } = useCityTime();
  const now = shownNow();
  const [from, to] = ask?.vehicle === vehicle ? ask.span : [now - 3_600_000, now];
  const [begin, setBegin] = useState(fieldOf(from, zone));
  const [end, setEnd] = useState(fieldOf(to, zone));
  const span = [timeIn(begin, zone), timeIn(end, zone)] as const;
  const good = span[0] < span[1] && span[1] - span[0] <= LONGEST_MS;
  return (
    <form
      className="ownwindow"
      onSubmit={(event) => {
        event.preventDefault();
        if (good) store.getState().askTrack({ vehicle, window: { span } });
      }}
    >
      <input
        type="datetime-local"
        aria-label={t('vehicle.from')}
        value={begin}
        onChange={({ target }) => setBegin(target.value)}
      />
      <span className="soft">–</span>
      <input
        type="datetime-local"
        aria-label={t('vehicle.to')}
        value={end}
        onChange={({ target }) => setEnd(target.value)}
      />
      <Button size="small" type="primary" htmlType="submit" disabled={!good} title={good ? '' : t('vehicle.badWindow')}>
        {t('vehicle.show')}
      </Button>
    </form>
  );
}

function Windows({ vehicle }: { vehicle: string }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const ask = useApp((state) => (state.trackAsk?.vehicle === vehicle ? state.trackAsk : null));
  const custom = ask !== null && 'span' in ask.window;
  const [own, setOwn] = useState(custom);
  const chosen = own || custom ? 'own' : ask && 'preset' in ask.window ? ask.window.preset : null;
  return (
    <div id="track-window">
      <div className="row">
        <Segmented<Preset | 'own' | ''>
          className="grow"
          block
          size="small"
          value={chosen ?? ''}
          onChange={(value) => {
            setOwn(value === 'own');
            if (value !== 'own' && value !== '') store.getState().askTrack({ vehicle, window: { preset: value } });
          }}
          options={[...PRESETS, 'own' as const].map((value) => ({ value, label: t(`vehicle.windows.${value}`) }))}
        />
        <Tooltip title={t('vehicle.again')}>
          <Button
            size="small"
            type="text"
            icon={<ReloadOutlined />}
            disabled={ask === null}
            aria-label={t('vehicle.again')}
            onClick={() => store.getState().askTrack(ask)}
          />
        </Tooltip>
        <Tooltip title={t('vehicle.putAway')}>
          <Button
            size="small"
            type="text"
            id="track-away"
            icon={<CloseOutlined />}
            disabled={ask === null}
            aria-label={t('vehicle.putAway')}
            onClick={() => {
              setOwn(false);
              store.getState().askTrack(null);
            }}
          />
        </Tooltip>
      </div>
      {chosen === 'own' && <OwnWindow key={ask?.span.join() ?? 'new'} vehicle={vehicle} />}
    </div>
  );
}

function Downloads({ vehicle }: { vehicle: string }) {
  const { t } = useTranslation();
  const { api } = useAppContext();
  const span = useApp((state) => state.trackAsk?.span);
  if (!span) return null;
  const items = (Object.keys(FORMS) as TrackForm[]).map((form) => ({
    key: form,
    label: (
      <a href={api.trackUrl(vehicle, span, form)} download data-form={form}>
        {FORMS[form]}
      </a>
    ),
  }));
  return (
    <Dropdown menu={{ items }} trigger={['click']}>
      <Button size="small" id="track-download" icon={<DownloadOutlined />}>
        {t('vehicle.download')}
      </Button>
    </Dropdown>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <span className="trackfact">
      <span className="soft">{name}</span> <strong>{children}</strong>
    </span>
  );
}

/** The moment that is looked at: time, place and speed, under a slider along the track. */
function Moment({ track }: { track: Track }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const city = useCityTime();
  const chosen = useApp((state) => state.trackAt);
  const [first, last] = [track.time[0] ?? 0, track.time.at(-1) ?? 0];
  const at = chosen ?? last;
  const there = onTrack(track, at);
  if (!there) return null;
  const set = (time: number) => store.getState().setTrackAt(Math.min(last, Math.max(first, time)));
  const fix = (step: 1 | -1) => {
    const next = step > 0 ? track.time.find((time) => time > at) : track.time.findLast((time) => time < at);
    if (next !== undefined) set(next);
  };
  const stop = track.stops.find(({ begin, end }) => begin <= at && at <= end);
  const how = there.gap
    ? t('vehicle.inGap')
    : stop
      ? t('vehicle.inStop', { time: ageText(stop.end - stop.begin, lang) })
      : there.speed === null
        ? '–'
        : `${Math.round(there.speed * KM_H)} km/h`;
  return (
    <div id="track-moment" data-at={Math.round(at)}>
      <div className="row">
        <Button
          size="small"
          type="text"
          icon={<LeftOutlined />}
          aria-label={t('vehicle.before')}
          onClick={() => fix(-1)}
        />
        <Slider
          className="grow"
          min={first}
          max={last}
          step={Math.max(1, Math.round((last - first) / STEPS))}
          value={at}
          onChange={set}
          tooltip={{ formatter: (value) => city.moment(value ?? at, last) }}
          ariaLabelForHandle={t('vehicle.slider')}
        />
        <Button
          size="small"
          type="text"
          icon={<RightOutlined />}
          aria-label={t('vehicle.after')}
          onClick={() => fix(1)}
        />
      </div>
      <button
        type="button"
        className="momentline"
        title={t('vehicle.showPlace')}
        onClick={() => store.getState().goTo({ lon: there.lon, lat: there.lat, range: RANGE_M })}
      >
        <strong>{city.moment(at, last)}</strong>
        <span data-what="speed">{how}</span>
        <span className="soft">{coordinates(there.lon, there.lat)}</span>
      </button>
    </div>
  );
}

function Legend({ by }: { by: TrackColour }) {
  const { t } = useTranslation();
  if (by === 'time')
    return (
      <div className="tracklegend">
        <span className="soft">{t('vehicle.begin')}</span>
        {TIME_COLOURS.map((colour) => (
          <i key={colour} style={{ background: colour }} />
        ))}
        <span className="soft">{t('vehicle.end')}</span>
      </div>
    );
  return (
    <div className="tracklegend">
      {SPEED_COLOURS.map((colour, i) => (
        <span key={colour}>
          <i style={{ background: colour }} />
          <span className="soft">{i === 0 ? `<${SPEED_STEPS[0]}` : `≥${SPEED_STEPS[i - 1]}`}</span>
        </span>
      ))}
      <span className="soft">km/h</span>
    </div>
  );
}

function Stops({ stops }: { stops: readonly Stop[] }) {
  const city = useCityTime();
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const at = useApp((state) => state.trackAt);
  if (stops.length === 0) return <p className="soft">{t('vehicle.noStops')}</p>;
  return (
    <div id="track-stops" data-count={stops.length}>
      <div className="sectionhead">{t('vehicle.stops', { count: stops.length })}</div>
      {stops.map((stop) => (
        <button
          type="button"
          key={stop.begin}
          className={`hit stop${at !== null && stop.begin <= at && at <= stop.end ? ' chosen' : ''}`}
          onClick={() => {
            store.getState().setTrackAt(stop.begin);
            store.getState().goTo({ lon: stop.lon, lat: stop.lat, range: RANGE_M });
          }}
        >
          <span className="title">
            {city.moment(stop.begin)} – {city.moment(stop.end, stop.begin)}
          </span>
          <span className="dist">{ageText(stop.end - stop.begin, lang)}</span>
        </button>
      ))}
    </div>
  );
}

function Shown({ track }: { track: Track }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const by = useApp((state) => state.trackColour);
  const at = useApp((state) => state.trackAt);
  const heard = (track.time.at(-1) ?? 0) - (track.time[0] ?? 0);
  return (
    <div id="track" data-count={track.time.length}>
      {!track.complete && <Alert type="warning" showIcon title={t('vehicle.cutOff', { count: track.time.length })} />}
      <p className="trackfacts">
        <Fact name={t('vehicle.length')}>{distance(track.length_m, lang)}</Fact>
        <Fact name={t('vehicle.lasted')}>{ageText(heard, lang)}</Fact>
        <Fact name={t('vehicle.fixes')}>{count(track.time.length, lang)}</Fact>
        <Fact name={t('vehicle.gaps')}>{count(track.gaps.length, lang)}</Fact>
      </p>
      <SpeedChart track={track} at={at} label={t('vehicle.chart')} onAt={store.getState().setTrackAt} />
      <Moment track={track} />
      <div className="row">
        <Segmented<TrackColour>
          size="small"
          value={by}
          onChange={store.getState().setTrackColour}
          options={(['speed', 'time'] as const).map((value) => ({ value, label: t(`vehicle.colours.${value}`) }))}
        />
        <span className="grow" />
        <Downloads vehicle={track.vehicle} />
      </div>
      <Legend by={by} />
      <Stops stops={track.stops} />
    </div>
  );
}

/** Where it was in a window of time: chosen here, drawn on the map, read along the track. */
export function TrackSection({ vehicle }: { vehicle: string }) {
  const { t } = useTranslation();
  const allowed = useMay('track', 'vehicle');
  const asked = useApp((state) => state.trackAsk?.vehicle === vehicle);
  const { data, error, isPending, refetch } = useTrack();
  if (!allowed)
    return <Alert type="info" showIcon title={t('vehicle.noRight')} description={t('vehicle.noRightHelp')} />;
  const refused = error instanceof ApiError && error.problem.status === 403;
  return (
    <>
      <Windows vehicle={vehicle} />
      {!asked ? (
        <p className="soft">{t('vehicle.trackHelp')}</p>
      ) : refused ? (
        <Alert type="info" showIcon title={t('vehicle.noRight')} description={error.message} />
      ) : error ? (
        <Trouble error={error} retry={() => refetch()} />
      ) : isPending ? (
        <Skeleton active paragraph={{ rows: 3 }} />
      ) : data && data.time.length > 0 ? (
        <Shown track={data} />
      ) : (
        <Empty image={Empty.PRESENTED_IMAGE_SIMPLE} description={t('vehicle.noTrack')} />
      )}
    </>
  );
}
