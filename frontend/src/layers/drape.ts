/**
 * Shapes painted onto the ground as map tiles, drawn in the browser for each zoom:
 * they follow the terrain exactly, never flicker, and cost what a map costs.
 */
import {
  type Credit,
  Event,
  GeographicTilingScheme,
  type ImageryLayer,
  type ImageryProvider,
  Rectangle,
  type TileDiscardPolicy,
} from 'cesium';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { groundLayer } from '../scene/ground';
import type { Stage } from '../scene/stage';
import { paper } from './paper';

export interface Shape {
  geometry: Polygon | MultiPolygon;
  fill?: string;
  line?: string;
  /** pixels of the map, about those of the screen */
  width?: number;
  /** only the part inside this one is painted */
  within?: Polygon | MultiPolygon;
}

/** What CesiumJS chooses the level by: one picture for each tile of the ground, which has the same lattice. */
const TILE_PX = 256;
/** What is painted: where the ground comes nearer than the next level, lines are still fine. */
const PAINTED_PX = { low: 256, full: 512 };
const FINEST = 19;
/** Lines reach over the edges of their tile. */
const REACH_PX = 6;

interface Projected {
  shape: Shape;
  rings: Float64Array[];
  clip: Float64Array[];
  box: readonly [west: number, north: number, east: number, south: number];
}

/** Half turns right and down from the lattice's north-west corner: tiles of level 0. */
export const toMap = (lon: number, lat: number): [number, number] => [(lon + 180) / 180, (90 - lat) / 180];

type Box = [west: number, north: number, east: number, south: number];

function flatten(geometry: Polygon | MultiPolygon): { rings: Float64Array[]; box: Box } {
  const parts: Position[][][] = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const box: Box = [2, 1, 0, 0];
  const rings = parts.flat().map((ring) => {
    const flat = new Float64Array(2 * ring.length);
    ring.forEach(([lon = 0, lat = 0], i) => {
      const [x, y] = toMap(lon, lat);
      flat.set([x, y], 2 * i);
      box[0] = Math.min(box[0], x);
      box[1] = Math.min(box[1], y);
      box[2] = Math.max(box[2], x);
      box[3] = Math.max(box[3], y);
    });
    return flat;
  });
  return { rings, box };
}

function project(shape: Shape): Projected {
  return { shape, ...flatten(shape.geometry), clip: shape.within ? flatten(shape.within).rings : [] };
}

/** Coarsest zoom at which a box still spans no more than two tiles each way. */
export function startLevel(width: number, height: number): number {
  const size = Math.max(width, height, 2 ** -FINEST);
  return Math.min(FINEST, Math.max(0, Math.floor(-Math.log2(size))));
}

function trace(pen: CanvasRenderingContext2D, rings: Float64Array[], x: number, y: number, tiles: number): void {
  pen.beginPath();
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2) {
      const [px, py] = [((ring[i] ?? 0) * tiles - x) * TILE_PX, ((ring[i + 1] ?? 0) * tiles - y) * TILE_PX];
      if (i === 0) pen.moveTo(px, py);
      else pen.lineTo(px, py);
    }
    pen.closePath();
  }
}

function paint(shapes: readonly Projected[], x: number, y: number, level: number, size: number): HTMLCanvasElement {
  const [canvas, pen] = paper(size, size);
  pen.scale(size / TILE_PX, size / TILE_PX);
  const tiles = 2 ** level;
  const margin = REACH_PX / TILE_PX / tiles;
  for (const { shape, rings, clip, box } of shapes) {
    const [west, north, east, south] = box;
    if (east + margin < x / tiles || west - margin > (x + 1) / tiles) continue;
    if (south + margin < y / tiles || north - margin > (y + 1) / tiles) continue;
    pen.save();
    if (clip.length > 0) {
      trace(pen, clip, x, y, tiles);
      pen.clip('evenodd');
    }
    trace(pen, rings, x, y, tiles);
    if (shape.fill) {
      pen.fillStyle = shape.fill;
      pen.fill('evenodd');
    }
    if (shape.line) {
      pen.strokeStyle = shape.line;
      pen.lineWidth = shape.width ?? 2;
      pen.lineJoin = 'round';
      pen.stroke();
    }
    pen.restore();
  }
  return canvas;
}

/** An imagery provider as CesiumJS describes it, whose tiles are painted here. */
class Painter implements ImageryProvider {
  readonly tileWidth = TILE_PX;
  readonly tileHeight = TILE_PX;
  readonly maximumLevel = FINEST;
  readonly minimumLevel: number;
  readonly rectangle: Rectangle;
  readonly tilingScheme = new GeographicTilingScheme();
  readonly tileDiscardPolicy = undefined as unknown as TileDiscardPolicy;
  readonly errorEvent = new Event();
  readonly credit = undefined as unknown as Credit;
  readonly proxy = undefined as unknown as ImageryProvider['proxy'];
  readonly hasAlphaChannel = true;
  private readonly shapes: Projected[];
  private readonly size: number;

  constructor(shapes: Projected[], size: number) {
    this.shapes = shapes;
    this.size = size;
    const west = Math.min(...shapes.map(({ box }) => box[0]));
    const north = Math.min(...shapes.map(({ box }) => box[1]));
    const east = Math.max(...shapes.map(({ box }) => box[2]));
    const south = Math.max(...shapes.map(({ box }) => box[3]));
    const lat = (y: number) => Math.max(-90, 90 - y * 180);
    const lon = (x: number) => x * 180 - 180;
    this.minimumLevel = startLevel(east - west, south - north);
    const pad = 4 / TILE_PX / 2 ** 17;
    this.rectangle = Rectangle.fromDegrees(lon(west - pad), lat(south + pad), lon(east + pad), lat(north - pad));
  }

  getTileCredits(): Credit[] {
    return [];
  }

  requestImage(x: number, y: number, level: number): Promise<HTMLCanvasElement> {
    return Promise.resolve(paint(this.shapes, x, y, level, this.size));
  }

  pickFeatures(): undefined {
    return undefined;
  }
}

export class Drape {
  private readonly stage: Stage;
  private layer: ImageryLayer | undefined;

  constructor(stage: Stage) {
    this.stage = stage;
  }

  show(shapes: readonly Shape[]): void {
    const { scene, quality } = this.stage;
    const { imageryLayers } = scene;
    if (this.layer) imageryLayers.remove(this.layer);
    this.layer = undefined;
    const projected = shapes.map(project).filter(({ rings }) => rings.length > 0);
    if (projected.length > 0) {
      this.layer = groundLayer(this.stage, new Painter(projected, quality.low ? PAINTED_PX.low : PAINTED_PX.full));
      imageryLayers.add(this.layer);
    }
    this.stage.redraw();
  }

  dispose(): void {
    this.show([]);
  }
}
