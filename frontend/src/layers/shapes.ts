/** Shapes that panels chose: hexagons of a statistic, a blind spot, two coverages side by side. */
import type { Feature, MultiPolygon, Polygon } from 'geojson';
import type { CoverageAnswer } from '../api/types';
import type { ValueShapes } from '../model/cityState';
import { COMPARED } from '../model/classes';
import { wholeOf } from '../model/overlap';
import { colourOf, stepsOf } from '../model/ramp';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape, type Shape } from './drape';

const HEX_ALPHA = 'a6';

const statisticOf = ({ properties }: Feature, property: string) => Number(properties?.[property]);

export function hexagonShapes({ collection, property }: ValueShapes): Shape[] {
  const known = collection.features.filter((feature) => Number.isFinite(statisticOf(feature, property)));
  const steps = stepsOf(known.map((feature) => statisticOf(feature, property)));
  return known.map((feature) => ({
    geometry: feature.geometry,
    fill: colourOf(steps, statisticOf(feature, property)) + HEX_ALPHA,
    line: 'rgba(8, 16, 28, 0.55)',
    width: 1,
  }));
}

/** Each in its colour, and what both see in a third. */
export function comparedShapes(a: CoverageAnswer, b: CoverageAnswer | null): Shape[] {
  const first = wholeOf(a);
  const one: Shape = { geometry: first, fill: `${COMPARED.a}99` };
  if (!b) return [one];
  const second = wholeOf(b);
  return [one, { geometry: second, fill: `${COMPARED.b}99` }, { geometry: first, within: second, fill: COMPARED.both }];
}

const OUTLINE = { fill: 'rgba(255, 93, 93, 0.25)', line: '#ff5d5d', width: 2.5 };
const outlineShapes = (geometry: Polygon | MultiPolygon | undefined): Shape[] =>
  geometry ? [{ geometry, ...OUTLINE }] : [];

/** A layer that drapes what it makes of one part of the state. */
function draped<T>(part: (state: Parameters<Layer['apply']>[0]) => T, shapes: (value: T) => Shape[]) {
  return (stage: Stage): Layer => {
    const drape = new Drape(stage);
    const redo = onChange(
      (state) => [part(state)] as const,
      (_, [value]) => drape.show(shapes(value)),
    );
    return { apply: redo, dispose: () => drape.dispose() };
  };
}

export const hexagonLayer = draped(
  (state) => state.hexagons,
  (hexagons) => (hexagons ? hexagonShapes(hexagons) : []),
);

export const heatLayer = draped(
  (state) => state.heat,
  (heat) => (heat ? hexagonShapes(heat) : []),
);

export const outlineLayer = draped((state) => state.outlined, outlineShapes);

export const comparisonLayer = draped(
  (state) => state.comparison,
  (comparison) => (comparison ? comparedShapes(comparison.a, comparison.b) : []),
);
