import {
  AimOutlined,
  BorderOuterOutlined,
  CloseOutlined,
  FullscreenExitOutlined,
  FullscreenOutlined,
  LoadingOutlined,
  SyncOutlined,
  UnorderedListOutlined,
} from '@ant-design/icons';
import { useMutation } from '@tanstack/react-query';
import { Button, Tooltip } from 'antd';
import { type PointerEvent as ReactPointerEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type Aim, type AimQuery, isFound, type Projected } from '../../api/cameraTypes';
import type { CameraDetails, CameraSummary } from '../../api/types';
import { reachOf } from '../../model/ellipse';
import type { Place } from '../../model/state';
import { useApp, useAppContext, useLang } from '../app';
import { titleOf } from '../cameraTree';
import { degrees, density, distance } from '../format';
import { useCameraDetails } from '../queries';
import { TierDot } from '../TierDot';
import { Trouble } from '../Trouble';
import { PictureView, PlaceMark } from './PictureView';
import { hitLabel, hitWords } from './placeWords';
import { aimQuery, useProjected } from './queries';
import { useSteadyPicture } from './Still';

const HIT = '#ff7eb6';
const ASKED = '#ffd166';
const STILL_PX = { small: 960, large: 1600 };

/** Where a window opens: two columns beside the tree. */
const SLOT = { left: 322, top: 58, width: 372, height: 312, gap: 10 };

function slotOf(index: number) {
  const [column, row] = [Math.floor(index / 2), index % 2];
  return { x: SLOT.left + column * (SLOT.width + SLOT.gap), y: SLOT.top + row * (SLOT.height + SLOT.gap) };
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

/** The place that the pictures mark: pointed at in one of them, or clicked on the map. */
function usePlace(): Place | null {
  const pointed = useApp((state) => state.pointed);
  const click = useApp((state) => state.click);
  const link = useApp((state) => state.link);
  if (pointed) return pointed.answer.place;
  if (!click) return null;
  // The server's place for the click: the height that was picked is the mesh's.
  return link ? link.place : click;
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

function Body({ camera, large, lines }: { camera: CameraDetails; large: boolean; lines: boolean }) {
  const { t } = useTranslation();
  const lang = useLang();
  const { store, api } = useAppContext();
  const choice = useApp((state) => state.aims[camera.id]);
  const pointed = useApp((state) => state.pointed);
  const [turned, setTurned] = useState<Aim | null>(null);
  const [cross, setCross] = useState<[number, number] | null>(null);
  const place = usePlace();
  const aim: AimQuery = turned ?? aimQuery(choice, camera.presets);
  const projected = useProjected(camera, place, aim);
  const looks = camera.heading !== null || camera.aim !== null || aim.pan !== undefined;
  const query = { width: large ? STILL_PX.large : STILL_PX.small, v: camera.version, ...aim };
  const { shown, busy, failed } = useSteadyPicture(looks ? api.stillUrl(camera.id, query) : undefined);
  const edges = useSteadyPicture(looks && lines ? api.edgesUrl(camera.id, query) : undefined);
  const locate = useMutation({
    mutationFn: (pixel: [number, number]) => api.locate(camera.id, pixel, aim),
    onSuccess: (answer, pixel) =>
      store
        .getState()
        .setPointed(isFound(answer) ? { camera: camera.id, pixel, answer, label: hitLabel(answer, lang, t) } : null),
    onError: () => store.getState().setPointed(null),
  });
  const mine = pointed?.camera === camera.id;
  const at = projected.data?.pixel;
  return (
    <>
      <div className="picturebody" data-busy={busy}>
        {looks ? (
          <PictureView
            src={shown}
            over={lines ? edges.shown : undefined}
            size={[camera.image_width, camera.image_height]}
            label={t('picture.canvas', { name: titleOf(camera, lang) })}
            onPoint={(pixel) => locate.mutate(pixel)}
            onHover={setCross}
            onClose={() => store.getState().closePicture(camera.id)}
            overlay={(unit) => (
              <>
                {at && <PlaceMark at={at} unit={unit} colour={mine ? HIT : ASKED} hidden={!projected.data?.visible} />}
                {mine && <circle className="pixelmark" cx={pointed.pixel[0]} cy={pointed.pixel[1]} r={3 * unit} />}
              </>
            )}
          />
        ) : (
          <div className="nopicture">
            <span>{t('picture.none')}</span>
            <small className="soft">{t('picture.noneHelp')}</small>
          </div>
        )}
        <span className="simulated" title={t('picture.simulatedHelp')}>
          {t('picture.simulated')}
          {busy && <LoadingOutlined style={{ marginLeft: 6 }} />}
        </span>
        {failed && !busy && <span className="nopicture">{t('picture.failed')}</span>}
        {cross && <span className="pixel">{t('picture.at', { u: cross[0].toFixed(0), v: cross[1].toFixed(0) })}</span>}
      </div>
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
          <Seen projected={projected.data} onTurn={camera.type === 'ptz' ? setTurned : undefined} />
        )}
        {turned && (
          <Button size="small" type="link" onClick={() => setTurned(null)}>
            {t('picture.turnBack')}
          </Button>
        )}
        {!mine && !place && locate.isIdle && <span className="soft">{t('picture.hint')}</span>}
      </footer>
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
  const [lines, setLines] = useState(false);
  const { at, handlers } = useDragged(slotOf(index));
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.querySelector<SVGSVGElement>('svg.pictureview')?.focus({ preventScroll: true }), []);
  const close = () => store.getState().closePicture(camera.id);
  return (
    <section
      ref={box}
      className={`picturewin${large ? ' large' : ''}${selected ? ' chosen' : ''}`}
      role="dialog"
      data-camera={camera.id}
      aria-label={t('picture.canvas', { name: titleOf(camera, lang) })}
      style={large ? undefined : { left: at.x, top: at.y }}
    >
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the buttons inside do the same by keyboard */}
      <header {...(large ? {} : handlers)} onDoubleClick={() => setLarge(!large)}>
        <TierDot tier={camera.tier} />
        <button
          type="button"
          className="title"
          title={titleOf(camera, lang)}
          onClick={() => store.getState().select({ kind: 'camera', id: camera.id })}
        >
          {titleOf(camera, lang)}
        </button>
        <Tooltip title={t('picture.lines')}>
          <Button
            size="small"
            type={lines ? 'primary' : 'text'}
            ghost={lines}
            icon={<BorderOuterOutlined />}
            aria-label={t('picture.lines')}
            aria-pressed={lines}
            onClick={() => setLines(!lines)}
          />
        </Tooltip>
        <Tooltip title={large ? t('picture.shrink') : t('picture.enlarge')}>
          <Button
            size="small"
            type="text"
            icon={large ? <FullscreenExitOutlined /> : <FullscreenOutlined />}
            aria-label={large ? t('picture.shrink') : t('picture.enlarge')}
            onClick={() => setLarge(!large)}
          />
        </Tooltip>
        <Tooltip title={t('picture.close')}>
          <Button size="small" type="text" icon={<CloseOutlined />} aria-label={t('picture.close')} onClick={close} />
        </Tooltip>
      </header>
      {details.error && <Trouble error={details.error} retry={() => details.refetch()} />}
      {details.data && <Body camera={details.data} large={large} lines={lines} />}
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
