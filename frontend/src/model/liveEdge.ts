/** How a player keeps near the newest picture: when to hasten, to jump, and what to forget. Pure. */

/** A stretch of video at hand, seconds. */
export interface Span {
  start: number;
  end: number;
}

export interface Pace {
  rate: number;
  /** where to jump */
  seek?: number;
  /** what lies before is forgotten */
  forget?: number;
}

/** Farther behind it hastens, until it is nearer than `NEAR_S`. */
const FAR_S = 0.3;
const NEAR_S = 0.15;
/** Farther behind it jumps. */
const LOST_S = 2;
/** Where it jumps to, before the newest picture. */
const TARGET_S = 0.1;
/** A player rests a little beyond the end of what it has. */
const REST_S = 0.25;
/** The end of a stretch is reached. */
const AT_END_S = 0.05;
const HASTE = 1.1;
/** Kept, and what remains after forgetting. */
const KEPT_S = 20;
const REMAINS_S = 8;

const at = (span: Span, back: number) => Math.max(span.start, span.end - back);

function jump(spans: readonly Span[], last: Span, now: number, slack: number): number | undefined {
  const here = spans.find(({ start, end }) => now >= start - AT_END_S && now <= end + REST_S);
  const target = at(last, TARGET_S + slack);
  if (!here || last.end - now > LOST_S + slack) return target;
  // A gap: what was left out does not come any more.
  if (here !== last && now >= here.end - AT_END_S) return target;
  return undefined;
}

/**
 * What a player at `now` does with the stretches at hand. `rate` is the one it has; `slack` the seconds that it
 * stays back further because pieces come late.
 */
export function paced(spans: readonly Span[], now: number, rate: number, slack = 0): Pace {
  const [first, last] = [spans[0], spans.at(-1)];
  if (!first || !last) return { rate: 1 };
  const seek = jump(spans, last, now, slack);
  const seen = seek ?? now;
  const forget = seen - first.start > KEPT_S ? { forget: seen - REMAINS_S } : {};
  if (seek !== undefined) return { rate: 1, seek, ...forget };
  const behind = last.end - now;
  if (behind > FAR_S + slack) return { rate: HASTE, ...forget };
  return { rate: behind < NEAR_S + slack ? 1 : rate, ...forget };
}
