import { describe, expect, it } from 'vitest';
import type { CameraHealthDetail, GroupRates, HealthSettings, HealthSpell, Rate } from '../../../src/api/health';
import { addressOf, formatAddress, parseAddress, restore } from '../../../src/model/address';
import {
  FAULTS,
  lacking,
  lanes,
  lengthOf,
  monthLater,
  ORDER_STATES,
  percent,
  STEPS,
  signOf,
  urgency,
  withValue,
  worstFirst,
} from '../../../src/model/health';
import { withConditions } from '../../../src/model/healthState';
import { createAppStore } from '../../../src/model/store';
import { conditionOf } from '../../../src/panels/desk/liveCameras';
import { firstPicture } from '../../../src/panels/manage/health/Pictures';
import { healthQuery, orderQuery } from '../../../src/panels/manage/health/queries';
import { changedSettings } from '../../../src/panels/manage/health/SettingsDrawer';
import { measure } from '../../../src/panels/manage/health/Verdicts';
import { faultsOf, fieldsOf } from '../../../src/panels/manage/orders/NewOrder';
import { allOf } from '../../../src/panels/manage/PagedTable';

const rate = (good: number, total: number, target = 0.98): Rate => ({
  good,
  bad: total - good,
  unknown: 0,
  total,
  share: total ? good / total : null,
  target,
  reached: total ? good / total >= target : null,
});
const row = (group: string, good: number, total: number, axis: GroupRates['axis'] = 'district'): GroupRates => ({
  axis,
  group,
  name: group,
  online: rate(good, total),
  intact: rate(good, total),
  connected: rate(good, total),
});

describe('rates', () => {
  it('are never shown as reaching what they do not reach', () => {
    expect(percent(0.9799)).toBe('97.9');
    expect(percent(0.98)).toBe('98.0');
    expect(percent(0.57)).toBe('57.0');
    expect(percent(1)).toBe('100.0');
  });

  it('say how many cameras are lacking', () => {
    expect(lacking(rate(96, 100))).toBe(2);
    expect(lacking(rate(98, 100))).toBe(0);
    expect(lacking(rate(97, 99))).toBe(1);
  });

  it('come worst first, those with more bad cameras before others, those without any last', () => {
    const rates = [
      row('good', 10, 10),
      row('none', 0, 0),
      row('few', 1, 2),
      row('many', 10, 20),
      row('tier', 0, 5, 'tier'),
    ];
    expect(worstFirst(rates, 'district', 'online').map(({ group }) => group)).toEqual(['many', 'few', 'good', 'none']);
  });
});

describe('a condition', () => {
  it('is one sign, and of what nobody knows nothing is said', () => {
    expect(signOf({ online: false, faults: ['black'] })).toBe('offline');
    expect(signOf({ online: true, faults: ['black'] })).toBe('fault');
    expect(signOf({ online: true, faults: [] })).toBe('online');
    expect(signOf({ online: null, faults: [] })).toBe('unknown');
  });

  it('that does not differ leaves the map as it is, so that nothing is drawn anew', () => {
    const before = new Map([['a', { online: true, faults: [] }]]);
    expect(withConditions(before, [['a', { online: true, faults: [] }]])).toBe(before);
    expect(withConditions(before, [['a', { online: false, faults: [] }]])).not.toBe(before);
    expect(withConditions(before, [], true).size).toBe(0);
  });

  it('changes without the cameras, whose grouping on the map then stays', () => {
    const store = createAppStore();
    const { cameras } = store.getState();
    store.getState().setConditions([['a', { online: false, faults: [] }]]);
    expect(store.getState().cameras).toBe(cameras);
    expect(store.getState().conditions.get('a')?.online).toBe(false);
  });

  it('is taken from the live feed only where it says so', () => {
    expect(conditionOf({ name: 'x' })).toBeUndefined();
    expect(conditionOf({ online: null })).toEqual({ online: null, faults: [] });
    expect(conditionOf({ online: true, faults: ['snow', 'unheard-of'] })).toEqual({ online: true, faults: ['snow'] });
  });
});

describe('time', () => {
  const NOW = Date.UTC(2026, 10, 23);
  const DAY = 86_400_000;
  it('is told by its two biggest units', () => {
    expect(lengthOf(2 * DAY + 5 * 3_600_000 + 59_000)).toEqual({ days: 2, hours: 5, minutes: 0 });
    expect(lengthOf(65 * 60_000)).toEqual({ days: 0, hours: 1, minutes: 5 });
    expect(lengthOf(-5)).toEqual({ days: 0, hours: 0, minutes: 0 });
  });

  it('lies in lanes, cut at both ends', () => {
    const at = (days: number) => new Date(NOW - days * DAY).toISOString();
    const history: HealthSpell[] = [
      { from: at(1), to: null, state: 'offline' },
      { from: at(5), to: at(4), state: 'online' },
      { from: at(20), to: at(9), state: 'blurred' },
      { from: at(40), to: at(30), state: 'snow' },
    ];
    const found = lanes(history, NOW - 10 * DAY, NOW);
    expect([...found.keys()]).toEqual(['offline', 'blurred']);
    expect(found.get('offline')?.[0]).toMatchObject({ at: 0.9 });
    expect(found.get('blurred')?.[0]?.at).toBe(0);
    expect(found.get('blurred')?.[0]?.wide).toBeCloseTo(0.1);
  });

  it('tells what is overdue, and nothing of what is over', () => {
    const deadline = new Date(NOW).toISOString();
    expect(urgency({ state: 'open', deadline }, NOW + 1)).toBe('overdue');
    expect(urgency({ state: 'closed', deadline }, NOW + 1)).toBe('done');
    expect(urgency({ state: 'fixed', deadline }, NOW - 1)).toBe('soon');
    expect(urgency({ state: 'fixed', deadline }, NOW - 2 * DAY)).toBe('in-time');
  });

  it('has months on both sides of the year', () => {
    expect(monthLater('2026-01', -1)).toBe('2025-12');
    expect(monthLater('2026-12', 1)).toBe('2027-01');
  });
});

describe('orders', () => {
  it('have a next step in every state', () => {
    for (const state of ORDER_STATES) expect(STEPS[state].length).toBeGreaterThan(0);
  });

  it('by hand begin with what is wrong, and send only what was said', () => {
    expect(faultsOf({ online: false, faults: ['black'] })).toEqual(['offline', 'black']);
    expect(fieldsOf('c', ['black'], { contractor: ' ', deadline: '', note: ' x ' })).toEqual({
      camera: 'c',
      faults: ['black'],
      note: 'x',
    });
  });
});

describe('questions', () => {
  it('name the group by its axis', () => {
    const filter = createAppStore().getState().healthFilter;
    const query = healthQuery({ ...filter, group: { axis: 'tier', code: '3' }, text: ' a ' });
    expect(query).toMatchObject({ tier: '3', q: 'a', fault: undefined });
    const orders = createAppStore().getState().orderFilter;
    expect(orderQuery({ ...orders, scope: 'all', overdue: true })).toMatchObject({ state: undefined, overdue: true });
  });

  it('for a file go on to the last page', async () => {
    const rows = Array.from({ length: 1203 }, (_, n) => n);
    const asked: number[] = [];
    const ask = async (limit: number, offset: number) => {
      asked.push(offset);
      return { total: rows.length, items: rows.slice(offset, offset + limit) };
    };
    expect(await allOf(ask)).toEqual(rows);
    expect(asked).toEqual([0, 500, 1000]);
  });
});

describe('settings', () => {
  it('are changed by the names of their fields and keep all else', () => {
    expect(withValue({ a: { b: 1, c: 2 }, d: 3 }, 'a.b', 5)).toEqual({ a: { b: 5, c: 2 }, d: 3 });
    const parts = { thresholds: { blur_px: 2.4 }, targets: {}, schedule: {}, orders: {} };
    const settings = { version: 3, ...parts, fields: [] } as unknown as HealthSettings;
    expect(changedSettings(settings, { 'thresholds.blur_px': 3 })).toEqual({
      version: 3,
      thresholds: { blur_px: 3 },
      targets: {},
      schedule: {},
      orders: {},
    });
  });

  it('are read in percent where they are shares', () => {
    expect(measure(0.98, 'share', 'en')).toBe('98 %');
    expect(measure(2.4, 'px', 'en')).toBe('2.4 px');
  });
});

it('the picture of a fault that is there now comes first', () => {
  const pictures = [
    { at: '', fault: null, href: '1' },
    { at: '', fault: 'snow', href: '2' },
    { at: '', fault: 'black', href: '3' },
  ] as CameraHealthDetail['pictures'];
  expect(firstPicture({ pictures, faults: ['black'] })).toBe(2);
  expect(firstPicture({ pictures, faults: [] })).toBe(0);
});

describe('the address', () => {
  const again = (hash: string) => {
    const store = createAppStore();
    restore(store, parseAddress(hash));
    return formatAddress(addressOf(store.getState()));
  };

  it('restores page, filter and camera', () => {
    const hash =
      '#/manage/health?hf=blurred&ho=true&hg=owner%2C%E4%BA%A4%E8%AD%A6&hq=a%20b&hs=-name&hp=2&ha=owner&hr=intact&hc=c1&lang=zh';
    expect(again(hash)).toBe(hash);
  });

  it('restores the orders and the month', () => {
    const orders = '#/manage/orders?os=open&oc=x&ol=1&oi=o-1&lang=zh';
    expect(again(orders)).toBe(orders);
    const month = '#/manage/assessment?am=2026-10&al=0&lang=zh';
    expect(again(month)).toBe(month);
  });

  it('leaves out what makes no sense', () => {
    expect(again('#/manage/health?hf=bad&ho=x&hg=y,1&hp=-3&hr=z')).toBe('#/manage/health?lang=zh');
    expect(FAULTS).toHaveLength(9);
  });
});
