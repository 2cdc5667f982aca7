/** Runs the player while somebody is signed in, and has the keys of the replay. */
import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Player } from '../../model/replay/player';
import type { AppStore } from '../../model/store';
import { useApp, useAppContext } from '../app';
import { sentence } from '../desk/edits';
import { typing } from '../keyboard';

export const REPLAY_KEY = '\\';
const STEP_MS = 10_000;
const LONG_STEP_MS = 60_000;
/** What has arrow keys and a space of its own. */
const OWN = '[role="dialog"], [role="listbox"], [role="menu"], [role="tree"], .pictureview, .dock, .desk, button';

export function stepReplay(store: AppStore, by: number): void {
  const { replay, replayAt } = store.getState();
  if (replay) replayAt(Math.min(replay.at + by, Date.now() - 1000));
}

/** Whether the key meant something. */
function press(event: KeyboardEvent, store: AppStore): boolean {
  const state = store.getState();
  if (event.key === REPLAY_KEY) {
    if (state.replay) return false;
    state.setTimeline(!state.timeline);
    return true;
  }
  if (!state.replay) return false;
  if (event.key.toLowerCase() === 'l') state.endReplay();
  else if (event.target instanceof Element && event.target.closest(OWN)) return false;
  else if (event.key === ' ') state.playReplay(!state.replay.playing);
  else if (event.key === 'ArrowLeft') stepReplay(store, event.shiftKey ? -LONG_STEP_MS : -STEP_MS);
  else if (event.key === 'ArrowRight') stepReplay(store, event.shiftKey ? LONG_STEP_MS : STEP_MS);
  else return false;
  return true;
}

export function useReplay(): void {
  const { store, api } = useAppContext();
  const { t } = useTranslation();
  const inside = useApp((state) => state.door === 'in');
  const operating = useApp((state) => state.workspace === 'operate');
  useEffect(() => {
    if (!inside) return undefined;
    return new Player(store, api, (error) => sentence(error, t('error.offline'))).start();
  }, [store, api, inside, t]);
  // The other workspaces know no past.
  useEffect(() => {
    if (!operating && store.getState().replay) store.getState().endReplay();
  }, [store, operating]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
      const { door, workspace } = store.getState();
      if (door !== 'in' || workspace !== 'operate' || !press(event, store)) return;
      event.preventDefault();
      event.stopPropagation();
      event.stopImmediatePropagation();
    };
    window.addEventListener('keydown', onKey, true);
    return () => window.removeEventListener('keydown', onKey, true);
  }, [store]);
}
