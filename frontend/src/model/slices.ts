/** Long work in short slices: the page answers in between. */

/** A slice ends with the first pause after this. */
const SLICE_MS = 12;

export interface Slices {
  stop(): void;
}

/** Runs `work` from pause to pause, as many at a time as fit a slice; `done` hears what came of it. */
export function sliced<T>(work: Generator<unknown, T>, done: (result: T) => void): Slices {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const run = () => {
    const until = performance.now() + SLICE_MS;
    do {
      const { done: isDone, value } = work.next();
      if (isDone) {
        done(value);
        return;
      }
    } while (performance.now() < until);
    timer = setTimeout(run, 0);
  };
  timer = setTimeout(run, 0);
  return { stop: () => clearTimeout(timer) };
}

/** The same without pauses. */
export function atOnce<T>(work: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}
