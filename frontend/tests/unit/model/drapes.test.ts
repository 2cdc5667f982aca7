import { expect, it } from 'vitest';
import { addressOf, formatAddress, parseAddress, restore } from '../../../src/model/address';
import { type Film, fits, formatDrapes, MOST_DRAPED, parseDrapes, steady } from '../../../src/model/drapes';
import { createAppStore } from '../../../src/model/store';

const film = (screen: HTMLVideoElement): Film => ({
  screen,
  mark: 'm',
  version: 1,
  aim: null,
  turning: false,
  stalled: null,
});

it('lays no more than a few pictures at once: the oldest makes room', () => {
  const { getState } = createAppStore();
  for (let i = 0; i <= MOST_DRAPED; i++) getState().setDrape(`c${i}`, true);
  expect(getState().drapes).toEqual(['c1', 'c2', 'c3', 'c4']);
  getState().setDrape('c2', true);
  expect(getState().drapes).toHaveLength(MOST_DRAPED);
});

it('forgets a picture only when its own screen goes', () => {
  const { getState } = createAppStore();
  const [one, other] = [document.createElement('video'), document.createElement('video')];
  getState().setFilm('a', film(one));
  getState().dropFilm('a', other);
  expect(getState().films.a?.screen).toBe(one);
  getState().dropFilm('a', one);
  expect(getState().films).toEqual({});
});

it('tells nobody of a film that is as it was', () => {
  const store = createAppStore();
  const screen = document.createElement('video');
  store.getState().setFilm('a', film(screen));
  const before = store.getState().films;
  store.getState().setFilm('a', film(screen));
  expect(store.getState().films).toBe(before);
});

it('goes into the address and comes back with its pictures open', () => {
  const store = createAppStore();
  restore(store, parseAddress('#/operate?drape=0.6,cam%201,b'));
  expect(store.getState()).toMatchObject({ drapes: ['cam 1', 'b'], drapeOpacity: 0.6, pictures: ['cam 1', 'b'] });
  expect(formatAddress(addressOf(store.getState()))).toContain('drape=0.6,cam%201,b');
});

it('leaves out of an address what makes no sense', () => {
  expect(parseDrapes(null)).toBeUndefined();
  expect(parseDrapes('x,a')).toBeUndefined();
  expect(parseDrapes('1')).toBeUndefined();
  expect(parseDrapes('7,a,a,b')).toEqual({ drapes: ['a', 'b'], drapeOpacity: 1 });
  expect(formatDrapes({ drapes: ['a b'], drapeOpacity: 0.254 })).toBe('0.25,a%20b');
});

it('knows when an aim still fits', () => {
  const aim = { pan: 359.95, tilt: -3, zoom: 1 };
  expect(fits(aim, { pan: 0.1, tilt: -3, zoom: 1 })).toBe(true);
  expect(fits(aim, { pan: 0.1, tilt: -4, zoom: 1 })).toBe(false);
  expect(fits({ ...aim, zoom: 20 }, { pan: 0.1, tilt: -3, zoom: 20 })).toBe(false);
  expect(fits(null, null)).toBe(true);
  expect(fits(aim, null)).toBe(false);
  expect(steady({ pan: 10.004, tilt: -5.004, zoom: 1 })).toEqual({ pan: 10, tilt: -5, zoom: 1 });
});
