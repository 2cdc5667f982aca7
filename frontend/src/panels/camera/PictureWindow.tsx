import {
  AimOutlined,
  ArrowsAltOutlined,
  BorderOuterOutlined,
  CloseOutlined,
  FullscreenExitOutlined,
  FullscreenOutlined,
  ShrinkOutlined,
  SyncOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import { Button, Tooltip } from 'antd';
import { type ReactNode, type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Aim, isFound, type Projected } from '../../api/cameraTypes';
import type { StreamRole } from '../../api/streams';
import type { CameraDetails, CameraSummary } from '../../api/types';
import { reachOf } from '../../model/ellipse';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { degrees, density, distance } from '../format';
import { useCameraDetails } from '../queries';
import { VideoNow } from '../replay/VideoNow';
import { TierDot } from '../TierDot';
import { Trouble } from '../Trouble';
import { DrapeSwitch } from '../video/DrapeSwitch';
import { RoleSwitch, SaveTools } from '../video/FilmTools';
import { useFullPage } from '../video/useFullPage';
import { movedWords, whyNotTurned } from '../video/words';
import { NamesSwitch } from './NamesSwitch';
import { PictureStage } from './PictureStage';
import { hitWords } from './placeWords';
import { type Picture, usePicture } from './usePicture';

const STILL_PX = { small: 960, large: 1600 };

/** Where a window opens: two columns beside the tree or a desk, under the bar of the situation. */
const SLOT = { left: 322, besideDesk: 440, top: 104, width: 372, height: 312, gap: 10 };

function slotOf(index: number, besideDesk: boolean) {
  const left = besideDesk ? SLOT.besideDesk : SLOT.left;
  const [column, row] = [Math.floor(index / 2), index % 2];
  return { x: left + column * (SLOT.width + SLOT.gap), y: SLOT.top + row * (SLOT.height + SLOT.gap) };
}

/** The window's place, dragged by its head. */
function useDragged(start: { x: number; y: number }) {
  const [at, setAt] = useState(start);
  const held = useRef<{ dx: number; dy: number } | null>(null);
  const down = (event: ReactPointerEvent<HTMLElement>) => {
    if (event.button !== 0 || (event.target as Element).closest('button')) return;
    held.current = { dx: event.clientX - at.x, dy: event.clientY - at.y };
    event.currentTarget.setPointerCapture(event.pointerId);
  };
  const move = (event: ReactPointerEvent<HTMLElement>) => {
    if (!held.current) return;
    const x = Math.min(Math.max(event.clientX - held.current.dx, 0), window.innerWidth - 120);
    const y = Math.min(Math.max(event.clientY - held.current.dy, 48), window.innerHeight - 80);
    setAt({ x, y });
  };
  const up = () => {
    held.current = null;
  };
  return { at, handlers: { onPointerDown: down, onPointerMove: move, onPointerUp: up } };
}

function Seen({ projected, onTurn }: { projected: Projected; onTurn: ((aim: Aim) => void) | undefined }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { aim } = projected;
  const facts = [
    projected.distance_m === null ? '' : distance(projected.distance_m, lang),
    projected.visible && projected.density_px_m !== null ? density(projected.density_px_m, lang) : '',
    projected.visible && projected.class ? t(`class.${projected.class}`) : '',
  ].filter(Boolean);
  const turn = aim &&
    onTurn && {
      pan: degrees(aim.pan, lang),
      tilt: degrees(aim.tilt, lang),
      zoom: aim.zoom.toFixed(1),
    };
  return (
    <div className={`asked${projected.visible ? '' : ' no'}`} data-seen={projected.visible}>
      <span>
        {projected.visible ? t('picture.here') : t('picture.outside', { why: projected.why })}
        {facts.length > 0 && <span className="soft"> · {facts.join(' · ')}</span>}
      </span>
      {turn && aim && (
        <Tooltip title={t('picture.turnHelp', turn)}>
          <Button size="small" type="link" icon={<SyncOutlined />} onClick={() => onTurn?.(aim)}>
            {t('picture.turn')}
          </Button>
        </Tooltip>
      )}
    </div>
  );
}

function Hit() {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const pointed = useApp((state) => state.pointed);
  if (!pointed) return null;
  const { answer } = pointed;
  const { lon, lat, height } = answer.place;
  const [a, b] = reachOf(answer);
  const who = () => {
    store.getState().select(null);
    store.getState().setClick({ lon, lat, height, source: 'scene' });
  };
  return (
    <div className="located" data-kind={answer.place.kind}>
      <span>
        <strong>{hitWords(answer, lang, t)}</strong>
        <span className="soft">
          {' '}
          · {distance(answer.distance_m, lang)} · {density(answer.density_px_m, lang)} ·{' '}
          <Tooltip title={t(`picture.sure_${answer.uncertainty.source}`)}>
            {t('picture.sure', { a: distance(a, lang), b: distance(b, lang) })}
          </Tooltip>
          {answer.trees_m !== null && ` · ${t('picture.trees', { m: distance(answer.trees_m, lang) })}`}
        </span>
      </span>
      <span className="tools">
        <Tooltip title={t('picture.whoSeesHelp')}>
          <Button size="small" type="link" icon={<UnorderedListOutlined />} onClick={who}>
            {t('picture.whoSees')}
          </Button>
        </Tooltip>
        <Tooltip title={t('picture.goThere')}>
          <Button
            size="small"
            type="text"
            icon={<AimOutlined />}
            aria-label={t('picture.goThere')}
            onClick={() => store.getState().goTo({ lon, lat, height, range: 250 })}
          />
        </Tooltip>
      </span>
    </div>
  );
}

/** What the picture shows of the place that was asked for, or what was hit in it, and what the camera was told. */
function Foot({ camera, picture }: { camera: CameraDetails; picture: Picture }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { locate, mine, projected, place, turned, setTurned, steer, seen } = picture;
  const held = steer.seen?.held;
  const turnTo = (aim: Aim) => {
    if (place && steer.able && seen) steer.order({ move: 'place', ...place });
    else setTurned(aim);
  };
  return (
    <footer aria-live="polite">
      {locate.error && <Trouble error={locate.error} />}
      {locate.data && !isFound(locate.data) && !locate.isPending && (
        <span className="asked no" data-hit={locate.data.hit}>
          {t(`picture.hit.${locate.data.hit}`)}
        </span>
      )}
      {locate.isPending && <span className="soft">{t('picture.locating')}</span>}
      {!locate.isPending && mine && <Hit />}
      {!mine && projected.error && <Trouble error={projected.error} retry={() => projected.refetch()} />}
      {!mine && projected.data && (
        <Seen projected={projected.data} onTurn={camera.type === 'ptz' ? turnTo : undefined} />
      )}
      {turned && !seen && (
        <Button size="small" type="link" onClick={() => setTurned(null)}>
          {t('picture.turnBack')}
        </Button>
      )}
      {!mine && !place && locate.isIdle && !steer.moved && !steer.error && !steer.busy && (
        <span className="soft">{t(steer.able && seen ? 'ptz.hint' : 'picture.hint')}</span>
      )}
      {steer.busy && <span className="soft">{t('ptz.moving')}</span>}
      {!steer.busy && steer.error && <span className="turntold no">{whyNotTurned(steer.error, lang, t)}</span>}
      {!steer.busy && !steer.error && steer.moved && (
        <span
          className={steer.moved.reached === false ? 'turntold no' : 'soft'}
          data-reached={String(steer.moved.reached)}
        >
          {movedWords(steer.moved, lang, t)}
        </span>
      )}
      {held && !steer.error && <span className="soft">{t('ptz.heldBy', { by: held.by })}</span>}
    </footer>
  );
}

interface BodyProps {
  details: CameraDetails;
  large: boolean;
  full: boolean;
  lines: boolean;
  /** the window's head, with the tools of the picture in it */
  head: (tools: ReactNode) => ReactNode;
}

/** Tools, picture and what is said of it. */
function Body({ details, large, full, head, lines }: BodyProps) {
  const { store } = useAppContext();
  const lang = useLang();
  const [role, setRole] = useState<StreamRole>('main');
  const wide = large || full;
  const picture = usePicture(details, { width: wide ? STILL_PX.large : STILL_PX.small, lines, role });
  return (
    <>
      {head(
        <>
          <RoleSwitch video={picture.video} onChange={setRole} />
          <SaveTools video={picture.video} name={titleOf(details, lang)} />
          <NamesSwitch />
          {picture.video.kept === null && <DrapeSwitch camera={details} />}
        </>,
      )}
      <PictureStage camera={details} picture={picture} onClose={() => store.getState().closePicture(details.id)} />
      <Foot camera={details} picture={picture} />
    </>
  );
}

export function PictureWindow({ camera, index }: { camera: CameraSummary; index: number }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store } = useAppContext();
  const details = useCameraDetails(camera.id);
  const selected = useApp((state) => state.selection?.kind === 'camera' && state.selection.id === camera.id);
  const [large, setLarge] = useState(false);
  const [full, setFull] = useFullPage();
  const [lines, setLines] = useState(false);
  const besideDesk = useApp((state) => state.desk !== null);
  const { at, handlers } = useDragged(slotOf(index, besideDesk));
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.querySelector<SVGSVGElement>('svg.pictureview')?.focus({ preventScroll: true }), []);
  const close = () => store.getState().closePicture(camera.id);
  const fixed = large || full;
  const name = titleOf(camera, lang);
  const toggles = [
    { on: lines, icon: <BorderOuterOutlined />, label: t('picture.lines'), press: () => setLines(!lines) },
    {
      on: large,
      icon: large ? <ShrinkOutlined /> : <ArrowsAltOutlined />,
      label: t(large ? 'picture.shrink' : 'picture.enlarge'),
      press: () => setLarge(!large),
    },
    {
      on: full,
      icon: full ? <FullscreenExitOutlined /> : <FullscreenOutlined />,
      label: t(full ? 'video.fullEnd' : 'video.full'),
      press: () => setFull(!full),
    },
  ];
  const head = (tools: ReactNode) => (
    // biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside do the same by keyboard
    <header {...(fixed ? {} : handlers)} onDoubleClick={() => setLarge(!large)}>
      <TierDot tier={camera.tier} />
      <button
        type="button"
        className="title"
        title={name}
        onClick={() => store.getState().select({ kind: 'camera', id: camera.id })}
      >
        {name}
      </button>
      <VideoNow />
      <span className="headtools">
        {tools}
        {toggles.map(({ on, icon, label, press }) => (
          <Tooltip key={label} title={label}>
            <Button
              size="small"
              type={on ? 'primary' : 'text'}
              ghost={on}
              icon={icon}
              aria-label={label}
              aria-pressed={on}
              onClick={press}
            />
          </Tooltip>
        ))}
        <Tooltip title={t('picture.close')}>
          <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t('picture.close')} onClick={close} />
        </Tooltip>
      </span>
    </header>
  );
  return (
    <section
      ref={box}
      className={`picturewin${large ? ' large' : ''}${full ? ' full' : ''}${selected ? ' chosen' : ''}`}
      role="dialog"
      data-camera={camera.id}
      aria-label={t('picture.canvas', { name })}
      style={fixed ? undefined : { left: at.x, top: at.y }}
    >
      {!details.data && head(null)}
      {details.error && <Trouble error={details.error} retry={() => details.refetch()} />}
      {details.data && <Body details={details.data} large={large} full={full} lines={lines} head={head} />}
      {details.isPending && (
        <div className="picturebody">
          <span className="nopicture soft">{t('picture.loading')}</span>
        </div>
      )}
    </section>
  );
}

/** All pictures that stand open, side by side. */
export function PictureWindows() {
  const pictures = useApp((state) => state.pictures);
  const cameras = useApp((state) => state.cameras);
  return pictures.map((id, index) => {
    const camera = cameras.get(id);
    return camera && <PictureWindow key={id} camera={camera} index={index} />;
  });
}
