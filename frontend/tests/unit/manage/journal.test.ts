import { describe, expect, it } from 'vitest';
import { ApiError } from '../../../src/api/client';
import type { FoundRow } from '../../../src/api/journal';
import { areaNodes } from '../../../src/panels/manage/AreaPick';
import { differences, inWords } from '../../../src/panels/manage/journal/difference';
import { NOTHING_ASKED, queryOf } from '../../../src/panels/manage/journal/period';
import { placeOf, stepOf } from '../../../src/panels/manage/journal/rowWords';
import { fromLocal, toLocal } from '../../../src/panels/manage/localTime';
import { postsOf } from '../../../src/panels/manage/people/PostsEditor';
import { pauseOf } from '../../../src/panels/signin/pause';

const NOW = Date.UTC(2026, 10, 22, 12, 0, 30);

describe('what a search of the journal asks', () => {
  it('leaves out what is not named', () => {
    expect(Object.values(queryOf(NOTHING_ASKED, [1, 2, 3, 4], NOW)).filter((value) => value !== undefined)).toEqual([]);
  });

  it('counts back from the minute, so that the same question is the same', () => {
    const hour = { ...NOTHING_ASKED, period: 'hour' as const };
    expect(queryOf(hour, undefined, NOW).since).toBe('2026-11-22T11:00:00.000Z');
    expect(queryOf(hour, undefined, NOW)).toEqual(queryOf(hour, undefined, NOW + 20_000));
  });

  it('names the extent of the map only where it is asked for', () => {
    expect(queryOf({ ...NOTHING_ASKED, extent: true }, [106.7, 39.6, 106.9, 39.7], NOW).bbox).toBe(
      '106.70000,39.60000,106.90000,39.70000',
    );
    expect(queryOf({ ...NOTHING_ASKED, extent: true }, undefined, NOW).bbox).toBeUndefined();
  });

  it('takes times of one’s own only where the period is', () => {
    const times = { since: '2026-01-01T00:00:00.000Z', until: '2026-01-02T00:00:00.000Z' };
    expect(queryOf({ ...NOTHING_ASKED, ...times, period: 'own' }, undefined, NOW)).toMatchObject(times);
    expect(queryOf({ ...NOTHING_ASKED, ...times }, undefined, NOW).until).toBeUndefined();
  });
});

describe('a row of a repair order', () => {
  const row = (field: string, after: unknown, more: Partial<FoundRow> = {}) =>
    ({ kind: 'repair-order', action: 'change', changes: [{ field, before: 'x', after }], ...more }) as FoundRow;
  it('is told by the step that it was', () => {
    expect(stepOf(row('state', 'closed'))).toBe('close');
    expect(stepOf(row('state', 'open'))).toBe('reopen');
    expect(stepOf(row('note', 'closed'))).toBeUndefined();
    expect(stepOf(row('state', 'closed', { action: 'create' }))).toBeUndefined();
    expect(stepOf(row('state', 'closed', { kind: 'incident' }))).toBeUndefined();
  });
});

describe('what differs', () => {
  it('is told by the smallest part', () => {
    expect(differences({ a: 1, b: { c: 2, d: 3 } }, { a: 1, b: { c: 5, d: 3 } })).toEqual([
      { path: 'b.c', before: 2, after: 5 },
    ]);
  });

  it('is told of lists by what came and what went', () => {
    const note = (text: string) => ({ text });
    expect(differences([note('x')], [note('x'), note('y')])).toEqual([
      { path: '', before: undefined, after: note('y') },
    ]);
    expect(differences([1, 1], [1])).toEqual([{ path: '', before: 1, after: undefined }]);
    expect(differences([1, 2], [2, 1])).toEqual([{ path: '', before: [1, 2], after: [2, 1] }]);
  });

  it('is nothing where nothing differs', () => {
    expect(differences({ a: [1, { b: null }] }, { a: [1, { b: null }] })).toEqual([]);
  });

  it('is shown without braces and empty parts', () => {
    expect(inWords({ role: 'operator', areas: ['15', '16'], tiers: null })).toBe('role: operator; areas: 15, 16');
  });
});

describe('a row’s place', () => {
  const row: FoundRow = {
    seq: 1,
    time: '',
    actor: '',
    kind: 'camera',
    id: 'a',
    name: '',
    action: 'change',
    version: 1,
    undoes: null,
    changes: [],
    detail: null,
  };
  it('is that of the camera, of the change, of the look, or none', () => {
    expect(placeOf(row, new Map([['a', { lon: 1, lat: 2 }]]))).toEqual({ lon: 1, lat: 2 });
    const moved = [
      { field: 'lon', before: 1, after: 3 },
      { field: 'lat', before: 2, after: null },
    ];
    expect(placeOf({ ...row, changes: moved }, new Map())).toEqual({ lon: 3, lat: 2 });
    expect(placeOf({ ...row, detail: { lon: 5, lat: 6 } }, new Map())).toEqual({ lon: 5, lat: 6 });
    expect(placeOf(row, new Map())).toBeUndefined();
  });
});

it('keeps times through a field of the browser', () => {
  const time = '2026-11-22T10:30:00.000Z';
  expect(fromLocal(toLocal(time))).toBe(time);
  expect(toLocal('no time')).toBe('');
  expect(fromLocal('')).toBeNull();
});

it('sends a choice of every tier as no limit', () => {
  const post = { role: 'operator', areas: ['15', '*'], tiers: [1, 2, 3] as (1 | 2 | 3)[], networks: [], window: null };
  expect(postsOf([post])).toEqual([{ ...post, areas: ['*'], tiers: null, networks: null }]);
});

it('draws the areas as a tree, orphans at the top', () => {
  const area = (code: string, parent: string) => ({ code, parent, name: code, name_en: '', level: 'street' as const });
  const tree = areaNodes([area('b', 'a'), area('a', ''), area('z', 'gone')], 'en');
  expect(tree.map(({ value }) => value)).toEqual(['a', 'z']);
  expect(tree[0]?.children.map(({ value }) => value)).toEqual(['b']);
});

it('waits as long as a refusal says', () => {
  const refused = (type: string, more: object) =>
    new ApiError({ type, title: '', status: 429, detail: '', ...more } as ConstructorParameters<typeof ApiError>[0]);
  expect(pauseOf(refused('/problems/sign-in-paused', { seconds: 29.2 }))).toBe(30);
  expect(pauseOf(refused('/problems/sign-in-paused', {}))).toBe(30);
  expect(pauseOf(refused('/problems/bad-sign-in', { seconds: 5 }))).toBe(0);
  expect(pauseOf(new Error('x'))).toBe(0);
});
