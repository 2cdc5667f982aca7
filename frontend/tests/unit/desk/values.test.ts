import type { MultiPolygon } from 'geojson';
import { describe, expect, it } from 'vitest';
import type { JournalRow } from '../../../src/api/editing';
import { metresPerDegree } from '../../../src/model/geodesy';
import { overlapOf } from '../../../src/model/overlap';
import { colourOf, stepsOf } from '../../../src/model/ramp';
import { changedFields } from '../../../src/panels/desk/CameraForm';
import { csv } from '../../../src/panels/desk/csv';
import { type Column, compare, search } from '../../../src/panels/desk/DataTable';
import { bundled, nextUndo, standing } from '../../../src/panels/desk/standing';
import { wayOf } from '../../../src/panels/desk/UndoBar';
import { middleOf, ringOf } from '../../../src/panels/desk/volumeValues';

const row = (seq: number, over: Partial<JournalRow> = {}): JournalRow => ({
  seq,
  time: `2026-11-22T09:00:${String(seq).padStart(2, '0')}Z`,
  actor: 'local',
  kind: 'camera',
  id: 'a',
  name: 'A',
  action: 'change',
  version: seq,
  undoes: null,
  changes: [{ field: 'heading', before: 10 * (seq - 1), after: 10 * seq }],
  ...over,
});
const back = (seq: number, of: JournalRow): JournalRow => ({
  ...of,
  seq,
  undoes: of.seq,
  time: `2026-11-22T09:01:${String(seq).padStart(2, '0')}Z`,
  changes: of.changes.map(({ field, before, after }) => ({ field, before: after, after: before })),
});

const at = (rows: JournalRow[], more = false) => ({ rows, more });

describe('what stands and what undo takes back', () => {
  it('finds the write that no later one took back', () => {
    const [one, two, three] = [row(1), row(2), row(3)];
    expect(nextUndo(at([one, two, three]), ['local'])?.seq).toBe(3);
    const undone = [one, two, three, back(4, three)];
    expect(nextUndo(at(undone), ['local'])?.seq).toBe(2);
    expect(nextUndo(at([...undone, back(5, two)], true), ['local'])).toBeNull();
    expect(nextUndo(at([...undone, back(5, two)]), ['local'])?.seq).toBe(1);
    expect(standing([...undone, back(5, back(4, three))]).map(([first]) => first?.seq)).toEqual([1, 2, 5]);
  });

  it('takes the rows of one write together, and never the first filling of a city', () => {
    const time = 'T';
    const load = [1, 2, 3].map((seq) => row(seq, { time, action: 'create', id: `c${seq}` }));
    expect(bundled([...load, row(4)]).map((group) => group.length)).toEqual([3, 1]);
    expect(nextUndo(at(load, true), ['local'])).toBeNull();
    const more = [4, 5].map((seq) => row(seq, { time: 'U', action: 'create', id: `c${seq}` }));
    expect(nextUndo(at([...load, ...more], true), ['local'])).toMatchObject({ seq: 4, through: 5 });
  });

  it('takes a write for the undoing of another only where it says so', () => {
    const [made, byHand] = [row(2), { ...back(3, row(2)), undoes: null }];
    expect(nextUndo(at([made, byHand]), ['local'])?.seq).toBe(3);
    const pair = [row(4, { time: 'T' }), row(5, { time: 'T', id: 'b' })];
    const half = back(6, pair[1] as JournalRow);
    expect(standing([...pair, half]).map(([first]) => first?.seq)).toEqual([4, 6]);
    const both = pair.map((one, k) => ({ ...back(6 + k, one), time: 'U' }));
    expect(standing([...pair, ...both])).toEqual([]);
  });

  it('knows the keys, with and without shift, on every system', () => {
    const key = (name: string, over = {}) =>
      wayOf({ key: name, ctrlKey: true, metaKey: false, shiftKey: false, altKey: false, ...over });
    expect(key('z')).toBe('undo');
    expect(key('Z', { shiftKey: true })).toBe('redo');
    expect(key('y')).toBe('redo');
    expect(key('z', { ctrlKey: false, metaKey: true })).toBe('undo');
    expect(key('z', { ctrlKey: false })).toBeUndefined();
    expect(key('z', { altKey: true })).toBeUndefined();
  });
});

describe('camera form', () => {
  it('writes what was changed, and clears only what may be unknown', () => {
    const before = { name: '甲', heading: 90, hfov: 60, owner: '交警' };
    expect(changedFields(before, before)).toEqual({});
    expect(changedFields(before, { ...before, heading: null })).toEqual({ heading: null });
    expect(changedFields(before, { ...before, owner: undefined })).toEqual({ owner: '' });
    expect(changedFields(before, { ...before, hfov: null })).toEqual({});
    expect(changedFields(before, { ...before, heading: 0, name: '乙' })).toEqual({ heading: 0, name: '乙' });
    expect(changedFields({}, { owner: '' })).toEqual({});
  });
});

describe('tables', () => {
  interface Thing {
    name: string;
    size: number | null;
  }
  const columns: Column<Thing>[] = [
    { key: 'name', title: '名称', value: ({ name }) => name },
    { key: 'size', title: '面积', value: ({ size }) => size },
  ];
  const [name, size] = columns as [Column<Thing>, Column<Thing>];
  const rows: Thing[] = [
    { name: '第10号', size: 2 },
    { name: '第9号', size: null },
    { name: '=cmd', size: -1.5 },
  ];

  it('sort by number and by name as people count', () => {
    expect(rows.toSorted(compare(size, 'zh')).map((thing) => thing.size)).toEqual([null, -1.5, 2]);
    expect(rows.slice(0, 2).toSorted(compare(name, 'zh'))[0]?.name).toBe('第9号');
  });

  it('search every word in every column', () => {
    expect(search(rows, columns, '号 2').map((thing) => thing.name)).toEqual(['第10号']);
    expect(search(rows, columns, ' ')).toHaveLength(3);
  });

  it('are taken away with their headings, formulas disarmed', () => {
    expect(csv(columns, rows)).toBe("\uFEFF名称,面积\r\n第10号,2\r\n第9号,\r\n'=cmd,-1.5\r\n");
  });
});

describe('steps of colour', () => {
  it('hold about as many values each, and no more steps than values', () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    const steps = stepsOf(values);
    expect(steps.map(({ from }) => from)).toEqual([0, 20, 40, 60, 80]);
    expect(steps.at(-1)?.to).toBe(99);
    expect(colourOf(steps, 19.9)).toBe(steps[0]?.colour);
    expect(colourOf(steps, 99)).toBe(steps[4]?.colour);
    expect(stepsOf([3, 3, 3])).toHaveLength(1);
    expect(stepsOf([])).toEqual([]);
    expect(stepsOf([Number.NaN])).toEqual([]);
  });
});

const [EAST, NORTH] = metresPerDegree(39.6);

/** A box by metres from a corner. */
function box(west: number, south: number, east: number, north: number, hole?: [number, number, number, number]) {
  const at = (x: number, y: number) => [106.8 + x / EAST, 39.6 + y / NORTH];
  const ring = ([w, s, e, n]: [number, number, number, number]) => [at(w, s), at(e, s), at(e, n), at(w, n), at(w, s)];
  const rings = [ring([west, south, east, north]), ...(hole ? [ring(hole)] : [])];
  return { type: 'MultiPolygon', coordinates: [rings] } as MultiPolygon;
}

describe('two coverages', () => {
  it('share what lies in both, holes left out', () => {
    const shared = overlapOf(box(0, 0, 100, 100), box(50, 0, 150, 100, [60, 40, 80, 60]));
    const near = (value: number, right: number) => expect(Math.abs(value - right) / right).toBeLessThan(0.02);
    near(shared.a_m2, 10_000);
    near(shared.b_m2, 9600);
    near(shared.both_m2, 4600);
  });

  it('count parts that touch each other once', () => {
    const left = box(0, 0, 50, 100).coordinates;
    const right = box(50, 0, 100, 100).coordinates;
    const both = overlapOf({ type: 'MultiPolygon', coordinates: [...left, ...right] }, box(0, 0, 100, 100));
    expect(Math.abs(both.both_m2 / both.b_m2 - 1)).toBeLessThan(0.01);
  });

  it('share nothing where one sees nothing', () => {
    const none: MultiPolygon = { type: 'MultiPolygon', coordinates: [] };
    expect(overlapOf(none, none).both_m2).toBe(0);
    expect(overlapOf(box(0, 0, 10, 10), none).both_m2).toBe(0);
  });
});

describe('privacy volumes', () => {
  it('are closed rings that turn left, however they were drawn', () => {
    const corners = [
      [0, 0],
      [0, 1],
      [1, 1],
    ].map(([lon = 0, lat = 0]) => ({ lon, lat, height: 0 }));
    const ring = ringOf(corners).coordinates[0];
    expect(ring).toEqual([
      [1, 1],
      [0, 1],
      [0, 0],
      [1, 1],
    ]);
    expect(ringOf(corners.toReversed()).coordinates[0]?.[0]).toEqual([1, 1]);
  });

  it('are asked about at their middle', () => {
    const geometry = ringOf([
      { lon: 0, lat: 0, height: 0 },
      { lon: 2, lat: 0, height: 0 },
      { lon: 1, lat: 3, height: 0 },
    ]);
    const volume = { id: 'v', name: '', reason: '', geometry, base: 10, top: 14, version: 1 };
    expect(middleOf(volume)).toEqual({ lon: 1, lat: 1, height: 12 });
  });
});
