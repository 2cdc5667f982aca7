import { ClearOutlined, CloseOutlined, FullscreenExitOutlined, FullscreenOutlined } from '@ant-design/icons';
import { Button, Segmented, Tooltip } from 'antd';
import { useTranslation } from 'react-i18next';
import { columnsOf, emptyWall, paused, resized, WALL_SIZES, type Wall, type WallSize } from '../../model/wall';
import { useApp, useAppContext } from '../app';
import { Pane } from './Pane';
import { TourBar } from './TourBar';
import { useFullPage } from './useFullPage';

function Panes({ wall }: { wall: Wall }) {
  const { store } = useAppContext();
  const columns = wall.solo === null ? columnsOf(wall.size) : 1;
  const change = (next: Wall) => {
    const { setWall } = store.getState();
    // What is put by hand stays: a tour would take it away again.
    setWall(next.solo === wall.solo ? paused(next) : next);
  };
  return (
    <div
      className={`panes of${wall.solo === null ? wall.size : 1}`}
      style={{ gridTemplate: `repeat(${columns}, minmax(0, 1fr)) / repeat(${columns}, minmax(0, 1fr))` }}
    >
      {wall.panes.map((_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a pane is its place
        <Pane key={index} wall={wall} index={index} onChange={change} />
      ))}
    </div>
  );
}

/** Many pictures at once, over the map; the lists beside it stay, so that cameras can be dragged in. */
function Open({ wall }: { wall: Wall }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const [full, setFull] = useFullPage();
  const { setWall } = store.getState();
  const fullWords = t(full ? 'video.fullEnd' : 'video.full');
  return (
    <section className={`wall${full ? ' full' : ''}`} id="wall" aria-label={t('wall.title')} data-size={wall.size}>
      <header>
        <h2>{t('wall.title')}</h2>
        <Segmented<WallSize>
          size="small"
          value={wall.size}
          aria-label={t('wall.panes')}
          options={[...WALL_SIZES]}
          onChange={(size) => setWall(resized(wall, size))}
        />
        <span className="grow" />
        <TourBar wall={wall} onChange={setWall} />
        <Tooltip title={t('wall.clear')}>
          <Button
            size="small"
            type="text"
            icon={<ClearOutlined />}
            aria-label={t('wall.clear')}
            onClick={() => setWall({ ...emptyWall(wall.size), tour: paused(wall).tour })}
          />
        </Tooltip>
        <Tooltip title={fullWords}>
          <Button
            size="small"
            type="text"
            icon={full ? <FullscreenExitOutlined /> : <FullscreenOutlined />}
            aria-label={fullWords}
            onClick={() => setFull(!full)}
          />
        </Tooltip>
        <Tooltip title={t('wall.close')}>
          <Button
            size="small"
            type="text"
            icon={<CloseOutlined />}
            aria-label={t('wall.close')}
            onClick={() => setWall(null)}
          />
        </Tooltip>
      </header>
      <Panes wall={wall} />
    </section>
  );
}

export function WallView() {
  const wall = useApp((state) => (state.workspace === 'operate' && state.door === 'in' ? state.wall : null));
  return wall && <Open wall={wall} />;
}
