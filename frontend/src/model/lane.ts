/**
 * Questions that follow a moving hand: one is under way, the newest waits, those between are
 * never asked. `flush` gives up the one under way and asks at once.
 */
export class Lane<Q> {
  private readonly ask: (question: Q, signal: AbortSignal) => Promise<void>;
  private under: AbortController | undefined;
  private next: { question: Q } | undefined;

  constructor(ask: (question: Q, signal: AbortSignal) => Promise<void>) {
    this.ask = ask;
  }

  push(question: Q): void {
    this.next = { question };
    if (!this.under) void this.run();
  }

  flush(question: Q): void {
    this.stop();
    this.push(question);
  }

  /** Gives up what is under way and what waits. */
  stop(): void {
    this.next = undefined;
    this.under?.abort();
    this.under = undefined;
  }

  private async run(): Promise<void> {
    const { next } = this;
    if (!next) return;
    this.next = undefined;
    const mine = new AbortController();
    this.under = mine;
    try {
      await this.ask(next.question, mine.signal);
    } catch {
      // The asker tells its own faults; the lane only goes on.
    }
    if (this.under !== mine) return;
    this.under = undefined;
    if (this.next) void this.run();
  }
}
