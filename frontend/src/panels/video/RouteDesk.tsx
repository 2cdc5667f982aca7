import { AimOutlined, CaretRightOutlined, ClearOutlined, EditOutlined, UndoOutlined } from '@ant-design/icons';
import { Alert, Button, Checkbox, Switch, Tooltip } from 'antd';
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import type { RouteAnswer } from '../../api/routes';
import type { LonLat, Tier } from '../../api/types';
import { tourAlong, toured } from '../../model/route';
import { MOST_ON_TOUR } from '../../model/wall';
import { useApp, useAppContext, useLang } from '../app';
import { Trouble } from '../Trouble';
import { RoadPicker } from './RoadPicker';
import { RouteCameras } from './RouteCameras';
import { useRoute } from './routeQueries';

const TIERS: readonly Tier[] = [1, 2, 3];

/** A line that is drawn on the map becomes the route. */
function useDrawnLine() {
  const { store } = useAppContext();
  const drawing = useApp((state) => state.task?.kind === 'route');
  const measure = useApp((state) => state.measure);
  useEffect(() => {
    if (!drawing || measure?.kind !== 'distance' || !measure.done) return;
    const line = measure.points.map(({ lon, lat }): LonLat => [lon, lat]);
    store.getState().setTool('select');
    store.getState().setRouteWish({ of: { kind: 'line', line } });
  }, [drawing, measure, store]);
  const start = () => {
    // The wall lies over the map.
    store.getState().setWall(null);
    store.getState().startTask({ kind: 'route' });
  };
  return { drawing, start, stop: () => store.getState().setTool('select') };
}

/** What counts as seeing the route. */
function Wishes() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const { tiers, turning } = useApp((state) => state.routeWish);
  const set = store.getState().setRouteWish;
  return (
    <>
      <div className="row">
        <span className="soft">{t('route.tiers')}</span>
        <Checkbox.Group
          value={[...tiers]}
          options={TIERS.map((tier) => ({
            value: tier,
            label: t(`route.tier${tier}`),
            // One at least.
            disabled: tiers.length === 1 && tiers[0] === tier,
          }))}
          onChange={(chosen) => set({ tiers: TIERS.filter((tier) => chosen.includes(tier)) })}
        />
      </div>
      <div className="row">
        <Switch
          size="small"
          id="route-turning"
          checked={turning}
          aria-label={t('route.turning')}
          onChange={(on) => set({ turning: on })}
        />
        <Tooltip title={t('route.turningHelp')}>
          <span className="soft">{t('route.turning')}</span>
        </Tooltip>
      </div>
    </>
  );
}

/** Takes the map to the whole route. */
function useOverview() {
  const { store } = useAppContext();
  return () => {
    const { route, goTo } = store.getState();
    const line = route?.lines[0];
    const middle = line?.[Math.floor(line.length / 2)];
    if (route && middle) goTo({ lon: middle[0], lat: middle[1], range: Math.max(600, route.length_m * 1.2) });
  };
}

/** What the route is, the way to it, and the tour along it. */
function Deeds({ route }: { route: RouteAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const overview = useOverview();
  const { every, of } = useApp((state) => state.routeWish);
  const count = toured(route, every).length;
  const name = (lang === 'en' && route.name_en) || route.name || (of?.kind === 'road' ? of.name : t('route.line'));
  const start = () => {
    const { wall, wallBefore, setWall, setClick, setPointed } = store.getState();
    // The pictures mark the route, not what was asked for before.
    setClick(null);
    setPointed(null);
    setWall(tourAlong(wall ?? wallBefore, route, every));
    overview();
  };
  return (
    <>
      <div className="row">
        <strong className="grow">{name}</strong>
        <Tooltip title={t('picture.goThere')}>
          <Button
            size="small"
            type="text"
            icon={<AimOutlined />}
            aria-label={t('picture.goThere')}
            onClick={overview}
          />
        </Tooltip>
      </div>
      <div className="row">
        <Button
          type="primary"
          size="small"
          id="route-start"
          icon={<CaretRightOutlined />}
          disabled={count === 0}
          onClick={start}
        >
          {t('route.start', { count: Math.min(count, MOST_ON_TOUR) })}
        </Button>
        <Button size="small" id="route-clear" icon={<ClearOutlined />} onClick={() => store.getState().clearRoute()}>
          {t('route.clear')}
        </Button>
      </div>
      {count > MOST_ON_TOUR && <p className="soft">{t('route.most', { most: MOST_ON_TOUR })}</p>}
    </>
  );
}

/** The cameras along a road or a drawn line, and a tour of them. */
export function RouteDesk() {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const { drawing, start, stop } = useDrawnLine();
  const of = useApp((state) => state.routeWish.of);
  const route = useApp((state) => state.route);
  const { error, isFetching, refetch } = useRoute();
  return (
    <div className="scroll routedesk" id="route">
      <p className="soft">{t('route.intro')}</p>
      <RoadPicker />
      <div className="row">
        <Button size="small" id="route-draw" icon={<EditOutlined />} onClick={drawing ? stop : start}>
          {t(drawing ? 'route.stop' : 'route.draw')}
        </Button>
        {drawing && (
          <Button size="small" id="route-back" icon={<UndoOutlined />} onClick={() => store.getState().takeBack()}>
            {t('route.undo')}
          </Button>
        )}
      </div>
      {drawing && <Alert type="info" showIcon title={t('route.drawing')} style={{ marginTop: 10 }} />}
      <Wishes />
      {error && of && <Trouble error={error} retry={() => void refetch()} />}
      {isFetching && !route && <p className="soft">{t('route.asking')}</p>}
      {route && (
        <>
          <Deeds route={route} />
          <RouteCameras route={route} busy={isFetching} />
        </>
      )}
      {!route && of && !isFetching && (
        <div className="row">
          <Button size="small" icon={<ClearOutlined />} onClick={() => store.getState().clearRoute()}>
            {t('route.clear')}
          </Button>
        </div>
      )}
    </div>
  );
}
