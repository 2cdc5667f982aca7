/** What lies on the city follows what is watched: nothing is painted that is not playing, or not where it belongs. */
import { type MaterialAppearance, Primitive } from 'cesium';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { filmLayer } from '../../../src/layers/films';
import type { Film } from '../../../src/model/drapes';
import { type AppStore, createAppStore } from '../../../src/model/store';
import type { Layer } from '../../../src/scene/stage';
import { blankCanvas, fakeStage } from '../stage';
import { viewBytes } from '../view';

let store: AppStore;
let layer: Layer;
let asked: object[];
let stage: ReturnType<typeof fakeStage>['stage'];
let left: ReturnType<typeof fakeStage>['left'];
let frames: (() => void)[];

function screen(): HTMLVideoElement {
  const element = document.createElement('video');
  Object.defineProperty(element, 'videoWidth', { value: 640, configurable: true });
  Object.defineProperty(element, 'videoHeight', { value: 360, configurable: true });
  element.requestVideoFrameCallback = (heard) => frames.push(() => heard(0, {} as VideoFrameCallbackMetadata));
  element.cancelVideoFrameCallback = () => undefined;
  return element;
}

const film = (over: Partial<Film> = {}): Film => ({
  screen: screen(),
  mark: 'li.min 09:00',
  version: 1,
  aim: null,
  turning: false,
  stalled: null,
  ...over,
});

const painted = () => {
  const { primitives } = stage.scene;
  return Array.from({ length: primitives.length }, (_, i) => primitives.get(i)).filter(
    (one): one is Primitive => one instanceof Primitive,
  );
};

const uniforms = () => (painted()[0]?.appearance as MaterialAppearance | undefined)?.material.uniforms;

const settled = () => vi.waitFor(() => expect(painted()).toHaveLength(1));

beforeEach(() => {
  blankCanvas();
  asked = [];
  frames = [];
  store = createAppStore();
  ({ stage, left } = fakeStage(store, {
    viewModel: async (camera, query) => {
      asked.push({ camera, ...query });
      return viewBytes();
    },
  }));
  layer = filmLayer(stage);
  store.subscribe((state) => layer.apply(state));
  store.getState().setDrape('a', true);
});

afterEach(() => {
  layer.dispose();
  vi.restoreAllMocks();
});

describe('a picture on the city', () => {
  it('lies there as long as it is watched', async () => {
    const before = left();
    const one = film();
    expect(painted()).toHaveLength(0);
    store.getState().setFilm('a', one);
    await settled();
    expect(uniforms().film).toBe(one.screen);
    expect(asked).toEqual([{ camera: 'a', density: 2.5, v: 1 }]);
    store.getState().dropFilm('a', one.screen);
    expect(painted()).toHaveLength(0);
    expect(left()).toEqual(before);
  });

  it('is taken off by its switch', async () => {
    store.getState().setFilm('a', film());
    await settled();
    store.getState().setDrape('a', false);
    expect(painted()).toHaveLength(0);
  });

  it('is drawn anew with each picture of the video', async () => {
    store.getState().setFilm('a', film());
    await settled();
    vi.mocked(stage.redraw).mockClear();
    frames.shift()?.();
    expect(stage.redraw).toHaveBeenCalledTimes(1);
    expect(frames).toHaveLength(1);
  });

  it('is told and dark where no new pictures come', async () => {
    const one = film();
    store.getState().setFilm('a', one);
    await settled();
    expect(uniforms().shade).toBe(1);
    store.getState().setFilm('a', { ...one, stalled: '摄像机无信号' });
    expect(uniforms().shade).toBeLessThan(0.5);
    store.getState().setFilm('a', one);
    expect(uniforms().shade).toBe(1);
  });

  it('is not painted while its camera turns, and then where it looks', async () => {
    const one = film({ aim: { pan: 10, tilt: -5, zoom: 1 } });
    store.getState().setFilm('a', one);
    await settled();
    store.getState().setFilm('a', { ...one, turning: true });
    expect(painted()).toHaveLength(0);
    store.getState().setFilm('a', { ...one, aim: { pan: 40, tilt: -5, zoom: 1 } });
    expect(painted()).toHaveLength(0);
    await settled();
    expect(asked.at(-1)).toMatchObject({ pan: 40, tilt: -5, zoom: 1 });
  });

  it('stays while a head trembles', async () => {
    const one = film({ aim: { pan: 10, tilt: -5, zoom: 1 } });
    store.getState().setFilm('a', one);
    await settled();
    store.getState().setFilm('a', { ...one, aim: { pan: 10.004, tilt: -5.004, zoom: 1 } });
    expect(painted()).toHaveLength(1);
    expect(asked).toHaveLength(1);
  });

  it('gets another texture for pictures of another size', async () => {
    const one = film();
    store.getState().setFilm('a', one);
    await settled();
    const before = painted()[0]?.appearance;
    stage.scene.preRender.raiseEvent(stage.scene, undefined);
    expect(painted()[0]?.appearance).toBe(before);
    Object.defineProperty(one.screen, 'videoWidth', { value: 1280 });
    stage.scene.preRender.raiseEvent(stage.scene, undefined);
    expect(painted()[0]?.appearance).not.toBe(before);
    expect(painted()).toHaveLength(1);
  });

  it('is told where it cannot be laid', async () => {
    stage.api.viewModel = async () => {
      throw new Error('方向未知');
    };
    store.getState().setFilm('a', film());
    await vi.waitFor(() => expect(store.getState().drapeFaults.a).toBe('方向未知'));
    expect(painted()).toHaveLength(0);
  });
});
