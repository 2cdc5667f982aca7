/** The pointer on a camera's handles: what is dragged there becomes the trial's values. */
import { Cartesian2, Cartesian3, Matrix4, SceneTransforms, Transforms } from 'cesium';
import { type GizmoLayer, handlePositions, lensOf, ringRadius } from '../layers/gizmo';
import { dragged, type Enu, HANDLES, type Handle, type Ray } from '../model/gizmo';
import type { Trial } from '../model/trial';
import { spotOf } from './pick';
import type { Stage } from './stage';

/** A handle is caught this near to its middle, pixels of the page. */
const REACH_PX = 17;

/** The handle under a point of the canvas. */
export function handleAt(stage: Stage, trial: Trial, at: Cartesian2): Handle | undefined {
  const positions = handlePositions(stage, trial);
  const near = HANDLES.map((handle) => {
    const on = SceneTransforms.worldToWindowCoordinates(stage.scene, positions[handle]);
    return { handle, off: on ? Cartesian2.distance(on, at) : Number.POSITIVE_INFINITY };
  }).filter(({ off }) => off <= REACH_PX);
  return near.toSorted((a, b) => a.off - b.off)[0]?.handle;
}

/** The pointer's ray in metres east, north, up of the lens. */
function localRay(stage: Stage, trial: Trial, at: Cartesian2): Ray | undefined {
  const ray = stage.scene.camera.getPickRay(at);
  if (!ray) return undefined;
  const inward = Matrix4.inverseTransformation(Transforms.eastNorthUpToFixedFrame(lensOf(trial)), new Matrix4());
  const origin = Matrix4.multiplyByPoint(inward, ray.origin, new Cartesian3());
  const direction = Matrix4.multiplyByPointAsVector(inward, ray.direction, new Cartesian3());
  const enu = ({ x, y, z }: Cartesian3): Enu => [x, y, z];
  return { origin: enu(origin), direction: enu(direction) };
}

function drag(stage: Stage, handle: Handle, trial: Trial, at: Cartesian2): void {
  const { adjust } = stage.store.getState();
  if (handle === 'foot') {
    const ray = stage.scene.camera.getPickRay(at);
    const ground = ray && stage.scene.globe.pick(ray, stage.scene);
    if (!ground) return;
    const { lon, lat, height } = spotOf(ground);
    adjust({ lon, lat }, { ground: height, dragging: true });
    return;
  }
  const ray = localRay(stage, trial, at);
  if (ray) adjust(dragged(handle, ray, trial.values, ringRadius(stage, trial)), { dragging: true });
}

/** Listens before the map does, so that a handle is dragged and the map stays; returns the function that stops. */
export function keepHandles(stage: Stage, gizmo: GizmoLayer): () => void {
  const { container, store, scene } = stage;
  const page = container.ownerDocument;
  let held: Handle | undefined;
  let pulled: Cartesian2 | undefined;
  let frame = 0;
  const point = (event: PointerEvent) => {
    const { left, top } = scene.canvas.getBoundingClientRect();
    return new Cartesian2(event.clientX - left, event.clientY - top);
  };
  /** Takes up where the hand is now; once a picture, as the hand is quicker than the pictures are. */
  const pull = () => {
    cancelAnimationFrame(frame);
    frame = 0;
    const { trial } = store.getState();
    if (held && trial && pulled) drag(stage, held, trial, pulled);
    pulled = undefined;
  };
  const down = (event: PointerEvent) => {
    const { trial } = store.getState();
    if (!trial || event.button !== 0) return;
    const handle = handleAt(stage, trial, point(event));
    if (!handle) return;
    held = handle;
    gizmo.hold(handle);
    event.stopPropagation();
    event.preventDefault();
  };
  const move = (event: PointerEvent) => {
    const { trial } = store.getState();
    if (!trial) return;
    if (held) {
      event.stopPropagation();
      pulled = point(event);
      frame ||= requestAnimationFrame(pull);
      return;
    }
    if (event.buttons !== 0 || event.target !== scene.canvas) return;
    const over = handleAt(stage, trial, point(event));
    gizmo.hold(over);
    scene.canvas.style.cursor = over ? 'grab' : '';
  };
  const up = () => {
    if (!held) return;
    pull();
    held = undefined;
    gizmo.hold(undefined);
    store.getState().adjust({}, { dragging: false });
  };
  container.addEventListener('pointerdown', down, true);
  page.addEventListener('pointermove', move, true);
  page.addEventListener('pointerup', up, true);
  page.addEventListener('pointercancel', up, true);
  return () => {
    cancelAnimationFrame(frame);
    container.removeEventListener('pointerdown', down, true);
    page.removeEventListener('pointermove', move, true);
    page.removeEventListener('pointerup', up, true);
    page.removeEventListener('pointercancel', up, true);
  };
}
