import { describe, expect, it } from 'vitest';
import { apart, type Fix, Motion, turned } from '../../../src/model/motion';

const T = 1_800_000_000_000;
const SPEED = 0.0001;

/** East at about 8.6 m/s: a degree's ten-thousandth a second. */
const fix = (second: number, change: Partial<Fix> = {}): Fix => ({
  lon: 106.8 + SPEED * second,
  lat: 39.6,
  height: null,
  heading: 90,
  heard: T + second * 1000,
  ...change,
});

/** Plays seconds 0 to `until` at 20 pictures a second; fixes arrive when `arrives` says (seconds). */
function played(fixes: readonly { fix: Fix; arrives: number }[], until: number): { lon: number; second: number }[] {
  const waiting = fixes.toSorted((a, b) => a.arrives - b.arrives);
  const first = waiting.shift();
  if (!first) return [];
  const motion = new Motion(first.fix, T + first.arrives * 1000);
  const shown: { lon: number; second: number }[] = [];
  for (let second = first.arrives; second < until; second += 0.05) {
    while (waiting[0] && waiting[0].arrives <= second) {
      const next = waiting.shift();
      if (next) motion.take(next.fix, T + second * 1000);
    }
    shown.push({ second, lon: motion.at(T + second * 1000).lon });
  }
  return shown;
}

const steps = (shown: readonly { lon: number }[]) =>
  shown.slice(1).map(({ lon }, i) => (lon - (shown[i]?.lon ?? 0)) / (SPEED * 0.05));

describe('gliding between fixes', () => {
  const every = (pause: number, late: (i: number) => number = () => 0.2) =>
    Array.from({ length: 20 }, (_, i) => ({ fix: fix(i * pause), arrives: i * pause + late(i) }));

  it.each([1, 2, 5])('is smooth at a fix every %d s: never still, never twice as fast', (pause) => {
    const settled = steps(played(every(pause), 19 * pause).filter(({ second }) => second > 4 * pause));
    expect(Math.min(...settled)).toBeGreaterThan(0.3);
    expect(Math.max(...settled)).toBeLessThan(2);
  });

  it('is drawn late by little more than the pause between fixes', () => {
    const shown = played(every(5), 95);
    for (const { lon, second } of shown.filter((one) => one.second > 30)) {
      const late = second - (lon - 106.8) / SPEED;
      expect(late).toBeGreaterThan(0);
      expect(late).toBeLessThan(8);
    }
  });

  it('bears deliveries that waver', () => {
    const settled = steps(
      played(
        every(5, (i) => (i % 3) * 0.7),
        95,
      ).filter(({ second }) => second > 30),
    );
    expect(Math.min(...settled)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...settled)).toBeLessThan(2.1);
  });

  it('does not jump back for a late fix, nor for the same one again', () => {
    const fixes = every(2);
    const late = { fix: fix(6, { lon: 106.7 }), arrives: 19.1 };
    const again = { fix: fix(18), arrives: 19.2 };
    expect(Math.min(...steps(played([...fixes, late, again], 38)))).toBeGreaterThanOrEqual(0);
    expect(played([...fixes, late, again], 38)).toEqual(played(fixes, 38));
  });

  it('takes the place told last of the same time, on the way there and when it waits', () => {
    const there = fix(10).lon;
    const motion = new Motion(fix(0), T);
    motion.take(fix(0, { lat: 39.601 }), T + 10);
    expect(motion.at(T + 20).lat).toBe(39.601);
    motion.take(fix(10), T + 10_000);
    motion.take(fix(10, { lat: 39.6005 }), T + 10_100);
    expect(motion.at(T + 60_000)).toMatchObject({ lon: there, lat: 39.6005 });
    motion.take(fix(10, { lon: 107 }), T + 60_100);
    expect(motion.at(T + 60_200).lon).toBe(107);
  });

  it('guesses nothing: it waits at the last fix', () => {
    const shown = played(every(2).slice(0, 5), 60);
    expect(shown.at(-1)?.lon).toBeCloseTo(106.8 + SPEED * 8, 9);
    expect(Math.max(...shown.map(({ lon }) => lon))).toBeLessThanOrEqual(106.8 + SPEED * 8 + 1e-12);
  });

  it('sets out from where it waited, without a leap', () => {
    const pause = 25;
    const shown = played(every(pause), 19 * pause);
    const leap = Math.max(...steps(shown));
    // What was driven in 25 s is shown within 8 s.
    expect(leap).toBeLessThan((pause / 8) * 2.1);
    expect(Math.min(...steps(shown))).toBeGreaterThanOrEqual(0);
  });

  it('is there at once where nobody knows the way: after a minute of silence, or far away', () => {
    const silent = new Motion(fix(0), T);
    silent.take(fix(100), T + 100_000);
    expect(silent.at(T + 100_000).lon).toBeCloseTo(106.8 + SPEED * 100, 9);
    const far = new Motion(fix(0), T);
    far.take(fix(2, { lon: 107 }), T + 2000);
    expect(far.at(T + 2000).lon).toBe(107);
  });

  it('does not mind whose clock is wrong', () => {
    const wrong = every(5, () => -90).map(({ fix: one, arrives }) => ({ fix: one, arrives: arrives + 180 }));
    const settled = steps(played(wrong, 180).filter(({ second }) => second > 120 && second < 175));
    expect(Math.min(...settled)).toBeGreaterThan(0.3);
    expect(Math.max(...settled)).toBeLessThan(2);
  });

  it('does not play what a sleeping page has missed', () => {
    const motion = new Motion(fix(0), T);
    for (let i = 1; i <= 6; i += 1) motion.take(fix(i * 5), T + i * 5000 + 100);
    motion.at(T + 30_100);
    for (let i = 7; i <= 17; i += 1) motion.take(fix(i * 5), T + 86_000);
    const late = T + 90_000 - motion.reached;
    expect(late).toBeLessThan(62_000);
    const { lon } = motion.at(T + 110_000);
    expect(lon).toBeCloseTo(106.8 + SPEED * 85, 9);
  });
});

describe('turning', () => {
  it('goes the short way round', () => {
    expect(turned(350, 10, 0.5)).toBeCloseTo(0, 9);
    expect(turned(10, 350, 0.25)).toBeCloseTo(5, 9);
    expect(turned(null, 40, 0.5)).toBe(40);
    expect(turned(40, null, 0.5)).toBeNull();
  });

  it('measures metres', () => {
    expect(apart({ lon: 106.8, lat: 39.6 }, { lon: 106.81, lat: 39.6 })).toBeCloseTo(857.8, 0);
  });
});
