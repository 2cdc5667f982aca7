import { describe, expect, it } from 'vitest';
import type { TrackAnswer } from '../../../src/api/vehicles';
import { formatAddress, parseAddress } from '../../../src/model/address';
import { apart } from '../../../src/model/motion';
import {
  dashesOf,
  directionsOf,
  formatWindow,
  linesOf,
  nearestOn,
  onTrack,
  parseWindow,
  profileOf,
  SPEED_COLOURS,
  spanOf,
  speedClass,
  trackOf,
} from '../../../src/model/track';

const T = Date.UTC(2026, 10, 23, 8);
const iso = (second: number) => new Date(T + second * 1000).toISOString();

/** East for a minute, a gap of ten minutes, then north for a minute; a fix every 10 s. */
function told(change: Partial<TrackAnswer> = {}): TrackAnswer {
  const seconds = [0, 10, 20, 30, 40, 50, 60, 660, 670, 680, 690];
  return {
    vehicle: 'car-1',
    name: '巡逻 1',
    name_en: '',
    begin: iso(0),
    end: iso(900),
    count: seconds.length,
    complete: true,
    length_m: 800,
    gaps: [{ begin: iso(60), end: iso(660) }],
    stops: [{ begin: iso(20), end: iso(30), lon: 106.8, lat: 39.6 }],
    time_ms: seconds.map((second) => T + second * 1000),
    lon: seconds.map((second) => 106.8 + 0.0001 * Math.min(second, 60)),
    lat: seconds.map((second) => 39.6 + (second > 60 ? 0.0001 * (second - 600) : 0)),
    height_m: seconds.map(() => null),
    heading_deg: seconds.map((second) => (second <= 60 ? 90 : 0)),
    speed_m_s: seconds.map(() => null),
    ...change,
  };
}

describe('a track', () => {
  const track = trackOf(told());

  it('has speeds from the fix before where a fix says none, and none over a gap', () => {
    expect(track.speed[0]).toBeNull();
    expect(track.speed[1]).toBeCloseTo(8.58, 1);
    expect(track.speed[7]).toBeNull();
    expect(track.speed[8]).toBeCloseTo(11.13, 1);
    expect(trackOf(told({ speed_m_s: told().time_ms.map(() => 5) })).speed[1]).toBe(5);
  });

  it('tells where it was at a time, between fixes too, and keeps still in a gap', () => {
    expect(onTrack(track, T + 15_000)).toMatchObject({ lat: 39.6, heading: 90, gap: false });
    expect(onTrack(track, T + 15_000)?.lon).toBeCloseTo(106.8015, 9);
    const lost = onTrack(track, T + 300_000);
    expect(lost).toMatchObject({ gap: true, speed: null });
    expect(lost?.lon).toBeCloseTo(106.806, 9);
    expect(onTrack(track, T - 5000)?.lon).toBe(106.8);
    expect(onTrack(track, T + 1e9)?.lat).toBeCloseTo(39.609, 9);
    expect(onTrack(trackOf(told({ time_ms: [], gaps: [] })), T)).toBeUndefined();
  });

  it('finds the time of a place beside it', () => {
    const { time, away_m } = nearestOn(track, { lon: 106.8035, lat: 39.6001 });
    expect(time).toBeCloseTo(T + 35_000, -2);
    expect(away_m).toBeCloseTo(11.1, 0);
    // In the middle of the gap there is no line to be near to.
    expect(nearestOn(track, { lon: 106.806, lat: 39.603 }).away_m).toBeGreaterThan(300);
  });

  it('is drawn in one colour where it goes on alike, and not over gaps', () => {
    const lines = linesOf(track, 'speed').flatMap((one) => one.lines);
    for (const line of lines)
      line.slice(1).forEach(([lon, lat], i) => {
        const [a, b] = line[i] ?? [0, 0];
        expect(apart({ lon, lat }, { lon: a, lat: b })).toBeLessThan(150);
      });
    const drawn = lines.flatMap((line) => line.slice(1).map((to, i) => apart(pair(to), pair(line[i] ?? to))));
    expect(drawn.reduce((a, b) => a + b, 0)).toBeCloseTo(6 * 85.8 + 3 * 111.3, -1);
    expect(linesOf(track, 'time').map(({ colour }) => colour).length).toBeGreaterThan(1);
  });

  it('has dashes over its gap, from its begin to its end', () => {
    const dashes = dashesOf(track);
    expect(dashes.length).toBeGreaterThan(5);
    for (const [from, to] of dashes) expect(apart(pair(from), pair(to))).toBeLessThan(30);
  });

  it('has marks of its way that point along it', () => {
    const marks = directionsOf(track);
    expect(marks.length).toBeGreaterThan(5);
    for (const { lon, lat, heading } of marks) {
      expect(heading).toBeCloseTo(lat > 39.6001 ? 0 : 90, 0);
      expect(lon).toBeLessThanOrEqual(106.806001);
    }
  });

  it('has a profile that is broken over gaps and keeps the quickest', () => {
    const rows = profileOf(track, 4);
    expect(rows.filter(([, value]) => value === null)).toHaveLength(1);
    expect(Math.max(...rows.map(([, value]) => value ?? 0))).toBeCloseTo(40.1, 0);
    expect(rows.map(([time]) => time)).toEqual(rows.map(([time]) => time).toSorted((a, b) => a - b));
  });

  it('has a colour for every speed', () => {
    expect(speedClass(null)).toBe(0);
    expect(speedClass(19.9 / 3.6)).toBe(1);
    expect(speedClass(50)).toBe(SPEED_COLOURS.length - 1);
  });
});

const pair = ([lon, lat]: readonly [number, number] | undefined = [0, 0]) => ({ lon, lat });

describe('a window', () => {
  it('ends now, or where it says', () => {
    expect(spanOf({ preset: '15m' }, T)).toEqual([T - 900_000, T]);
    const [midnight, now] = spanOf({ preset: 'today' }, T);
    expect(new Date(midnight).getHours()).toBe(0);
    expect(now).toBe(T);
  });

  it('stands in the address and comes back from it', () => {
    for (const window of [{ preset: '8h' as const }, { span: [T, T + 5_000_000] as const }])
      expect(parseWindow(formatWindow(window))).toEqual(window);
    for (const text of ['2h', '5-4', '4', '0-99999999999', '-4-9', null]) expect(parseWindow(text)).toBeUndefined();
  });

  it('of an open vehicle, or of another, is restored', () => {
    const own = '#/operate?car=car-1&track=1h';
    expect(parseAddress(own)).toMatchObject({
      vehicle: 'car-1',
      track: { vehicle: 'car-1', window: { preset: '1h' } },
    });
    expect(formatAddress(parseAddress(own))).toBe(own);
    const other = '#/operate?car=car-1&track=1h&of=car-2';
    expect(formatAddress(parseAddress(other))).toBe(other);
    expect(parseAddress('#/operate?track=1h')).not.toHaveProperty('track');
  });
});
