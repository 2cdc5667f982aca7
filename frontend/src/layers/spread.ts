/** How surely a calibrated camera is known: its cone's outline turned by two standard deviations, both ways. */
import { Cartesian3, Cartesian4, Matrix3, Matrix4, Quaternion, Transforms } from 'cesium';
import type { ConeAnswer } from '../api/types';
import type { Spread } from '../model/cameraState';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { rim } from './coneMesh';
import { type Line, Lines } from './lines';

const INK = '#ffd166';
export const SIGMAS = 2;
/** Turns below this are not to be seen, degrees. */
const LEAST_DEG = 0.02;

const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Turn about an axis through the eye, as a transform of space. */
function turned(eye: Cartesian3, axis: Cartesian3, degrees: number): (point: Cartesian3) => Cartesian3 {
  const turn = Matrix3.fromQuaternion(Quaternion.fromAxisAngle(axis, radians(degrees)));
  return (point) => {
    const off = Cartesian3.subtract(point, eye, new Cartesian3());
    return Cartesian3.add(Matrix3.multiplyByVector(turn, off, off), eye, off);
  };
}

export function spreadLines(cone: ConeAnswer, { heading_deg, pitch_deg }: Spread): Line[] {
  const eye = Cartesian3.fromDegrees(...cone.eye);
  const frame = Transforms.eastNorthUpToFixedFrame(eye);
  const column = (index: number) => {
    const { x, y, z } = Matrix4.getColumn(frame, index, new Cartesian4());
    return new Cartesian3(x, y, z);
  };
  const up = column(2);
  const outline = rim(cone.rows, cone.cols).flatMap((i) => {
    const point = cone.points[i];
    return point ? [Cartesian3.fromDegrees(...point)] : [];
  });
  const middle = cone.points[Math.floor(cone.rows / 2) * cone.cols + Math.floor(cone.cols / 2)];
  const forward = Cartesian3.subtract(
    middle ? Cartesian3.fromDegrees(...middle) : Cartesian3.add(eye, column(1), new Cartesian3()),
    eye,
    new Cartesian3(),
  );
  const side = Cartesian3.normalize(Cartesian3.cross(forward, up, new Cartesian3()), new Cartesian3());
  const turns: [Cartesian3, number][] = [];
  if (SIGMAS * heading_deg >= LEAST_DEG) turns.push([up, SIGMAS * heading_deg], [up, -SIGMAS * heading_deg]);
  if (SIGMAS * pitch_deg >= LEAST_DEG) turns.push([side, SIGMAS * pitch_deg], [side, -SIGMAS * pitch_deg]);
  return turns.map(([axis, degrees]) => ({
    positions: outline.map(turned(eye, axis, degrees)),
    colour: INK,
    width: 1.3,
    hidden: 0.5,
  }));
}

export function spreadLayer(stage: Stage): Layer {
  const lines = new Lines(stage);
  const redo = onChange(
    (s) => [s.cone, s.spread, s.layers.cone] as const,
    (_, [cone, spread, wanted]) =>
      lines.show(cone && spread && wanted && spread.camera === cone.camera ? spreadLines(cone, spread) : []),
  );
  return { apply: redo, dispose: () => lines.dispose() };
}
