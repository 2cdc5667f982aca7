/** The places of the calibration's pairs: numbered, to be dragged; and what a click or drag on the map means for them. */
import { Cartesian2, Cartesian3, SceneTransforms } from 'cesium';
import type { Spot } from '../model/geodesy';
import { addHalf, changePair, type Pair } from '../model/pairs';
import { place } from '../scene/pick';
import type { Hand } from '../scene/pointer';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { pairIcon } from './gizmoIcons';
import { type Sign, Signs } from './signs';

const REACH_PX = 14;

const at = ({ lon, lat, height }: Spot) => Cartesian3.fromDegrees(lon, lat, height);

export function pairSigns(pairs: readonly Pair[], chosen: number | null): Sign[] {
  return pairs.flatMap(({ number, place: spot }) =>
    spot
      ? [
          {
            key: `pair ${number} ${spot.lon} ${spot.lat} ${spot.height}`,
            icon: pairIcon(number, number === chosen),
            position: at(spot),
          },
        ]
      : [],
  );
}

export interface PairLayer extends Layer {
  hand: Hand;
}

export function pairLayer(stage: Stage): PairLayer {
  const { store, container, scene } = stage;
  const page = container.ownerDocument;
  const signs = new Signs(stage);
  let held: number | undefined;

  const point = (event: PointerEvent) => {
    const { left, top } = scene.canvas.getBoundingClientRect();
    return new Cartesian2(event.clientX - left, event.clientY - top);
  };
  const under = (event: PointerEvent): number | undefined => {
    const mouse = point(event);
    return store.getState().pairs.find((pair) => {
      const on = pair.place && SceneTransforms.worldToWindowCoordinates(scene, at(pair.place));
      return on && Cartesian2.distance(on, mouse) < REACH_PX;
    })?.number;
  };
  const down = (event: PointerEvent) => {
    if (store.getState().tool !== 'calibrate' || event.button !== 0) return;
    held = under(event);
    if (held === undefined) return;
    store.getState().setPair(held);
    event.stopPropagation();
    event.preventDefault();
  };
  const up = (event: PointerEvent) => {
    if (held === undefined) return;
    const number = held;
    held = undefined;
    const { pairs, setPairs } = store.getState();
    const before = pairs.find((pair) => pair.number === number)?.place;
    const on = before && SceneTransforms.worldToWindowCoordinates(scene, at(before));
    const mouse = point(event);
    if (on && Cartesian2.distance(on, mouse) < 3) return;
    const spot = place(stage, mouse);
    if (spot) setPairs(changePair(pairs, number, { place: spot }));
  };
  container.addEventListener('pointerdown', down, true);
  page.addEventListener('pointerup', up, true);
  const redo = onChange(
    (s) => [s.pairs, s.pair, s.calibrating] as const,
    (_, [pairs, chosen, calibrating]) => signs.show(calibrating ? pairSigns(pairs, chosen) : []),
  );
  return {
    hand: {
      click(spot) {
        const { pairs, setPairs, setPair } = store.getState();
        const next = addHalf(pairs, { place: spot });
        setPairs(next);
        setPair(next.find((pair) => pair.place === spot)?.number ?? null);
      },
      move: () => undefined,
      finish: () => undefined,
    },
    apply: redo,
    dispose() {
      container.removeEventListener('pointerdown', down, true);
      page.removeEventListener('pointerup', up, true);
      signs.dispose();
    },
  };
}
