/** Zones painted on the ground with their names; a geofence has another colour and a mark before its name. */
import type { Position } from 'geojson';
import type { Zone } from '../model/situationState';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape, type Shape } from './drape';
import { Glyphs } from './fonts';
import { at, onGround, usualGround } from './grounds';
import { LABEL_FONT, labelIcon } from './icons';
import { type Sign, Signs } from './signs';

const PLAIN = { fill: 'rgba(110, 214, 190, 0.12)', line: '#6ed6be', width: 2 };
const FENCE = { fill: 'rgba(255, 143, 196, 0.12)', line: '#ff8fc4', width: 2.6 };
const CHOSEN = { line: '#ffffff', width: 3.4 };
const FENCE_MARK = '◈ ';
const MOVED_MS = 400;

export function zoneShape({ geometry, watch }: Zone, chosen: boolean): Shape {
  const look = watch === 'none' ? PLAIN : FENCE;
  return { geometry, ...look, ...(chosen && CHOSEN) };
}

/** The middle of a ring's corners: near enough to its middle to hang a name on. */
export function middleOf(ring: readonly Position[]): [number, number] {
  const corners = ring.slice(1);
  const mean = (axis: 0 | 1) => corners.reduce((sum, corner) => sum + (corner[axis] ?? 0), 0) / corners.length;
  return [mean(0), mean(1)];
}

export function zoneLayer(stage: Stage): Layer {
  const drape = new Drape(stage);
  const names = new Signs(stage);
  const glyphs = new Glyphs(() => title());
  let state: AppState = stage.store.getState();
  let timer: ReturnType<typeof setTimeout> | undefined;

  const sign = ({ id, name, watch, geometry }: Zone): Sign[] => {
    const text = `${watch === 'none' ? '' : FENCE_MARK}${name}`;
    if (!glyphs.has(LABEL_FONT, text)) return [];
    const [lon, lat] = middleOf(geometry.coordinates[0] ?? []);
    const height = onGround(stage, lon, lat, usualGround(state, lon, lat));
    return [{ key: `${id} ${text} ${Math.round(height)}`, icon: labelIcon(text), position: at(lon, lat, height) }];
  };
  const title = () => {
    timer = undefined;
    names.show(state.layers.zones && state.layers.labels ? [...state.zones.values()].flatMap(sign) : []);
  };
  const later = () => {
    timer ??= setTimeout(title, MOVED_MS);
  };
  const redo = onChange(
    (s) => [s.zones, s.zone, s.layers.zones] as const,
    (_, [zones, chosen, wanted]) => {
      drape.show(wanted ? [...zones.values()].map((zone) => zoneShape(zone, zone.id === chosen)) : []);
      later();
    },
  );
  const words = onChange((s) => [s.layers.labels, s.cameras.size > 0] as const, later);
  const unlisten = stage.scene.camera.moveEnd.addEventListener(later);
  return {
    apply(next) {
      state = next;
      redo(next);
      words(next);
    },
    dispose() {
      clearTimeout(timer);
      unlisten();
      drape.dispose();
      names.dispose();
    },
  };
}
