/** How long the server takes no more attempts, counted down. */
import { useEffect, useState } from 'react';
import { ApiError } from '../../api/client';

/** Seconds that a refusal asks to wait; 0 for any other error. */
export function pauseOf(error: unknown): number {
  if (!(error instanceof ApiError) || error.code !== 'sign-in-paused') return 0;
  const { seconds } = error.problem as { seconds?: unknown };
  const given = Number(seconds);
  return Number.isFinite(given) && given > 0 ? Math.ceil(given) : 30;
}

/** Seconds left, and the function that starts the count. */
export function usePause(): [number, (seconds: number) => void] {
  const [until, setUntil] = useState(0);
  const [now, setNow] = useState(() => Date.now());
  const left = Math.max(0, Math.ceil((until - now) / 1000));
  const waiting = left > 0;
  useEffect(() => {
    if (!waiting) return;
    const timer = setInterval(() => setNow(Date.now()), 250);
    return () => clearInterval(timer);
  }, [waiting]);
  const start = (seconds: number) => {
    setNow(Date.now());
    setUntil(Date.now() + seconds * 1000);
  };
  return [left, start];
}
