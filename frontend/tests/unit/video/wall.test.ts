import { describe, expect, it } from 'vitest';
import { addressOf, formatAddress, parseAddress, restore } from '../../../src/model/address';
import { createAppStore } from '../../../src/model/store';
import {
  added,
  cleared,
  emptyWall,
  formatTour,
  formatWall,
  parseWall,
  paused,
  put,
  resized,
  roleIn,
  soloed,
  started,
  stepped,
  swapped,
  type Wall,
  withTour,
} from '../../../src/model/wall';

const four = (...panes: (string | null)[]): Wall => ({ ...emptyWall(4), panes });

describe('the wall', () => {
  it('takes a camera where there is room, each once', () => {
    const wall = added(added(four('a', null, 'c', null), 'b'), 'a');
    expect(wall.panes).toEqual(['a', 'b', 'c', null]);
    expect(added(four('a', 'b', 'c', 'd'), 'e').panes).toEqual(['a', 'b', 'c', 'e']);
  });

  it('moves a camera that is put into another pane', () => {
    expect(put(four('a', 'b', null, null), 1, 'a').panes).toEqual(['b', 'a', null, null]);
    expect(put(four('a', 'b', null, null), 3, 'x').panes).toEqual(['a', 'b', null, 'x']);
  });

  it('swaps and empties panes', () => {
    expect(swapped(four('a', null, 'c', null), 0, 3).panes).toEqual([null, null, 'c', 'a']);
    expect(cleared(soloed(four('a', 'b', null, null), 1), 1)).toMatchObject({
      panes: ['a', null, null, null],
      solo: null,
    });
  });

  it('keeps its pictures when it grows, and moves them up when it shrinks', () => {
    expect(resized(four(null, 'b', null, 'd'), 9).panes.slice(0, 4)).toEqual([null, 'b', null, 'd']);
    const nine = { ...emptyWall(9), panes: [null, 'b', null, 'd', null, null, 'g', null, 'i'] };
    expect(resized(nine, 4).panes).toEqual(['b', 'd', 'g', 'i']);
    expect(resized(nine, 1).panes).toEqual(['b']);
  });

  it('makes do with the small stream where there are four or more', () => {
    expect(roleIn(emptyWall(1))).toBe('main');
    expect(roleIn(emptyWall(4))).toBe('sub');
    expect(roleIn(soloed(emptyWall(16), 3))).toBe('main');
  });
});

describe('a tour', () => {
  const cameras = ['a', 'b', 'c', 'd', 'e', 'f'];

  it('shows its cameras in turn, a wall at a time', () => {
    const wall = started(withTour(emptyWall(4), { cameras }));
    expect(wall.panes).toEqual(['a', 'b', 'c', 'd']);
    expect(stepped(wall).panes).toEqual(['e', 'f', 'a', 'b']);
    expect(stepped(stepped(wall)).panes).toEqual(['c', 'd', 'e', 'f']);
    expect(stepped(wall, -1).panes).toEqual(['c', 'd', 'e', 'f']);
  });

  it('shows no camera twice at once', () => {
    expect(started(withTour(emptyWall(4), { cameras: ['a', 'b', 'a'] })).panes).toEqual(['a', 'b', null, null]);
  });

  it('goes on where it was paused', () => {
    const wall = stepped(started(withTour(emptyWall(1), { cameras })));
    const again = started(paused(wall));
    expect(paused(wall).tour.running).toBe(false);
    expect(again.panes).toEqual(['b']);
  });

  it('does not start without cameras, and stops when they are gone', () => {
    expect(started(emptyWall(4)).tour.running).toBe(false);
    expect(withTour(started(withTour(emptyWall(4), { cameras })), { cameras: [] }).tour.running).toBe(false);
  });

  it('stays between three seconds and ten minutes', () => {
    expect(withTour(emptyWall(4), { dwell_s: 0.2 }).tour.dwell_s).toBe(3);
    expect(withTour(emptyWall(4), { dwell_s: 1e9 }).tour.dwell_s).toBe(600);
  });
});

describe('the wall in the address bar', () => {
  it('is written and read back', () => {
    const wall = withTour(four('a', null, '摄像机 3', null), { cameras: ['a', 'b'], dwell_s: 20 });
    expect(formatWall(wall)).toBe(`4,a,,${encodeURIComponent('摄像机 3')}`);
    expect(formatTour(wall.tour)).toBe('20,0,a,b');
    expect(parseAddress(formatAddress({ workspace: 'operate', wall })).wall).toEqual(wall);
  });

  it('starts a tour that ran', () => {
    expect(parseWall('4', '5,1,a,b')).toMatchObject({
      panes: ['a', 'b', null, null],
      tour: { running: true, dwell_s: 5 },
    });
  });

  it('leaves out what makes no sense', () => {
    expect(parseWall('7,a')).toBeUndefined();
    expect(parseWall(null)).toBeUndefined();
    expect(parseWall('4,a,a,b,c,d')?.panes).toEqual(['a', null, 'b', 'c']);
    expect(parseWall('4,a', 'soon,1,b')?.tour.cameras).toEqual([]);
  });

  it('is part of what is seen', () => {
    const store = createAppStore();
    expect(formatAddress(addressOf(store.getState()))).not.toContain('wall');
    restore(store, parseAddress('#/operate?wall=9,a,,b&lang=zh'));
    expect(store.getState().wall).toMatchObject({ size: 9 });
    expect(formatAddress(addressOf(store.getState()))).toContain('wall=9,a,,b');
    store.getState().setWall(null);
    expect(store.getState().wallBefore?.panes[2]).toBe('b');
  });
});
