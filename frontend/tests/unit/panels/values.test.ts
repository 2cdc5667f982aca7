import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CameraSummary, LinkAnswer, LinkedCamera } from '../../../src/api/types';
import { en } from '../../../src/i18n/en';
import { zh } from '../../../src/i18n/zh';
import { passes } from '../../../src/model/filter';
import { initialState } from '../../../src/model/state';
import { buildTree } from '../../../src/panels/cameraTree';
import { toCsv, toGeojson } from '../../../src/panels/exportCameras';
import { coordinates, density, distance, surface } from '../../../src/panels/format';
import { reasonWhyNone, recommended, split } from '../../../src/panels/linkList';
import { metresBetween, nearest } from '../../../src/panels/nearby';

function camera(over: Partial<CameraSummary>): CameraSummary {
  return {
    id: 'c1',
    name: '人民路1号',
    name_en: 'Renmin Rd 1',
    lon: 106.8,
    lat: 39.6,
    height: 1050,
    ground_height: 1045,
    tier: 3,
    tier_assumed: false,
    type: 'fixed',
    heading: 90,
    pitch: -10,
    hfov: 60,
    reach_m: 130,
    owner: '公安局',
    district: '150302',
    street: '150302001',
    community: '150302001002',
    incomplete: [],
    contractor: '',
    leased: false,
    online: null,
    faults: [],
    ...over,
  };
}

const words = { unassigned: 'none', noOwner: 'nobody', tier: (tier: number) => `T${tier}` };
const areas = [
  { code: '150302', name: '海勃湾区', name_en: 'Haibowan', level: 'district' as const, parent: '1503' },
  { code: '150302001', name: '凤凰岭街道', name_en: 'Fenghuangling', level: 'street' as const, parent: '150302' },
  { code: '150302001002', name: '和平社区', name_en: 'Heping', level: 'community' as const, parent: '150302001' },
];

function keys(thing: object, path = ''): string[] {
  return Object.entries(thing).flatMap(([key, value]) =>
    typeof value === 'object' ? keys(value, `${path}${key}.`) : [`${path}${key}`],
  );
}

function holes(text: string): string[] {
  return [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '').sort();
}

describe('both languages', () => {
  it('say the same things with the same values', () => {
    expect(keys(en)).toEqual(keys(zh));
    const flat = (thing: object): string[] =>
      Object.values(thing).flatMap((value) => (typeof value === 'object' ? flat(value) : [value as string]));
    const [chinese, english] = [flat(zh), flat(en)];
    chinese.forEach((text, index) => {
      expect(holes(english[index] ?? ''), text).toEqual(holes(text));
    });
  });

  it('stand in the word lists, not in the panels', () => {
    const folder = 'src/panels/';
    const files = readdirSync(folder, { recursive: true, encoding: 'utf-8' }).filter((file) => /\.tsx?$/.test(file));
    for (const file of files) {
      const text = readFileSync(folder + file, 'utf-8').replaceAll("'中'", '');
      expect(/\p{Script=Han}/u.test(text), file).toBe(false);
      const said = [...text.matchAll(/>\s*([A-Z][a-z]+ [a-z]+[^<>{}=]*)</g)].map((match) => match[1]);
      expect(said, file).toEqual([]);
    }
  });
});

describe('camera tree', () => {
  const cameras = [
    camera({}),
    camera({ id: 'c2', name: '甲', name_en: '', tier: 1, owner: '' }),
    camera({ id: 'c3', district: '', street: '', community: '' }),
  ];

  it('holds every camera once in each grouping', () => {
    for (const grouping of ['area', 'owner', 'tier'] as const) {
      const tree = buildTree(cameras, areas, grouping, 'name', 'zh', words);
      expect(tree.reduce((sum, branch) => sum + branch.count, 0)).toBe(3);
    }
  });

  it('names areas in the language asked for and counts upwards', () => {
    const [first] = buildTree(cameras, areas, 'area', 'count', 'en', words);
    expect(first?.title).toBe('Haibowan');
    expect(first?.count).toBe(2);
    expect(first?.children[0]?.children[0]?.cameras.length).toBe(2);
  });

  it('filters by tier, area, owner and words', () => {
    const { filters } = initialState;
    expect(passes(camera({}), { ...filters, tiers: { 1: true, 2: true, 3: false } })).toBe(false);
    expect(passes(camera({}), { ...filters, area: '150302001' })).toBe(true);
    expect(passes(camera({}), { ...filters, area: '150303' })).toBe(false);
    expect(passes(camera({}), { ...filters, text: 'renmin 公安' })).toBe(true);
    expect(passes(camera({}), { ...filters, owner: '教育局' })).toBe(false);
  });
});

describe('export', () => {
  it('quotes, keeps Chinese readable in spreadsheets and disarms formulas', () => {
    const csv = toCsv([camera({ name: '=cmd,"x"', heading: null })]);
    expect(csv.startsWith('\uFEFFid,name')).toBe(true);
    expect(csv).toContain(`"'=cmd,""x"""`);
    expect(csv).toContain('106.8,39.6');
  });

  it('writes points as longitude, latitude, height', () => {
    const features = JSON.parse(toGeojson([camera({})])).features;
    expect(features[0].geometry.coordinates).toEqual([106.8, 39.6, 1050]);
  });
});

describe('numbers on the screen', () => {
  it('carry a unit and no false digits', () => {
    expect(distance(84.26, 'en')).toBe('84.3 m');
    expect(distance(12_345, 'zh')).toBe('12.3 km');
    expect(surface(1_234_567, 'en')).toBe('1.23 km²');
    expect(surface(55_318, 'zh')).toBe('5.53 ha');
    expect(surface(9_999, 'en')).toBe('9,999 m²');
    expect(density(12.5, 'en')).toBe('12.5 px/m');
    expect(coordinates(106.8, 39.6)).toBe('106.800000, 39.600000');
  });
});

describe('link lists', () => {
  const linked = (over: Partial<LinkedCamera>): LinkedCamera => ({
    camera: 'a',
    name: 'A',
    name_en: 'A',
    lon: 106.8,
    lat: 39.6,
    height: 1050,
    tier: 3,
    type: 'fixed',
    heading: 0,
    aim: null,
    visible: true,
    distance_m: 100,
    density_px_m: 20,
    class: 'monitor',
    pixel: [1, 2],
    online: null,
    streams: [],
    score: 1,
    why: '',
    why_code: 'sees',
    ...over,
  });
  const answer: LinkAnswer = {
    place: { lon: 106.8, lat: 39.6, height: 1045, kind: 'ground', building: null },
    recommended: { close: 'a', overview: null, context: null },
    cameras: [
      linked({}),
      linked({ camera: 'b', distance_m: 50, density_px_m: 10 }),
      linked({ camera: 'l', tier: 1, visible: false, why: 'blocked', why_code: 'blocked-by-terrain' }),
    ],
  };

  it('keep those that see the place apart and sort as asked', () => {
    expect(split(answer, 'rank').visible.map((one) => one.camera)).toEqual(['a', 'b']);
    expect(split(answer, 'distance').visible.map((one) => one.camera)).toEqual(['b', 'a']);
    expect(split(answer, 'density').visible.map((one) => one.camera)).toEqual(['a', 'b']);
    expect(split(answer, 'rank').hidden.map((one) => one.camera)).toEqual(['l']);
  });

  it('give the recommended camera of a role, or why there is none', () => {
    expect(recommended(answer, 'close')?.camera).toBe('a');
    expect(recommended(answer, 'overview')).toBeUndefined();
    expect(reasonWhyNone(answer, 'overview')?.why).toBe('blocked');
  });
});

describe('neighbours', () => {
  it('are the nearest others, nearest first', () => {
    const here = camera({});
    const near = camera({ id: 'n', lat: 39.601 });
    const nearer = camera({ id: 'm', lat: 39.6005 });
    const far = camera({ id: 'f', lat: 39.7 });
    expect(metresBetween(here, near)).toBeCloseTo(111.3, 0);
    expect(nearest(here, [here, near, far, nearer]).map((one) => one.camera.id)).toEqual(['m', 'n']);
  });
});
