/** The cameras: signs that join and part with the view, beams, masts and names. */
import { Cartesian3, SceneTransforms } from 'cesium';
import type { CameraSummary, Lang } from '../api/types';
import { passes } from '../model/filter';
import type { AppState } from '../model/store';
import { bearingVector } from '../scene/frustum';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { CameraClusters, type Cluster, type Marker, spread } from './clusters';
import { declutter, type Wanted } from './declutter';
import { sightOf } from './eye';
import { Glyphs } from './fonts';
import { cameraIcon, clusterIcon, faceOf, LABEL_FONT, LABEL_HEIGHT, labelIcon, labelWidth, wedgeIcon } from './icons';
import { type Line, Lines } from './lines';
import { type Sign, Signs } from './signs';

const REFRESH_MS = 140;
const LABEL_RANGE_M = 1600;
const MOST_LABELS = 60;
/** Beams are drawn where a marker's neighbours do not stand in them, metres from the eye. */
const BEAM_RANGE_M = 5000;
/** A lens this high over the ground gets a line down to its foot. */
const MAST_M = 9;

const eyeOf = ({ lon, lat, height }: CameraSummary) => Cartesian3.fromDegrees(lon, lat, height);

/** From the lens down to its foot, for those that hang high. */
function mast(camera: CameraSummary): Line[] {
  const { lon, lat, height, ground_height } = camera;
  if (ground_height === null || height - ground_height < MAST_M) return [];
  const positions = [Cartesian3.fromDegrees(lon, lat, ground_height), eyeOf(camera)];
  return [{ positions, colour: 'rgba(201, 214, 232, 0.55)', width: 1.2, hidden: 0 }];
}

/** Clusters of another grouping are others, though their numbers be the same. */
function clusterSign({ key, lon, lat, height, counts, opens }: Cluster, grouping: number): Sign {
  return {
    key: `${key}/${grouping}`,
    icon: clusterIcon(counts),
    position: Cartesian3.fromDegrees(lon, lat, height),
    mark: { kind: 'cluster', lon, lat, height, opens },
  };
}

/** Cameras that stand alone whatever the view: the selected one and those that were recommended. */
function pinned(state: AppState): Set<string> {
  const { selection, link } = state;
  const ids = Object.values(link?.recommended ?? {}).filter((id) => typeof id === 'string');
  if (selection?.kind === 'camera') ids.push(selection.id);
  return new Set(ids);
}

export function cameraLayer(stage: Stage): Layer {
  const { scene } = stage;
  const masts = new Lines(stage);
  const beams = new Signs(stage);
  const signs = new Signs(stage);
  const names = new Signs(stage);
  const glyphs = new Glyphs(() => later());
  let clusters = new CameraClusters([]);
  let offsets = new Map<string, [number, number]>();
  let generation = 0;
  let state = stage.store.getState();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const place = (camera: CameraSummary): Sign => {
    const selected = state.selection?.kind === 'camera' && state.selection.id === camera.id;
    const offset = offsets.get(camera.id);
    return {
      key: `k${camera.id}${offset ? offset.map(Math.round) : ''}`,
      icon: cameraIcon(camera.tier, faceOf(camera), selected),
      position: eyeOf(camera),
      mark: { kind: 'camera', id: camera.id },
      ...(offset && { offset }),
    };
  };

  const beam = (camera: CameraSummary): Sign[] => {
    if (camera.heading === null || camera.type === 'ptz') return [];
    const axis = new Cartesian3(...bearingVector(camera.lon, camera.lat, camera.heading));
    const selected = state.selection?.kind === 'camera' && state.selection.id === camera.id;
    const { key, position, offset } = place(camera);
    return [{ key, position, axis, icon: wedgeIcon(camera.tier, selected), ...(offset && { offset }) }];
  };

  const showNames = (cameras: { camera: CameraSummary; distance: number }[]) => {
    const near = cameras.filter(({ distance }) => distance < LABEL_RANGE_M);
    near.sort((a, b) => a.distance - b.distance);
    const named = near.map(({ camera }) => camera);
    // While something is measured its figures have the map to themselves.
    const wanted = state.layers.labels && state.tool === 'select';
    names.show(wanted ? labels(stage, named, offsets, state.lang, glyphs) : []);
  };

  const refresh = () => {
    timer = undefined;
    const sight = sightOf(scene);
    const markers: Marker[] = state.layers.cameras ? clusters.markers(sight) : [];
    const alone = new Map<string, CameraSummary>();
    for (const marker of markers) if (marker.kind === 'camera') alone.set(marker.camera.id, marker.camera);
    for (const id of pinned(state)) {
      const camera = state.cameras.get(id);
      if (camera) alone.set(id, camera);
    }
    const near = [...alone.values()].map((camera) => ({
      camera,
      distance: sight.distance(camera.lon, camera.lat, camera.height),
    }));
    near.sort((a, b) => b.distance - a.distance);
    beams.show(near.filter(({ distance }) => distance < BEAM_RANGE_M).flatMap(({ camera }) => beam(camera)));
    signs.show([
      ...markers.filter((marker) => marker.kind === 'cluster').map((cluster) => clusterSign(cluster, generation)),
      ...near.map(({ camera }) => place(camera)),
    ]);
    masts.show([...alone.values()].flatMap(mast));
    showNames(near);
    stage.redraw();
  };
  const later = () => {
    timer ??= setTimeout(refresh, REFRESH_MS);
  };

  const regroup = onChange(
    (s) => [s.cameras, s.filters] as const,
    (_, [cameras, filters]) => {
      const wanted = [...cameras.values()].filter((camera) => passes(camera, filters));
      clusters = new CameraClusters(wanted);
      offsets = spread(wanted);
      generation += 1;
    },
  );
  const redo = onChange((s) => [s.cameras, s.filters, s.layers, s.tool, s.selection, s.link, s.lang] as const, later);
  scene.camera.percentageChanged = 0.03;
  const listeners = [scene.camera.changed.addEventListener(later), scene.camera.moveEnd.addEventListener(later)];
  return {
    apply(next) {
      state = next;
      regroup(next);
      redo(next);
    },
    dispose() {
      clearTimeout(timer);
      for (const unlisten of listeners) unlisten();
      for (const set of [names, signs, beams]) set.dispose();
      masts.dispose();
    },
  };
}

/** Names under the nearest signs, as many as fit without covering each other. */
function labels(
  { scene }: Stage,
  cameras: CameraSummary[],
  offsets: ReadonlyMap<string, [number, number]>,
  lang: Lang,
  glyphs: Glyphs,
): Sign[] {
  const wanted: Wanted<Sign>[] = [];
  for (const camera of cameras) {
    const position = eyeOf(camera);
    const at = SceneTransforms.worldToWindowCoordinates(scene, position);
    if (!at) continue;
    const text = (lang === 'en' && camera.name_en) || camera.name;
    if (!glyphs.has(LABEL_FONT, text)) continue;
    const [right, down] = offsets.get(camera.id) ?? [0, 0];
    const offset = [right, down + 20] as const;
    const width = labelWidth(text);
    wanted.push({
      x: at.x + right - width / 2,
      y: at.y + down + 20 - LABEL_HEIGHT / 2,
      width,
      height: LABEL_HEIGHT,
      item: { key: `${camera.id} ${text}`, icon: labelIcon(text), position, offset },
    });
  }
  return declutter(wanted, MOST_LABELS);
}
