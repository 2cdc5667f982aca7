/** The boundary of the area that the cameras are filtered by. */
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape } from './drape';

const EDGE = { fill: 'rgba(120, 190, 255, 0.07)', line: 'rgba(140, 200, 255, 0.95)', width: 2.5 };

export function areaLayer(stage: Stage): Layer {
  const drape = new Drape(stage);
  let asking: AbortController | undefined;
  const load = async (code: string) => {
    asking = new AbortController();
    const { signal } = asking;
    try {
      const { geometry } = await stage.api.area(code, signal);
      if (!signal.aborted) drape.show([{ geometry, ...EDGE }]);
      stage.store.getState().setFault('areas', null);
    } catch (error) {
      if (!signal.aborted) stage.store.getState().setFault('areas', String(error));
    }
  };
  const redo = onChange(
    (s) => [s.filters.area, s.layers.areas] as const,
    (_, [code, wanted]) => {
      asking?.abort();
      drape.show([]);
      if (code !== null && wanted) void load(code);
    },
  );
  return {
    apply: redo,
    dispose() {
      asking?.abort();
      drape.dispose();
    },
  };
}
