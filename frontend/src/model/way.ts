/** The way of a vehicle to an incident, as the panel points at it. Pure. */
import type { LonLat } from '../api/types';

export interface WayState {
  /** panels: the way that is pointed at; the scene draws it */
  way: readonly LonLat[] | null;
}

export const initialWay: WayState = { way: null };

export interface WayActions {
  setWay(way: readonly LonLat[] | null): void;
}

export function wayActions(set: (change: Partial<WayState>) => void): WayActions {
  return { setWay: (way) => set({ way }) };
}
