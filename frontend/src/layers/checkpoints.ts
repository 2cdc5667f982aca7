/** Checkpoints on the map, with their names when near. */
import type { Checkpoint } from '../model/situationState';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { ClusterTree } from './clusterTree';
import { sightOf } from './eye';
import { Glyphs } from './fonts';
import { at, onGround, usualGround } from './grounds';
import { LABEL_FONT, labelIcon } from './icons';
import { checkpointGroupIcon, checkpointIcon } from './incidentIcons';
import { type Sign, Signs } from './signs';

const REFRESH_MS = 140;
const NAMES_M = 2500;
/** Names of so many at most, the nearest ones. */
const MOST_NAMES = 20;
/** From the foot of a sign down to the middle of its name, pixels. */
const NAME_PX = 10;

interface Placed extends Checkpoint {
  height: number;
}

export function checkpointLayer(stage: Stage): Layer {
  const { camera: eye } = stage.scene;
  const signs = new Signs(stage);
  const names = new Signs(stage);
  const glyphs = new Glyphs(() => later());
  let tree = new ClusterTree<Placed>([], 1, () => 0);
  let turn = 0;
  let state: AppState = stage.store.getState();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const sign = ({ id, lon, lat, height: usual, status }: Placed): Sign => {
    const height = onGround(stage, lon, lat, usual);
    return {
      key: `${id}@${lon},${lat},${Math.round(height)}`,
      icon: checkpointIcon(status, id === state.checkpoint),
      position: at(lon, lat, height),
      mark: { kind: 'checkpoint', id },
      foot: true,
    };
  };
  const name = (one: Placed): Sign[] => {
    const text = (state.lang === 'en' && one.name_en) || one.name;
    if (!glyphs.has(LABEL_FONT, text)) return [];
    const height = onGround(stage, one.lon, one.lat, one.height);
    return [
      {
        key: `${one.id} ${text} ${Math.round(height)}`,
        icon: labelIcon(text),
        position: at(one.lon, one.lat, height),
        offset: [0, NAME_PX],
      },
    ];
  };
  const refresh = () => {
    timer = undefined;
    const sight = sightOf(stage.scene);
    const { groups, alone } = state.layers.checkpoints ? tree.seen(sight) : { groups: [], alone: [] };
    const grouped = groups.map(({ key, lon, lat, height, total, opens }): Sign => {
      const mark = { kind: 'cluster', lon, lat, height, opens } as const;
      return { key: `${key}/${turn}`, icon: checkpointGroupIcon(total), position: at(lon, lat, height), mark };
    });
    const away = (one: Placed) => sight.distance(one.lon, one.lat, one.height);
    const near = alone.filter((one) => away(one) < NAMES_M).toSorted((a, b) => away(a) - away(b));
    signs.show([...grouped, ...alone.map(sign)]);
    names.show(state.layers.labels && state.tool === 'select' ? near.slice(0, MOST_NAMES).flatMap(name) : []);
    stage.redraw();
  };
  const later = () => {
    timer ??= setTimeout(refresh, REFRESH_MS);
  };
  const regroup = onChange(
    (s) => [s.checkpoints, s.cameras.size > 0] as const,
    (_, [checkpoints]) => {
      const shown = [...checkpoints.values()].filter(({ status }) => status !== 'retired');
      tree = new ClusterTree(
        shown.map((one) => ({ ...one, height: one.height ?? usualGround(state, one.lon, one.lat) })),
        1,
        () => 0,
      );
      turn += 1;
      later();
    },
  );
  const redo = onChange((s) => [s.layers.checkpoints, s.layers.labels, s.checkpoint, s.lang, s.tool] as const, later);
  const listeners = [eye.changed.addEventListener(later), eye.moveEnd.addEventListener(later)];
  return {
    apply(next) {
      state = next;
      regroup(next);
      redo(next);
    },
    dispose() {
      clearTimeout(timer);
      for (const unlisten of listeners) unlisten();
      signs.dispose();
      names.dispose();
    },
  };
}
