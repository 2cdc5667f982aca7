/** The view cone of the selected camera, cut by what stands in the way. */
import {
  BoundingSphere,
  Cartesian3,
  Color,
  ColorGeometryInstanceAttribute,
  ComponentDatatype,
  Geometry,
  GeometryAttribute,
  GeometryAttributes,
  GeometryInstance,
  PerInstanceColorAppearance,
  Primitive,
  PrimitiveType,
} from 'cesium';
import type { ConeAnswer } from '../api/types';
import { TIER_COLOURS } from '../model/classes';
import { isDraped } from '../model/drapes';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { type ConeMesh, coneMesh, type Group } from './coneMesh';
import { Lines } from './lines';

const ALPHA: Record<Group, number> = { walls: 0.1, ground: 0.34, facade: 0.5, open: 0.05 };
const GROUPS: readonly Group[] = ['walls', 'ground', 'facade', 'open'];

function geometry(positions: Float64Array, indices: number[]): Geometry {
  const attributes = new GeometryAttributes();
  attributes.position = new GeometryAttribute({
    componentDatatype: ComponentDatatype.DOUBLE,
    componentsPerAttribute: 3,
    values: positions,
  });
  return new Geometry({
    attributes,
    indices: positions.length / 3 > 65_535 ? new Uint32Array(indices) : new Uint16Array(indices),
    primitiveType: PrimitiveType.TRIANGLES,
    boundingSphere: BoundingSphere.fromVertices([...positions]),
  });
}

function instances({ positions, triangles }: ConeMesh, colour: Color): GeometryInstance[] {
  return GROUPS.filter((group) => triangles[group].length > 0).map(
    (group) =>
      new GeometryInstance({
        geometry: geometry(positions, triangles[group]),
        attributes: { color: ColorGeometryInstanceAttribute.fromColor(colour.withAlpha(ALPHA[group])) },
      }),
  );
}

function drawn(mesh: ConeMesh, colour: Color): Primitive {
  return new Primitive({
    geometryInstances: instances(mesh, colour),
    appearance: new PerInstanceColorAppearance({ flat: true, translucent: true, closed: false }),
    asynchronous: false,
    allowPicking: false,
  });
}

const vertex = ({ positions }: ConeMesh, i: number) => Cartesian3.fromArray([...positions.subarray(3 * i, 3 * i + 3)]);

export function coneLayer(stage: Stage): Layer {
  const { scene } = stage;
  const lines = new Lines(stage);
  let primitive: Primitive | undefined;
  const clear = () => {
    if (primitive) scene.primitives.remove(primitive);
    primitive = undefined;
    lines.show([]);
  };
  const show = (cone: ConeAnswer, css: string, bare: boolean) => {
    const mesh = coneMesh(cone);
    if (!bare) primitive = scene.primitives.add(drawn(mesh, Color.fromCssColorString(css))) as Primitive;
    lines.show(
      mesh.lines.map((line) => ({
        positions: line.map((i) => vertex(mesh, i)),
        colour: css,
        width: 1.6,
        hidden: 0.25,
      })),
    );
  };
  const redo = onChange(
    // Where the camera's own picture lies, nothing lies over it: lines alone.
    (s) => [s.cone, s.layers.cone, s.cameras, s.cone !== undefined && isDraped(s, s.cone.camera)] as const,
    (_, [cone, wanted, cameras, bare]) => {
      clear();
      const tier = cone && cameras.get(cone.camera)?.tier;
      if (cone && wanted && tier) show(cone, TIER_COLOURS[tier], bare);
      stage.redraw();
    },
  );
  return { apply: redo, dispose: clear };
}
