import { beforeEach, describe, expect, it } from 'vitest';
import { paced } from '../../../src/model/liveEdge';
import { Player } from '../../../src/model/player';
import { bytes, FakeScreen, type FakeSource, fakeMachine } from './fakes';

describe('keeping near the newest picture', () => {
  const one = (start: number, end: number) => [{ start, end }];

  it('stays where it is while it is near', () => {
    expect(paced(one(0, 5), 4.8, 1)).toEqual({ rate: 1 });
  });

  it('hastens when it falls behind, until it is near', () => {
    expect(paced(one(0, 5), 4.5, 1).rate).toBe(1.1);
    expect(paced(one(0, 5), 4.75, 1.1).rate).toBe(1.1);
    expect(paced(one(0, 5), 4.9, 1.1).rate).toBe(1);
  });

  it('jumps when it is lost, or stands before what it has', () => {
    expect(paced(one(0, 5), 2, 1)).toMatchObject({ seek: 4.9, rate: 1 });
    expect(paced(one(700, 700.9), 0, 1).seek).toBeCloseTo(700.8);
    expect(paced(one(0, 0.9), 700, 1).seek).toBeCloseTo(0.8);
  });

  it('waits at the end of what it has', () => {
    expect(paced(one(0, 5), 5.02, 1).seek).toBeUndefined();
  });

  it('leaps over what was left out', () => {
    const spans = [
      { start: 0, end: 5 },
      { start: 5.6, end: 5.7 },
    ];
    expect(paced(spans, 5, 1).seek).toBeCloseTo(5.6);
    expect(paced(spans, 4.6, 1).seek).toBeUndefined();
  });

  it('stays back further where pieces come late', () => {
    expect(paced(one(0, 5), 4.5, 1, 0.4).rate).toBe(1);
  });

  it('forgets what is older than twenty seconds', () => {
    expect(paced(one(0, 19), 18.9, 1).forget).toBeUndefined();
    expect(paced(one(0, 21), 20.9, 1).forget).toBeCloseTo(12.9);
  });
});

describe('the player', () => {
  let screen: FakeScreen;
  let machine: ReturnType<typeof fakeMachine>;
  let heard: string[];
  let player: Player;
  const source = () => machine.sources.at(-1) as FakeSource;

  beforeEach(() => {
    screen = new FakeScreen();
    machine = fakeMachine(screen, ['hvc1']);
    heard = [];
    const ear = { playing: () => heard.push('playing'), broken: () => heard.push('broken') };
    player = new Player(screen.plain, ear, machine);
  });

  it('gives the browser one piece after the other, in order', () => {
    expect(player.begin('avc1.42c01f')).toBe(true);
    for (const piece of [1, 2, 3]) player.append(bytes(piece));
    source().open();
    const { buffer } = source();
    expect(buffer.mode).toBe('segments');
    expect(buffer.done).toEqual(['append 1']);
    buffer.settle([[0, 0.5]]);
    expect(buffer.done).toEqual(['append 1', 'append 2']);
    buffer.settle([[0, 1]]);
    buffer.settle([[0, 1.1]]);
    player.append(bytes(4));
    expect(buffer.done).toEqual(['append 1', 'append 2', 'append 3', 'append 4']);
  });

  it('starts at the newest picture of the group it was given', () => {
    player.begin('avc1.42c01f');
    source().open();
    player.append(bytes(1));
    source().buffer.settle([[90, 90.8]]);
    expect(screen.currentTime).toBeCloseTo(90.7);
  });

  it('says once that a picture stands, and again after a hold', () => {
    player.begin('avc1.42c01f');
    source().open();
    player.append(bytes(1));
    source().buffer.settle();
    screen.show();
    expect(heard).toEqual([]);
    player.append(bytes(2));
    source().buffer.settle([[0, 1]]);
    screen.show();
    screen.show();
    expect(heard).toEqual(['playing']);
    player.hold();
    screen.show();
    expect(heard).toEqual(['playing']);
    for (const piece of [3, 4]) {
      player.append(bytes(piece));
      source().buffer.settle([[0, piece]]);
    }
    screen.show();
    expect(heard).toEqual(['playing', 'playing']);
  });

  it('takes a new beginning into the same buffer', () => {
    player.begin('avc1.42c01f');
    source().open();
    player.append(bytes(1));
    source().buffer.settle([[0, 9]]);
    player.begin('avc1.640028');
    player.append(bytes(2));
    const { buffer } = source();
    buffer.settle();
    expect(machine.sources.length).toBe(1);
    expect(buffer.done).toEqual(['append 1', 'remove 0 Infinity', 'type video/mp4; codecs="avc1.640028"', 'append 2']);
  });

  it('makes room in a full buffer, and tries the piece again', () => {
    player.begin('avc1.42c01f');
    source().open();
    const { buffer } = source();
    screen.currentTime = 12;
    buffer.refusals = [new DOMException('full', 'QuotaExceededError')];
    player.append(bytes(7));
    expect(buffer.done).toEqual(['remove 0 11']);
    buffer.settle();
    expect(buffer.done).toEqual(['remove 0 11', 'append 7']);
    expect(heard).toEqual([]);
  });

  it('gives up when there is no room twice', () => {
    player.begin('avc1.42c01f');
    source().open();
    screen.currentTime = 12;
    const full = new DOMException('full', 'QuotaExceededError');
    source().buffer.refusals = [full, full];
    player.append(bytes(7));
    source().buffer.settle();
    expect(heard).toEqual(['broken']);
  });

  it('says that it is broken when a picture cannot be decoded, and not after its end', () => {
    player.begin('avc1.42c01f');
    source().open();
    source().buffer.dispatchEvent(new Event('error'));
    expect(heard).toEqual(['broken']);
    player.close();
    screen.dispatchEvent(new Event('error'));
    expect(heard).toEqual(['broken']);
  });

  it('refuses what the browser does not play', () => {
    expect(player.begin('hvc1.1.6.L93.B0')).toBe(false);
    expect(machine.sources).toEqual([]);
  });

  it('forgets old pictures between two pieces', () => {
    player.begin('avc1.42c01f');
    source().open();
    player.append(bytes(1));
    source().buffer.settle([[0, 30]]);
    expect(source().buffer.done.at(-1)).toMatch(/^remove 0 2[12]/);
  });
});
