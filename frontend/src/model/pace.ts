/** What may be asked for many times a second and is done at most so often: the first time at once. */
export interface Pace {
  /** at once where it was quiet for the pause, else at the pause's end */
  now(): void;
  /** after the pause, at the latest */
  later(): void;
  stop(): void;
}

export function paced(run: () => void, pause_ms: number): Pace {
  let last = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const go = () => {
    clearTimeout(timer);
    timer = undefined;
    run();
    // From its end: what takes long must not fill all the time there is.
    last = performance.now();
  };
  return {
    now() {
      const left = last + pause_ms - performance.now();
      if (left <= 0) go();
      else timer ??= setTimeout(go, left);
    },
    later() {
      timer ??= setTimeout(go, pause_ms);
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
