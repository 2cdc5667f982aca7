/** The sight line between two clicked places: free in green, and red behind what blocks it. */
import { Cartesian3 } from 'cesium';
import type { SightEnd } from '../api/client';
import type { SightAnswer } from '../api/types';
import type { Spot } from '../model/geodesy';
import type { Hand } from '../scene/pointer';
import { onChange, type Stage } from '../scene/stage';
import { blockIcon, dotIcon, labelIcon } from './icons';
import { type Line, Lines } from './lines';
import type { ToolLayer } from './measure';
import { lengthText } from './measureText';
import { type Sign, Signs } from './signs';

const FREE = '#37d67a';
const BLOCKED = '#ff5c5c';
const WAITING = '#d7dfeb';
/** Picked heights this near to the ground or roof mean the ground or roof. */
const NEAR_M = 2;

const at = ({ lon, lat, height }: Spot) => Cartesian3.fromDegrees(lon, lat, height);

export function sightLines({ from, to, blocker }: SightAnswer): Line[] {
  const line = (a: Spot, b: Spot, colour: string): Line => ({
    positions: [at(a), at(b)],
    colour,
    width: 3.5,
    hidden: 0.45,
  });
  if (!blocker) return [line(from, to, FREE)];
  return [line(from, blocker, FREE), line(blocker, to, BLOCKED)];
}

export function sightSigns({ from, to, blocker, distance_m }: SightAnswer): Sign[] {
  const key = (spot: Spot) => `${spot.lon} ${spot.lat} ${spot.height}`;
  const dot = (spot: Spot, colour: string): Sign => ({ key: key(spot), icon: dotIcon(colour), position: at(spot) });
  const label = (spot: Spot, words: string): Sign => ({
    key: `${words} ${key(spot)}`,
    icon: labelIcon(words),
    position: at(spot),
    offset: [0, -22],
  });
  const ends = [dot(from, FREE), dot(to, blocker ? BLOCKED : FREE)];
  if (!blocker) return [...ends, label(to, lengthText(distance_m))];
  const sign: Sign = { key: `block ${key(blocker)}`, icon: blockIcon(), position: at(blocker) };
  return [...ends, sign, label(blocker, lengthText(blocker.distance_m))];
}

export function sightLayer(stage: Stage): ToolLayer {
  const { store, api } = stage;
  const lines = new Lines(stage);
  const signs = new Signs(stage);
  let from: Spot | undefined;
  let asking = new AbortController();

  /** On the ground and on roofs the server's own height holds; on a facade the clicked one. */
  const end = async ({ lon, lat, height }: Spot, signal: AbortSignal): Promise<SightEnd> => {
    const { ground, top } = await api.height(lon, lat, signal);
    const near = Math.abs(height - ground) < NEAR_M || Math.abs(height - top) < NEAR_M;
    const roof = top - ground > NEAR_M;
    return near && !(roof && Math.abs(height - ground) < NEAR_M) ? { lon, lat } : { lon, lat, height };
  };
  const ask = async (a: Spot, b: Spot, signal: AbortSignal) => {
    const ends = await Promise.all([end(a, signal), end(b, signal)]);
    const answer = await api.sight(...ends, signal);
    if (signal.aborted) return;
    store.getState().setToolFault(undefined);
    store.getState().setSight(answer);
  };
  const clear = () => {
    asking.abort();
    from = undefined;
    lines.show([]);
    signs.show([]);
  };
  const hand: Hand = {
    click(spot) {
      if (!from) {
        clear();
        store.getState().setSight(undefined);
        from = spot;
        signs.show([{ key: 'from', icon: dotIcon(WAITING), position: at(spot) }]);
        return;
      }
      const start = from;
      from = undefined;
      asking = new AbortController();
      const { signal } = asking;
      ask(start, spot, signal).catch((error: unknown) => {
        if (signal.aborted) return;
        clear();
        store.getState().setToolFault(error instanceof Error ? error.message : String(error));
      });
    },
    move(spot) {
      if (from) lines.show([{ positions: [at(from), at(spot)], colour: WAITING, width: 2 }]);
    },
    finish: () => undefined,
  };
  const drop = onChange((s) => [s.toolTurn] as const, clear);
  const draw = onChange(
    (s) => [s.sight] as const,
    (_, [sight]) => {
      if (!sight) return;
      lines.show(sightLines(sight));
      signs.show(sightSigns(sight));
    },
  );
  return {
    hand,
    apply(state) {
      drop(state);
      draw(state);
    },
    dispose() {
      asking.abort();
      lines.dispose();
      signs.dispose();
    },
  };
}
