/** Moving by keyboard: arrows or WASD pan, + - zoom, Q E turn, R F tilt, Home, N. */
import { Cartesian2, Cartesian3, Math as CesiumMath, HeadingPitchRange, Matrix4, Transforms } from 'cesium';
import { step } from './flight';
import type { Stage } from './stage';

export type Move = 'left' | 'right' | 'ahead' | 'back' | 'in' | 'out' | 'turn-left' | 'turn-right' | 'rise' | 'sink';

const MOVES: Record<string, Move> = {
  ArrowLeft: 'left',
  KeyA: 'left',
  ArrowRight: 'right',
  KeyD: 'right',
  ArrowUp: 'ahead',
  KeyW: 'ahead',
  ArrowDown: 'back',
  KeyS: 'back',
  Equal: 'in',
  NumpadAdd: 'in',
  Minus: 'out',
  NumpadSubtract: 'out',
  KeyQ: 'turn-left',
  KeyE: 'turn-right',
  KeyR: 'rise',
  KeyF: 'sink',
};

/** The move that a key stands for; none while text is written or a modifier is held. */
export function moveOf(event: Pick<KeyboardEvent, 'code' | 'ctrlKey' | 'metaKey' | 'altKey'>): Move | undefined {
  return event.ctrlKey || event.metaKey || event.altKey ? undefined : MOVES[event.code];
}

const WRITING =
  'input, textarea, select, [contenteditable=""], [contenteditable="true"], [role="tree"], [role="listbox"], [role="menu"], [role="dialog"], .manage';

/** Whether a key belongs to a field or list of the panels and not to the map. */
export function isElsewhere(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(WRITING) !== null;
}

/** Pans by screen heights, turns and tilts by degrees, per second that a key is held. */
const PAN = 0.7;
const TURN_DEG = 60;
const ZOOM = 0.9;

function focus({ scene }: Stage): Cartesian3 | undefined {
  const { camera, globe, canvas } = scene;
  const ray = camera.getPickRay(new Cartesian2(canvas.clientWidth / 2, canvas.clientHeight / 2));
  return ray && globe.pick(ray, scene);
}

function pan({ scene }: Stage, toRight: number, ahead: number, distance: number): void {
  const { camera } = scene;
  const up = scene.globe.ellipsoid.geodeticSurfaceNormal(camera.positionWC, new Cartesian3());
  const level = Cartesian3.cross(up, camera.rightWC, new Cartesian3());
  camera.move(camera.right, toRight * distance);
  camera.move(Cartesian3.normalize(level, level), ahead * distance);
}

function orbit({ scene }: Stage, center: Cartesian3, turn: number, tilt: number): void {
  const { camera } = scene;
  const range = Cartesian3.distance(camera.positionWC, center);
  const pitch = Math.min(CesiumMath.toRadians(-3), Math.max(CesiumMath.toRadians(-89), camera.pitch + tilt));
  camera.lookAtTransform(
    Transforms.eastNorthUpToFixedFrame(center),
    new HeadingPitchRange(camera.heading + turn, pitch, range),
  );
  camera.lookAtTransform(Matrix4.IDENTITY);
}

/** One stretch of `seconds` with these keys held. */
export function drive(stage: Stage, held: ReadonlySet<Move>, seconds: number): void {
  const { camera } = stage.scene;
  const axis = (plus: Move, minus: Move) => Number(held.has(plus)) - Number(held.has(minus));
  const center = focus(stage);
  const distance = center ? Cartesian3.distance(camera.positionWC, center) : camera.positionCartographic.height;
  const [toRight, ahead] = [axis('right', 'left'), axis('ahead', 'back')];
  if (toRight || ahead) pan(stage, toRight, ahead, Math.min(distance, 60_000) * PAN * seconds);
  const [turn, tilt] = [axis('turn-right', 'turn-left'), axis('rise', 'sink')];
  const angle = CesiumMath.toRadians(TURN_DEG * seconds);
  if ((turn || tilt) && center) orbit(stage, center, turn * angle, tilt * angle * 0.6);
  const zoom = axis('in', 'out');
  if (zoom) step(stage, zoom * ZOOM * seconds);
  stage.redraw();
}

/** Listens on the whole page; returns the function that stops. */
export function keepKeys(stage: Stage): () => void {
  const page = stage.container.ownerDocument;
  const held = new Set<Move>();
  const once: Record<string, 'home' | 'north'> = { Home: 'home', KeyN: 'north' };
  let frame = 0;
  let last = 0;

  const turnover = (now: number) => {
    frame = 0;
    if (held.size === 0) return;
    drive(stage, held, Math.min(0.1, (now - last) / 1000));
    last = now;
    frame = requestAnimationFrame(turnover);
  };
  const down = (event: KeyboardEvent) => {
    if (isElsewhere(event.target)) return;
    const move = moveOf(event);
    const order = event.ctrlKey || event.metaKey || event.altKey ? undefined : once[event.code];
    if (order && !event.repeat) stage.store.getState().order(order);
    if (!move && !order) return;
    event.preventDefault();
    if (!move) return;
    held.add(move);
    if (frame) return;
    last = performance.now() - 16;
    frame = requestAnimationFrame(turnover);
  };
  const up = (event: KeyboardEvent) => {
    const move = MOVES[event.code];
    if (move) held.delete(move);
  };
  const drop = () => held.clear();
  page.addEventListener('keydown', down);
  page.addEventListener('keyup', up);
  page.defaultView?.addEventListener('blur', drop);
  return () => {
    page.removeEventListener('keydown', down);
    page.removeEventListener('keyup', up);
    page.defaultView?.removeEventListener('blur', drop);
    cancelAnimationFrame(frame);
  };
}
