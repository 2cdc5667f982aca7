/** The part of the state that is the replay: whether the past is shown, where it stands, what is known of it. */

import type { Condition } from '../health';
import type { Kept } from '../situationState';
import type { Speed } from './clock';

export interface Replay {
  /** where it stands, ms since 1970; anew each second while it runs */
  at: number;
  /** grows with each jump to another moment */
  turn: number;
  playing: boolean;
  speed: Speed;
  /** what is to be shown is not there yet */
  loading: boolean;
  /** why it cannot be shown, in the reader's language */
  fault: string | null;
  /** what the server keeps of this moment; null: not heard yet */
  known: Known | null;
  /** when the present was left */
  left: number;
}

export interface Known {
  /** nothing of the records of this time was forgotten */
  complete: boolean;
  recordsFrom: number | null;
  positionsFrom: number | null;
  /** this person may be told where vehicles were */
  tracks: boolean;
}

/** What is live, while the past is shown in its place. */
export interface Aside {
  incidents: ReadonlyMap<string, Kept['incidents']>;
  checkpoints: ReadonlyMap<string, Kept['checkpoints']>;
  zones: ReadonlyMap<string, Kept['zones']>;
  vehicles: ReadonlyMap<string, Kept['vehicles']>;
  conditions: ReadonlyMap<string, Condition>;
}

export interface ReplayState {
  /** null: the present is shown */
  replay: Replay | null;
  /** null: the present is shown */
  aside: Aside | null;
  /** the bar of the past is folded out */
  timeline: boolean;
}

export const initialReplay: ReplayState = { replay: null, aside: null, timeline: false };

export interface ReplayActions {
  setTimeline(on: boolean): void;
  /** Shows the past from a moment on; where it is shown already, jumps there. */
  replayAt(at: number): void;
  playReplay(playing: boolean): void;
  setSpeed(speed: Speed): void;
  /** What the player finds; it has no say once the present is shown again. */
  tellReplay(told: Partial<Omit<Replay, 'turn' | 'left'>>): void;
  /** Puts records and conditions of the past in the place of what is shown. */
  showThen(shown: Partial<Aside>): void;
  /** Shows the present again. */
  endReplay(): void;
}

type Seen = ReplayState & Aside;
type Part = Seen & { incidentAsk: null };
type Setter = (change: Partial<Part> | ((state: Seen) => Partial<Part>)) => void;

export function replayActions(set: Setter): ReplayActions {
  return {
    setTimeline: (timeline) => set({ timeline }),
    replayAt: (at) =>
      set(({ replay, aside, incidents, checkpoints, zones, vehicles, conditions }) =>
        replay && aside
          ? { replay: { ...replay, at, turn: replay.turn + 1, loading: true, fault: null } }
          : {
              timeline: true,
              incidentAsk: null,
              aside: { incidents, checkpoints, zones, vehicles, conditions },
              replay: {
                at,
                turn: 1,
                playing: false,
                speed: 1,
                loading: true,
                fault: null,
                known: null,
                left: Date.now(),
              },
            },
      ),
    playReplay: (playing) => set(({ replay }) => (replay ? { replay: { ...replay, playing } } : {})),
    setSpeed: (speed) => set(({ replay }) => (replay ? { replay: { ...replay, speed } } : {})),
    tellReplay: (told) => set(({ replay }) => (replay ? { replay: { ...replay, ...told } } : {})),
    showThen: (shown) => set(({ aside }) => (aside ? shown : {})),
    endReplay: () => set(({ aside }) => ({ replay: null, ...(aside && { ...aside, aside: null }) })),
  };
}

/** Incidents that were reported while the past was looked at. */
export function missedMeanwhile({ aside, replay }: ReplayState): number {
  if (!aside || !replay) return 0;
  let found = 0;
  for (const { reported } of aside.incidents.values()) if (reported > replay.left) found += 1;
  return found;
}
