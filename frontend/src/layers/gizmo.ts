/** The handles around a camera that is being adjusted: a ring for the heading, an arc for the tilt, and so on. */
import { Cartesian3, Matrix4, Transforms } from 'cesium';
import { type Enu, gizmoLines, HANDLES, type Handle, handlePlaces } from '../model/gizmo';
import type { Trial } from '../model/trial';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { sceneFocal } from './eye';
import { HANDLE_COLOURS, handleIcon } from './gizmoIcons';
import { labelIcon } from './icons';
import { type Line, Lines } from './lines';
import { type Sign, Signs } from './signs';

/** Radius of the ring on the screen, pixels of the page. */
const RING_PX = 105;
const LEAST_M = 1.5;

export const lensOf = ({ values, ground }: Trial) =>
  Cartesian3.fromDegrees(values.lon, values.lat, ground + values.mount_height);

/** Radius of the ring in metres: it keeps its size on the screen. */
export function ringRadius({ scene }: Stage, trial: Trial): number {
  const distance = Cartesian3.distance(scene.camera.positionWC, lensOf(trial));
  return Math.max(LEAST_M, (RING_PX * distance) / sceneFocal(scene));
}

const frameOf = (trial: Trial) => Transforms.eastNorthUpToFixedFrame(lensOf(trial));

export const placed = (frame: Matrix4, [east, north, up]: Enu) =>
  Matrix4.multiplyByPoint(frame, new Cartesian3(east, north, up), new Cartesian3());

/** Where the handles stand in space. */
export function handlePositions(stage: Stage, trial: Trial): Record<Handle, Cartesian3> {
  const frame = frameOf(trial);
  const places = handlePlaces(trial.values, ringRadius(stage, trial));
  return Object.fromEntries(HANDLES.map((handle) => [handle, placed(frame, places[handle])])) as Record<
    Handle,
    Cartesian3
  >;
}

const SHADE: Record<Handle | 'aim', string> = { ...HANDLE_COLOURS, aim: '#ffffff' };

function lines(stage: Stage, trial: Trial): Line[] {
  const frame = frameOf(trial);
  return gizmoLines(trial.values, ringRadius(stage, trial)).map(({ part, points }) => ({
    positions: points.map((point) => placed(frame, point)),
    colour: SHADE[part],
    width: part === 'heading' || part === 'tilt' ? 2.4 : 1.8,
    hidden: 0.6,
  }));
}

const VALUES: Record<Handle, (trial: Trial) => string> = {
  heading: ({ values }) => `${values.heading.toFixed(1)}°`,
  tilt: ({ values }) => `${values.pitch.toFixed(1)}°`,
  left: ({ values }) => `${values.hfov.toFixed(1)}°`,
  right: ({ values }) => `${values.hfov.toFixed(1)}°`,
  mast: ({ values }) => `${values.mount_height.toFixed(1)} m`,
  foot: ({ values }) => `${values.lon.toFixed(6)}, ${values.lat.toFixed(6)}`,
};

export interface GizmoLayer extends Layer {
  /** Shows a handle as held, with its value beside it; undefined: none. */
  hold(handle: Handle | undefined): void;
}

export function gizmoLayer(stage: Stage): GizmoLayer {
  const strokes = new Lines(stage);
  const handles = new Signs(stage);
  let held: Handle | undefined;
  let trial: Trial | undefined;
  const draw = () => {
    if (!trial) {
      strokes.show([]);
      handles.show([]);
      return;
    }
    const now = trial;
    const at = handlePositions(stage, now);
    const key = (handle: Handle) => `${handle} ${at[handle].x} ${at[handle].y} ${at[handle].z}`;
    const signs: Sign[] = HANDLES.map((handle) => ({
      key: key(handle),
      icon: handleIcon(handle, handle === held),
      position: at[handle],
    }));
    if (held) {
      const words = VALUES[held](now);
      signs.push({ key: `${words} ${key(held)}`, icon: labelIcon(words), position: at[held], offset: [0, -26] });
    }
    strokes.show(lines(stage, now));
    handles.show(signs);
  };
  const redo = onChange(
    (s) => [s.trial] as const,
    (_, [next]) => {
      trial = next;
      draw();
    },
  );
  const { camera } = stage.scene;
  const again = () => {
    if (trial) draw();
  };
  const unlisten = [camera.changed.addEventListener(again), camera.moveEnd.addEventListener(again)];
  return {
    hold(handle) {
      if (held === handle) return;
      held = handle;
      again();
    },
    apply: redo,
    dispose() {
      for (const stop of unlisten) stop();
      strokes.dispose();
      handles.dispose();
    },
  };
}
