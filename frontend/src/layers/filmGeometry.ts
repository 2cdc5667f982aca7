/** A view mesh as CesiumJS draws it. */
import {
  BoundingSphere,
  Cartesian3,
  ComponentDatatype,
  Geometry,
  GeometryAttribute,
  GeometryAttributes,
  Matrix4,
  PrimitiveType,
  Transforms,
} from 'cesium';
import type { ViewModel } from '../model/viewModel';

/** Earth-centred metres of the corners, three for each. */
function placed({ origin, positions }: ViewModel): Float64Array {
  const frame = Transforms.eastNorthUpToFixedFrame(Cartesian3.fromDegrees(...origin));
  const placed = new Float64Array(positions.length);
  const corner = new Cartesian3();
  for (let i = 0; i < positions.length; i += 3) {
    Cartesian3.unpack(positions as unknown as number[], i, corner);
    Cartesian3.pack(Matrix4.multiplyByPoint(frame, corner, corner), placed as unknown as number[], i);
  }
  return placed;
}

/** In the card's way of counting a picture's rows: from below. */
function upright(texture: Float32Array): Float32Array {
  return texture.map((value, i) => (i % 2 === 0 ? value : 1 - value));
}

const attribute = (values: Float32Array | Float64Array, componentsPerAttribute: 2 | 3) =>
  new GeometryAttribute({
    componentDatatype: values instanceof Float64Array ? ComponentDatatype.DOUBLE : ComponentDatatype.FLOAT,
    componentsPerAttribute,
    values,
  });

export function filmGeometry(view: ViewModel): Geometry {
  const attributes = new GeometryAttributes();
  const positions = placed(view);
  attributes.position = attribute(positions, 3);
  attributes.st = attribute(upright(view.texture), 2);
  // The appearance asks for them, and that they are as long as one; its unlit colours do not use them.
  attributes.normal = attribute(
    Float32Array.from(view.positions, (_, i) => (i % 3 === 2 ? 1 : 0)),
    3,
  );
  return new Geometry({
    attributes,
    indices: view.positions.length / 3 > 65_535 ? view.triangles : new Uint16Array(view.triangles),
    primitiveType: PrimitiveType.TRIANGLES,
    boundingSphere: BoundingSphere.fromVertices(Array.from(positions)),
  });
}

/** Where the middle of the picture lies on the city; undefined where nothing is seen. */
export function middleOf(view: ViewModel): Cartesian3 | undefined {
  let best = Number.POSITIVE_INFINITY;
  let at = -1;
  for (let i = 0; 2 * i < view.texture.length; i++) {
    const off = Math.hypot((view.texture[2 * i] ?? 0) - 0.5, (view.texture[2 * i + 1] ?? 0) - 0.5);
    if (off < best) [best, at] = [off, i];
  }
  if (at < 0) return undefined;
  const positions = placed({ ...view, positions: view.positions.slice(3 * at, 3 * at + 3) });
  return Cartesian3.unpack(positions as unknown as number[]);
}
