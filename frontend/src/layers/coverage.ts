/** What the selected camera really sees of the ground, coloured by class of pixel density. */
import type { CoverageAnswer, Ladder } from '../api/types';
import { classColour } from '../model/classes';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape, type Shape } from './drape';
import { Sheet } from './sheet';

const FILL_ALPHA = '8c';
const EDGE_ALPHA = 'd9';

/** Ground only: facades stand upright. Coarse classes first, so that the finer ones lie on top where they touch. */
export function coverageShapes({ features }: CoverageAnswer, ladder: Ladder): Shape[] {
  const level = features.filter(({ properties }) => properties.surface !== 'facade');
  const order = level.toSorted((a, b) => a.properties.min_px_m - b.properties.min_px_m);
  return order.flatMap(({ geometry, properties }) => {
    if (!geometry || geometry.coordinates.length === 0) return [];
    const colour = classColour(ladder, properties.class);
    return [{ geometry, fill: colour + FILL_ALPHA, line: colour + EDGE_ALPHA, width: 1 }];
  });
}

/** Map tiles are painted for what stays; what follows a dragging hand is one quick picture. */
export function coverageLayer(stage: Stage): Layer {
  const drape = new Drape(stage);
  const sheet = new Sheet(stage);
  let quick = false;
  const redo = onChange(
    (s) => [s.coverage, s.layers.coverage, s.trial !== undefined] as const,
    (_, [coverage, wanted, trying]) => {
      const shapes = coverage && wanted ? coverageShapes(coverage.geojson, coverage.ladder) : [];
      if (trying !== quick) (quick ? sheet : drape).show([]);
      quick = trying;
      (quick ? sheet : drape).show(shapes);
    },
  );
  return {
    apply: redo,
    dispose() {
      drape.dispose();
      sheet.dispose();
    },
  };
}
