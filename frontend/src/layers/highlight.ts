/** How buildings look, and which of them is picked out. */
import { Cesium3DTileStyle } from 'cesium';
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

export function buildingLayer(stage: Stage): Layer {
  const redo = onChange(
    (s) => [s.selection, s.layers.buildings, stage.buildings] as const,
    (_, [selection, show, buildings]) => {
      if (!buildings) return;
      buildings.show = show;
      const chosen = selection?.kind === 'building' ? selection.id : undefined;
      buildings.style = chosen === undefined ? undefined : new Cesium3DTileStyle(styleOf(chosen));
      stage.redraw();
    },
  );
  return { apply: redo, dispose: () => undefined };
}
