import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Api } from '../../../src/api/client';
import { LiveFeed, type Socket } from '../../../src/api/live';
import {
  clock,
  EVERY_INCIDENT,
  type Incident,
  incidentOf,
  isSupervised,
  openByCategory,
  passes,
  sorted,
  sumsOf,
} from '../../../src/model/incidents';
import { keepSituation } from '../../../src/model/liveSituation';
import { createAppStore } from '../../../src/model/store';

/** A server at the other end of the wire. */
class Wire {
  readonly sockets: Socket[] = [];
  readonly said: Record<string, unknown>[] = [];

  open = (): Socket => {
    const socket = {
      binaryType: 'blob',
      onopen: null,
      onmessage: null,
      onclose: null,
      send: (text: string) => void this.said.push(JSON.parse(text)),
      close: () => undefined,
    } as unknown as Socket;
    this.sockets.push(socket);
    return socket;
  };

  get latest(): Socket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error('nobody has connected');
    return socket;
  }

  accept(): void {
    this.said.length = 0;
    this.latest.onopen?.call(this.latest as WebSocket, new Event('open'));
  }

  tell(message: object): void {
    this.latest.onmessage?.call(this.latest as WebSocket, { data: JSON.stringify(message) } as MessageEvent);
  }

  cut(code = 1006): void {
    this.latest.onclose?.call(this.latest as WebSocket, { code } as CloseEvent);
  }
}

const ear = () => ({
  up: vi.fn(),
  down: vi.fn(),
  ended: vi.fn(),
  snapshot: vi.fn(),
  change: vi.fn(),
  resumed: vi.fn(),
});

const change = (seq: number, id = 'a') => ({
  type: 'change',
  topic: 'zones',
  seq,
  id,
  action: 'remove',
  feature: null,
});

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the feed', () => {
  it('goes on after a break where it was, and counts up the pauses', () => {
    const [wire, heard] = [new Wire(), ear()];
    const feed = new LiveFeed(heard, wire.open);
    feed.follow('zones', 7);
    feed.start();
    expect(wire.said).toEqual([]);
    wire.accept();
    expect(wire.said).toEqual([{ type: 'subscribe', topic: 'zones', since: 7 }]);
    wire.tell(change(9));
    wire.tell({ type: 'pong', topics: { zones: 12 } });
    wire.cut();
    expect(heard.down).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(600);
    wire.accept();
    expect(wire.said).toEqual([{ type: 'subscribe', topic: 'zones', since: 12 }]);
    feed.stop();
  });

  it('starts over where a snapshot broke off, and from its number where it was whole', () => {
    const [wire, heard] = [new Wire(), ear()];
    const feed = new LiveFeed(heard, wire.open);
    feed.follow('zones');
    feed.start();
    wire.accept();
    wire.tell({ type: 'snapshot', topic: 'zones', seq: 20, part: 0, last: false, records: [] });
    wire.tell(change(21));
    expect(feed.since('zones')).toBeNull();
    wire.tell({ type: 'snapshot', topic: 'zones', seq: 20, part: 1, last: true, records: [] });
    expect(feed.since('zones')).toBe(20);
    wire.tell({ type: 'behind', topic: 'zones', seq: 90 });
    expect(feed.since('zones')).toBeNull();
    feed.stop();
  });

  it('takes silence for a break, and comes no more when the session has ended', () => {
    const [wire, heard] = [new Wire(), ear()];
    const feed = new LiveFeed(heard, wire.open);
    feed.follow('zones', 1);
    feed.start();
    wire.accept();
    vi.advanceTimersByTime(16_000);
    expect(heard.down).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1_000);
    expect(wire.sockets).toHaveLength(2);
    wire.accept();
    wire.cut(4401);
    expect(heard.ended).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    expect(wire.sockets).toHaveLength(2);
  });
});

const properties = {
  version: 1,
  source: '119',
  number: '1',
  category: 'fire',
  subcategory: '',
  severity: 2,
  state: 'reported',
  description: '',
  address: '',
  within_m: null,
  unit: '',
  reported_at: '2026-11-22T08:00:00Z',
  deadline: '2026-11-22T08:02:00Z',
  supervised: false,
  district: '',
  street: '',
  community: '',
  duplicate_of: '',
};
const feature = (id: string, more: object = {}) => ({
  type: 'Feature' as const,
  id,
  geometry: { type: 'Point' as const, coordinates: [106.8, 39.6] },
  properties: { ...properties, ...more },
});

describe('the situation', () => {
  const page = (ids: string[], next: string | null) => ({
    seq: 5,
    matched: 2,
    next,
    features: ids.map((id) => feature(id)),
  });

  it('reads what stands, follows from there, and tells what was missed', async () => {
    const [wire, store] = [new Wire(), createAppStore({ door: 'in' })];
    const incidents = vi
      .fn()
      .mockResolvedValueOnce(page(['a'], 'a'))
      .mockResolvedValueOnce(page(['b'], null));
    const listener = { marked: vi.fn(), reported: vi.fn() };
    const stop = keepSituation({ store, api: { incidents } as unknown as Api }, listener, wire.open);
    await vi.advanceTimersByTimeAsync(10);
    expect([...store.getState().incidents.keys()]).toEqual(['a', 'b']);
    wire.accept();
    expect(wire.said).toContainEqual({ type: 'subscribe', topic: 'incidents', since: 5 });
    wire.tell({ type: 'resumed', topic: 'incidents', seq: 5, missed: 0 });
    const told = (seq: number, id: string, action: string, more: object = {}) =>
      wire.tell({ type: 'change', topic: 'incidents', seq, id, action, feature: feature(id, more) });
    told(6, 'c', 'create');
    expect(listener.reported).toHaveBeenCalledWith('c');
    // An exercise is shown and alarms nobody.
    told(6, 'x', 'create', { exercise: true });
    expect(listener.reported).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(50);
    expect(store.getState().incidents.get('x')?.exercise).toBe(true);
    await vi.advanceTimersByTimeAsync(50);
    expect(store.getState().incidents.has('c')).toBe(true);

    wire.cut();
    expect(store.getState().live.state).toBe('down');
    await vi.advanceTimersByTimeAsync(2000);
    wire.accept();
    told(7, 'd', 'create');
    told(8, 'd', 'change');
    told(9, 'a', 'change', { state: 'closed' });
    for (const topic of ['incidents', 'checkpoints', 'zones', 'vehicles'])
      wire.tell({ type: 'resumed', topic, seq: 9, missed: 3 });
    const { live, incidents: now } = store.getState();
    expect(live).toMatchObject({
      state: 'back',
      missed: [
        { id: 'd', action: 'create' },
        { id: 'a', action: 'change' },
      ],
    });
    expect([...now.keys()]).toEqual(['b', 'c', 'x', 'd']);
    expect(listener.reported).toHaveBeenCalledTimes(1);
    stop();
  });
});

describe('how cameras are', () => {
  it('reaches the store, and goes on after a break where it was', async () => {
    const [wire, store] = [new Wire(), createAppStore({ door: 'in' })];
    const incidents = vi.fn().mockResolvedValue({ seq: 5, matched: 0, next: null, features: [] });
    const listener = { marked: vi.fn(), reported: vi.fn(), otherwise: vi.fn() };
    const stop = keepSituation({ store, api: { incidents } as unknown as Api }, listener, wire.open);
    await vi.advanceTimersByTimeAsync(10);
    wire.accept();
    expect(wire.said).toContainEqual({ type: 'subscribe', topic: 'conditions' });
    expect(wire.said).toContainEqual({ type: 'subscribe', topic: 'repair-orders', since: 5 });
    const told = (seq: number, whole: boolean, cameras: unknown[]) =>
      wire.tell({ type: 'conditions', topic: 'conditions', seq, whole, cameras });
    told(40, true, [
      ['a', true, []],
      ['b', true, ['black', 'unheard-of']],
    ]);
    expect(store.getState().conditions.get('b')).toEqual({ online: true, faults: ['black'] });
    told(41, false, [['a', false, []]]);
    expect(store.getState().conditions.get('a')).toEqual({ online: false, faults: [] });
    expect(store.getState().conditions.size).toBe(2);
    expect(listener.otherwise).toHaveBeenCalledTimes(2);
    wire.cut();
    await vi.advanceTimersByTimeAsync(2000);
    wire.accept();
    expect(wire.said.at(-1)).not.toEqual({ type: 'subscribe', topic: 'conditions' });
    expect(wire.said).toContainEqual({ type: 'subscribe', topic: 'conditions', since: 41 });
    told(50, true, [['a', true, []]]);
    expect([...store.getState().conditions.keys()]).toEqual(['a']);
    stop();
  });
});

describe('incidents', () => {
  const incident = (id: string, more: Partial<Incident>): Incident => ({ ...incidentOf(feature(id)), ...more });

  it('stand by severity, then by deadline', () => {
    const all = [
      incident('late', { severity: 2, deadline: 900 }),
      incident('grave', { severity: 1, deadline: null }),
      incident('soon', { severity: 2, deadline: 100 }),
    ];
    expect(sorted(all, 'urgency').map(({ id }) => id)).toEqual(['grave', 'soon', 'late']);
    expect(sorted(all, 'deadline').map(({ id }) => id)).toEqual(['soon', 'late', 'grave']);
  });

  it('are supervised when marked or late, and filtered by that', () => {
    const filter = { ...EVERY_INCIDENT, supervised: true };
    const marked = incident('m', { marked: true, deadline: null });
    const late = incident('l', { deadline: 10 });
    expect([marked, late].map((one) => isSupervised(one, 11))).toEqual([true, true]);
    expect(isSupervised({ ...marked, state: 'closed' }, 11)).toBe(false);
    expect([marked, late, incident('n', { deadline: 20 })].filter((one) => passes(one, filter, 11))).toHaveLength(2);
  });

  it('that are exercises stand after what is real and are in none of its figures', () => {
    const all = [
      incident('played', { severity: 1, deadline: 10, marked: true, exercise: true, category: 'theft' }),
      incident('real', { severity: 4, deadline: 900 }),
    ];
    expect(sorted(all, 'urgency').map(({ id }) => id)).toEqual(['real', 'played']);
    expect(sumsOf(all, 11)).toEqual({ open: 1, overdue: 0, supervised: 0, exercises: 1 });
    expect(openByCategory(all)).toEqual([[all[1]?.category, 1]]);
    const shown = (reality: 'all' | 'real' | 'exercises') =>
      all.filter((one) => passes(one, { ...EVERY_INCIDENT, reality }, 11)).map(({ id }) => id);
    expect([shown('all').length, shown('real'), shown('exercises')]).toEqual([2, ['real'], ['played']]);
  });

  it('count down in hours, minutes and seconds', () => {
    expect([clock(65_000), clock(-3_600_000), clock(0)]).toEqual(['1:05', '1:00:00', '0:00']);
  });
});
