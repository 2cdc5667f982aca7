/** The clock on the wall, or that of the replay, for what counts down. */
import { useSyncExternalStore } from 'react';
import { clock, shownNow } from '../../model/replay/clock';
import { useApp } from '../app';

const TICK_MS = 1000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let now = Date.now();

function listen(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    now = shownNow();
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
    // That of the replay jumps.
    if (timer === undefined || !clock.live) now = Math.floor(shownNow() / TICK_MS) * TICK_MS;
    return Math.floor(now / step_ms) * step_ms;
  });
}

/** Up to when things are shown: the moment that is replayed; all of them where it is none. */
export function useSeenUntil(): number {
  return useApp((state) => state.replay?.at ?? Number.POSITIVE_INFINITY);
}
