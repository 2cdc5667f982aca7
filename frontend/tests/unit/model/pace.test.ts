import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paced } from '../../../src/model/pace';

describe('a pace', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('does the first at once and gathers a burst', () => {
    const run = vi.fn();
    const pace = paced(run, 100);
    pace.now();
    expect(run).toHaveBeenCalledTimes(1);
    for (let i = 0; i < 50; i += 1) {
      vi.advanceTimersByTime(1);
      pace.now();
    }
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(50);
    expect(run).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(100);
    pace.now();
    expect(run).toHaveBeenCalledTimes(3);
  });

  it('does what can wait later, and once where both were asked', () => {
    const run = vi.fn();
    const pace = paced(run, 100);
    pace.later();
    expect(run).not.toHaveBeenCalled();
    pace.now();
    expect(run).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(500);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('stops', () => {
    const run = vi.fn();
    const pace = paced(run, 100);
    pace.later();
    pace.stop();
    vi.advanceTimersByTime(500);
    expect(run).not.toHaveBeenCalled();
  });
});
