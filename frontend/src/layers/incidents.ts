/** Incidents on the map: signs that join and part with the view. */
import { EXERCISE_WORDS, GLYPHS, type Incident, isOverdue, SEVERITIES } from '../model/incidents';
import { paced } from '../model/pace';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';
import type { Group } from './clusterTree';
import { sightOf } from './eye';
import { Glyphs } from './fonts';
import { at, onGround, usualGround } from './grounds';
import { GrowingTree } from './growingTree';
import { EXERCISES, GLYPH_FONT, type IncidentLook, incidentGroupIcon, incidentIcon } from './incidentIcons';
import { type Sign, Signs } from './signs';

/** What comes in after a quiet time is drawn at once; a moving eye need not be followed that closely. */
const REFRESH_MS = 140;
/** A deadline may pass while nothing else happens. */
const CLOCK_MS = 15_000;

/** An incident and where it is grouped. */
interface Placed {
  id: string;
  lon: number;
  lat: number;
  height: number;
  incident: Incident;
}

const STAGES: Record<Incident['state'], IncidentLook['stage']> = {
  reported: 'new',
  accepted: 'working',
  dispatched: 'working',
  'on-scene': 'working',
  resolved: 'done',
  closed: 'done',
};

function groupSign({ lon, lat, height, counts, opens }: Group, played: string): Sign {
  return {
    key: `${lon},${lat},${height} ${opens}`,
    icon: incidentGroupIcon(counts, played),
    position: at(lon, lat, height),
    mark: { kind: 'cluster', lon, lat, height, opens },
  };
}

export function incidentLayer(stage: Stage): Layer {
  const { camera: eye } = stage.scene;
  const groups = new Signs(stage);
  const signs = new Signs(stage);
  const glyphs = new Glyphs(() => pace.now());
  const tree = new GrowingTree<Placed>(
    SEVERITIES.length + 1,
    ({ incident }) => (incident.exercise ? EXERCISES : incident.severity - 1),
    () => pace.now(),
  );
  let stale = false;
  let state: AppState = stage.store.getState();

  const placed = (incident: Incident): Placed => {
    const { id, lon, lat, height } = incident;
    return { id, lon, lat, height: height ?? usualGround(state, lon, lat), incident };
  };
  const regroup = () => {
    stale = false;
    tree.take([...state.incidents.values()].map(placed));
  };
  const sign = ({ incident, lon, lat, height: usual }: Placed, now: number): Sign => {
    const height = incident.height ?? onGround(stage, lon, lat, usual);
    const glyph = GLYPHS[state.lang][incident.category];
    const look = {
      glyph: glyphs.has(GLYPH_FONT, glyph) ? glyph : '',
      severity: incident.severity,
      stage: STAGES[incident.state],
      overdue: isOverdue(incident, now),
      chosen: incident.id === state.incident,
      exercise: incident.exercise ? EXERCISE_WORDS[state.lang] : null,
    };
    return {
      key: `${incident.id}@${lon},${lat},${Math.round(height)}`,
      icon: incidentIcon(look),
      position: at(lon, lat, height),
      mark: { kind: 'incident', id: incident.id },
      foot: true,
    };
  };
  const refresh = () => {
    if (stale) regroup();
    const { groups: seen, alone } = state.layers.incidents
      ? tree.seen(sightOf(stage.scene))
      : { groups: [], alone: [] };
    const chosen = state.incident === null ? undefined : state.incidents.get(state.incident);
    const all = new Map(alone.map((one) => [one.id, one]));
    // The one at hand stands alone whatever the view.
    if (chosen && state.layers.incidents) all.set(chosen.id, placed(chosen));
    const now = Date.now();
    // The gravest last, over the others; what is played under all that is real.
    const rank = ({ incident }: Placed) => incident.severity + (incident.exercise ? SEVERITIES.length : 0);
    const ordered = [...all.values()].toSorted((a, b) => rank(b) - rank(a));
    groups.show(seen.map((group) => groupSign(group, EXERCISE_WORDS[state.lang])));
    signs.show(ordered.map((one) => sign(one, now)));
    stage.redraw();
  };
  const pace = paced(refresh, REFRESH_MS);
  const news = onChange(
    (s) => [s.incidents, s.cameras.size > 0] as const,
    () => {
      stale = true;
      pace.now();
    },
  );
  const redo = onChange((s) => [s.layers.incidents, s.incident, s.lang] as const, pace.now);
  const listeners = [eye.changed.addEventListener(pace.later), eye.moveEnd.addEventListener(pace.later)];
  const ticking = setInterval(pace.later, CLOCK_MS);
  return {
    apply(next) {
      state = next;
      news(next);
      redo(next);
    },
    dispose() {
      pace.stop();
      tree.stop();
      clearInterval(ticking);
      for (const unlisten of listeners) unlisten();
      signs.dispose();
      groups.dispose();
    },
  };
}
