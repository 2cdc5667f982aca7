/** The one clock: now, or a moment that is past and runs from there at a speed of its own. Pure, but for two counters. */

export const SPEEDS = [1, 2, 5, 10, 30, 60] as const;
export type Speed = (typeof SPEEDS)[number];

/** Times are milliseconds since 1970. */
export class Clock {
  private readonly wall: () => number;
  private readonly ticks: () => number;
  /** where the past stood when `ticks` were so many; null: live */
  private from: { time: number; ticks: number } | null = null;
  private pace = 0;

  constructor(wall: () => number = () => Date.now(), ticks: () => number = () => performance.now()) {
    this.wall = wall;
    this.ticks = ticks;
  }

  get live(): boolean {
    return this.from === null;
  }

  now(): number {
    if (this.from === null) return this.wall();
    return this.from.time + (this.ticks() - this.from.ticks) * this.pace;
  }

  /** Stands at a moment from here on, or goes on from it. */
  seek(time: number): void {
    this.from = { time, ticks: this.ticks() };
  }

  /** 0 stands still. */
  run(pace: number): void {
    if (this.from !== null) this.seek(this.now());
    this.pace = pace;
  }

  toLive(): void {
    this.from = null;
    this.pace = 0;
  }
}

/** The clock of this page. */
export const clock = new Clock();

/** Now, or the moment that is replayed. */
export const shownNow = (): number => clock.now();
