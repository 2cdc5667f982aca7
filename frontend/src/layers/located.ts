/** The place that was pointed at in a picture: where it is, how surely, what was hit, and the line to it. */
import { Cartesian3, Transforms } from 'cesium';
import type { Pointed } from '../model/cameraState';
import { ellipseAround } from '../model/ellipse';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { placed } from './gizmo';
import { dotIcon, labelIcon } from './icons';
import { type Line, Lines } from './lines';
import { type Sign, Signs } from './signs';

export const POINTED = '#ff7eb6';
const LIFT_M = 0.25;

export function locatedLines({ answer }: Pointed, eye: Cartesian3 | undefined): Line[] {
  const { lon, lat, height } = answer.place;
  const position = Cartesian3.fromDegrees(lon, lat, height + LIFT_M);
  const frame = Transforms.eastNorthUpToFixedFrame(position);
  const ring: Line = {
    positions: ellipseAround(answer).map((point) => placed(frame, point)),
    colour: POINTED,
    width: 2.4,
    hidden: 0.6,
  };
  return eye ? [ring, { positions: [eye, position], colour: POINTED, width: 1.6, hidden: 0.25 }] : [ring];
}

export function locatedSigns({ answer, label }: Pointed): Sign[] {
  const { lon, lat, height } = answer.place;
  const position = Cartesian3.fromDegrees(lon, lat, height + LIFT_M);
  const key = `${lon} ${lat} ${height}`;
  return [
    { key: `dot ${key}`, icon: dotIcon(POINTED), position },
    { key: `${label} ${key}`, icon: labelIcon(label), position, offset: [0, -20] },
  ];
}

export function locatedLayer(stage: Stage): Layer {
  const lines = new Lines(stage);
  const signs = new Signs(stage);
  const draw = ({ pointed, cameras }: AppState) => {
    if (!pointed) {
      lines.show([]);
      signs.show([]);
      return;
    }
    const camera = cameras.get(pointed.camera);
    const eye = camera && Cartesian3.fromDegrees(camera.lon, camera.lat, camera.height);
    lines.show(locatedLines(pointed, eye));
    signs.show(locatedSigns(pointed));
  };
  return {
    apply: onChange((s) => [s.pointed] as const, draw),
    dispose() {
      lines.dispose();
      signs.dispose();
    },
  };
}
