/** Steps of colour for a value, by quantiles: each step holds about as many shapes. */
export interface Step {
  /** from this value upwards */
  from: number;
  to: number;
  colour: string;
}

/** Dark to light, readable on a dark and on a light map. */
const RAMP = ['#31446b', '#2f6f9f', '#2ea69b', '#8fd06a', '#f6e04d'];

/** No more steps than there are different values. */
export function stepsOf(values: readonly number[]): Step[] {
  const sorted = values.filter(Number.isFinite).toSorted((a, b) => a - b);
  const last = sorted.at(-1);
  if (last === undefined) return [];
  const cuts = RAMP.map((_, i) => sorted[Math.floor((i * sorted.length) / RAMP.length)] ?? last);
  const starts = [...new Set(cuts)];
  return starts.map((from, i) => ({ from, to: starts[i + 1] ?? last, colour: colourAt(i, starts.length) }));
}

/** Few steps are spread over the whole ramp. */
function colourAt(i: number, count: number): string {
  const at = count === 1 ? RAMP.length - 1 : Math.round((i * (RAMP.length - 1)) / (count - 1));
  return RAMP[at] ?? '#f6e04d';
}

export function colourOf(steps: readonly Step[], value: number): string {
  return steps.findLast((step) => value >= step.from)?.colour ?? steps[0]?.colour ?? '#868e96';
}
