import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveFeature } from '../../../src/api/live';
import type { ChangeThen, SituationThen } from '../../../src/api/replay';
import { formatAddress, parseAddress } from '../../../src/model/address';
import { incidentOf } from '../../../src/model/incidents';
import { Clock } from '../../../src/model/replay/clock';
import { type Fix, placeAt, readPiece } from '../../../src/model/replay/fixes';
import { carriedOn, conditionsAt, dueAt, recordsAt } from '../../../src/model/replay/fold';
import { type PastDoors, Player } from '../../../src/model/replay/player';
import { missedMeanwhile } from '../../../src/model/replay/replayState';
import { createAppStore } from '../../../src/model/store';
import { shareOf, spanOf, ticksOf, timeAt } from '../../../src/panels/replay/timeline';

const NOW = Date.parse('2026-11-23T08:00:00Z');
const THEN = NOW - 3_600_000;

const incident = (id: string, state: string, reported = '2026-11-23T06:00:00Z'): LiveFeature => ({
  type: 'Feature',
  id,
  geometry: { type: 'Point', coordinates: [106.8, 39.6] },
  properties: { version: 1, state, category: 'fire', severity: 2, reported_at: reported, deadline: null },
});

const change = (id: string, time: number, feature: LiveFeature | null): ChangeThen => ({
  time_ms: time,
  change: { topic: 'incidents', seq: 9, id, action: feature ? 'change' : 'remove', feature },
});

const situation = (more: Partial<SituationThen> = {}): SituationThen => ({
  time: new Date(THEN).toISOString(),
  seq: 8,
  records: { incidents: [incident('a', 'dispatched')], zones: [], checkpoints: [] },
  positions: {
    count: 1,
    id: ['p'],
    time_ms: [THEN - 5000],
    lon: [106.8],
    lat: [39.6],
    height_m: [null],
    heading_deg: [350],
    speed_m_s: [10],
    state: ['moving'],
  },
  conditions: [['north', false, ['black', 'unheard-of']]],
  unknown: 0,
  complete: true,
  records_from: '2026-11-01T00:00:00Z',
  positions_from: '2026-11-20T00:00:00Z',
  ...more,
});

/** A piece with one vehicle, as docs/replay.md describes it. */
function piece(begin: number, end: number, id: string, fixes: readonly [ms: number, lon: number][]): ArrayBuffer {
  const about = JSON.stringify({ begin_ms: begin, end_ms: end, vehicles: [[id, fixes.length]] });
  const head = new TextEncoder().encode(about.padEnd(Math.ceil(about.length / 8) * 8));
  const body = new ArrayBuffer(16 + head.length + 20 * fixes.length);
  const view = new DataView(body);
  view.setUint8(0, 1);
  view.setUint32(4, fixes.length, true);
  view.setUint32(8, head.length, true);
  new Uint8Array(body).set(head, 16);
  const at = 16 + head.length;
  const n = fixes.length;
  fixes.forEach(([ms, lon], i) => {
    view.setUint32(at + 4 * i, ms, true);
    view.setInt32(at + 4 * (n + i), Math.round(lon * 1e7), true);
    view.setInt32(at + 4 * (2 * n + i), 396_000_000, true);
    view.setFloat32(at + 4 * (3 * n + i), Number.NaN, true);
    view.setUint16(at + 16 * n + 2 * i, 1000, true);
    view.setUint16(at + 18 * n + 2 * i, 65_535, true);
  });
  return body;
}

const fix = (time: number, lon: number, heading: number | null = null): Fix => ({
  time,
  lon,
  lat: 39.6,
  height: null,
  heading,
  speed: 5,
});

describe('the clock', () => {
  it('is now until it is set back, and runs at its own speed from there', () => {
    let [wall, ticks] = [NOW, 0];
    const clock = new Clock(
      () => wall,
      () => ticks,
    );
    expect([clock.live, clock.now()]).toEqual([true, NOW]);
    clock.seek(THEN);
    [wall, ticks] = [NOW + 1000, 1000];
    expect([clock.live, clock.now()]).toEqual([false, THEN]);
    clock.run(10);
    ticks = 3000;
    expect(clock.now()).toBe(THEN + 20_000);
    clock.run(1);
    ticks = 4000;
    expect(clock.now()).toBe(THEN + 21_000);
    clock.run(0);
    ticks = 9000;
    expect(clock.now()).toBe(THEN + 21_000);
    clock.toLive();
    expect(clock.now()).toBe(NOW + 1000);
  });
});

describe('the fold', () => {
  it('carries what there was on, change by change, and leaves alone what did not change', () => {
    const before = recordsAt(situation());
    const after = carriedOn(before, [
      change('b', THEN + 1, incident('b', 'reported')),
      change('a', THEN + 2, incident('a', 'closed')),
    ]);
    expect([...before.incidents.keys()]).toEqual(['a']);
    expect([...after.incidents.keys()]).toEqual(['b']);
    expect(after.zones).toBe(before.zones);
  });

  it('takes the changes that are due, and knows of cameras what was known', () => {
    const all = [change('b', 10, null), change('c', 20, null), change('d', 30, null)];
    expect(dueAt(all, 20).map((some) => some.length)).toEqual([2, 1]);
    expect(dueAt(all, 40).map((some) => some.length)).toEqual([3, 0]);
    expect([...conditionsAt(situation())]).toEqual([['north', { online: false, faults: ['black'] }]]);
  });
});

describe('fixes', () => {
  it('come in one piece', () => {
    const { tracks, end } = readPiece(
      piece(THEN, THEN + 60_000, 'p', [
        [0, 106.8],
        [5000, 106.9],
      ]),
    );
    expect(end).toBe(THEN + 60_000);
    expect(tracks.get('p')?.[1]).toEqual({
      time: THEN + 5000,
      lon: 106.9,
      lat: 39.6,
      height: null,
      heading: 10,
      speed: null,
    });
    expect(readPiece(new ArrayBuffer(16)).tracks.size).toBe(0);
  });

  it('are joined by straight ways, not over gaps, and forgotten after ten minutes', () => {
    const track = [fix(0, 100, 350), fix(10_000, 101, 10), fix(300_000, 102)];
    expect(placeAt(track, 5000)).toMatchObject({ lon: 100.5, heading: 0, heard: 0 });
    expect(placeAt(track, 100_000)).toMatchObject({ lon: 101, heard: 10_000 });
    expect(placeAt(track, 400_000)).toMatchObject({ lon: 102, heard: 300_000 });
    expect(placeAt(track, 900_000)).toBeNull();
    expect(placeAt(track, -1)).toBeNull();
  });
});

describe('the player', () => {
  beforeEach(() => {
    vi.useFakeTimers({
      now: NOW,
      toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'Date', 'performance'],
    });
  });
  afterEach(() => vi.useRealTimers());

  const playing = (doors: Partial<PastDoors> = {}) => {
    const store = createAppStore();
    store.getState().take({ kind: 'incidents', put: [], drop: [], whole: true });
    const past: PastDoors = {
      situationAt: vi.fn(async () => situation()),
      changesBetween: vi.fn(async () => [change('a', THEN + 10_000, incident('a', 'closed'))]),
      fixesMoving: vi.fn(async (begin, end) => piece(begin, end, 'p', [[5000, 106.801]])),
      ...doors,
    };
    const player = new Player(store, past, String, new Clock());
    return { store, past, stop: player.start() };
  };

  it('shows what there was, plays on, and gives the present back', async () => {
    const { store, past, stop } = playing();
    const state = () => store.getState();
    state().replayAt(THEN);
    await vi.advanceTimersByTimeAsync(10);
    expect([...state().incidents.keys()]).toEqual(['a']);
    expect(state().conditions.get('north')?.online).toBe(false);
    expect(state().movers.get('vehicle:p')?.lon).toBe(106.8);
    expect(state().replay).toMatchObject({ loading: false, known: { complete: true, tracks: true } });
    // What is live meanwhile is kept, and not shown.
    const put = [incidentOf(incident('new', 'reported', new Date(NOW + 1).toISOString()))];
    state().take({ kind: 'incidents', put, drop: [] });
    expect(state().incidents.has('new')).toBe(false);
    expect(missedMeanwhile(state())).toBe(1);
    state().playReplay(true);
    await vi.advanceTimersByTimeAsync(2000);
    expect(state().movers.get('vehicle:p')?.lon).toBeGreaterThan(106.8);
    state().setSpeed(10);
    await vi.advanceTimersByTimeAsync(2000);
    expect(state().incidents.size).toBe(0);
    expect(state().replay?.at).toBeGreaterThan(THEN + 10_000);
    expect(past.situationAt).toHaveBeenCalledTimes(1);
    state().endReplay();
    expect([[...state().incidents.keys()], state().movers.size, state().aside]).toEqual([['new'], 0, null]);
    stop();
  });

  it('asks once for where the slider comes to rest', async () => {
    const { store, past, stop } = playing();
    store.getState().replayAt(THEN);
    await vi.advanceTimersByTimeAsync(10);
    for (let i = 1; i <= 20; i += 1) store.getState().replayAt(THEN - i * 1000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(past.situationAt).toHaveBeenCalledTimes(2);
    expect(past.situationAt).toHaveBeenLastCalledWith(THEN - 20_000, expect.anything());
    stop();
  });

  it('says what went wrong, and stands still', async () => {
    const { store, stop } = playing({ situationAt: vi.fn(async () => Promise.reject(new Error('away'))) });
    store.getState().replayAt(THEN);
    store.getState().playReplay(true);
    await vi.advanceTimersByTimeAsync(100);
    expect(store.getState().replay).toMatchObject({ playing: false, loading: false, fault: 'Error: away' });
    stop();
  });

  it('stands still where it cannot read on, and plays on once it can', async () => {
    let away = true;
    const changesBetween = vi.fn(async () => (away ? Promise.reject(new Error('away')) : []));
    // The answer comes late: it is waited for meanwhile.
    const fixesMoving = vi.fn(async (begin: number, end: number) => {
      await new Promise((done) => setTimeout(done, 500));
      return piece(begin, end, 'p', []);
    });
    const { store, stop } = playing({ changesBetween, fixesMoving });
    store.getState().replayAt(THEN);
    await vi.advanceTimersByTimeAsync(10);
    store.getState().playReplay(true);
    await vi.advanceTimersByTimeAsync(200);
    expect(store.getState().replay).toMatchObject({ playing: true, loading: true });
    await vi.advanceTimersByTimeAsync(800);
    expect(store.getState().replay).toMatchObject({ playing: false, loading: false, fault: 'Error: away' });
    away = false;
    store.getState().playReplay(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(store.getState().replay).toMatchObject({ playing: true, loading: false, fault: null });
    stop();
  });

  it('heeds the switches of layers while it stands still', async () => {
    const { store, stop } = playing();
    store.getState().setLayer('units', false);
    store.getState().setLayer('vehicles', false);
    store.getState().replayAt(THEN);
    await vi.advanceTimersByTimeAsync(10);
    expect(store.getState().movers.size).toBe(0);
    store.getState().setLayer('vehicles', true);
    expect(store.getState().movers.get('vehicle:p')?.lon).toBe(106.8);
    store.getState().setLayer('vehicles', false);
    expect(store.getState().movers.size).toBe(0);
    stop();
  });
});

describe('the strip and the address', () => {
  it('places moments, with ticks in the city’s own hours', () => {
    const span = spanOf(NOW, THEN, 'day');
    expect(shareOf(timeAt(0.25, span), span)).toBeCloseTo(0.25, 4);
    expect(timeAt(2, span)).toBe(NOW);
    const minutes = (time: number) => ((time / 60_000) % 1440) + 30;
    const ticks = ticksOf(span, minutes);
    expect(ticks).toHaveLength(24);
    expect(ticks.every(({ time }) => minutes(time) % 60 === 0)).toBe(true);
    const hour = spanOf(NOW, NOW - 60_000, 'hour');
    expect([hour.to, hour.to - hour.from]).toEqual([NOW, 3_600_000]);
  });

  it('restores the moment', () => {
    const hash = formatAddress({ workspace: 'operate', time: Date.parse('2026-01-02T03:04:05Z') });
    expect(hash).toBe('#/operate?t=2026-01-02T03:04:05Z');
    expect(parseAddress(hash).time).toBe(Date.parse('2026-01-02T03:04:05Z'));
    expect(parseAddress('#/operate?t=yesterday').time).toBeUndefined();
    expect(parseAddress('#/operate?t=2999-01-01T00:00:00Z').time).toBeUndefined();
  });
});
