/** The last minutes of a vehicle behind it: what the server kept of them, then the way that is seen here. */
import type { Cartesian3 } from 'cesium';
import { apart } from '../model/motion';
import { keyOf, TYPE_COLOURS } from '../model/vehicles';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { at, onGround } from './grounds';
import { Lines } from './lines';

const LONG_MS = 300_000;
const STEP_MS = { full: 250, low: 1_000 };
/** Places nearer to each other are one; those farther apart have more between them, so that the line follows the ground. */
const SAME_M = 4;
const FINE_M = 20;
/** Above the ground, so that it does not flicker in it. */
const LIFT_M = 1.2;
/** The older half is fainter. */
const FAINT = '80';

interface Step {
  lon: number;
  lat: number;
  height: number | null;
  time: number;
}

export function trailLayer(stage: Stage): Layer {
  const { store, api, quality } = stage;
  const lines = new Lines(stage);
  let steps: Step[] = [];
  let asking: AbortController | undefined;
  let timer: ReturnType<typeof setInterval> | undefined;

  const height = ({ lon, lat, height: own }: Step) =>
    Math.max(onGround(stage, lon, lat, own ?? 0), own ?? Number.NEGATIVE_INFINITY) + LIFT_M;
  const points = (some: readonly Step[]): Cartesian3[] =>
    some.flatMap((step, i) => {
      const from = some[i - 1] ?? step;
      const parts = Math.max(1, Math.ceil(apart(from, step) / FINE_M));
      return Array.from({ length: parts }, (_, k) => {
        const t = (k + 1) / parts;
        const [lon, lat] = [from.lon + (step.lon - from.lon) * t, from.lat + (step.lat - from.lat) * t];
        return at(lon, lat, height({ ...step, lon, lat }));
      });
    });
  const draw = (vehicle: string) => {
    const colour = TYPE_COLOURS[store.getState().vehicles.get(vehicle)?.type ?? 'other'];
    const old = steps.findIndex(({ time }) => time > Date.now() - LONG_MS / 2);
    const half = old < 0 ? steps.length : old;
    lines.show([
      { positions: points(steps.slice(0, half + 1)), colour: `${colour}${FAINT}`, width: 4 },
      { positions: points(steps.slice(half)), colour, width: 4 },
    ]);
  };
  const follow = (vehicle: string) => {
    const there = stage.shownAt?.(keyOf(vehicle));
    const before = steps.at(-1);
    const oldest = Date.now() - LONG_MS;
    const count = steps.length;
    steps = steps.filter(({ time }) => time >= oldest);
    let changed = steps.length !== count;
    if (there && (!before || apart(before, there.shown) > SAME_M)) {
      const { lon, lat } = there.shown;
      steps.push({ lon, lat, height: there.height, time: Date.now() });
      changed = true;
    }
    if (changed) draw(vehicle);
  };
  const history = async (vehicle: string, signal: AbortSignal) => {
    const now = Date.now();
    const told = await api.track(vehicle, [now - LONG_MS, now], signal);
    if (signal.aborted) return;
    const reached = stage.shownAt?.(keyOf(vehicle))?.motion.reached ?? now;
    const kept = told.time_ms.flatMap((time, i) => {
      const [lon, lat] = [told.lon[i], told.lat[i]];
      if (time > reached || lon === undefined || lat === undefined) return [];
      return [{ lon, lat, height: told.height_m[i] ?? null, time }];
    });
    steps = [...kept, ...steps];
    draw(vehicle);
  };
  const stop = () => {
    asking?.abort();
    clearInterval(timer);
    timer = undefined;
    steps = [];
    lines.show([]);
  };
  const start = onChange(
    // What is shown in the replay is no part of the last minutes; and only its own panel can put it away.
    (s) => [s.replay === null && s.trail !== null && s.unit === keyOf(s.trail) ? s.trail : null] as const,
    (_, [vehicle]) => {
      if (timer !== undefined) stop();
      if (vehicle === null) return;
      asking = new AbortController();
      // Without what was before it begins here.
      history(vehicle, asking.signal).catch(() => undefined);
      timer = setInterval(() => follow(vehicle), quality.low ? STEP_MS.low : STEP_MS.full);
    },
  );
  return {
    apply: start,
    dispose() {
      stop();
      lines.dispose();
    },
  };
}
