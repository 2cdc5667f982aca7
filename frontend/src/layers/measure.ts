/** The measuring tools: what was clicked, the line that follows the pointer, the figures. */
import {
  Cartesian3,
  Color,
  ColorGeometryInstanceAttribute,
  GeometryInstance,
  PerInstanceColorAppearance,
  PolygonGeometry,
  PolygonHierarchy,
  Primitive,
} from 'cesium';
import { horizontalDistance, type Spot } from '../model/geodesy';
import { ENOUGH, type MeasureTool, measureOf, settle } from '../model/measure';
import type { MeasureResult, Tool } from '../model/state';
import type { Hand } from '../scene/pointer';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { dotIcon, labelIcon } from './icons';
import { type Line, Lines } from './lines';
import { areaText, lengthText, riseText } from './measureText';
import { type Sign, Signs } from './signs';

const INK = '#ffd166';
/** Lines are drawn this much over what they lie on. */
const LIFT_M = 0.4;

const at = ({ lon, lat, height }: Spot, lift = LIFT_M) => Cartesian3.fromDegrees(lon, lat, height + lift);

const segment = (a: Spot, b: Spot, width = 2.5): Line => ({ positions: [at(a), at(b)], colour: INK, width });

/** The line along the places; for a height the level and the upright leg as well. */
export function linesOf(kind: MeasureTool, points: readonly Spot[]): Line[] {
  const closed = kind === 'area' && points[0] && points.length > 2 ? [...points, points[0]] : points;
  const lines = closed.flatMap((point, i) => {
    const next = closed[i + 1];
    return next ? [segment(point, next)] : [];
  });
  const [a, b] = points;
  if (kind !== 'height' || !a || !b) return lines;
  const [low, high] = a.height < b.height ? [a, b] : [b, a];
  const corner = { lon: low.lon, lat: low.lat, height: high.height };
  return [...lines, segment(low, corner, 1.5), segment(corner, high, 1.5)];
}

function text(position: Spot, words: string): Sign {
  return {
    key: `${words} ${position.lon} ${position.lat} ${position.height}`,
    icon: labelIcon(words),
    position: at(position),
    offset: [0, -16],
  };
}

const middle = (a: Spot, b: Spot): Spot => ({
  lon: (a.lon + b.lon) / 2,
  lat: (a.lat + b.lat) / 2,
  height: (a.height + b.height) / 2,
});

/** Figures on the map: each leg, and the sum at the end. */
function figures(result: MeasureResult): Sign[] {
  const { points } = result;
  const last = points.at(-1);
  if (!last) return [];
  if (result.kind === 'area') return [text(last, areaText(result.area_m2))];
  if (result.kind === 'height') return [text(last, riseText(result.rise_m))];
  const legs = points.flatMap((point, i) => {
    const next = points[i + 1];
    return next && points.length > 2 ? [text(middle(point, next), lengthText(horizontalDistance(point, next)))] : [];
  });
  return [...legs, text(last, lengthText(result.horizontal_m))];
}

function fill(points: readonly Spot[]): Primitive {
  const geometry = new PolygonGeometry({
    polygonHierarchy: new PolygonHierarchy(points.map((point) => at(point))),
    perPositionHeight: true,
    vertexFormat: PerInstanceColorAppearance.FLAT_VERTEX_FORMAT,
  });
  const color = ColorGeometryInstanceAttribute.fromColor(Color.fromCssColorString(INK).withAlpha(0.22));
  return new Primitive({
    geometryInstances: new GeometryInstance({ geometry, attributes: { color } }),
    appearance: new PerInstanceColorAppearance({ flat: true, translucent: true, closed: false }),
    asynchronous: false,
    allowPicking: false,
  });
}

const MEASURES: Partial<Record<Tool, MeasureTool>> = {
  distance: 'distance',
  area: 'area',
  height: 'height',
  // A shape that a panel waits for is drawn as an area is.
  outline: 'area',
  line: 'distance',
};

export interface ToolLayer extends Layer {
  hand: Hand;
}

export function measureLayer(stage: Stage): ToolLayer {
  const { store, scene } = stage;
  const lines = new Lines(stage);
  const dots = new Signs(stage);
  const words = new Signs(stage);
  let surface: Primitive | undefined;
  let points: Spot[] = [];
  let pointer: Spot | undefined;
  let done = false;
  let asking = new AbortController();

  const draw = () => {
    const kind = MEASURES[store.getState().tool];
    const all = pointer && !done ? [...points, pointer] : points;
    const result = kind ? measureOf(kind, all, done) : undefined;
    if (surface) scene.primitives.remove(surface);
    surface = result?.kind === 'area' ? (scene.primitives.add(fill(all)) as Primitive) : undefined;
    lines.show(kind ? linesOf(kind, all) : []);
    dots.show(points.map((spot, i) => ({ key: `${i} ${spot.height}`, icon: dotIcon(INK), position: at(spot) })));
    words.show(result ? figures(result) : []);
    store.getState().setMeasure(result);
  };
  /** The server's heights take the place of those picked from the picture. */
  const reconcile = async () => {
    asking.abort();
    asking = new AbortController();
    const { signal } = asking;
    const { ground, top } = await stage.api.heights(
      points.map(({ lon, lat }) => [lon, lat]),
      signal,
    );
    if (signal.aborted) return;
    points = points.map((spot, i) => settle(spot, ground[i] ?? null, top[i] ?? null));
    store.getState().setToolFault(undefined);
    draw();
  };
  const clear = () => {
    asking.abort();
    points = [];
    pointer = undefined;
    done = false;
    draw();
  };
  const afresh = onChange((s) => [s.toolTurn] as const, clear);
  const back = onChange(
    (s) => [s.backTurn] as const,
    () => {
      if (done || points.length === 0) return;
      asking.abort();
      points = points.slice(0, -1);
      draw();
    },
  );
  const hand: Hand = {
    click(spot) {
      const kind = MEASURES[store.getState().tool];
      if (!kind) return;
      if (done) clear();
      points = [...points, spot];
      done = points.length >= ENOUGH[kind];
      draw();
      reconcile().catch((error: unknown) => {
        if (!asking.signal.aborted) store.getState().setToolFault(String(error));
      });
    },
    move(spot) {
      if (points.length === 0 || done) return;
      pointer = spot;
      draw();
    },
    finish() {
      done = points.length > 1;
      draw();
    },
  };
  return {
    hand,
    apply(state) {
      afresh(state);
      back(state);
    },
    dispose() {
      asking.abort();
      if (surface) scene.primitives.remove(surface);
      lines.dispose();
      dots.dispose();
      words.dispose();
    },
  };
}
