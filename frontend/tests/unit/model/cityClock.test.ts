import { describe, expect, it } from 'vitest';
import { stopText } from '../../../src/layers/track';
import { fieldOf, hourOf, midnightOf, momentOf, timeIn } from '../../../src/model/cityClock';
import { createAppStore } from '../../../src/model/store';
import { spanOf } from '../../../src/model/track';

const at = (text: string) => Date.parse(text);
/** In the night, by the city's clock of the next day. */
const T = at('2026-11-22T17:30:05Z');

describe('clocks of the city', () => {
  it.each([
    ['Asia/Shanghai', '01:30', '2026-11-23T01:30', '2026-11-22T16:00:00Z'],
    ['UTC', '17:30', '2026-11-22T17:30', '2026-11-22T00:00:00Z'],
    ['America/St_Johns', '14:00', '2026-11-22T14:00', '2026-11-22T03:30:00Z'],
  ])('of %s show its own hours and days, whatever this machine has', (zone, hour, field, midnight) => {
    expect(hourOf(T, zone)).toBe(hour);
    expect(fieldOf(T, zone)).toBe(field);
    expect(timeIn(field, zone)).toBe(T - 5000);
    expect(midnightOf(T, zone)).toBe(at(midnight));
    expect(spanOf({ preset: 'today' }, T, zone)).toEqual([at(midnight), T]);
    expect(stopText({ begin: T, end: T, lon: 0, lat: 0 }, 'en', zone)).toContain(`${hour}–${hour}`);
  });

  it('tell the date of another day only', () => {
    const before = at('2026-11-22T15:59:00Z');
    expect(momentOf(before, T, 'Asia/Shanghai')).toBe('11-22 23:59:00');
    expect(momentOf(before, T, 'UTC')).toBe('15:59:00');
  });

  it('are put forward and back', () => {
    expect(midnightOf(at('2026-03-29T12:00:00Z'), 'Europe/Berlin')).toBe(at('2026-03-28T23:00:00Z'));
    expect(midnightOf(at('2026-10-25T12:00:00Z'), 'Europe/Berlin')).toBe(at('2026-10-24T22:00:00Z'));
  });

  it('know what is no time', () => {
    for (const text of ['', '2026-11-22', 'yesterday']) expect(timeIn(text, 'UTC')).toBeNaN();
  });

  it('begin the day that a track is asked of', () => {
    const store = createAppStore({ city: { time_zone: 'Pacific/Kiritimati' } as never });
    store.getState().replayAt(T);
    store.getState().askTrack({ vehicle: 'a', window: { preset: 'today' } });
    expect(store.getState().trackAsk?.span).toEqual([at('2026-11-22T10:00:00Z'), T]);
  });
});
