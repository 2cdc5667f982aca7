import { describe, expect, it } from 'vitest';
import type { ImportAnswer, ImportColumn } from '../../../src/api/importing';
import { importQuery } from '../../../src/api/importing';
import { formatAddress, parseAddress } from '../../../src/model/address';
import { initialCity } from '../../../src/model/cityState';
import { percent, statistic } from '../../../src/panels/coverage/words';
import {
  acceptProposals,
  choose,
  chosenOf,
  dotsOf,
  frameOf,
  mappingOf,
  missingIn,
} from '../../../src/panels/load/mapping';
import { PLAIN } from '../../../src/panels/load/useLoad';

const column = (
  number: number,
  heading: string,
  field: string | null,
  proposed: string | null = null,
): ImportColumn => ({
  number,
  heading,
  field,
  proposed,
  secret: false,
  samples: [],
});
const columns = [
  column(1, '国标号', null, 'id'),
  column(2, '东', null, 'lon'),
  column(3, '北', null, 'lat'),
  column(4, '名称', 'name'),
  column(5, '名称', null),
];

describe('what the columns mean', () => {
  it('is found, proposed and chosen; a field stands for one column only', () => {
    const found = chosenOf(columns);
    expect(missingIn(found)).toEqual(['id', 'lon', 'lat']);
    const accepted = acceptProposals(columns, found);
    expect(missingIn(accepted)).toEqual([]);
    const moved = choose(accepted, 5, 'name');
    expect(moved.get(4)).toBeNull();
    expect(moved.get(5)).toBe('name');
  });

  it('is sent only where it differs from what the server found; columns of one heading go by number', () => {
    const found = chosenOf(columns);
    expect(mappingOf(columns, found)).toEqual({});
    expect(mappingOf(columns, acceptProposals(columns, found))).toEqual({ id: '国标号', lon: '东', lat: '北' });
    expect(mappingOf(columns, choose(found, 5, 'name'))).toEqual({ name: '5' });
    expect(mappingOf(columns, choose(found, 4, null))).toEqual({ name: '' });
  });

  it('goes into the address with how the file is read', () => {
    const query = new URLSearchParams(
      importQuery('a b.xlsx', 'dry-run', {
        ...PLAIN,
        height_reference: 'above sea',
        vertical_datum: 'EGM96',
        mapping: { id: '1' },
      }),
    );
    expect(Object.fromEntries(query)).toEqual({
      file: 'a b.xlsx',
      mode: 'dry-run',
      height_reference: 'above sea',
      header: 'auto',
      vertical_datum: 'EGM96',
      mapping: '{"id":"1"}',
    });
  });
});

describe('rows on the map', () => {
  const answer = {
    columns,
    crs: null,
    remarks: [{ row: 3, severity: 'refused' }],
    rows: [
      { row: 2, cells: ['a', '106.8', '39.6°', '甲', ''] },
      { row: 3, cells: ['b', '0', '0', '', ''] },
      { row: 4, cells: ['c', '', '39', '', ''] },
      { row: 5, cells: ['d', '106.9', '39.7', '丁', ''] },
    ],
  } as unknown as ImportAnswer;
  const chosen = acceptProposals(columns, chosenOf(columns));

  it('stand where their numbers are degrees that the map has too', () => {
    expect(dotsOf(answer, chosen, '').map(({ label }) => label)).toEqual(['甲', '丁']);
    expect(dotsOf(answer, chosen, 'GCJ-02')).toEqual([]);
    expect(dotsOf(answer, chosenOf(columns), '')).toEqual([]);
  });

  it('are looked at together, strays left aside', () => {
    const at = (lon: number) => ({ lon, lat: 39.6, state: 'neutral' as const, label: '' });
    const frame = frameOf([at(106.8), at(106.801), at(106.802), at(120)]);
    expect(frame?.lon).toBeCloseTo(106.802);
    expect(frame?.range).toBeLessThan(2000);
    expect(frameOf([])).toBeNull();
  });
});

describe('coverage in the address bar', () => {
  it('goes there and comes back', () => {
    const coverage = {
      ...initialCity.cityCoverage,
      layer: 'blind',
      tier: 2,
      minClass: 'observe',
      facades: true,
    } as const;
    const hash = formatAddress({ workspace: 'operate', coverage });
    expect(hash).toBe('#/operate?cov=blind,2,2014,observe,f');
    expect(parseAddress(hash).coverage).toEqual({
      layer: 'blind',
      tier: 2,
      ladder: '2014',
      minClass: 'observe',
      facades: true,
    });
  });

  it('leaves out what makes no sense', () => {
    expect(parseAddress('#/operate?cov=everything,9,1999,<b>').coverage).toEqual({
      layer: null,
      tier: null,
      facades: false,
    });
    expect(parseAddress('#/operate').coverage).toBeUndefined();
  });
});

describe('figures', () => {
  it('have their unit', () => {
    expect(percent(0.4567, 'zh')).toBe('45.7 %');
    expect(percent(null, 'zh')).toBe('–');
    expect(statistic('blind_m2', 2_000_000, 'en')).toBe('2 km²');
    expect(statistic('mean_cameras', 1.26, 'en')).toBe('1.3');
    expect(statistic('covered_share', 1, 'en')).toBe('100 %');
  });
});
