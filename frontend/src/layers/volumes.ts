/** Privacy volumes: hatched bodies with an outline and their title, over everything that stands in them. */
import {
  ArcType,
  BoundingSphere,
  Cartesian3,
  Color,
  GeometryInstance,
  Material,
  MaterialAppearance,
  PolygonGeometry,
  PolygonHierarchy,
  Primitive,
} from 'cesium';
import type { Position } from 'geojson';
import type { PrivacyVolume } from '../model/cityState';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { labelIcon } from './icons';
import { type Line, Lines } from './lines';
import { type Sign, Signs } from './signs';

const INK = '#c78bff';
const CHOSEN = '#ffffff';

const at = ([lon = 0, lat = 0]: Position, height: number) => Cartesian3.fromDegrees(lon, lat, height);

function body({ geometry, base, top }: PrivacyVolume): GeometryInstance {
  const ring = (positions: Position[] = []) => new PolygonHierarchy(positions.map((p) => at(p, 0)));
  const [outer, ...holes] = geometry.coordinates;
  const hierarchy = ring(outer);
  hierarchy.holes = holes.map(ring);
  return new GeometryInstance({
    geometry: new PolygonGeometry({
      polygonHierarchy: hierarchy,
      height: top,
      extrudedHeight: base,
      arcType: ArcType.GEODESIC,
      vertexFormat: MaterialAppearance.MaterialSupport.TEXTURED.vertexFormat,
    }),
  });
}

function hatched(instances: GeometryInstance[], ink: string): Primitive {
  const colour = Color.fromCssColorString(ink);
  return new Primitive({
    geometryInstances: instances,
    appearance: new MaterialAppearance({
      material: Material.fromType('Stripe', {
        evenColor: colour.withAlpha(0.42),
        oddColor: colour.withAlpha(0.12),
        repeat: 12,
        horizontal: false,
      }),
      translucent: true,
      closed: false,
      faceForward: true,
      flat: true,
    }),
    asynchronous: false,
    allowPicking: false,
  });
}

/** The edges: both rings, and an upright one at each corner. */
export function edgesOf(volume: PrivacyVolume, chosen: boolean): Line[] {
  const colour = chosen ? CHOSEN : INK;
  const width = chosen ? 2.5 : 1.6;
  const edge = (positions: Cartesian3[]): Line => ({ positions, colour, width, hidden: 0.45 });
  return volume.geometry.coordinates.flatMap((ring) => [
    edge(ring.map((p) => at(p, volume.base))),
    edge(ring.map((p) => at(p, volume.top))),
    ...ring.slice(1).map((p) => edge([at(p, volume.base), at(p, volume.top)])),
  ]);
}

function title(volume: PrivacyVolume): Sign {
  const corners = volume.geometry.coordinates.flat().map((p) => at(p, volume.top));
  return {
    key: `${volume.id} ${volume.version} ${volume.name}`,
    icon: labelIcon(volume.name),
    position: BoundingSphere.fromPoints(corners).center,
    offset: [0, -12],
  };
}

export function volumeLayer(stage: Stage): Layer {
  const { scene } = stage;
  const lines = new Lines(stage);
  const signs = new Signs(stage);
  let primitives: Primitive[] = [];
  const clear = () => {
    for (const primitive of primitives) scene.primitives.remove(primitive);
    primitives = [];
  };
  const redo = onChange(
    (s) => [s.volumes, s.volume, s.layers.privacy] as const,
    (_, [volumes, chosen, wanted]) => {
      clear();
      const shown = wanted ? volumes : [];
      const plain = shown.filter(({ id }) => id !== chosen).map(body);
      const picked = shown.filter(({ id }) => id === chosen).map(body);
      primitives = [
        ...(plain.length > 0 ? [hatched(plain, INK)] : []),
        ...(picked.length > 0 ? [hatched(picked, CHOSEN)] : []),
      ];
      for (const primitive of primitives) scene.primitives.add(primitive);
      lines.show(shown.flatMap((volume) => edgesOf(volume, volume.id === chosen)));
      signs.show(shown.filter(({ name }) => name !== '').map(title));
      stage.redraw();
    },
  );
  return {
    apply: redo,
    dispose() {
      clear();
      lines.dispose();
      signs.dispose();
    },
  };
}
