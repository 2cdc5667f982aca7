/** Keys for incidents: what is done a hundred times a day without the mouse. */
import { useEffect } from 'react';
import type { Move } from '../../api/situation';
import { MOST_PICTURES } from '../../model/cameraState';
import { ROLES } from '../../model/classes';
import { may } from '../../model/doorState';
import { shownNow } from '../../model/replay/clock';
import type { AppStore } from '../../model/store';
import { useAppContext } from '../app';
import { typing } from '../keyboard';
import { type Moves, useMoves } from './moves';
import { neighbour, queueOf } from './queueOrder';

export const MOVE_KEYS: Record<Move, string> = { accept: 'T', dispatch: 'G', arrive: 'U', resolve: 'B', close: 'X' };
export const KEYS = { queue: 'I', next: 'J', previous: 'K', supervise: 'Y', note: 'C', pictures: 'O' } as const;

const RANGE_M = 900;
const BUSY = '[role="dialog"], [role="listbox"], [role="menu"], [role="tree"], .pictureview';

/** The pictures of the best overview, context and close-up of the place that is asked for. */
export function openBest(store: AppStore): void {
  const { link, openPicture } = store.getState();
  const ids = ROLES.flatMap((role) => link?.recommended[role] ?? []);
  for (const id of [...new Set(ids)].slice(0, MOST_PICTURES).toReversed()) openPicture(id);
}

function toggleQueue(store: AppStore): void {
  const { desk, setDesk } = store.getState();
  setDesk(desk?.kind === 'incidents' ? null : { kind: 'incidents' });
}

function walk(store: AppStore, step: 1 | -1): void {
  const state = store.getState();
  const next = neighbour(queueOf(state, shownNow()), state.incident, step);
  if (!next) return;
  state.openIncident(next.id);
  state.goTo({ lon: next.lon, lat: next.lat, range: RANGE_M });
}

/** Whether the key meant something. */
function press(key: string, store: AppStore, moves: Moves): boolean {
  const state = store.getState();
  if (key === KEYS.queue) toggleQueue(store);
  else if (key === KEYS.next) walk(store, 1);
  else if (key === KEYS.previous) walk(store, -1);
  else {
    const incident = state.incident === null ? undefined : state.incidents.get(state.incident);
    if (!incident) return false;
    const move = (Object.keys(MOVE_KEYS) as Move[]).find((one) => MOVE_KEYS[one] === key);
    const allowed = (action: string) => may(state.account, action, 'incident');
    if (key === KEYS.pictures) openBest(store);
    else if (state.replay) return false;
    else if (key === KEYS.note && allowed('note')) state.askIncident('note');
    else if (key === KEYS.supervise && allowed('supervise')) void moves.supervise(incident, !incident.marked);
    else if (move === 'dispatch' && allowed(move)) state.askIncident('dispatch');
    else if (move && allowed(move)) void moves.move(incident, move);
    else return false;
  }
  return true;
}

export function useIncidentKeys(): void {
  const { store } = useAppContext();
  const moves = useMoves();
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || typing(event.target)) return;
      if (event.target instanceof Element && event.target.closest(BUSY)) return;
      const { workspace, door } = store.getState();
      if (workspace !== 'operate' || door !== 'in') return;
      if (press(event.key.toUpperCase(), store, moves)) event.preventDefault();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [store, moves]);
}
