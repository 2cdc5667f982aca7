import { Empty, Segmented, Spin, Tag, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import type { RouteAnswer, RouteCamera, Stretch } from '../../api/routes';
import { cut, onScreen, toured } from '../../model/route';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { distance } from '../format';
import { TierDot } from '../TierDot';
import { stretchWords } from './words';

const GAPS_SHOWN = 6;

/** How long the route is, how much of it is seen, and where nobody sees it. */
function Figures({ route }: { route: RouteAnswer }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const longest = route.gaps.toSorted((a, b) => b.to_m - b.from_m - (a.to_m - a.from_m));
  const go = (gap: Stretch) => {
    const [place] = cut(route.lines, route.length_m, gap)[0] ?? [];
    if (place)
      store.getState().goTo({ lon: place[0], lat: place[1], range: Math.max(300, 2 * (gap.to_m - gap.from_m)) });
  };
  return (
    <>
      <div className="figures" data-share={route.share}>
        <span>
          <span className="soft">{t('route.length')}</span>
          <b>{distance(route.length_m, lang)}</b>
        </span>
        <span>
          <span className="soft">{t('route.seen')}</span>
          <b>{Math.floor(route.share * 100)} %</b>
        </span>
        <span>
          <span className="soft">{t('route.gaps')}</span>
          <b>{route.gaps.length}</b>
        </span>
      </div>
      {route.gaps.length === 0 && <span className="soft">{t('route.noGaps')}</span>}
      {longest.slice(0, GAPS_SHOWN).map((gap) => (
        <button type="button" className="gap" key={gap.from_m} data-gap={gap.from_m} onClick={() => go(gap)}>
          {t('route.gap', { m: distance(Math.round(gap.to_m - gap.from_m), lang) })}
          <span className="soft">{t('route.gapAt', stretchWords(gap, lang))}</span>
        </button>
      ))}
      {longest.length > GAPS_SHOWN && (
        <span className="soft">{t('route.gapMore', { count: longest.length - GAPS_SHOWN })}</span>
      )}
    </>
  );
}

function Row({ one, shown }: { one: RouteCamera; shown: boolean }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const { lon, lat, height } = one.best;
  const go = () => {
    // Its panel would take the room that the map has beside the wall.
    if (!store.getState().wall) store.getState().select({ kind: 'camera', id: one.camera });
    store.getState().goTo({ lon, lat, height, range: Math.max(220, Math.min(900, 1.5 * one.best.distance_m)) });
  };
  return (
    <button type="button" className={`hit${shown ? ' chosen' : ''}`} data-camera={one.camera} onClick={go}>
      <TierDot tier={one.tier} />
      <span className="title" title={titleOf(one, lang)}>
        {titleOf(one, lang)}
      </span>
      <span className="dist">{distance(one.best.distance_m, lang)}</span>
      <span className="facts" style={{ gridColumn: '2 / 4' }}>
        {t('route.stretch', stretchWords(one, lang))}
        {one.turns && (
          <Tooltip title={t('route.turningHelp')}>
            <Tag style={{ marginLeft: 8 }}>{t('route.turns')}</Tag>
          </Tooltip>
        )}
        {one.online === false && (
          <Tooltip title={t('route.off')}>
            <Tag color="error" style={{ marginLeft: 8 }}>
              {t('route.offline')}
            </Tag>
          </Tooltip>
        )}
      </span>
    </button>
  );
}

/** The cameras along a route in their order: the few that are enough, or all. */
export function RouteCameras({ route, busy }: { route: RouteAnswer; busy: boolean }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const every = useApp((state) => state.routeWish.every);
  const screen = useApp((state) => onScreen(state.wall, state.pictures).join(' '));
  const shown = new Set(screen.split(' '));
  const listed = toured(route, every);
  const few = toured(route, false).length;
  if (route.cameras.length === 0)
    return (
      <>
        <Figures route={route} />
        <Empty
          image={Empty.PRESENTED_IMAGE_SIMPLE}
          description={
            <>
              {t('route.none')}
              <br />
              <span className="soft">{t('route.noneHelp')}</span>
            </>
          }
        />
      </>
    );
  return (
    <Spin spinning={busy} size="small">
      <Figures route={route} />
      <div className="sectionhead">
        {t('route.cameras')}
        <Tooltip title={t('route.fewHelp')}>
          <Segmented<boolean>
            size="small"
            value={every}
            aria-label={t('route.cameras')}
            options={[
              { value: false, label: t('route.few', { count: few }) },
              { value: true, label: t('route.all', { count: route.cameras.length }) },
            ]}
            onChange={(value) => store.getState().setRouteWish({ every: value })}
          />
        </Tooltip>
      </div>
      <div className="routelist">
        {listed.map((one) => (
          <Row key={one.camera} one={one} shown={shown.has(one.camera)} />
        ))}
      </div>
    </Spin>
  );
}
