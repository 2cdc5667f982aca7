import {
  CarOutlined,
  FireOutlined,
  MedicineBoxOutlined,
  SafetyOutlined,
  ToolOutlined,
  VideoCameraOutlined,
} from '@ant-design/icons';
import { Button, Empty, Popconfirm, Segmented, Skeleton, Tooltip } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Candidate, NearVehicle, SentVehicle } from '../../api/nearest';
import type { IncidentDetail } from '../../api/situation';
import type { LonLat } from '../../api/types';
import type { Incident } from '../../model/incidents';
import { useApp, useAppContext, useLang } from '../app';
import { byRoad } from '../format';
import { useAllowed } from '../may';
import { Trouble } from '../Trouble';
import type { Moves } from './moves';
import { type Only, useNearest } from './nearestQuery';

const SIGNS = {
  patrol: SafetyOutlined,
  fire: FireOutlined,
  ambulance: MedicineBoxOutlined,
  repair: ToolOutlined,
  other: CarOutlined,
};

const nameOf = ({ name, name_en }: Candidate, lang: 'zh' | 'en') => (lang === 'en' && name_en) || name;

/** Whole minutes, as people say it; never none. */
export const minutes = (seconds: number): number => Math.max(1, Math.round(seconds / 60));

/** What is known of a vehicle, and its way on the map while it is pointed at. */
function VehicleFacts({ one, line }: { one: NearVehicle | SentVehicle; line: readonly LonLat[] | null | undefined }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const Sign = SIGNS[one.type];
  const { seconds, metres } = one;
  const show = () => store.getState().setWay(line ?? null);
  const straight = 'straight_m' in one && t('nearest.straight', { metres: byRoad(one.straight_m, lang) });
  return (
    <button
      type="button"
      className="hit grow"
      data-vehicle={one.id}
      onPointerEnter={show}
      onFocus={show}
      onClick={() => {
        show();
        const { position } = one;
        if (position) store.getState().goTo({ lon: position.lon, lat: position.lat, range: 1500 });
      }}
    >
      <Sign title={t(`nearest.types.${one.type}`)} className={`vehicle-sign ${one.type}`} />
      <span className="title" title={`${nameOf(one, lang)} ${one.plate}`}>
        {nameOf(one, lang)} <span className="soft">{one.call_sign || one.plate}</span>
      </span>
      <span className="dist">
        {seconds === null ? t('nearest.noWay') : t('nearest.minutes', { count: minutes(seconds) })}
      </span>
      <span className="facts">{[metres !== null && byRoad(metres, lang), straight].filter(Boolean).join(' · ')}</span>
    </button>
  );
}

function Send({ incident, one, allowed, moves }: RowParts & { one: NearVehicle }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const dispatch = useAllowed('dispatch', 'incident');
  const assign = useAllowed('assign', 'vehicle');
  const first = allowed ? {} : { disabled: true, title: t('nearest.notYet') };
  const send = async () => {
    if (await moves.move(incident, 'dispatch', { vehicle: one.id })) store.getState().setWay(null);
  };
  return (
    <Popconfirm
      title={t('nearest.ask', { name: nameOf(one, lang) })}
      description={one.seconds === null ? t('nearest.noWayHelp') : t('nearest.eta', { count: minutes(one.seconds) })}
      okText={t('incident.moves.dispatch')}
      okButtonProps={{ id: 'nearest-sure', autoFocus: true }}
      disabled={!allowed}
      placement="left"
      onConfirm={send}
    >
      <Button size="small" type="primary" ghost data-send={one.id} {...first} {...dispatch} {...assign}>
        {t('incident.moves.dispatch')}
      </Button>
    </Popconfirm>
  );
}

interface RowParts {
  incident: Incident;
  /** whether it may be dispatched as it stands */
  allowed: boolean;
  moves: Moves;
}

/** The cameras that will see it on its way, opened as a tour. */
function Along({ line }: { line: readonly LonLat[] | null | undefined }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  if (!line || line.length < 2) return null;
  return (
    <Tooltip title={t('nearest.along')}>
      <Button
        size="small"
        type="text"
        icon={<VideoCameraOutlined />}
        aria-label={t('nearest.along')}
        onClick={() => {
          const { setRouteWish, setDesk } = store.getState();
          setRouteWish({ of: { kind: 'line', line: [...line] } });
          setDesk({ kind: 'route' });
        }}
      />
    </Tooltip>
  );
}

function Unheard({ unheard, matched }: { unheard: readonly Candidate[]; matched: number }) {
  const { t } = useTranslation();
  const lang = useLang();
  if (matched === 0) return null;
  return (
    <p className="soft" id="nearest-unheard">
      <Tooltip title={unheard.map((one) => nameOf(one, lang)).join(lang === 'zh' ? '、' : ', ')}>
        {t('nearest.unheard', { count: matched })}
      </Tooltip>
    </p>
  );
}

/** The free vehicles that are there first by road; one click sends one. */
export function NearestVehicles({ detail, ...parts }: Omit<RowParts, 'allowed'> & { detail: IncidentDetail }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const [only, setOnly] = useState<Only>('fitting');
  const { incident } = parts;
  const { data, error, refetch } = useNearest(incident.id, only);
  const section = useRef<HTMLElement>(null);
  useEffect(() => {
    // A row that goes from under the pointer is never left: what the pointer is over says it.
    const over = ({ target }: PointerEvent) => {
      const state = store.getState();
      const near = target instanceof Element && (section.current?.contains(target) || target.closest('.ant-popover'));
      if (state.way && !near) state.setWay(null);
    };
    document.addEventListener('pointerover', over);
    return () => {
      document.removeEventListener('pointerover', over);
      store.getState().setWay(null);
    };
  }, [store]);
  const past = useApp((state) => state.replay !== null);
  if (incident.state === 'closed') return null;
  if (past)
    return (
      <section id="nearest" aria-label={t('nearest.title')}>
        <div className="sectionhead">{t('nearest.title')}</div>
        <p className="soft">{t('nearest.past')}</p>
      </section>
    );
  const allowed = detail.allowed.includes('dispatch');
  return (
    <section id="nearest" ref={section} aria-label={t('nearest.title')}>
      <div className="sectionhead">
        <span>{t('nearest.title')}</span>
        <Segmented<Only>
          size="small"
          value={only}
          onChange={setOnly}
          aria-label={t('nearest.which')}
          options={[
            { value: 'fitting', label: t('nearest.fitting') },
            { value: 'all', label: t('nearest.all') },
          ]}
        />
      </div>
      {error && <Trouble error={error} retry={() => refetch()} />}
      {!data && !error && <Skeleton active title={false} paragraph={{ rows: 3 }} />}
      {data?.sent.map((one) => (
        <div className="row near sent" key={one.id}>
          <VehicleFacts one={one} line={one.line} />
          <Along line={one.line} />
          <span className="soft">{t('nearest.sent')}</span>
        </div>
      ))}
      {data?.vehicles.map((one) => (
        <div className="row near" key={one.id}>
          <VehicleFacts one={one} line={one.line} />
          <Along line={one.line} />
          <Send {...parts} one={one} allowed={allowed} />
        </div>
      ))}
      {data?.vehicles.length === 0 && (
        <Empty
          image={Empty.PRESENTED_IMAGE_SIMPLE}
          description={t(only === 'fitting' ? 'nearest.noneFitting' : 'nearest.none')}
        >
          {only === 'fitting' && (
            <Button size="small" onClick={() => setOnly('all')}>
              {t('nearest.showAll')}
            </Button>
          )}
        </Empty>
      )}
      {data && data.road_m === null && <p className="soft">{t('nearest.farFromRoads')}</p>}
      {data && <Unheard unheard={data.unheard} matched={data.unheard_matched} />}
    </section>
  );
}
