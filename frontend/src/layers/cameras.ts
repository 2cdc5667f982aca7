/** The cameras: signs that join and part with the view, beams, masts and names. */
import type { CameraSummary } from '../api/types';
import { passes } from '../model/filter';
import { UNKNOWN } from '../model/health';
import { paced } from '../model/pace';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { beamSign, cameraSign, clusterSign, eyeOf, mast } from './cameraSigns';
import { CameraClusters, type Cluster, spread } from './clusters';
import { sightOf } from './eye';
import { Lines } from './lines';
import { type Named, Names } from './names';
import { Signs } from './signs';

/** The picture moves on at once, the grouping follows this much later. */
const REFRESH_MS = 140;
/** Beams are drawn where a marker's neighbours do not stand in them, metres from the eye. */
const BEAM_RANGE_M = 5000;
const AT_PLACE: readonly [number, number] = [0, 0];

/** Cameras that stand alone whatever the view: the selected one and those that were recommended. */
function pinned({ selection, link, cameras }: AppState): CameraSummary[] {
  const ids = Object.values(link?.recommended ?? {}).filter((id) => typeof id === 'string');
  if (selection?.kind === 'camera') ids.push(selection.id);
  return ids.flatMap((id) => cameras.get(id) ?? []);
}

/** All cameras in groups. */
class Grouping {
  readonly clusters: CameraClusters;
  offsets = new Map<string, [number, number]>();

  constructor(grown: () => void) {
    this.clusters = new CameraClusters(grown);
  }

  readonly apply = onChange(
    (s) => [s.cameras, s.filters] as const,
    (_, [cameras, filters]) => {
      const wanted = [...cameras.values()].filter((camera) => passes(camera, filters));
      this.clusters.take(wanted);
      this.offsets = spread(wanted);
    },
  );

  /** Groups to draw, and the cameras that stand alone, farthest first. */
  seen(stage: Stage, state: AppState): { clusters: Cluster[]; alone: Named[] } {
    const sight = sightOf(stage.scene);
    const markers = state.layers.cameras ? this.clusters.markers(sight) : [];
    const single = markers.flatMap((marker) => (marker.kind === 'camera' ? [marker.camera] : []));
    const cameras = new Map([...single, ...pinned(state)].map((camera) => [camera.id, camera]));
    const alone = [...cameras.values()].map((camera) => ({
      camera,
      position: eyeOf(camera),
      distance: sight.distance(camera.lon, camera.lat, camera.height),
      offset: this.offsets.get(camera.id) ?? AT_PLACE,
    }));
    return {
      clusters: markers.filter((marker) => marker.kind === 'cluster'),
      alone: alone.toSorted((a, b) => b.distance - a.distance),
    };
  }
}

export function cameraLayer(stage: Stage): Layer {
  const { camera: eye } = stage.scene;
  const masts = new Lines(stage);
  const beams = new Signs(stage);
  const signs = new Signs(stage);
  const names = new Names(stage, () => pace.later());
  const grouping = new Grouping(() => pace.now());
  let state = stage.store.getState();

  const refresh = () => {
    const { clusters, alone } = grouping.seen(stage, state);
    const selected = state.selection?.kind === 'camera' ? state.selection.id : undefined;
    const near = alone.filter(({ distance }) => distance < BEAM_RANGE_M);
    const groups = clusters.map(clusterSign);
    masts.show(alone.flatMap(({ camera }) => mast(camera)));
    beams.show(near.flatMap(({ camera, offset }) => beamSign(camera, offset, camera.id === selected)));
    const { conditions } = state;
    const single = alone.map(({ camera, offset }) =>
      cameraSign(camera, offset, camera.id === selected, conditions.get(camera.id) ?? UNKNOWN),
    );
    signs.show([...groups, ...single]);
    // While something is measured its figures have the map to themselves.
    if (state.layers.labels && state.tool === 'select') {
      const places = groups.map(({ position }) => position);
      names.show(alone, places, state.lang);
    } else names.hide();
    stage.redraw();
  };
  const pace = paced(refresh, REFRESH_MS);
  const { later } = pace;
  const news = onChange((s) => [s.cameras] as const, pace.now);
  const redo = onChange(
    (s) => [s.filters, s.layers, s.tool, s.selection, s.link, s.lang, s.conditions] as const,
    later,
  );
  eye.percentageChanged = 0.03;
  const listeners = [eye.changed.addEventListener(later), eye.moveEnd.addEventListener(later)];
  return {
    apply(next) {
      state = next;
      grouping.apply(next);
      news(next);
      redo(next);
    },
    dispose() {
      pace.stop();
      grouping.clusters.stop();
      for (const unlisten of listeners) unlisten();
      for (const part of [names, signs, beams, masts]) part.dispose();
    },
  };
}
