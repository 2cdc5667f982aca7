/** Follows what moves in the view: asks the feed for the box that is seen, and hands on what comes. */
import type { LiveFeed } from '../api/live';
import { type Box, GONE_MS, inBox, outgrown, roomy } from './movers';
import type { AppState, AppStore } from './store';

/** A moving eye is followed once it has come to rest for so long. */
const REST_MS = 250;
/** Room around the one at hand where it is outside the view, degrees. */
const AROUND = 0.02;
/** So often it is looked for what has been silent for too long. */
const CLOCK_MS = 2_000;

/** The box to ask for: the view with some room, and the one at hand wherever it is. */
export function boxOf(state: AppState): Box | undefined {
  const { extent, movers, unit } = state;
  if (!extent) return undefined;
  const box = roomy(extent);
  const chosen = movers.get(unit);
  if (!chosen || inBox(chosen, box)) return box;
  const [west, south, east, north] = box;
  const { lon, lat } = chosen;
  return [
    Math.min(west, lon - AROUND),
    Math.min(south, lat - AROUND),
    Math.max(east, lon + AROUND),
    Math.max(north, lat + AROUND),
  ];
}

/** Starts it; returns the function that stops it. */
export function watchMovers(store: AppStore, feed: LiveFeed): () => void {
  const { movers } = store.getState();
  let asked: Box | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const ask = () => {
    timer = undefined;
    const state = store.getState();
    // While the past is shown, somebody else moves them; what is live is told anew afterwards.
    if ((!state.layers.units && !state.layers.vehicles) || state.replay) {
      if (asked) feed.watch(null);
      asked = undefined;
      if (!state.replay) movers.clear();
      return;
    }
    const chosen = movers.get(state.unit);
    const { extent } = state;
    if (!extent) return;
    const left = chosen && asked ? !inBox(chosen, asked) : false;
    if (!outgrown(asked, extent) && !left) return;
    asked = boxOf(state);
    if (!asked) return;
    movers.keep(asked, state.unit);
    feed.watch(asked);
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(ask, REST_MS);
  };
  soon();
  const ticking = setInterval(() => {
    if (!store.getState().replay) movers.forget(Date.now() - GONE_MS);
  }, CLOCK_MS);
  const stop = store.subscribe((state, before) => {
    if (state.extent !== before.extent || state.layers !== before.layers || state.unit !== before.unit) soon();
    if (!state.replay !== !before.replay) {
      clearTimeout(timer);
      ask();
    }
  });
  return () => {
    clearTimeout(timer);
    clearInterval(ticking);
    stop();
  };
}
