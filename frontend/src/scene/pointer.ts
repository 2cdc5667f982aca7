/** The pointer on the map: select and link, or hand the place to the tool in hand. */
import { Cartesian2, Cartesian3, ScreenSpaceEventHandler, ScreenSpaceEventType } from 'cesium';
import { rangeOf } from '../layers/eye';
import type { Mark } from '../layers/marks';
import { timeClicked } from '../layers/track';
import type { Spot } from '../model/geodesy';
import type { Tool } from '../model/state';
import { keyOf } from '../model/vehicles';
import { lookAt } from './flight';
import { isElsewhere } from './keyboard';
import { look, markUnder, place } from './pick';
import type { Stage } from './stage';

/** A tool that takes places from the map. Esc lays it down: that key is the panels'. */
export interface Hand {
  click(spot: Spot): void;
  move(spot: Spot): void;
  /** double click or Enter */
  finish(): void;
}

/** Null: the tool has a pointer of its own. */
export type Hands = Partial<Record<Tool, Hand | null>>;

/** A second click this soon and this near is half of a double click. */
const DOUBLE = { ms: 350, px: 5 };

function followMark(stage: Stage, mark: Mark): void {
  if (mark.kind === 'camera') {
    stage.store.getState().select({ kind: 'camera', id: mark.id });
    return;
  }
  if (mark.kind === 'incident') {
    stage.store.getState().openIncident(mark.id);
    return;
  }
  if (mark.kind === 'checkpoint') {
    stage.store.getState().openCheckpoint(mark.id);
    return;
  }
  if (mark.kind === 'unit') {
    stage.store.getState().openUnit(mark.id);
    return;
  }
  const { lon, lat, height, opens } = mark;
  lookAt(stage, Cartesian3.fromDegrees(lon, lat, height), 0.8 * rangeOf(stage.scene, opens, lat));
}

function select(stage: Stage, at: Cartesian2): void {
  const { mark, building, spot } = look(stage, at);
  if (mark) {
    followMark(stage, mark);
    return;
  }
  if (!spot) return;
  const state = stage.store.getState();
  const time = timeClicked(stage, spot);
  if (time !== undefined) {
    state.setTrackAt(time);
    if (state.track) state.openUnit(keyOf(state.track.vehicle));
    return;
  }
  state.setClick({ ...spot, source: 'scene' });
  state.select(building === undefined ? { kind: 'place', ...spot } : { kind: 'building', id: building });
}

function hover(stage: Stage, at: Cartesian2): void {
  const mark = markUnder(stage, at);
  const { store, scene } = stage;
  scene.canvas.style.cursor = mark ? 'pointer' : '';
  const { left, top } = scene.canvas.getBoundingClientRect();
  const over = mark?.kind === 'incident' || mark?.kind === 'checkpoint' || mark?.kind === 'unit' ? mark : undefined;
  if (over?.id !== store.getState().over?.id) {
    store.getState().setOver(over && { kind: over.kind, id: over.id, x: at.x + left, y: at.y + top });
  }
  const before = store.getState().hover;
  if (mark?.kind !== 'camera') {
    if (before) store.getState().setHover(undefined);
    return;
  }
  if (before?.camera === mark.id) return;
  store.getState().setHover({ camera: mark.id, x: at.x + left, y: at.y + top });
}

/** Returns the function that stops listening. */
export function keepPointer(stage: Stage, hands: Hands): () => void {
  const handler = new ScreenSpaceEventHandler(stage.scene.canvas);
  const page = stage.container.ownerDocument;
  const inHand = () => hands[stage.store.getState().tool];
  let last = { time: 0, x: 0, y: 0 };
  let waiting: ReturnType<typeof setTimeout> | undefined;
  let pressed = false;

  handler.setInputAction(({ position }: ScreenSpaceEventHandler.PositionedEvent) => {
    const hand = inHand();
    const now = performance.now();
    const again = now - last.time < DOUBLE.ms && Math.hypot(position.x - last.x, position.y - last.y) < DOUBLE.px;
    last = { time: now, x: position.x, y: position.y };
    if (again || hand === null) return;
    if (!hand) {
      select(stage, position);
      return;
    }
    const spot = place(stage, position);
    if (spot) hand.click(spot);
  }, ScreenSpaceEventType.LEFT_CLICK);
  handler.setInputAction(() => inHand()?.finish(), ScreenSpaceEventType.LEFT_DOUBLE_CLICK);

  const settle = (at: Cartesian2) => {
    waiting = undefined;
    if (pressed || stage.widget.isDestroyed()) return;
    const hand = inHand();
    if (hand === null) return;
    if (!hand) {
      hover(stage, at);
      return;
    }
    stage.scene.canvas.style.cursor = 'crosshair';
    const spot = place(stage, at);
    if (spot) hand.move(spot);
  };
  let latest = new Cartesian2();
  handler.setInputAction(({ endPosition }: ScreenSpaceEventHandler.MotionEvent) => {
    latest = Cartesian2.clone(endPosition);
    waiting ??= setTimeout(() => settle(latest), stage.quality.hover_ms);
  }, ScreenSpaceEventType.MOUSE_MOVE);

  const down = () => {
    pressed = true;
    const { hover: before, over, setHover, setOver } = stage.store.getState();
    if (before) setHover(undefined);
    if (over) setOver(undefined);
  };
  const up = () => {
    pressed = false;
  };
  const key = (event: KeyboardEvent) => {
    if (isElsewhere(event.target)) return;
    if (event.code === 'Enter') inHand()?.finish();
    if (event.code === 'Backspace' && inHand()) stage.store.getState().takeBack();
  };
  const { canvas } = stage.scene;
  canvas.addEventListener('pointerdown', down);
  page.addEventListener('pointerup', up);
  page.addEventListener('keydown', key);
  return () => {
    clearTimeout(waiting);
    canvas.removeEventListener('pointerdown', down);
    page.removeEventListener('pointerup', up);
    page.removeEventListener('keydown', key);
    handler.destroy();
  };
}
