import { describe, expect, it } from 'vitest';
import { isMuted, keepMuted } from '../../../src/model/mute';

function shelf() {
  const held = new Map<string, string>();
  return {
    getItem: (key: string) => held.get(key) ?? null,
    setItem: (key: string, value: string) => void held.set(key, value),
    removeItem: (key: string) => void held.delete(key),
  };
}

describe('the mute', () => {
  it('is kept for one person and not for another', () => {
    const own = shelf();
    keepMuted('li', true, () => own);
    expect(isMuted('li', () => own)).toBe(true);
    expect(isMuted('wang', () => own)).toBe(false);
    keepMuted('li', false, () => own);
    expect(isMuted('li', () => own)).toBe(false);
  });

  it('does without a shelf', () => {
    const forbidden = () => {
      throw new Error('forbidden');
    };
    keepMuted('li', true, forbidden);
    expect(isMuted('li', forbidden)).toBe(false);
  });
});
