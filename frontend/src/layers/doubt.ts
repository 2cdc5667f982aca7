/** How far off the chosen incident's true place may be: a circle on the ground. */
import type { Polygon } from 'geojson';
import { metresPerDegree } from '../model/geodesy';
import { EXERCISE_COLOUR, type Incident, SEVERITY_COLOURS } from '../model/incidents';
import type { AppState } from '../model/store';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape, type Shape } from './drape';

const CORNERS = 96;
const FILL_ALPHA = '1f';

export function circleAround({ lon, lat }: Pick<Incident, 'lon' | 'lat'>, radius_m: number): Polygon {
  const [east, north] = metresPerDegree(lat);
  const ring = Array.from({ length: CORNERS + 1 }, (_, i) => {
    const turn = (2 * Math.PI * (i % CORNERS)) / CORNERS;
    return [lon + (radius_m * Math.cos(turn)) / east, lat + (radius_m * Math.sin(turn)) / north];
  });
  return { type: 'Polygon', coordinates: [ring] };
}

export function doubtShapes(incident: Incident | undefined): Shape[] {
  if (!incident || incident.within_m === null) return [];
  const colour = incident.exercise ? EXERCISE_COLOUR : SEVERITY_COLOURS[incident.severity];
  return [{ geometry: circleAround(incident, incident.within_m), fill: colour + FILL_ALPHA, line: colour, width: 2.2 }];
}

const chosenOf = ({ incident, incidents }: AppState) => (incident === null ? undefined : incidents.get(incident));

export function doubtLayer(stage: Stage): Layer {
  const drape = new Drape(stage);
  const redo = onChange(
    (s) => {
      const chosen = chosenOf(s);
      return [
        s.layers.incidents,
        chosen?.lon,
        chosen?.lat,
        chosen?.within_m,
        chosen?.severity,
        chosen?.exercise,
      ] as const;
    },
    (s, [wanted]) => drape.show(wanted ? doubtShapes(chosenOf(s)) : []),
  );
  return { apply: redo, dispose: () => drape.dispose() };
}
