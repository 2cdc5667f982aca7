/**
 * Where a thing that is heard of now and then is drawn between: a little late, so that it glides from fix to fix.
 * Nothing is guessed ahead: it waits at its last fix until the next one is there.
 */

export interface Shown {
  lon: number;
  lat: number;
  /** ellipsoidal metres; null: on the ground */
  height: number | null;
  /** degrees from true north */
  heading: number | null;
}

export interface Fix extends Shown {
  /** when it was there, milliseconds since 1970, by the clock of whoever said so */
  heard: number;
}

/** It is drawn so much later than it was told, at least and at most. */
const LAG_MS = { least: 300, most: 8_000 };
/** The usual pause between fixes, and some more: the next one is there before the last is reached. */
const SPARE = 1.15;
/** After so long, or over so far, nobody knows the way that it took: it is there at once. */
const LOST_MS = 60_000;
const JUMP_M = 1_500;
/** A page that slept for so long does not play what it missed. */
const SLEPT_MS = 15_000;
/** Its own clock runs slower or faster by these shares, so that no correction is seen as a jerk. */
const PACE = { slower: -0.5, faster: 1, over_ms: 2_000 };
const METRES_PER_DEGREE = 111_320;

export const apart = (a: { lon: number; lat: number }, b: { lon: number; lat: number }): number =>
  METRES_PER_DEGREE * Math.hypot((a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180), a.lat - b.lat);

const within = (value: number, least: number, most: number) => Math.min(most, Math.max(least, value));
const mix = (a: number, b: number, t: number) => a + (b - a) * t;

/** From one heading to another the short way round. */
export function turned(a: number | null, b: number | null, t: number): number | null {
  if (a === null || b === null) return b;
  const turn = ((b - a + 540) % 360) - 180;
  return (a + turn * t + 360) % 360;
}

export class Motion {
  /** the way ahead, oldest first; its first lies at or before what is drawn */
  private fixes: Fix[];
  /** up to when it is drawn, by the fixes' clock: never goes back */
  private played: number;
  private drawn: number;
  private pause = 0;
  private delay: number;

  constructor(first: Fix, now: number) {
    this.fixes = [first];
    this.played = first.heard;
    this.drawn = now;
    this.delay = now - first.heard;
  }

  /** Takes what is heard at a time; what is late changes nothing. */
  take(fix: Fix, now: number): void {
    const last = this.last;
    const pause = fix.heard - last.heard;
    if (pause < 0) return;
    if (pause === 0) {
      this.correct(fix);
      return;
    }
    this.advance(now);
    const late = now - fix.heard;
    this.delay = late > this.delay ? late : mix(this.delay, late, 0.2);
    if (pause > LOST_MS || apart(last, fix) > JUMP_M) {
      this.fixes = [fix];
      this.played = fix.heard;
      return;
    }
    this.pause = this.pause === 0 ? pause : mix(this.pause, pause, 0.3);
    if (this.played >= last.heard) {
      // It waited here, and sets out now.
      this.played = Math.max(last.heard, fix.heard - LAG_MS.most);
      this.fixes = [{ ...last, heard: this.played }];
    }
    this.fixes.push(fix);
  }

  /** Told again of the same time: the place told last holds, as it does for everybody else. */
  private correct(fix: Fix): void {
    if (apart(this.last, fix) > JUMP_M) {
      this.fixes = [fix];
      this.played = fix.heard;
    } else this.fixes[this.fixes.length - 1] = fix;
  }

  /** Up to when its way has been drawn, by the fixes' clock. */
  get reached(): number {
    return this.played;
  }

  /** Whether it has not reached the last fix yet. */
  get moves(): boolean {
    return this.played < this.last.heard;
  }

  /** Where it is drawn at a time. */
  at(now: number): Shown {
    this.advance(now);
    const [from, to] = this.fixes;
    if (!from || !to) return this.last;
    const t = within((this.played - from.heard) / (to.heard - from.heard), 0, 1);
    return {
      lon: mix(from.lon, to.lon, t),
      lat: mix(from.lat, to.lat, t),
      height: from.height === null || to.height === null ? to.height : mix(from.height, to.height, t),
      heading: turned(from.heading, to.heading, t),
    };
  }

  private get last(): Fix {
    return this.fixes[this.fixes.length - 1] as Fix;
  }

  private advance(now: number): void {
    const passed = Math.max(0, now - this.drawn);
    this.drawn = now;
    const lag = this.delay + within(SPARE * this.pause, LAG_MS.least, LAG_MS.most);
    const behind = now - lag - (this.played + passed);
    const pace = 1 + within(behind / PACE.over_ms, PACE.slower, PACE.faster);
    const next = behind > SLEPT_MS ? now - lag : this.played + passed * pace;
    this.played = Math.min(Math.max(this.played, next), this.last.heard);
    while (this.fixes.length > 2 && (this.fixes[1] as Fix).heard <= this.played) this.fixes.shift();
  }
}
