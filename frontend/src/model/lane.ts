/**
 * Questions that follow a moving hand: a few are under way, the newest waits, those between are
 * never asked. An answer makes older questions idle: they are given up. `flush` gives up all that
 * are under way and asks at once.
 */
export class Lane<Q> {
  private readonly ask: (question: Q, signal: AbortSignal) => Promise<void>;
  private readonly abreast: number;
  /** oldest first */
  private under: AbortController[] = [];
  private next: { question: Q } | undefined;

  constructor(ask: (question: Q, signal: AbortSignal) => Promise<void>, abreast = 1) {
    this.ask = ask;
    this.abreast = abreast;
  }

  push(question: Q): void {
    this.next = { question };
    void this.run();
  }

  flush(question: Q): void {
    this.stop();
    this.push(question);
  }

  /** Gives up what is under way and what waits. */
  stop(): void {
    this.next = undefined;
    for (const old of this.under) old.abort();
    this.under = [];
  }

  private async run(): Promise<void> {
    const { next } = this;
    if (!next || this.under.length >= this.abreast) return;
    this.next = undefined;
    const mine = new AbortController();
    this.under.push(mine);
    try {
      await this.ask(next.question, mine.signal);
    } catch {
      // The asker tells its own faults; the lane only goes on.
    }
    const place = this.under.indexOf(mine);
    if (place < 0) return;
    for (const old of this.under.splice(0, place + 1)) old.abort();
    void this.run();
  }
}
