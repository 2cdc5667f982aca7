/** On a weak machine the picture is coarser while a handle is dragged, so that it keeps up with the hand. */
import { type Layer, onChange, type Stage } from './stage';

/** Half of the pixels. */
const COARSER = Math.SQRT1_2;
/** Pictures a second, at most: between two of them there is time for the answers that the next one shows. */
const PICTURES = { dragging: 6, else: 60 };

export function coarseLayer({ widget, quality, redraw }: Stage): Layer {
  const turn = onChange(
    (state) => [state.trial?.dragging ?? false] as const,
    (_, [dragging]) => {
      const scale = quality.resolutionScale * (dragging ? COARSER : 1);
      if (!quality.low || widget.resolutionScale === scale) return;
      widget.resolutionScale = scale;
      widget.targetFrameRate = dragging ? PICTURES.dragging : PICTURES.else;
      redraw();
    },
  );
  return { apply: turn, dispose: () => undefined };
}
