/**
 * Going along with a vehicle, as long as nobody takes the map in hand: the eye is moved by as much as the vehicle is,
 * and any press, wheel, key or ordered flight ends it.
 */
import { Cartesian3 } from 'cesium';
import { keyOf } from '../model/vehicles';
import { type Layer, onChange, type Stage } from './stage';

/** A step that is longer is no drive, and the eye does not leap. */
const LEAP_M = 3_000;

export function followLayer(stage: Stage): Layer {
  const { scene, store, container } = stage;
  const page = container.ownerDocument;
  let before: Cartesian3 | undefined;
  const go = () => {
    const { following } = store.getState();
    const now = following === null ? undefined : stage.shownAt?.(keyOf(following))?.position;
    if (!now) {
      before = undefined;
      return;
    }
    if (before && !Cartesian3.equals(before, now)) {
      const step = Cartesian3.subtract(now, before, new Cartesian3());
      const { camera } = scene;
      if (Cartesian3.magnitude(step) < LEAP_M) camera.position = Cartesian3.add(camera.position, step, camera.position);
    }
    before = Cartesian3.clone(now, before);
  };
  const release = () => {
    if (store.getState().following !== null) store.getState().follow(null);
  };
  const key = ({ target }: KeyboardEvent) => {
    if (!(target instanceof Element && target.closest('#follow-vehicle'))) release();
  };
  const drawing = scene.preRender.addEventListener(go);
  container.addEventListener('pointerdown', release, true);
  container.addEventListener('wheel', release, { capture: true, passive: true });
  page.addEventListener('keydown', key, true);
  // What was asked for in the same moment as the following is the way to it.
  let asked: [unknown, unknown] | undefined;
  const ordered = onChange(
    (s) => [s.flyTo, s.command, s.following, s.unit] as const,
    (_, [flyTo, command, following, unit]) => {
      const now: [unknown, unknown] = [flyTo, command];
      const other = asked !== undefined && (asked[0] !== flyTo || asked[1] !== command);
      if (following !== null && asked !== undefined && (other || unit !== keyOf(following))) release();
      asked = following === null ? undefined : now;
    },
  );
  return {
    apply: ordered,
    dispose() {
      drawing();
      container.removeEventListener('pointerdown', release, true);
      container.removeEventListener('wheel', release, true);
      page.removeEventListener('keydown', key, true);
    },
  };
}
