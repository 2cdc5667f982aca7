/** The strip of time: where a moment stands on it, and its marks. */

export interface Span {
  from: number;
  to: number;
}

const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The last day; or an hour around a moment, within that day. */
export function spanOf(now: number, at: number, scale: 'day' | 'hour'): Span {
  if (scale === 'day') return { from: now - DAY, to: now };
  const from = Math.min(Math.max(at - HOUR / 2, now - DAY), now - HOUR);
  return { from, to: from + HOUR };
}

/** From 0 at the left to 1 at the right. */
export const shareOf = (time: number, { from, to }: Span): number => (time - from) / (to - from);

/** The time at a share, to the second. */
export const timeAt = (share: number, { from, to }: Span): number =>
  Math.round((from + Math.min(1, Math.max(0, share)) * (to - from)) / 1000) * 1000;

export interface Tick {
  time: number;
  /** it has its time written to it */
  named: boolean;
}

/** Whole hours, every third with its time; of an hour every fifth minute, every fifteenth with its time. */
export function ticksOf({ from, to }: Span, minutes: (time: number) => number): Tick[] {
  const day = to - from > 2 * HOUR;
  const [step, named] = day ? [60, 180] : [5, 15];
  const found: Tick[] = [];
  // Zones differ from UTC by whole quarters of an hour, so steps are counted in the city's own minutes.
  for (let time = Math.ceil(from / (5 * MINUTE)) * 5 * MINUTE; time <= to; time += 5 * MINUTE) {
    const at = minutes(time);
    if (at % step === 0) found.push({ time, named: at % named === 0 });
  }
  return found;
}
