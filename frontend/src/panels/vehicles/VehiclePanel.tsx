import { AimOutlined, EyeOutlined, LineOutlined, NodeIndexOutlined } from '@ant-design/icons';
import { Button, Skeleton, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { ageText, fullName, type Heard, presenceOf, type Vehicle } from '../../model/vehicles';
import { useApp, useAppContext, useLang } from '../app';
import { areaName } from '../areaNames';
import { Dock } from '../Dock';
import { coordinates, degrees, height } from '../format';
import { unitName, useUnits } from '../incidents/incidentQueries';
import { useNow } from '../incidents/now';
import { useAllowed } from '../may';
import { CamerasNow } from './CamerasNow';
import { DutyChip, PresenceChip, VehicleDot } from './Marks';
import { TrackSection } from './TrackSection';
import { useGoToVehicle, useHeard } from './vehicleQueries';

const KM_H = 3.6;
const FOLLOW_M = 450;

function Live({ heard }: { heard: Heard | undefined }) {
  const { t } = useTranslation();
  const lang = useLang();
  const now = useNow();
  if (!heard) {
    return (
      <>
        <dt>{t('vehicle.heard')}</dt>
        <dd className="soft">{t('vehicle.neverHelp')}</dd>
      </>
    );
  }
  return (
    <>
      <dt>{t('vehicle.heard')}</dt>
      <dd data-what="heard">
        {t('vehicle.ago', { time: ageText(now - heard.heard, lang) })}{' '}
        <PresenceChip presence={presenceOf(heard, now)} />
      </dd>
      <dt>{t('vehicle.motion')}</dt>
      <dd data-what="speed">
        {heard.speed === null ? '–' : `${Math.round(heard.speed * KM_H)} km/h`}
        {heard.heading !== null && ` · ${degrees(heard.heading, lang, 0)} ${t(`vehicle.winds.${wind(heard.heading)}`)}`}
      </dd>
      <dt>{t('vehicle.place')}</dt>
      <dd>
        {coordinates(heard.lon, heard.lat)}
        {heard.height !== null && ` · ${height(heard.height, lang)}`}
      </dd>
    </>
  );
}

/** One of eight winds, from north on. */
const wind = (heading: number) => Math.round(heading / 45) % 8;

/** What it was sent to; one that is closed is known by its id only, which tells nobody anything. */
function SentTo({ incident: id }: { incident: string }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const incident = useApp((state) => state.incidents.get(id));
  const words = incident && [t(`incident.categories.${incident.category}`), incident.number || incident.address];
  return (
    <Button
      type="link"
      size="small"
      id="vehicle-incident"
      style={{ padding: 0, height: 'auto' }}
      onClick={() => store.getState().openIncident(id)}
    >
      {words ? words.filter(Boolean).join(' · ') : t('vehicle.sentTo')}
    </Button>
  );
}

function Facts({ vehicle, heard }: { vehicle: Vehicle; heard: Heard | undefined }) {
  const { t } = useTranslation();
  const lang = useLang();
  const areas = useApp((state) => state.areas);
  const { data: units } = useUnits();
  const station = areaName(vehicle.community || vehicle.street || vehicle.district, areas, lang);
  const rows: [string, string][] = [
    [t('vehicle.plate'), vehicle.plate],
    [t('vehicle.callSign'), vehicle.call_sign],
    [t('vehicle.unit'), vehicle.unit && unitName(vehicle.unit, units, lang)],
    [t('vehicle.station'), station],
    [t('vehicle.phone'), vehicle.phone],
    [t('vehicle.seats'), vehicle.seats === null ? '' : String(vehicle.seats)],
    [t('vehicle.remarks'), vehicle.remarks],
  ];
  return (
    <dl className="facts-table">
      <dt>{t('vehicle.type')}</dt>
      <dd>
        {t(`vehicle.types.${vehicle.type}`)} <DutyChip duty={vehicle.duty} />
      </dd>
      {vehicle.incident && (
        <>
          <dt>{t('vehicle.incident')}</dt>
          <dd>
            <SentTo incident={vehicle.incident} />
          </dd>
        </>
      )}
      <Live heard={heard} />
      {rows
        .filter(([, value]) => value)
        .map(([name, value]) => (
          <div key={name} style={{ display: 'contents' }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Hands({ id, heard }: { id: string; heard: Heard | undefined }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const following = useApp((state) => state.following === id);
  const trail = useApp((state) => state.trail === id);
  const track = useAllowed('track', 'vehicle');
  const go = useGoToVehicle();
  const state = store.getState();
  const follow = () => {
    if (following) return state.follow(null);
    if (heard) state.goTo({ lon: heard.lon, lat: heard.lat, range: FOLLOW_M });
    state.follow(id);
  };
  return (
    <div className="row vehicle-hands">
      <Button size="small" id="centre-vehicle" icon={<AimOutlined />} onClick={() => void go(id)}>
        {t('vehicle.centre')}
      </Button>
      <Tooltip title={t('vehicle.followHelp')}>
        <Button
          size="small"
          id="follow-vehicle"
          type={following ? 'primary' : 'default'}
          aria-pressed={following}
          disabled={!heard}
          icon={<EyeOutlined />}
          onClick={follow}
        >
          {t(following ? 'vehicle.following' : 'vehicle.follow')}
        </Button>
      </Tooltip>
      <Tooltip title={track.title ?? t('vehicle.trailHelp')}>
        <Button
          size="small"
          id="trail-vehicle"
          type={trail ? 'primary' : 'default'}
          aria-pressed={trail}
          disabled={track.disabled ?? false}
          icon={<LineOutlined />}
          onClick={() => state.setTrail(trail ? null : id)}
        >
          {t('vehicle.trail')}
        </Button>
      </Tooltip>
    </div>
  );
}

/** One of the city's own vehicles: what it is, where it is now, and where it has been. */
export function VehiclePanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const behind = useApp((state) => state.incident !== null);
  const vehicle = useApp((state) => state.vehicles.get(id));
  const loaded = useApp((state) => state.vehicles.size > 0);
  const heard = useHeard(id);
  const cameras = useApp((state) => state.camerasOf === id);
  const { setCamerasOf } = store.getState();
  return (
    <Dock
      side="right"
      title={vehicle ? fullName(vehicle, lang) : id}
      extra={vehicle && <VehicleDot type={vehicle.type} duty={vehicle.duty} />}
      closeLabel={behind ? t('incident.back') : t('unit.close')}
      back={behind}
      onClose={() => store.getState().openUnit(null)}
    >
      <div className="scroll" id="vehicle-panel" data-vehicle={id}>
        {vehicle ? (
          <Facts vehicle={vehicle} heard={heard} />
        ) : loaded ? (
          <p className="soft">{t('vehicle.unknown')}</p>
        ) : (
          <Skeleton active />
        )}
        <Hands id={id} heard={heard} />
        {heard &&
          (cameras ? (
            <CamerasNow heard={heard} onClose={() => setCamerasOf(null)} />
          ) : (
            <Button
              size="small"
              block
              id="cameras-now"
              icon={<NodeIndexOutlined />}
              style={{ marginTop: 8 }}
              onClick={() => setCamerasOf(id)}
            >
              {t('vehicle.camerasNow')}
            </Button>
          ))}
        <div className="sectionhead">{t('vehicle.track')}</div>
        <TrackSection vehicle={id} />
      </div>
    </Dock>
  );
}
