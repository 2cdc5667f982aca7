/**
 * Work on a thing goes one after another, in the order it was asked for: who presses two keys quickly wants the
 * second step after the first. Each is handed what the one before it answered, or nothing where that one failed
 * or none was under way.
 */
export class InTurn<A> {
  private readonly last = new Map<string, Promise<A | undefined>>();

  run(id: string, work: (before: A | undefined) => Promise<A>): Promise<A> {
    const mine = (this.last.get(id) ?? Promise.resolve(undefined)).then(work);
    const told = mine.catch(() => undefined);
    this.last.set(id, told);
    void told.then(() => {
      if (this.last.get(id) === told) this.last.delete(id);
    });
    return mine;
  }
}
