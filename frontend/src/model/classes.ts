/** Colours that scene and panels share: tiers, classes of pixel density, roles. */
import type { Ladder, Role, Tier } from '../api/types';

/** Told apart by shape too (diamond, square, circle), so that colour is never alone. */
export const TIER_COLOURS: Record<Tier, string> = { 1: '#ffb454', 2: '#59c2ff', 3: '#6fe0b0' };

/** From "something is there" (cold) to "every detail" (hot): order is readable in the colour. */
export const CLASS_COLOURS: Record<Ladder, Record<string, string>> = {
  '2014': {
    monitor: '#4263eb',
    detect: '#1098ad',
    observe: '#12b886',
    recognise: '#94d82d',
    identify: '#ffd43b',
    inspect: '#ff922b',
  },
  '2025': {
    overview: '#4263eb',
    outline: '#1c7ed6',
    discern: '#1098ad',
    perceive: '#12b886',
    characterise: '#94d82d',
    validate: '#ffd43b',
    scrutinise: '#ff922b',
  },
};

export const ROLE_COLOURS: Record<Role, string> = {
  overview: '#ffb454',
  context: '#59c2ff',
  close: '#ff7eb6',
};

export const ROLES: readonly Role[] = ['overview', 'context', 'close'];

const UNKNOWN_CLASS = '#868e96';

export function classColour(ladder: Ladder, id: string): string {
  return CLASS_COLOURS[ladder][id] ?? UNKNOWN_CLASS;
}

/** Two cameras side by side; what both see is lighter than either. */
export const COMPARED = { a: '#59a6ff', b: '#ff8a3d', both: '#f4f0ff' };

/** How a building's walls are seen. */
export const SEEN_COLOURS: Record<'seen' | 'single' | 'blind', string> = {
  seen: '#5fd3a2',
  single: '#ffb454',
  blind: '#ff5d5d',
};
