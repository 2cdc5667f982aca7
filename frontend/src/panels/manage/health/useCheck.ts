/** Checking one camera now: how long it has been under way, what came of it, and the way to stop waiting. */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useRef, useState } from 'react';
import type { CameraHealth } from '../../../api/health';
import { useAppContext } from '../../app';
import { HEALTH_KEYS } from './queries';

/** The server gives up after this long. */
export const CHECK_S = 60;

export type CheckState =
  | { state: 'none' }
  | { state: 'running'; since: number }
  | { state: 'done'; took_s: number; found: CameraHealth }
  | { state: 'failed'; error: unknown };

export function useCheck(camera: string): { check: CheckState; start: () => void; stop: () => void } {
  const { api, store } = useAppContext();
  const queries = useQueryClient();
  const [check, setCheck] = useState<CheckState>({ state: 'none' });
  const waiting = useRef<AbortController>(undefined);
  useEffect(() => () => waiting.current?.abort(), []);
  const start = useCallback(async () => {
    waiting.current?.abort();
    const mine = new AbortController();
    waiting.current = mine;
    const since = Date.now();
    setCheck({ state: 'running', since });
    try {
      const found = await api.checkCamera(camera, mine.signal);
      store.getState().setConditions([[camera, { online: found.online, faults: found.faults }]]);
      setCheck({ state: 'done', took_s: (Date.now() - since) / 1000, found });
    } catch (error) {
      if (mine.signal.aborted) return;
      setCheck({ state: 'failed', error });
    }
    for (const key of HEALTH_KEYS) void queries.invalidateQueries({ queryKey: [key] });
  }, [api, store, queries, camera]);
  const stop = useCallback(() => {
    waiting.current?.abort();
    setCheck({ state: 'none' });
  }, []);
  return { check, start: () => void start(), stop };
}
