/**
 * Shapes painted onto the ground as one picture: quick to paint anew, so that they can follow a
 * moving hand. The picture before stays until the next one lies on the ground, so nothing flickers.
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
import type { Position } from 'geojson';
import { groundLayer } from '../scene/ground';
import type { Stage } from '../scene/stage';
import type { Shape } from './drape';
import { paper } from './paper';

const SIZE_PX = 512;
/** Pictures after which a new sheet lies on every tile of the ground. */
const SETTLED = 3;

export type Box = readonly [west: number, south: number, east: number, north: number];

const ringsOf = ({ geometry }: Shape): Position[][] =>
  geometry.type === 'Polygon' ? geometry.coordinates : geometry.coordinates.flat();

/** What the shapes cover, degrees; undefined where there is nothing. */
export function boxOf(shapes: readonly Shape[]): Box | undefined {
  const box: [number, number, number, number] = [180, 90, -180, -90];
  for (const ring of shapes.flatMap(ringsOf)) {
    for (const [lon = 0, lat = 0] of ring) {
      box[0] = Math.min(box[0], lon);
      box[1] = Math.min(box[1], lat);
      box[2] = Math.max(box[2], lon);
      box[3] = Math.max(box[3], lat);
    }
  }
  return box[0] < box[2] && box[1] < box[3] ? box : undefined;
}

function paint(shapes: readonly Shape[], [west, south, east, north]: Box): HTMLCanvasElement {
  const [canvas, pen] = paper(SIZE_PX, SIZE_PX);
  const [right, down] = [SIZE_PX / (east - west), SIZE_PX / (north - south)];
  for (const shape of shapes) {
    pen.beginPath();
    for (const ring of ringsOf(shape)) {
      ring.forEach(([lon = 0, lat = 0], i) => {
        const [x, y] = [(lon - west) * right, (north - lat) * down];
        if (i === 0) pen.moveTo(x, y);
        else pen.lineTo(x, y);
      });
      pen.closePath();
    }
    if (shape.fill) {
      pen.fillStyle = shape.fill;
      pen.fill('evenodd');
    }
  }
  return canvas;
}

/** An imagery provider of a single tile. */
class OneTile implements ImageryProvider {
  readonly tileWidth = SIZE_PX;
  readonly tileHeight = SIZE_PX;
  readonly maximumLevel = 0;
  readonly minimumLevel = 0;
  readonly rectangle: Rectangle;
  readonly tilingScheme: GeographicTilingScheme;
  readonly tileDiscardPolicy = undefined as unknown as TileDiscardPolicy;
  readonly errorEvent = new Event();
  readonly credit = undefined as unknown as Credit;
  readonly proxy = undefined as unknown as ImageryProvider['proxy'];
  readonly hasAlphaChannel = true;
  private readonly picture: HTMLCanvasElement;

  constructor(shapes: readonly Shape[], box: Box) {
    this.rectangle = Rectangle.fromDegrees(...box);
    this.tilingScheme = new GeographicTilingScheme({
      rectangle: this.rectangle,
      numberOfLevelZeroTilesX: 1,
      numberOfLevelZeroTilesY: 1,
    });
    this.picture = paint(shapes, box);
  }

  getTileCredits(): Credit[] {
    return [];
  }

  requestImage(): Promise<HTMLCanvasElement> {
    return Promise.resolve(this.picture);
  }

  pickFeatures(): undefined {
    return undefined;
  }
}

export class Sheet {
  private readonly stage: Stage;
  private readonly unlisten: () => void;
  private shown: ImageryLayer | undefined;
  private before: ImageryLayer[] = [];
  private pictures = 0;

  constructor(stage: Stage) {
    this.stage = stage;
    this.unlisten = stage.scene.postRender.addEventListener(() => this.turn());
  }

  show(shapes: readonly Shape[]): void {
    const { imageryLayers } = this.stage.scene;
    if (this.shown) this.before.push(this.shown);
    this.shown = undefined;
    const box = boxOf(shapes);
    if (box) {
      this.shown = groundLayer(this.stage, new OneTile(shapes, box));
      imageryLayers.add(this.shown);
      // Were the hand quicker than the pictures, sheets would pile up: two are enough.
      while (this.before.length > 1) this.drop();
    } else while (this.before.length > 0) this.drop();
    this.pictures = 0;
    this.stage.redraw();
  }

  dispose(): void {
    this.show([]);
    this.unlisten();
  }

  private drop(): void {
    const oldest = this.before.shift();
    if (oldest) this.stage.scene.imageryLayers.remove(oldest);
  }

  private turn(): void {
    if (this.before.length === 0) return;
    this.pictures += 1;
    if (this.pictures > SETTLED) while (this.before.length > 0) this.drop();
    this.stage.redraw();
  }
}
