/** Moves of the viewer's eye that somebody asked for: flights, home, north, steps of zoom. */
import {
  BoundingSphere,
  type Camera,
  Cartesian2,
  Cartesian3,
  Cartographic,
  Math as CesiumMath,
  HeadingPitchRange,
} from 'cesium';
import type { City } from '../api/types';
import type { View } from '../model/state';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from './stage';

const RANGE_M = 600;
const PITCH_DEG = -38;

export function viewOf(camera: Camera): View {
  const { longitude, latitude, height } = camera.positionCartographic;
  const degrees = CesiumMath.toDegrees;
  const turn = (angle: number) => Math.round(degrees(CesiumMath.negativePiToPi(angle)) * 1e4) / 1e4;
  return {
    lon: degrees(longitude),
    lat: degrees(latitude),
    height,
    heading: (turn(camera.heading) + 360) % 360,
    pitch: turn(camera.pitch),
    roll: turn(camera.roll),
  };
}

const orientationOf = ({ heading, pitch, roll }: Pick<View, 'heading' | 'pitch' | 'roll'>) => ({
  heading: CesiumMath.toRadians(heading),
  pitch: CesiumMath.toRadians(pitch),
  roll: CesiumMath.toRadians(roll),
});

/** Puts the eye somewhere at once. */
export function setView({ scene, redraw }: Stage, view: View): void {
  scene.camera.setView({
    destination: Cartesian3.fromDegrees(view.lon, view.lat, view.height),
    orientation: orientationOf(view),
  });
  redraw();
}

export const homeView = ({ home }: City): View => ({ ...home, roll: 0 });

function glide(stage: Stage, view: View): void {
  if (stage.quality.flight_s === 0) {
    setView(stage, view);
    return;
  }
  stage.scene.camera.flyTo({
    destination: Cartesian3.fromDegrees(view.lon, view.lat, view.height),
    orientation: orientationOf(view),
    duration: stage.quality.flight_s,
  });
}

/** Looks at a place from a distance; keeps the heading, and the pitch where it is aslant. */
export function lookAt(stage: Stage, place: Cartesian3, range = RANGE_M): void {
  const { camera } = stage.scene;
  const pitch = CesiumMath.toDegrees(camera.pitch);
  const aslant = pitch < -25 && pitch > -75 ? pitch : PITCH_DEG;
  camera.flyToBoundingSphere(new BoundingSphere(place, 1), {
    offset: new HeadingPitchRange(camera.heading, CesiumMath.toRadians(aslant), range),
    duration: stage.quality.flight_s,
  });
  stage.redraw();
}

/** Height of the drawn ground at a place, metres; where no tile is there yet, the server's. */
async function groundAt({ scene, api }: Stage, lon: number, lat: number): Promise<number> {
  const drawn = scene.globe.getHeight(Cartographic.fromDegrees(lon, lat));
  return drawn ?? (await api.height(lon, lat)).top;
}

/** Steps along the line of sight by a share of the distance to the ground ahead. */
export function step({ scene, redraw }: Stage, share: number): void {
  const { camera, globe, canvas } = scene;
  const middle = camera.getPickRay(new Cartesian2(canvas.clientWidth / 2, canvas.clientHeight / 2));
  const ahead = middle && globe.pick(middle, scene);
  const distance = ahead ? Cartesian3.distance(camera.positionWC, ahead) : camera.positionCartographic.height;
  camera.moveForward(distance * share);
  redraw();
}

function lookThrough(stage: Stage, state: AppState): void {
  const id = state.selection?.kind === 'camera' ? state.selection.id : undefined;
  const camera = id === undefined ? undefined : state.cameras.get(id);
  if (!camera || camera.heading === null) return;
  const { lon, lat, height, heading, pitch } = camera;
  glide(stage, { lon, lat, height, heading, pitch, roll: 0 });
}

function obey(stage: Stage, state: AppState): void {
  switch (state.command?.kind) {
    case 'home':
      if (state.city) glide(stage, homeView(state.city));
      break;
    case 'north':
      glide(stage, { ...viewOf(stage.scene.camera), heading: 0, roll: 0 });
      break;
    case 'zoom-in':
      step(stage, 0.4);
      break;
    case 'zoom-out':
      step(stage, -0.65);
      break;
    case 'look-through':
      lookThrough(stage, state);
      break;
  }
}

/** Carries out `flyTo` and `command` of the store. */
export function flightLayer(stage: Stage): Layer {
  const fly = onChange(
    (s) => [s.flyTo] as const,
    async (_, [target]) => {
      if (!target) return;
      const { lon, lat, range } = target;
      const height = target.height ?? (await groundAt(stage, lon, lat).catch(() => 0));
      if (stage.store.getState().flyTo?.nonce !== target.nonce || stage.widget.isDestroyed()) return;
      lookAt(stage, Cartesian3.fromDegrees(lon, lat, height), range);
    },
  );
  const command = onChange(
    (s) => [s.command] as const,
    (state) => obey(stage, state),
  );
  return {
    apply(state) {
      fly(state);
      command(state);
    },
    dispose() {
      stage.scene.camera.cancelFlight();
    },
  };
}
