/** How buildings look: which of them is picked out, and how their walls are seen. */
import { type Cesium3DTile, Cesium3DTileStyle, type Cesium3DTileset, Color } from 'cesium';
import type { Seen } from '../model/cityState';
import { SEEN_COLOURS } from '../model/classes';
import { type Layer, onChange, type Stage } from '../scene/stage';

/** Colours multiply those of the tiles: the others step back, so that the chosen one stands out. */
const CHOSEN = '#fff0c8';
const OTHERS = '#a4aab4';

const quoted = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

/** A style of 3D Tiles holds at every level of detail and for tiles that come later. */
export function styleOf(chosen: string): Record<string, unknown> {
  return {
    color: {
      conditions: [
        [`\${feature['id']} === ${quoted(chosen)}`, `color('${CHOSEN}')`],
        ['true', `color('${OTHERS}')`],
      ],
    },
  };
}

type Paint = (id: string) => Color;

/** A style cannot name ten thousand buildings: each tile's are coloured when it is first drawn. */
class Painter {
  private done = new WeakSet<object>();
  private unlisten: (() => void) | undefined;

  constructor(private readonly buildings: Cesium3DTileset) {}

  start(paint: Paint): void {
    this.stop();
    this.unlisten = this.buildings.tileVisible.addEventListener(({ content }: Cesium3DTile) => {
      if (this.done.has(content)) return;
      this.done.add(content);
      for (let i = 0; i < content.featuresLength; i++) {
        const feature = content.getFeature(i);
        feature.color = paint(String(feature.getProperty('id')));
      }
    });
  }

  stop(): void {
    this.unlisten?.();
    this.unlisten = undefined;
    this.done = new WeakSet();
  }
}

const colour = Color.fromCssColorString;
const SHADES: Record<Seen, Color> = {
  seen: colour(SEEN_COLOURS.seen),
  single: colour(SEEN_COLOURS.single),
  blind: colour(SEEN_COLOURS.blind),
};

export function paintOf(facades: ReadonlyMap<string, Seen>, chosen: string | undefined): Paint {
  const [picked, unknown] = [colour(CHOSEN), colour(OTHERS)];
  return (id) => {
    if (id === chosen) return picked;
    const seen = facades.get(id);
    return seen ? SHADES[seen] : unknown;
  };
}

export function buildingLayer(stage: Stage): Layer {
  let painter: Painter | undefined;
  let painted = false;
  const redo = onChange(
    (s) => [s.selection, s.layers.buildings, stage.buildings, s.facades] as const,
    (_, [selection, show, buildings, facades]) => {
      if (!buildings) return;
      painter ??= new Painter(buildings);
      painter.stop();
      buildings.show = show;
      const chosen = selection?.kind === 'building' ? selection.id : undefined;
      // Only another style wipes colours off again, be it an empty one.
      const plain = painted ? new Cesium3DTileStyle({}) : undefined;
      buildings.style = chosen === undefined || facades ? plain : new Cesium3DTileStyle(styleOf(chosen));
      painted = facades !== undefined;
      if (facades) painter.start(paintOf(facades, chosen));
      stage.redraw();
    },
  );
  return { apply: redo, dispose: () => painter?.stop() };
}
