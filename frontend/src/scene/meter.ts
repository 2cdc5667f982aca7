/** How well the picture follows a hand that drags a camera's handle: answers that came, pictures that showed them. */
import type { AppState } from '../model/store';
import type { Layer, Stage } from './stage';

export interface DragStats {
  /** coverages of trial poses that came while something was dragged */
  answers: number;
  /** pictures in which a newer cone or coverage, or a newer handle, was to be seen */
  drawings: number;
  seconds: number;
  answersPerSecond: number;
  drawingsPerSecond: number;
}

export interface DragMeter extends Layer {
  stats(): DragStats;
}

export function dragMeter({ scene }: Stage): DragMeter {
  let answers = 0;
  let drawings = 0;
  let seconds = 0;
  let since: number | undefined;
  let news = false;
  let last: AppState | undefined;
  const spent = () => seconds + (since === undefined ? 0 : (performance.now() - since) / 1000);
  const unlisten = scene.postRender.addEventListener(() => {
    if (since !== undefined && news) drawings += 1;
    news = false;
  });
  return {
    apply(state) {
      const dragging = state.trial?.dragging ?? false;
      if (dragging && since === undefined) since = performance.now();
      if (!dragging && since !== undefined) {
        seconds = spent();
        since = undefined;
      }
      if (dragging && last && state.coverage !== last.coverage) answers += 1;
      if (last && (state.coverage !== last.coverage || state.cone !== last.cone)) news = true;
      // A new camera in hand: what was measured before is of another.
      if (state.trial && !last?.trial) [answers, drawings, seconds] = [0, 0, 0];
      last = state;
    },
    stats() {
      const time = spent();
      const rate = (count: number) => (time > 0 ? count / time : 0);
      return {
        answers,
        drawings,
        seconds: time,
        answersPerSecond: rate(answers),
        drawingsPerSecond: rate(drawings),
      };
    },
    dispose: unlisten,
  };
}
