/** Straight lines through space; what lies behind something shines through faintly. */
import {
  ArcType,
  Cartesian3,
  Color,
  ColorGeometryInstanceAttribute,
  GeometryInstance,
  PolylineColorAppearance,
  PolylineGeometry,
  Primitive,
} from 'cesium';
import type { Stage } from '../scene/stage';

export interface Line {
  positions: Cartesian3[];
  colour: string;
  /** pixels */
  width: number;
  /** 0 to 1, where something stands before it */
  hidden?: number;
}

const SHORTEST_M = 0.01;

const isLong = ({ positions }: Line) =>
  positions.some((position, i) => {
    const next = positions[i + 1];
    return next !== undefined && Cartesian3.distance(position, next) > SHORTEST_M;
  });

function instance({ positions, colour, width, hidden = 0.3 }: Line): GeometryInstance {
  const shade = Color.fromCssColorString(colour);
  return new GeometryInstance({
    geometry: new PolylineGeometry({
      positions,
      width,
      arcType: ArcType.NONE,
      vertexFormat: PolylineColorAppearance.VERTEX_FORMAT,
    }),
    attributes: {
      color: ColorGeometryInstanceAttribute.fromColor(shade),
      depthFailColor: ColorGeometryInstanceAttribute.fromColor(shade.withAlpha(shade.alpha * hidden)),
    },
  });
}

export class Lines {
  private readonly stage: Stage;
  private primitive: Primitive | undefined;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  show(lines: readonly Line[]): void {
    const { scene, redraw } = this.stage;
    if (this.primitive) scene.primitives.remove(this.primitive);
    this.primitive = undefined;
    const drawn = lines.filter(isLong);
    if (drawn.length > 0) {
      this.primitive = scene.primitives.add(
        new Primitive({
          geometryInstances: drawn.map(instance),
          appearance: new PolylineColorAppearance({ translucent: true }),
          depthFailAppearance: new PolylineColorAppearance({ translucent: true }),
          asynchronous: false,
          allowPicking: false,
        }),
      ) as Primitive;
    }
    redraw();
  }

  dispose(): void {
    this.show([]);
  }
}
