/** Signs on the map: pictures that face the viewer, held as a set that is told anew what it shows. */
import {
  type Billboard,
  BillboardCollection,
  BlendOption,
  Cartesian2,
  Cartesian3,
  HorizontalOrigin,
  VerticalOrigin,
} from 'cesium';
import type { Stage } from '../scene/stage';
import { type Icon, PIXEL_RATIO } from './icons';
import type { Mark } from './marks';

export interface Sign {
  /** equal keys mean the same thing at the same place */
  key: string;
  icon: Icon;
  position: Cartesian3;
  /** what a click on it means; without it the click goes through */
  mark?: Mark;
  /** pixels right and down */
  offset?: readonly [number, number];
  /** direction in space that the picture's upper edge points to */
  axis?: Cartesian3;
  /** its foot, not its middle, stands at the position */
  foot?: boolean;
}

/** Pictures kept on the graphics card before the set starts over with a fresh store of them. */
const MOST_PICTURES = 500;

export class Signs {
  private readonly shown = new Map<string, { billboard: Billboard; icon: string }>();
  private readonly pictures = new Set<string>();
  private readonly pending = new Set<Billboard>();
  private readonly stage: Stage;
  private readonly unlisten: () => void;
  private collection: BillboardCollection;

  constructor(stage: Stage) {
    this.stage = stage;
    this.collection = this.open();
    this.unlisten = stage.scene.postRender.addEventListener(() => this.await());
  }

  /** Shows exactly these; what is there already stays untouched. */
  show(signs: readonly Sign[]): void {
    if (this.pictures.size > MOST_PICTURES) this.restart();
    const wanted = new Set(signs.map((sign) => sign.key));
    for (const [key, { billboard }] of this.shown) {
      if (wanted.has(key)) continue;
      this.pending.delete(billboard);
      this.collection.remove(billboard);
      this.shown.delete(key);
    }
    for (const sign of signs) this.put(sign);
    this.stage.redraw();
  }

  get count(): number {
    return this.collection.length;
  }

  dispose(): void {
    this.unlisten();
    this.shown.clear();
    this.pending.clear();
    this.stage.scene.primitives.remove(this.collection);
  }

  private open(): BillboardCollection {
    return this.stage.scene.primitives.add(
      new BillboardCollection({ blendOption: BlendOption.TRANSLUCENT }),
    ) as BillboardCollection;
  }

  private restart(): void {
    this.shown.clear();
    this.pending.clear();
    this.pictures.clear();
    this.stage.scene.primitives.remove(this.collection);
    this.collection = this.open();
  }

  private put(sign: Sign): void {
    const before = this.shown.get(sign.key);
    if (before?.icon === sign.icon.key) return;
    const billboard = before?.billboard ?? this.add(sign);
    billboard.setImage(sign.icon.key, sign.icon.draw());
    this.pictures.add(sign.icon.key);
    this.pending.add(billboard);
    this.shown.set(sign.key, { billboard, icon: sign.icon.key });
  }

  private add({ position, mark, offset, axis, foot }: Sign): Billboard {
    return this.collection.add({
      position,
      id: mark,
      scale: 1 / PIXEL_RATIO,
      pixelOffset: offset ? new Cartesian2(...offset) : Cartesian2.ZERO,
      alignedAxis: axis ?? Cartesian3.ZERO,
      horizontalOrigin: HorizontalOrigin.CENTER,
      verticalOrigin: foot ? VerticalOrigin.BOTTOM : VerticalOrigin.CENTER,
      disableDepthTestDistance: Number.POSITIVE_INFINITY,
    });
  }

  /** Pictures reach the graphics card a frame or two later: draw again until all have. */
  private await(): void {
    if (this.pending.size === 0) return;
    for (const billboard of this.pending) if (billboard.ready) this.pending.delete(billboard);
    this.stage.redraw();
  }
}
