import { describe, expect, it } from 'vitest';
import type { Found } from '../../../src/api/cameraTypes';
import { formatAddress, parseAddress } from '../../../src/model/address';
import { MOST_PICTURES } from '../../../src/model/cameraState';
import { ellipseAround, reachOf, SIGMAS } from '../../../src/model/ellipse';
import { dragged, type Enu, HANDLES, handlePlaces, type Ray } from '../../../src/model/gizmo';
import { Lane } from '../../../src/model/lane';
import {
  addHalf,
  BadPairs,
  dropPair,
  type Pair,
  pairsToCsv,
  pairsToJson,
  questionOf,
  readPairs,
  wanted,
} from '../../../src/model/pairs';
import { createAppStore } from '../../../src/model/store';
import { changes, settled, startTrial, trialQuery } from '../../../src/model/trial';
import { pixelAt, whole, zoomed } from '../../../src/panels/camera/frame';
import { details, dice } from '../cameras';

describe('a trial', () => {
  it('asks only for what is changed, and moves in both coordinates', () => {
    const trial = startTrial(details());
    expect(trialQuery(trial)).toEqual({});
    expect(trialQuery({ ...trial, values: { ...trial.values, heading: 12 } })).toEqual({ heading: 12 });
    const moved = { ...trial, values: { ...trial.values, lon: 106.9 } };
    expect(trialQuery(moved)).toEqual({ at_lon: 106.9, at_lat: 39.6 });
  });

  it('counts a guessed heading as changed', () => {
    expect(changes(startTrial(details({ heading: null })))).toEqual({ heading: 0 });
  });

  it('keeps values within their limits', () => {
    expect(settled('heading', -10)).toBe(350);
    expect(settled('heading', 359.99)).toBe(0);
    expect(settled('pitch', -120)).toBe(-90);
    expect(settled('hfov', 500)).toBe(170);
    expect(settled('hfov', 500, 230)).toBe(230);
    expect(settled('mount_height', -3)).toBe(0);
  });

  it('is put away with its tool', () => {
    const store = createAppStore();
    store.getState().setTrial(startTrial(details()));
    expect(store.getState().tool).toBe('adjust');
    store.getState().adjust({ heading: 400, pitch: Number.NaN }, { dragging: true });
    expect(store.getState().trial?.values).toMatchObject({ heading: 40, pitch: -10 });
    store.getState().setTool('select');
    expect(store.getState().trial).toBeUndefined();
  });
});

const EYE: Enu = [-60, -80, 70];

/** The ray from an eye through a point. */
function through([x, y, z]: Enu): Ray {
  const direction: Enu = [x - EYE[0], y - EYE[1], z - EYE[2]];
  const length = Math.hypot(...direction);
  return { origin: EYE, direction: [direction[0] / length, direction[1] / length, direction[2] / length] };
}

describe('handles', () => {
  const random = dice(7);
  const some = () => ({
    heading: Math.round(random() * 359),
    pitch: Math.round(-60 + random() * 70),
    roll: 0,
    hfov: Math.round(20 + random() * 120),
    mount_height: 8,
    lon: 106.8,
    lat: 39.6,
  });

  it('say the value at which they stand', () => {
    for (let i = 0; i < 40; i++) {
      const [now, then] = [some(), some()];
      const target = handlePlaces(then, 20);
      expect(dragged('heading', through(target.heading), now, 20).heading).toBeCloseTo(then.heading, 6);
      const turned = { ...now, heading: then.heading };
      expect(dragged('right', through(target.right), turned, 20).hfov).toBeCloseTo(then.hfov, 6);
      expect(dragged('left', through(target.left), turned, 20).hfov).toBeCloseTo(then.hfov, 6);
    }
  });

  it('tilt by the arc, seen from the side', () => {
    for (const heading of [80, 100, 250, 300]) {
      const now = { ...some(), heading };
      const place = handlePlaces({ ...now, pitch: -33 }, 20).tilt;
      expect(dragged('tilt', through(place), now, 20).pitch).toBeCloseTo(-33, 6);
    }
  });

  it('raise the mast by as much as the arrow is dragged up', () => {
    const now = some();
    const { mast } = handlePlaces(now, 20);
    const raised = dragged('mast', through([mast[0], mast[1], mast[2] + 4]), now, 20);
    expect(raised.mount_height).toBeCloseTo(12, 6);
  });

  it('never lie on each other where the view is not steep', () => {
    for (const pitch of [-20, -5, 10]) {
      const places = handlePlaces({ ...some(), pitch, hfov: 60 }, 20);
      const gaps = HANDLES.flatMap((a, i) =>
        HANDLES.slice(i + 1).map((b) => Math.hypot(...places[a].map((value, k) => value - (places[b][k] ?? 0)))),
      );
      expect(Math.min(...gaps)).toBeGreaterThan(3.5);
    }
  });
});

describe('a lane', () => {
  it('asks one thing at a time, and of those that wait only the newest', async () => {
    const asked: number[] = [];
    let free: () => void = () => undefined;
    const lane = new Lane<number>(async (question) => {
      asked.push(question);
      await new Promise<void>((resolve) => {
        free = resolve;
      });
    });
    for (const question of [1, 2, 3, 4]) lane.push(question);
    expect(asked).toEqual([1]);
    free();
    await new Promise((resolve) => setTimeout(resolve));
    expect(asked).toEqual([1, 4]);
  });

  it('takes two abreast, and an answer makes the older question idle', async () => {
    const given: { question: number; signal: AbortSignal; free: () => void }[] = [];
    const lane = new Lane<number>(
      (question, signal) => new Promise<void>((free) => given.push({ question, signal, free })),
      2,
    );
    for (const question of [1, 2, 3, 4]) lane.push(question);
    expect(given.map(({ question }) => question)).toEqual([1, 2]);
    given[1]?.free();
    await new Promise((resolve) => setTimeout(resolve));
    expect(given.map(({ question, signal }) => [question, signal.aborted])).toEqual([
      [1, true],
      [2, true],
      [4, false],
    ]);
    given[0]?.free();
    await new Promise((resolve) => setTimeout(resolve));
    expect(given).toHaveLength(3);
  });

  it('gives up what is under way when the last word is asked', () => {
    const given: AbortSignal[] = [];
    const lane = new Lane<number>(async (_, signal) => {
      given.push(signal);
      await new Promise(() => undefined);
    });
    lane.push(1);
    lane.flush(2);
    expect(given.map(({ aborted }) => aborted)).toEqual([true, false]);
    lane.stop();
    expect(given.every(({ aborted }) => aborted)).toBe(true);
  });
});

const spot = (lon: number) => ({ lon, lat: 39.6, height: 1080.5 });

describe('pairs', () => {
  it('are filled by turns, whichever half comes first', () => {
    let pairs: Pair[] = [];
    expect(wanted(pairs)).toBe('pixel');
    pairs = addHalf(pairs, { pixel: [10, 20] });
    expect(wanted(pairs)).toBe('place');
    pairs = addHalf(pairs, { place: spot(1) });
    pairs = addHalf(pairs, { place: spot(2) });
    pairs = addHalf(pairs, { pixel: [30, 40] });
    expect(pairs.map(({ number, pixel, place }) => [number, pixel, place?.lon])).toEqual([
      [1, [10, 20], 1],
      [2, [30, 40], 2],
    ]);
    expect(addHalf(dropPair(pairs, 1), { pixel: [1, 1] }).map(({ number }) => number)).toEqual([2, 3]);
  });

  it('come back from both kinds of file', () => {
    const pairs: Pair[] = [
      { number: 1, name: '灯杆, "东"', pixel: [10.5, 20], place: spot(106.8) },
      { number: 2, name: '', pixel: [30, 40], place: spot(106.9) },
    ];
    const question = questionOf(pairs);
    expect(question[0]).toMatchObject({ name: '灯杆, "东"', pixel: [10.5, 20], lon: 106.8 });
    expect(readPairs(pairsToCsv(pairs))).toEqual(pairs);
    const told = readPairs(pairsToJson(pairs, 'a', [1920, 1080]));
    expect(told.map(({ pixel, place }) => [pixel, place])).toEqual(pairs.map(({ pixel, place }) => [pixel, place]));
  });

  it.each([
    ['u,v,lon,lat,height\n1,2,106,39,10\n1,2,,39,10\n', 2],
    ['u,v,lon,lat,height\n1,2,206,39,10\n', 1],
    ['{"pairs": 3}', 0],
    ['[{"pixel": [1]}]', 1],
    ['{', 0],
  ])('name the row that is wrong: %j', (text, row) => {
    expect(() => readPairs(text)).toThrow(BadPairs);
    try {
      readPairs(text);
    } catch (error) {
      expect((error as BadPairs).row).toBe(row);
    }
  });

  it('stay for their camera and go with another', () => {
    const { getState } = createAppStore();
    getState().calibrate('a');
    getState().setPairs([{ number: 1, name: '', pixel: [1, 2], place: null }]);
    getState().setTool('select');
    expect(getState().calibrating).toBeNull();
    getState().calibrate('a');
    expect(getState().pairs).toHaveLength(1);
    getState().calibrate('b');
    expect(getState().pairs).toHaveLength(0);
  });
});

describe('a picture in its window', () => {
  const size = [1920, 1080] as const;

  it('keeps the pixel under the wheel', () => {
    const box = [400, 300] as const;
    const at = [130, 170] as const;
    let frame = whole(size);
    const pixel = pixelAt(frame, box, at);
    for (let i = 0; i < 5; i++) frame = zoomed(frame, size, pixel, 0.8);
    const after = pixelAt(frame, box, at);
    expect(after[0]).toBeCloseTo(pixel[0], 6);
    expect(after[1]).toBeCloseTo(pixel[1], 6);
    for (let i = 0; i < 9; i++) frame = zoomed(frame, size, pixel, 1.25);
    expect(frame).toEqual(whole(size));
  });

  it('has bars above and below where the shapes differ', () => {
    expect(pixelAt(whole(size), [1920, 1280], [0, 100])).toEqual([0, 0]);
  });
});

describe('a located place', () => {
  const found = (kind: 'ground' | 'facade') =>
    ({
      place: { lon: 106.8, lat: 39.6, height: 1080, kind, building: null },
      uncertainty: { along_m: 5, across_m: 2, up_m: 1, major_m: 5, minor_m: 2, bearing_deg: 90 },
    }) as Found;

  it('lies level on the ground, long along its bearing', () => {
    const ring = ellipseAround(found('ground'));
    expect(Math.max(...ring.map(([east]) => east))).toBeCloseTo(5 * SIGMAS, 6);
    expect(Math.max(...ring.map(([, north]) => north))).toBeCloseTo(2 * SIGMAS, 2);
    expect(ring.every(([, , up]) => up === 0)).toBe(true);
  });

  it('stands upright on a facade', () => {
    const ring = ellipseAround(found('facade'));
    expect(Math.max(...ring.map(([, , up]) => up))).toBeCloseTo(SIGMAS, 2);
    expect(reachOf(found('facade'))).toEqual([5 * SIGMAS, SIGMAS]);
  });
});

describe('open pictures', () => {
  it('make room for the newest, and stand in the address', () => {
    const { getState } = createAppStore();
    for (const id of ['a', 'b', 'c', 'd', 'b', 'e']) getState().openPicture(id);
    expect(getState().pictures).toEqual(['b', 'c', 'd', 'e']);
    const hash = formatAddress({ workspace: 'operate', pictures: getState().pictures });
    expect(parseAddress(hash).pictures).toEqual(['b', 'c', 'd', 'e']);
    expect(parseAddress('#/operate?pic=1,2,3,4,5,6').pictures).toHaveLength(MOST_PICTURES);
  });
});
