/** Ties the live feed to this page: the store, what was asked of the server before, and the sound. */
import { type QueryClient, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { type LiveChange, liveAddress } from '../../api/live';
import { keepSituation, type Marked } from '../../model/liveSituation';
import { isMuted } from '../../model/mute';
import { paced } from '../../model/pace';
import type { AppStore } from '../../model/store';
import { useApp, useAppContext } from '../app';
import { cameraFollower } from '../desk/liveCameras';
import { chime } from './sound';

/** Which answers are to be asked for again when records of a kind changed. */
const TOUCHED: Record<Marked, readonly string[]> = {
  cameras: ['journal'],
  'privacy-volumes': ['volumes', 'journal'],
  units: ['units'],
  'repair-orders': ['repair-orders', 'health'],
};
const GATHER_MS = 100;
/** Checks change how cameras are every second; the board is read no more often than this. */
const BOARD_MS = 3000;

/** Many changes in a row ask once. */
function asker(queries: QueryClient): { ask(topic: Marked): void; stop(): void } {
  const keys = new Set<string>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const go = () => {
    timer = undefined;
    for (const key of keys) void queries.invalidateQueries({ queryKey: [key] });
    keys.clear();
  };
  return {
    ask(topic) {
      for (const key of TOUCHED[topic]) keys.add(key);
      timer ??= setTimeout(go, GATHER_MS);
    },
    stop: () => clearTimeout(timer),
  };
}

function announce(store: AppStore): void {
  const { muted } = store.getState();
  if (!muted) chime();
}

/** Runs while somebody is signed in. */
export function useLive(): void {
  const app = useAppContext();
  const queries = useQueryClient();
  const inside = useApp((state) => state.door === 'in');
  const person = useApp((state) => state.account?.name ?? '');
  useEffect(() => app.store.getState().setMuted(isMuted(person)), [app, person]);
  useEffect(() => {
    if (!inside) return undefined;
    const asked = asker(queries);
    const cameras = cameraFollower(app, queries);
    const board = paced(() => void queries.invalidateQueries({ queryKey: ['health'] }), BOARD_MS);
    const listener = {
      marked(topic: Marked, change?: LiveChange) {
        if (topic === 'cameras' && change) cameras.heard(change);
        asked.ask(topic);
      },
      reported: () => announce(app.store),
      crossed: () => announce(app.store),
      otherwise: board.now,
    };
    const stop = keepSituation(app, listener, () => new WebSocket(liveAddress(window.location)));
    return () => {
      asked.stop();
      board.stop();
      cameras.stop();
      stop();
    };
  }, [app, queries, inside]);
}
