/** Lines from the recommended cameras, and from the selected one, to the clicked place. */
import { Cartesian3 } from 'cesium';
import type { CameraSummary, LinkAnswer } from '../api/types';
import { ROLE_COLOURS, ROLES } from '../model/classes';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { type Line, Lines } from './lines';

const CHOSEN = '#ffffff';

/** Which cameras get a line to the place, and its colour: one line each, the first role counts. */
export function roles(link: LinkAnswer, selected: string | undefined): Map<string, string> {
  const colours = new Map<string, string>();
  for (const role of ROLES) {
    const id = link.recommended[role];
    if (id && !colours.has(id)) colours.set(id, ROLE_COLOURS[role]);
  }
  const seen = link.cameras.some(({ camera, visible }) => camera === selected && visible);
  if (selected !== undefined && seen && !colours.has(selected)) colours.set(selected, CHOSEN);
  return colours;
}

function line(camera: CameraSummary, { place }: LinkAnswer, colour: string, selected: boolean): Line {
  return {
    positions: [
      Cartesian3.fromDegrees(camera.lon, camera.lat, camera.height),
      Cartesian3.fromDegrees(place.lon, place.lat, place.height),
    ],
    colour,
    width: selected ? 4 : 2.2,
    hidden: 0.35,
  };
}

function linesOf(state: AppState): Line[] {
  const { link, selection, cameras } = state;
  if (!link) return [];
  const selected = selection?.kind === 'camera' ? selection.id : undefined;
  return [...roles(link, selected)].flatMap(([id, colour]) => {
    const camera = cameras.get(id);
    return camera ? [line(camera, link, colour, id === selected)] : [];
  });
}

export function linkLayer(stage: Stage): Layer {
  const lines = new Lines(stage);
  const redo = onChange(
    (s) => [s.link, s.selection, s.cameras] as const,
    (state) => lines.show(linesOf(state)),
  );
  return { apply: redo, dispose: () => lines.dispose() };
}
