/** How buildings look, and which of them is picked out. */
import { Cesium3DTileStyle } from 'cesium';
import { type Layer, onChange, type Stage } from '../scene/stage';

const WALLS = { dark: '#8796b0', light: '#e4e7ec' };
const CHOSEN = '#ffc857';

const quoted = (text: string) => `'${text.replace(/\\/g, '\\\\').replace(/'/g, "\\'")}'`;

/** A style of 3D Tiles holds at every level of detail and for tiles that come later. */
export function styleOf(walls: string, chosen: string | undefined): Record<string, unknown> {
  if (chosen === undefined) return { color: `color('${walls}')` };
  return {
    color: {
      conditions: [
        [`\${feature['id']} === ${quoted(chosen)}`, `color('${CHOSEN}')`],
        ['true', `color('${walls}')`],
      ],
    },
  };
}

export function buildingLayer(stage: Stage): Layer {
  const redo = onChange(
    (s) => [s.selection, s.layers.buildings, s.basemapStyle, stage.buildings] as const,
    (_, [selection, show, style, buildings]) => {
      if (!buildings) return;
      buildings.show = show;
      const chosen = selection?.kind === 'building' ? selection.id : undefined;
      buildings.style = new Cesium3DTileStyle(styleOf(WALLS[style], chosen));
      stage.redraw();
    },
  );
  return { apply: redo, dispose: () => undefined };
}
