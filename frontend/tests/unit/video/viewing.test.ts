import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError, Unreachable } from '../../../src/api/errors';
import type { ViewingSession } from '../../../src/api/streams';
import type { SegmentEar } from '../../../src/model/segments';
import { type VideoState, Viewing } from '../../../src/model/viewing';
import type { Way } from '../../../src/model/ways';
import { FakeScreen, FakeSocket, type FakeSource, fakeMachine } from './fakes';

const problem = (status: number, code: string, detail = '') =>
  new ApiError({ type: `https://example.test/${code}`, title: code, status, detail });

let screen: FakeScreen;
let machine: ReturnType<typeof fakeMachine>;
let sockets: FakeSocket[];
let states: VideoState[];
let sessions: (string | null)[];
let asked: string[];
let refusals: Error[];
let ways: string[];
let viewing: Viewing;
/** What is played as segments. */
let followed: { address: string; token: string | undefined; ear: SegmentEar; closed: boolean }[];

function watch(purpose?: string, beside: string[] = []): Viewing {
  let count = 0;
  const first: Way = { stream: 'main', form: 'original' };
  return new Viewing(
    { camera: 'cam 1', stream: 'main', first, beside, ...(purpose && { purpose }) },
    {
      screen: screen.plain,
      machine,
      segments: (_, ear) => {
        const one = { address: '', token: undefined as string | undefined, ear, closed: false };
        followed.push(one);
        return {
          open: (address, token) => Object.assign(one, { address, token }),
          close: () => {
            one.closed = true;
          },
        };
      },
      location: { protocol: 'https:', host: 'city.example' },
      open: (address) => {
        const socket = new FakeSocket(address);
        sockets.push(socket);
        return socket;
      },
      doors: {
        ticket: async (camera, wish) => {
          asked.push(`ticket ${camera} ${JSON.stringify(wish)}`);
          const refusal = refusals.shift();
          if (refusal) throw refusal;
          return { ticket: `t${++count}` };
        },
        openViewing: async (ticket): Promise<ViewingSession> => {
          asked.push(`open ${ticket}`);
          return { session: `s-${ticket}`, camera: 'cam 1', stream: 'main', mark: '李敏', keep_alive_s: 30 };
        },
        closeViewing: async (session) => {
          asked.push(`close ${session}`);
        },
      },
    },
    {
      state: (state) => states.push(state),
      session: (session) => sessions.push(session?.session ?? null),
      way: ({ stream, form }, codec) => ways.push([stream, form, ...(codec ? [codec] : [])].join(' ')),
    },
  );
}

const socket = () => sockets.at(-1) as FakeSocket;
const settle = () => vi.advanceTimersByTimeAsync(0);
const last = () => states.at(-1);

/** Up to the first picture. */
async function play(): Promise<void> {
  socket().tell({ type: 'init', codec: 'avc1.42c01f', width: 1280, height: 720 });
  const source = machine.sources.at(-1) as FakeSource;
  source.open();
  for (const piece of [1, 2]) {
    socket().send(piece);
    source.buffer.settle([[0, piece]]);
  }
  screen.show();
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, 'random').mockReturnValue(0.5);
  screen = new FakeScreen();
  machine = fakeMachine(screen, ['hvc1']);
  followed = [];
  [sockets, states, sessions, asked, refusals, ways] = [[], [], [], [], [], []];
  viewing = watch();
});

afterEach(() => {
  viewing.close();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('watching a stream', () => {
  it('trades a ticket for a session and plays', async () => {
    viewing.start();
    await settle();
    expect(asked).toEqual(['ticket cam 1 {"stream":"main","form":"original"}', 'open t1']);
    expect(socket().address).toBe('wss://city.example/api/streams/cam%201/live?session=s-t1');
    expect(socket().binaryType).toBe('arraybuffer');
    await play();
    expect(states).toEqual([{ kind: 'opening' }, { kind: 'playing' }]);
    expect(sessions).toEqual(['s-t1']);
  });

  it('ends the session with its connection, and leaves alone what comes too late', async () => {
    viewing.start();
    await settle();
    viewing.close();
    expect(asked.at(-1)).toBe('open t1');
    expect(socket().closed).toBe(true);
    viewing = watch();
    viewing.start();
    viewing.close();
    await settle();
    expect(asked.filter((line) => line.startsWith('open'))).toHaveLength(1);
    expect(sockets).toHaveLength(1);
  });

  it('gives back a session that was made for nobody', async () => {
    viewing.start();
    while (!asked.includes('open t1')) await Promise.resolve();
    expect(sockets).toEqual([]);
    viewing.close();
    await settle();
    expect(asked.at(-1)).toBe('close s-t1');
    expect(sockets).toEqual([]);
  });

  it('asks for a purpose where one is needed, and sends it', async () => {
    refusals = [problem(403, 'purpose-needed')];
    viewing.start();
    await settle();
    expect(last()).toEqual({ kind: 'purpose' });
    viewing.close();
    viewing = watch('案件 12');
    viewing.start();
    await settle();
    expect(asked.at(-2)).toBe('ticket cam 1 {"stream":"main","form":"original","purpose":"案件 12"}');
  });

  it('says why it was refused, and does not insist', async () => {
    refusals = [problem(403, 'not-allowed', '没有权限')];
    viewing.start();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(last()).toEqual({ kind: 'refused', detail: '没有权限' });
    expect(asked).toHaveLength(1);
  });

  it('tries again while the server is away or has no room', async () => {
    refusals = [new Unreachable('/x', null), problem(503, 'no-room', '已满')];
    viewing.start();
    await settle();
    expect(last()).toEqual({ kind: 'waiting', why: 'reconnecting' });
    await vi.advanceTimersByTimeAsync(400);
    expect(last()).toEqual({ kind: 'waiting', why: 'reconnecting', detail: '已满' });
    await vi.advanceTimersByTimeAsync(800);
    expect(sockets).toHaveLength(1);
  });

  it('comes back after a break, with another session', async () => {
    viewing.start();
    await settle();
    await play();
    socket().drop(1006);
    expect(last()).toEqual({ kind: 'waiting', why: 'reconnecting' });
    await vi.advanceTimersByTimeAsync(400);
    expect(sockets).toHaveLength(2);
    expect(sessions).toEqual(['s-t1', null, 's-t2']);
    socket().tell({ type: 'init', codec: 'avc1.42c01f', width: 1280, height: 720 });
    const { buffer } = machine.sources[0] as FakeSource;
    buffer.settle();
    for (const piece of [3, 4]) {
      socket().send(piece);
      buffer.settle([[0, piece]]);
    }
    screen.show();
    expect(last()).toEqual({ kind: 'playing' });
    expect(machine.sources).toHaveLength(1);
  });

  it('asks for another session where the server does not know this one', async () => {
    viewing.start();
    await settle();
    socket().drop(4404);
    await vi.advanceTimersByTimeAsync(400);
    expect(asked.filter((line) => line.startsWith('open'))).toEqual(['open t1', 'open t2']);
  });

  it.each([
    [4401, 'signed-out'],
    [4403, 'revoked'],
    [4408, 'idle'],
  ])('ends at %i', async (code, why) => {
    viewing.start();
    await settle();
    await play();
    socket().drop(code);
    expect(last()).toEqual({ kind: 'ended', why });
    expect(screen.src).toBe('');
    expect(sessions.at(-1)).toBeNull();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('says what the server waits for', async () => {
    viewing.start();
    await settle();
    socket().tell({ type: 'waiting', why: 'opening' });
    expect(last()).toEqual({ kind: 'opening' });
    await play();
    socket().tell({ type: 'waiting', why: 'lost' });
    expect(last()).toEqual({ kind: 'waiting', why: 'lost' });
    // The server is at it: no reason to leave.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
  });

  it('leaves a connection on which nothing is heard', async () => {
    viewing.start();
    await settle();
    await play();
    const before = socket();
    await vi.advanceTimersByTimeAsync(8_500);
    expect(before.closed).toBe(true);
    expect(sockets).toHaveLength(2);
  });

  it('begins afresh when a picture cannot be decoded', async () => {
    viewing.start();
    await settle();
    await play();
    screen.dispatchEvent(new Event('error'));
    expect(last()).toEqual({ kind: 'waiting', why: 'reconnecting' });
    await vi.advanceTimersByTimeAsync(400);
    await play();
    expect(machine.sources).toHaveLength(2);
    expect(last()).toEqual({ kind: 'playing' });
  });

  it('goes on to another stream that plays, then to one encoded anew, without a word in between', async () => {
    viewing.start();
    await settle();
    const instead = { streams: ['sub'], h264: 'busy', pictures: true };
    socket().tell({ type: 'unplayable', codec: 'hvc1.1.6.L93', instead });
    expect(sockets[0]?.closed).toBe(true);
    await settle();
    expect(asked.at(-2)).toBe('ticket cam 1 {"stream":"sub","form":"original"}');
    expect(ways).toEqual(['main original', 'sub original hvc1.1.6.L93']);
    socket().tell({ type: 'unplayable', codec: 'hvc1.1.6.L60', instead });
    await settle();
    expect(ways.at(-1)).toBe('main h264 hvc1.1.6.L60');
    await play();
    expect(new Set(states.map(({ kind }) => kind))).toEqual(new Set(['opening', 'playing']));
    expect(last()).toEqual({ kind: 'playing' });
  });

  it('tries what it knows of where the browser itself refuses', async () => {
    viewing = watch(undefined, ['sub']);
    viewing.start();
    await settle();
    socket().tell({ type: 'init', codec: 'hvc1.1.6.L93', width: 1280, height: 720 });
    await settle();
    expect(ways).toEqual(['main original', 'sub original hvc1.1.6.L93']);
  });

  it('shows pictures where there is no room, waits with them, and moves when there is', async () => {
    viewing.start();
    await settle();
    socket().tell({ type: 'pictures', why: 'busy', every_s: 3 });
    expect(last()).toEqual({ kind: 'pictures', why: 'busy', every_s: 3 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sockets).toHaveLength(1);
    expect(sessions).toEqual(['s-t1']);
    await play();
    expect(last()).toEqual({ kind: 'playing' });
  });

  it('names a codec that nothing helps with, and keeps the session', async () => {
    viewing.start();
    await settle();
    socket().tell({ type: 'unplayable', codec: 'mpeg4', instead: { streams: [], h264: 'off', pictures: false } });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(last()).toEqual({ kind: 'unplayable', codec: 'mpeg4' });
    expect(socket().closed).toBe(false);
    expect(sessions.at(-1)).toBe('s-t1');
    expect(ways).toEqual(['main original']);
  });

  it('tells a browser without Media Source Extensions', async () => {
    machine.present = () => false;
    viewing.start();
    await settle();
    expect(states).toEqual([{ kind: 'unsupported' }]);
    expect(asked).toEqual([]);
  });
});

describe('segments instead of a connection', () => {
  const cut = () => socket().drop(1006);

  it('are asked for where connections bring nothing twice', async () => {
    viewing.start();
    await settle();
    cut();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(followed).toEqual([]);
    cut();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked.filter((line) => line.startsWith('close'))).toEqual(['close s-t1', 'close s-t2']);
    expect(sockets).toHaveLength(2);
    expect(followed.at(-1)).toMatchObject({
      address: '/api/streams/cam%201/index.m3u8?session=s-t3',
      token: undefined,
    });
    followed.at(-1)?.ear.playing();
    expect(last()).toEqual({ kind: 'playing' });
    // The session ended: a new one is asked for, and who may not watch any more is told so.
    refusals = [problem(403, 'not-allowed', '没有权限')];
    followed.at(-1)?.ear.lost(404);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(followed.at(-1)?.closed).toBe(true);
    expect(last()).toEqual({ kind: 'refused', detail: '没有权限' });
  });

  it('are not where a connection worked before', async () => {
    viewing.start();
    await settle();
    for (let i = 0; i < 4; i++) {
      socket().tell({ type: 'waiting', why: 'opening' });
      cut();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    expect(followed).toEqual([]);
  });

  it('give back their session when the picture is closed', async () => {
    viewing.start();
    await settle();
    for (let i = 0; i < 2; i++) {
      cut();
      await vi.advanceTimersByTimeAsync(1_000);
    }
    viewing.close();
    expect(followed.at(-1)?.closed).toBe(true);
    expect(asked.at(-1)).toBe('close s-t3');
  });

  it('come from a media server with a token, as long as the connection stands', async () => {
    viewing.start();
    await settle();
    socket().tell({ type: 'elsewhere', kind: 'hls', url: '/media/cam/main/index.m3u8?token=abc' });
    expect(followed.at(-1)).toMatchObject({ address: '/media/cam/main/index.m3u8?token=abc', token: 'abc' });
    followed.at(-1)?.ear.playing();
    // Nothing more is said on the connection.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(last()).toEqual({ kind: 'playing' });
    socket().drop(4403);
    expect(followed.at(-1)?.closed).toBe(true);
    expect(last()).toEqual({ kind: 'ended', why: 'revoked' });
  });

  it('come from this server where the media server fails', async () => {
    viewing.start();
    await settle();
    socket().tell({ type: 'elsewhere', kind: 'hls', url: '/media/cam/main/index.m3u8?token=abc' });
    followed.at(-1)?.ear.lost(502);
    expect(last()).toEqual({ kind: 'waiting', why: 'reconnecting' });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(asked.at(-2)).toBe('ticket cam 1 {"stream":"main","form":"original","direct":true}');
    await play();
    expect(last()).toEqual({ kind: 'playing' });
  });
});
