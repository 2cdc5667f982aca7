import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Api } from '../../../src/api/client';
import { LiveFeed, type Socket } from '../../../src/api/live';
import { unitLayer } from '../../../src/layers/units';
import { keepSituation } from '../../../src/model/liveSituation';
import { Movers, moverState, outgrown, readBatch, roomy, SILENT_MS } from '../../../src/model/movers';
import { createAppStore } from '../../../src/model/store';
import { blankCanvas, fakeStage } from '../stage';

interface Sent {
  number: number;
  lon?: number;
  lat?: number;
  heading?: number;
  speed?: number;
  age?: number;
}

const NOW = Date.parse('2026-11-22T08:00:00Z');

/** A batch as docs/live.md describes it; `more` bytes at the end of each row, as a later form may have. */
function batch(rows: Sent[], newest = NOW, more = 0): ArrayBuffer {
  const size = 24 + more;
  const view = new DataView(new ArrayBuffer(16 + rows.length * size));
  view.setUint8(0, 1);
  view.setUint16(2, size, true);
  view.setUint32(4, rows.length, true);
  view.setFloat64(8, newest, true);
  rows.forEach(({ number, lon = 106.8, lat = 39.6, heading = 655.35, speed = 655.35, age = 0 }, i) => {
    const at = 16 + i * size;
    view.setUint32(at, number, true);
    view.setInt32(at + 4, Math.round(lon * 1e7), true);
    view.setInt32(at + 8, Math.round(lat * 1e7), true);
    view.setFloat32(at + 12, Number.NaN, true);
    view.setUint16(at + 16, Math.round(heading * 100), true);
    view.setUint16(at + 18, Math.round(speed * 100), true);
    view.setInt32(at + 20, age, true);
  });
  return view.buffer;
}

const names = { 1: { kind: 'unit', id: 'a' }, 2: { kind: 'unit', id: 'b' } };

function socket(said: object[]): Socket {
  const send = (text: string) => void said.push(JSON.parse(text));
  return {
    binaryType: 'blob',
    onopen: null,
    onmessage: null,
    onclose: null,
    send,
    close: () => undefined,
  } as unknown as Socket;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.setSystemTime(NOW);
});
afterEach(() => void vi.useRealTimers());

describe('batches of positions', () => {
  it('are read as they are described, also with more at the end of a row', () => {
    for (const more of [0, 8]) {
      const [first, second] = readBatch(
        batch(
          [
            { number: 1, heading: 271.25, speed: 13.5, age: 1500 },
            { number: 2, lon: -179.5 },
          ],
          NOW,
          more,
        ),
      );
      expect(first).toEqual({
        number: 1,
        lon: 106.8,
        lat: 39.6,
        height: null,
        heading: 271.25,
        speed: 13.5,
        heard: NOW - 1500,
      });
      expect(second).toMatchObject({ number: 2, lon: -179.5, heading: null, speed: null });
    }
    expect(readBatch(new ArrayBuffer(3))).toEqual([]);
    expect(readBatch(batch([{ number: 1 }]).slice(0, 30))).toEqual([]);
  });

  it('change what they name; the latest wins, the unnamed are passed over', () => {
    const movers = new Movers();
    const told = vi.fn();
    movers.listen(told);
    movers.name(names);
    movers.take(batch([{ number: 1 }, { number: 9 }]));
    expect(told).toHaveBeenCalledWith(new Set(['unit:a']));
    movers.take(batch([{ number: 1, lon: 100, age: 5000 }]));
    expect(movers.get('unit:a')?.lon).toBe(106.8);
    expect(told).toHaveBeenCalledTimes(1);
    movers.forgetNames();
    movers.take(batch([{ number: 1, lon: 101 }]));
    expect(movers.get('unit:a')?.lon).toBe(106.8);
  });

  it('leave what is silent grey, and what is out of the box forgotten', () => {
    const movers = new Movers();
    movers.name(names);
    movers.take(
      batch([
        { number: 1, speed: 4 },
        { number: 2, lon: 107.5, speed: 0 },
      ]),
    );
    const [a, b] = [movers.get('unit:a'), movers.get('unit:b')];
    expect([a && moverState(a, NOW), b && moverState(b, NOW)]).toEqual(['moving', 'standing']);
    expect(a && moverState(a, NOW + SILENT_MS + 1)).toBe('silent');
    movers.keep([106.7, 39.5, 106.9, 39.7], 'unit:b');
    expect(movers.size).toBe(2);
    movers.keep([106.7, 39.5, 106.9, 39.7], null);
    expect([...movers.values()].map(({ id }) => id)).toEqual(['a']);
  });

  it('are asked for anew only when the view has left what was asked for', () => {
    const view = [106.7, 39.5, 106.9, 39.7] as const;
    const asked = roomy(view);
    expect(outgrown(undefined, view)).toBe(true);
    expect(outgrown(asked, [106.72, 39.52, 106.92, 39.72])).toBe(false);
    expect(outgrown(asked, [106.9, 39.5, 107.1, 39.7])).toBe(true);
    expect(outgrown(asked, [106.79, 39.59, 106.81, 39.61])).toBe(true);
  });
});

describe('the feed', () => {
  it('follows positions in a box, and again after a break', () => {
    const [said, sockets]: [object[], Socket[]] = [[], []];
    const moved = vi.fn<(batch: ArrayBuffer) => void>();
    const ear = { up: vi.fn(), down: vi.fn(), ended: vi.fn(), snapshot: vi.fn(), change: vi.fn(), resumed: vi.fn() };
    const feed = new LiveFeed({ ...ear, moved }, () => {
      sockets.push(socket(said));
      return sockets.at(-1) as Socket;
    });
    feed.watch([1, 2, 3, 4]);
    feed.start();
    for (const turn of [1, 2]) {
      const wire = sockets.at(-1) as WebSocket;
      wire.onopen?.(new Event('open'));
      expect(said.filter((one) => 'topic' in one && one.topic === 'positions')).toHaveLength(turn);
      expect(said.at(-1)).toEqual({ type: 'subscribe', topic: 'positions', bbox: [1, 2, 3, 4] });
      wire.onmessage?.({ data: batch([]) } as MessageEvent);
      expect(moved).toHaveBeenCalledTimes(turn);
      wire.onclose?.({ code: 1006 } as CloseEvent);
      vi.advanceTimersByTime(1000);
    }
    feed.stop();
  });

  it('tells of a crossing once, lists the newest first, and sounds no old one', async () => {
    const [said, store, sockets]: [object[], ReturnType<typeof createAppStore>, Socket[]] = [
      [],
      createAppStore({ door: 'in' }),
      [],
    ];
    const feature = (id: string, at: string) => ({
      type: 'Feature',
      id,
      geometry: { type: 'Point', coordinates: [106.8, 39.6] },
      properties: { zone: 'gate', name: '大门', mover_kind: 'unit', mover: 'a', way: 'enter', at },
    });
    const api = {
      incidents: vi.fn().mockResolvedValue({ seq: 5, matched: 0, next: null, features: [] }),
      crossings: vi.fn().mockResolvedValue([feature('old', '2026-11-22T07:00:00Z')]),
    } as unknown as Api;
    const listener = { marked: vi.fn(), reported: vi.fn(), crossed: vi.fn() };
    const stop = keepSituation({ store, api }, listener, () => {
      sockets.push(socket(said));
      return sockets.at(-1) as Socket;
    });
    await vi.advanceTimersByTimeAsync(10);
    const wire = sockets.at(-1) as WebSocket;
    wire.onopen?.(new Event('open'));
    expect(said).toContainEqual({ type: 'subscribe', topic: 'crossings', since: 5 });
    const tell = (seq: number, id: string, at: string) =>
      wire.onmessage?.({
        data: JSON.stringify({
          type: 'change',
          topic: 'crossings',
          seq,
          id,
          action: 'create',
          feature: feature(id, at),
        }),
      } as MessageEvent);
    tell(6, 'new', '2026-11-22T07:59:58Z');
    tell(7, 'new', '2026-11-22T07:59:58Z');
    tell(8, 'late', '2026-11-22T07:30:00Z');
    expect(store.getState().crossings.map(({ id }) => id)).toEqual(['new', 'late', 'old']);
    expect(store.getState().crossed.map(({ id }) => id)).toEqual(['new']);
    store.getState().passCrossing('new');
    expect(store.getState().crossed).toEqual([]);
    stop();
  });
});

describe('the layer of units', () => {
  it('moves signs in place, redraws only for what is in view, and takes all away', async () => {
    blankCanvas();
    const store = createAppStore();
    const { stage, left } = fakeStage(store);
    const before = left();
    const layer = unitLayer(stage);
    const { movers } = store.getState();
    store.getState().setUnits([{ id: 'station', name: '派出所', name_en: 'Station', lon: 106.8, lat: 39.602 }]);
    layer.apply(store.getState());
    movers.name(names);
    movers.take(
      batch([
        { number: 1, lat: 39.602, heading: 90 },
        { number: 2, lon: 90 },
      ]),
    );
    await vi.advanceTimersByTimeAsync(60);
    const collection = stage.scene.primitives.get(before.primitives);
    const ids = () => Array.from({ length: collection.length }, (_, i) => collection.get(i).id?.id).filter(Boolean);
    expect(ids().toSorted()).toEqual(['unit:a', 'unit:b', 'unit:station']);
    const sign = Array.from({ length: collection.length }, (_, i) => collection.get(i)).find(
      ({ id }) => id?.id === 'unit:a',
    );
    const was = sign.position.clone();
    vi.mocked(stage.redraw).mockClear();
    movers.take(batch([{ number: 2, lon: 90.001 }], NOW + 1000));
    await vi.advanceTimersByTimeAsync(60);
    expect(stage.redraw).not.toHaveBeenCalled();
    movers.take(batch([{ number: 1, lat: 39.603 }], NOW + 2000));
    await vi.advanceTimersByTimeAsync(60);
    expect(stage.redraw).toHaveBeenCalled();
    expect(sign.position.equals(was)).toBe(false);
    store.getState().setLayer('units', false);
    layer.apply(store.getState());
    await vi.advanceTimersByTimeAsync(60);
    expect(ids()).toEqual([]);
    layer.dispose();
    expect(left()).toEqual(before);
  });
});
