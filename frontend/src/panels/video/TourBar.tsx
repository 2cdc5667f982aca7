import {
  CaretRightOutlined,
  CloseOutlined,
  NodeIndexOutlined,
  PauseOutlined,
  StepBackwardOutlined,
  StepForwardOutlined,
} from '@ant-design/icons';
import { Button, Popover, Select, Tooltip } from 'antd';
import { type DragEvent, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { shownCameras } from '../../model/filter';
import { DWELLS_S, MOST_ON_TOUR, paused, started, stepped, type Wall, withTour } from '../../model/wall';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { TierDot } from '../TierDot';
import { dropped, isOurs } from './cameraDrag';

interface TourProps {
  wall: Wall;
  onChange: (wall: Wall) => void;
}

function TourList({ wall, onChange, onRoute }: TourProps & { onRoute: () => void }) {
  const { t } = useTranslation();
  const { store } = useAppContext();
  const lang = useLang();
  const cameras = useApp((state) => state.cameras);
  const filters = useApp((state) => state.filters);
  const on = wall.tour.cameras;
  const listed = shownCameras(cameras, filters).slice(0, MOST_ON_TOUR);
  const add = (ids: readonly (string | null)[]) =>
    onChange(withTour(wall, { cameras: [...on, ...ids.filter((id) => id !== null)] }));
  return (
    <div className="tourlist">
      <p className="soft">{t(on.length > 0 ? 'wall.tourHelp' : 'wall.tourNone')}</p>
      {on.length > 0 && (
        <ol>
          {on.map((id) => {
            const camera = cameras.get(id);
            const drop = t('wall.drops');
            return (
              <li key={id}>
                {camera && <TierDot tier={camera.tier} />}
                <span className="name" title={camera ? titleOf(camera, lang) : id}>
                  {camera ? titleOf(camera, lang) : id}
                </span>
                <Button
                  size="small"
                  type="text"
                  icon={<CloseOutlined />}
                  title={drop}
                  aria-label={`${drop}: ${camera ? titleOf(camera, lang) : id}`}
                  onClick={() => onChange(withTour(wall, { cameras: on.filter((other) => other !== id) }))}
                />
              </li>
            );
          })}
        </ol>
      )}
      <div className="tourtools">
        <Button size="small" disabled={wall.panes.every((id) => id === null)} onClick={() => add(wall.panes)}>
          {t('wall.fromPanes')}
        </Button>
        <Button size="small" disabled={listed.length === 0} onClick={() => add(listed.map(({ id }) => id))}>
          {t('wall.fromList', { count: listed.length })}
        </Button>
        <Button
          size="small"
          id="tour-route"
          icon={<NodeIndexOutlined />}
          onClick={() => {
            store.getState().setDesk({ kind: 'route' });
            onRoute();
          }}
        >
          {t('route.open')}
        </Button>
        <Button size="small" disabled={on.length === 0} onClick={() => onChange(withTour(wall, { cameras: [] }))}>
          {t('wall.tourClear')}
        </Button>
      </div>
    </div>
  );
}

/** Goes on by itself while a tour runs. */
function useTurns(wall: Wall): void {
  const { store } = useAppContext();
  const { running, dwell_s } = wall.tour;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => {
      const { wall: now, setWall } = store.getState();
      // What somebody has enlarged is being looked at.
      if (now && now.solo === null) setWall(stepped(now));
    }, dwell_s * 1000);
    return () => clearInterval(timer);
  }, [running, dwell_s, store]);
}

export function TourBar({ wall, onChange }: TourProps) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  useTurns(wall);
  const { running, dwell_s, cameras } = wall.tour;
  const none = cameras.length === 0;
  const dwells = [...new Set([...DWELLS_S, dwell_s])].toSorted((a, b) => a - b);
  const over = (event: DragEvent) => {
    if (isOurs(event)) event.preventDefault();
  };
  const drop = (event: DragEvent) => {
    const what = dropped(event);
    if (!what) return;
    event.preventDefault();
    const id = 'camera' in what ? what.camera : wall.panes[what.pane];
    if (id) onChange(withTour(wall, { cameras: [...cameras, id] }));
  };
  const steps = [
    { icon: <StepBackwardOutlined />, label: t('wall.previous'), press: () => onChange(stepped(wall, -1)) },
    {
      icon: running ? <PauseOutlined /> : <CaretRightOutlined />,
      label: t(running ? 'wall.pause' : 'wall.start'),
      press: () => onChange(running ? paused(wall) : started(wall)),
    },
    { icon: <StepForwardOutlined />, label: t('wall.next'), press: () => onChange(stepped(wall)) },
  ];
  return (
    <fieldset className="tour" aria-label={t('wall.tour')} onDragOver={over} onDrop={drop}>
      <Popover
        trigger="click"
        open={open}
        onOpenChange={setOpen}
        placement="bottomRight"
        content={<TourList wall={wall} onChange={onChange} onRoute={() => setOpen(false)} />}
      >
        <Button
          size="small"
          id="tour"
          aria-expanded={open}
          onKeyDown={(event) => event.key === 'Escape' && setOpen(false)}
        >
          {none ? t('wall.tour') : t('wall.tourCount', { count: cameras.length })}
        </Button>
      </Popover>
      {steps.map(({ icon, label, press }) => (
        <Tooltip key={label} title={label}>
          <Button size="small" type="text" icon={icon} aria-label={label} disabled={none} onClick={press} />
        </Tooltip>
      ))}
      <span className="soft">{t('wall.dwell')}</span>
      <Select
        size="small"
        id="dwell"
        value={dwell_s}
        aria-label={t('wall.dwell')}
        popupMatchSelectWidth={false}
        options={dwells.map((value) => ({ value, label: t('wall.seconds', { count: value }) }))}
        onChange={(value) => onChange(withTour(wall, { dwell_s: value }))}
      />
    </fieldset>
  );
}
