/** Coloured poles in the model, unlit: what a test has put at a known place is looked for in a picture. */
import {
  Cartesian3,
  Color,
  ColorGeometryInstanceAttribute,
  CylinderGeometry,
  GeometryInstance,
  PerInstanceColorAppearance,
  Primitive,
  Transforms,
} from 'cesium';
import type { Stage } from './stage';

export interface Pole {
  lon: number;
  lat: number;
  /** ellipsoidal height of its middle, m */
  height: number;
  radius: number;
  length: number;
  /** a CSS colour */
  colour: string;
}

function upright(pole: Pole): GeometryInstance {
  return new GeometryInstance({
    geometry: new CylinderGeometry({
      length: pole.length,
      topRadius: pole.radius,
      bottomRadius: pole.radius,
      vertexFormat: PerInstanceColorAppearance.FLAT_VERTEX_FORMAT,
    }),
    modelMatrix: Transforms.eastNorthUpToFixedFrame(Cartesian3.fromDegrees(pole.lon, pole.lat, pole.height)),
    attributes: { color: ColorGeometryInstanceAttribute.fromColor(Color.fromCssColorString(pole.colour)) },
  });
}

let standing: Primitive | undefined;

/** Stands these poles, and takes away those that stood before. */
export function standPoles({ scene, redraw }: Stage, poles: readonly Pole[]): void {
  if (standing) scene.primitives.remove(standing);
  standing = poles.length
    ? new Primitive({
        geometryInstances: poles.map(upright),
        appearance: new PerInstanceColorAppearance({ flat: true, translucent: false }),
        asynchronous: false,
      })
    : undefined;
  if (standing) scene.primitives.add(standing);
  redraw();
}
