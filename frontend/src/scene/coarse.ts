/** On a weak machine the picture is coarser while a handle is dragged, so that it keeps up with the hand. */
import { type Layer, onChange, type Stage } from './stage';

/** Half of the pixels. */
const COARSER = Math.SQRT1_2;

export function coarseLayer({ widget, quality, redraw }: Stage): Layer {
  const turn = onChange(
    (state) => [state.trial?.dragging ?? false] as const,
    (_, [dragging]) => {
      const scale = quality.resolutionScale * (quality.low && dragging ? COARSER : 1);
      if (widget.resolutionScale === scale) return;
      widget.resolutionScale = scale;
      redraw();
    },
  );
  return { apply: turn, dispose: () => undefined };
}
