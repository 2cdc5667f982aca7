/** The way by which a vehicle would come to an incident, laid on the ground. */
import type { MultiPolygon } from 'geojson';
import type { LonLat } from '../api/types';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape, type Shape } from './drape';

const EDGE = { line: '#07121f', width: 9 };
const WAY = { line: '#5fe0a0', width: 5 };

export function wayShapes(way: readonly LonLat[]): Shape[] {
  // There and back: painted shapes are closed.
  const geometry: MultiPolygon = {
    type: 'MultiPolygon',
    coordinates: [[[...way, ...way.slice(0, -1).toReversed()]]],
  };
  return way.length > 1 ? [EDGE, WAY].map((look) => ({ geometry, ...look })) : [];
}

export function wayLayer(stage: Stage): Layer {
  const drape = new Drape(stage);
  const redo = onChange(
    ({ way }) => [way] as const,
    ({ way }) => drape.show(way ? wayShapes(way) : []),
  );
  return { apply: redo, dispose: () => drape.dispose() };
}
