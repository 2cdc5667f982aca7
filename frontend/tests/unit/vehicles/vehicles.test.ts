import { describe, expect, it } from 'vitest';
import { parseAddress, restore } from '../../../src/model/address';
import { GONE_MS, Movers, SILENT_MS } from '../../../src/model/movers';
import { createAppStore } from '../../../src/model/store';
import {
  ageText,
  countsOf,
  EVERY_VEHICLE,
  type Listed,
  listed,
  newer,
  presenceOf,
  shortName,
  type Vehicle,
  vehicleIn,
} from '../../../src/model/vehicles';

const NOW = 1_800_000_000_000;

const vehicle = (id: string, change: Partial<Vehicle> = {}): Vehicle => ({
  id,
  version: 1,
  name: `巡逻 ${id}`,
  name_en: '',
  type: 'patrol',
  plate: '',
  call_sign: '',
  phone: '',
  unit: '',
  duty: 'free',
  incident: '',
  seats: null,
  remarks: '',
  district: '',
  street: '',
  community: '',
  lon: 106.8,
  lat: 39.6,
  ...change,
});

const heard = (age_ms: number, speed: number | null = null) => ({
  lon: 106.8,
  lat: 39.6,
  height: null,
  heading: null,
  speed,
  heard: NOW - age_ms,
});

const row = (id: string, age_ms: number | null, change: Partial<Vehicle> = {}, speed: number | null = null): Listed => {
  const there = age_ms === null ? undefined : heard(age_ms, speed);
  return { vehicle: vehicle(id, change), heard: there, presence: presenceOf(there, NOW) };
};

describe('how long ago a vehicle was heard of', () => {
  it('makes it silent after a minute and unheard after ten', () => {
    expect(presenceOf(heard(SILENT_MS), NOW)).toBe('live');
    expect(presenceOf(heard(SILENT_MS + 1), NOW)).toBe('silent');
    expect(presenceOf(heard(GONE_MS), NOW)).toBe('silent');
    expect(presenceOf(heard(GONE_MS + 1), NOW)).toBe('unheard');
    expect(presenceOf(undefined, NOW)).toBe('unheard');
  });

  it('is told in words, never as less than nothing', () => {
    expect(ageText(59_999, 'en')).toBe('59 s');
    expect(ageText(60_000, 'zh')).toBe('1 分钟');
    expect(ageText(3_720_000, 'en')).toBe('1 h 2 min');
    expect(ageText(-5_000, 'en')).toBe('0 s');
  });

  it('counts by the later of two tellings', () => {
    expect(newer(heard(10), heard(5))?.heard).toBe(NOW - 5);
    expect(newer(heard(5), heard(10))?.heard).toBe(NOW - 5);
    expect(newer(undefined, heard(10))?.heard).toBe(NOW - 10);
  });

  it('decides when it is forgotten', () => {
    const movers = new Movers();
    movers.name({ 1: { kind: 'vehicle', id: 'a' }, 2: { kind: 'vehicle', id: 'b' } });
    const gone: string[] = [];
    const view = new DataView(new ArrayBuffer(16 + 48));
    view.setUint8(0, 1);
    view.setUint16(2, 24, true);
    view.setUint32(4, 2, true);
    view.setFloat64(8, NOW, true);
    for (const [i, age] of [1000, GONE_MS + 1].entries()) {
      view.setUint32(16 + 24 * i, i + 1, true);
      view.setInt32(16 + 24 * i + 20, age, true);
    }
    movers.take(view.buffer);
    movers.listen((keys) => gone.push(...keys));
    movers.forget(NOW - GONE_MS);
    expect(gone).toEqual(['vehicle:b']);
    expect([...movers.values()].map(({ key }) => key)).toEqual(['vehicle:a']);
  });
});

describe('the list', () => {
  const all = [
    row('3', 5_000, { duty: 'busy', type: 'fire', call_sign: 'F-3' }, 20),
    row('10', 90_000, { plate: '蒙C·0010', district: '150302' }, 5),
    row('2', null, { duty: 'off-duty', name: '抢修 2', name_en: 'Repair 2', unit: 'u1' }),
  ];
  const ids = (rows: readonly Listed[]) => rows.map((one) => one.vehicle.id);

  it('is searched by name, plate and call sign, each word somewhere', () => {
    const by = (text: string) => ids(listed(all, { ...EVERY_VEHICLE, text }, 'name', 'zh'));
    expect(by('f-3')).toEqual(['3']);
    expect(by('蒙c 0010')).toEqual(['10']);
    expect(by('repair')).toEqual(['2']);
    expect(by('repair f-3')).toEqual([]);
  });

  it('is filtered by type, duty, unit, district and signal', () => {
    const by = (change: Partial<typeof EVERY_VEHICLE>) =>
      ids(listed(all, { ...EVERY_VEHICLE, ...change }, 'name', 'zh'));
    expect(by({ types: ['fire'] })).toEqual(['3']);
    expect(by({ duties: ['off-duty'] })).toEqual(['2']);
    expect(by({ unit: 'u1' })).toEqual(['2']);
    expect(by({ district: '150302' })).toEqual(['10']);
    expect(by({ presence: ['silent', 'unheard'] }).toSorted()).toEqual(['10', '2']);
  });

  it('is ordered as asked', () => {
    const by = (order: Parameters<typeof listed>[2]) => ids(listed(all, EVERY_VEHICLE, order, 'zh'));
    expect(by('heard')).toEqual(['3', '10', '2']);
    expect(by('speed')).toEqual(['3', '10', '2']);
    expect(by('duty')).toEqual(['10', '3', '2']);
  });

  it('counts free, busy, off duty and silent ones', () => {
    expect(countsOf(all)).toEqual({ free: 1, busy: 1, 'off-duty': 1, silent: 2 });
  });

  it('calls a vehicle by its call sign, else by its name in the reader’s language', () => {
    expect(all.map((one) => shortName(one.vehicle, 'en'))).toEqual(['F-3', '巡逻 10', 'Repair 2']);
  });
});

describe('the store', () => {
  it('takes vehicles from the feed', () => {
    const store = createAppStore();
    store.getState().take({ kind: 'vehicles', put: [vehicle('a'), vehicle('b')], drop: [] });
    store.getState().take({ kind: 'vehicles', put: [vehicle('b', { duty: 'busy' })], drop: ['a'] });
    expect([...store.getState().vehicles.values()]).toEqual([vehicle('b', { duty: 'busy' })]);
  });

  it('keeps a track while another thing stands at the right, and knows vehicles by their key', () => {
    const store = createAppStore();
    store.getState().openUnit('vehicle:a');
    store.getState().askTrack({ vehicle: 'a', window: { preset: '1h' } });
    store.getState().openIncident('i');
    expect(store.getState().trackAsk?.vehicle).toBe('a');
    expect(vehicleIn('vehicle:a')).toBe('a');
    expect(vehicleIn('unit:a')).toBeNull();
    expect(vehicleIn(null)).toBeNull();
  });

  it('asks for a track up to the moment that is replayed, also from an address', () => {
    const then = Date.parse('2026-01-02T03:04:05Z');
    const store = createAppStore();
    restore(store, parseAddress('#/operate?car=a&track=1h&t=2026-01-02T03:04:05Z'));
    expect(store.getState().trackAsk?.span).toEqual([then - 3_600_000, then]);
    store.getState().replayAt(then - 60_000);
    store.getState().askTrack({ vehicle: 'a', window: { preset: '15m' } });
    expect(store.getState().trackAsk?.span).toEqual([then - 960_000, then - 60_000]);
  });

  it('puts a track away with its panel', () => {
    const store = createAppStore();
    store.getState().openUnit('vehicle:a');
    store.getState().askTrack({ vehicle: 'a', window: { preset: '1h' } });
    store.getState().openUnit(null);
    expect(store.getState().trackAsk).toBeNull();
  });

  it('puts a trail away with its panel', () => {
    const store = createAppStore();
    store.getState().openUnit('vehicle:a');
    store.getState().setTrail('a');
    store.getState().openUnit(null);
    expect(store.getState().trail).toBeNull();
  });
});
