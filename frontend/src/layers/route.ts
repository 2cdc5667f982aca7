/** The route whose cameras were asked for: what nobody sees is red, and what the pictures on the screen show is lit. */
import type { MultiPolygon } from 'geojson';
import type { RouteAnswer } from '../api/routes';
import type { LonLat } from '../api/types';
import { cut, litBy, onScreen } from '../model/route';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape, type Shape } from './drape';

const EDGE = { line: '#07121f', width: 9 };
const ROAD = { line: '#6fb2ff', width: 5 };
const GAP = { line: '#ff6b6b', width: 5 };
const LIT = { line: '#ffd166', width: 6 };

/** There and back: painted shapes are closed. */
const ring = (line: readonly LonLat[]): LonLat[] => [...line, ...line.slice(0, -1).toReversed()];

const drawn = (lines: readonly LonLat[][]): MultiPolygon => ({
  type: 'MultiPolygon',
  coordinates: lines.map((line) => [ring(line)]),
});

export function routeShapes(route: RouteAnswer, cameras: readonly string[]): Shape[] {
  const pieces = (stretches: readonly { from_m: number; to_m: number }[]) =>
    stretches.flatMap((stretch) => cut(route.lines, route.length_m, stretch));
  const layers = [
    { lines: route.lines, look: EDGE },
    { lines: route.lines, look: ROAD },
    { lines: pieces(route.gaps), look: GAP },
    { lines: pieces(litBy(route, cameras)), look: LIT },
  ];
  return layers.filter(({ lines }) => lines.length > 0).map(({ lines, look }) => ({ geometry: drawn(lines), ...look }));
}

export function routeLayer(stage: Stage): Layer {
  const drape = new Drape(stage);
  const redo = onChange(
    ({ route, wall, pictures }) => [route, route && onScreen(wall, pictures).join(' ')] as const,
    ({ route, wall, pictures }) => drape.show(route ? routeShapes(route, onScreen(wall, pictures)) : []),
  );
  return { apply: redo, dispose: () => drape.dispose() };
}
