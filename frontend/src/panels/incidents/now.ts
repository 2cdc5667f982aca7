/** The clock on the wall, for what counts down. */
import { useSyncExternalStore } from 'react';

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = Date.now();
    for (const tell of listeners) tell();
  }, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Milliseconds since 1970, anew every second (or every `step_ms`, where that is enough). */
export function useNow(step_ms = TICK_MS): number {
  return useSyncExternalStore(listen, () => {
    // Long after the last tick (nobody listened) the kept time is old.
    if (timer === undefined) now = Math.floor(Date.now() / TICK_MS) * TICK_MS;
    return Math.floor(now / step_ms) * step_ms;
  });
}
