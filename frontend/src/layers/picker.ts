/** The place that a panel waits for: a ring under the pointer, and for a direction the line to it. */
import { Cartesian3 } from 'cesium';
import { bearing, type Spot } from '../model/geodesy';
import type { Hand } from '../scene/pointer';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { dotIcon, labelIcon } from './icons';
import { Lines } from './lines';
import { type Sign, Signs } from './signs';

const INK = '#ffd166';

const at = ({ lon, lat, height }: Spot) => Cartesian3.fromDegrees(lon, lat, height + 0.4);

export interface PickLayer extends Layer {
  hand: Hand;
}

export function pickLayer(stage: Stage): PickLayer {
  const { store } = stage;
  const lines = new Lines(stage);
  const signs = new Signs(stage);
  const clear = () => {
    lines.show([]);
    signs.show([]);
  };
  /** The camera whose direction is asked for. */
  const eye = () => {
    const { task, cameras } = store.getState();
    return task?.kind === 'direction' ? cameras.get(task.camera) : undefined;
  };
  const follow = (spot: Spot) => {
    const camera = eye();
    const dot: Sign = {
      key: `dot ${spot.lon} ${spot.lat} ${spot.height}`,
      icon: dotIcon(INK),
      position: at(spot),
    };
    if (!camera) {
      signs.show([dot]);
      return;
    }
    const words = `${bearing(camera, spot).toFixed(1)}°`;
    lines.show([{ positions: [at(camera), at(spot)], colour: INK, width: 2.5 }]);
    signs.show([dot, { key: `${words} ${dot.key}`, icon: labelIcon(words), position: at(spot), offset: [0, -18] }]);
  };
  return {
    hand: {
      click(spot) {
        follow(spot);
        store.getState().setPicked(spot);
      },
      move(spot) {
        if (!store.getState().picked) follow(spot);
      },
      finish: () => undefined,
    },
    apply: onChange((s) => [s.toolTurn] as const, clear),
    dispose() {
      lines.dispose();
      signs.dispose();
    },
  };
}
