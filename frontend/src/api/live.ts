/** The live feed: one WebSocket on which the server tells what changes (docs/live.md). */
import type { Geometry } from 'geojson';
import type { Problem } from './types';

export interface LiveFeature {
  type: 'Feature';
  id: string;
  geometry: Geometry;
  properties: Record<string, unknown>;
}

export interface LiveChange {
  topic: string;
  seq: number;
  id: string;
  action: 'create' | 'change' | 'remove' | 'leave';
  /** null: drop it */
  feature: LiveFeature | null;
}

export interface LiveSnapshot {
  topic: string;
  seq: number;
  part: number;
  last: boolean;
  records: LiveFeature[];
}

/** A camera, whether it is online (null: not known), and what is wrong with its picture. */
export type LiveCondition = [camera: string, online: boolean | null, faults: string[]];

type Message =
  | ({ type: 'change' } & LiveChange)
  | ({ type: 'snapshot' } & LiveSnapshot)
  | { type: 'resumed'; topic: string; seq: number; missed: number }
  | { type: 'behind'; topic: string; seq: number }
  | { type: 'pong'; topics: Record<string, number | null> }
  | { type: 'names'; topic: string; names: Record<string, { kind: string; id: string }> }
  | { type: 'conditions'; topic: string; seq: number; whole: boolean; cameras: LiveCondition[] }
  | { type: 'error'; problem: Problem };

/** What is heard of the feed, in the order in which it happens. */
export interface LiveEar {
  /** the server is there; all topics are being asked for */
  up(): void;
  /** it is not, or has said nothing for too long; it is tried again by itself */
  down(): void;
  /** the session has ended; it is not tried again */
  ended(): void;
  snapshot(part: LiveSnapshot): void;
  change(change: LiveChange): void;
  /** all that was missed of a topic has been told */
  resumed(topic: string, missed: number): void;
  /** what comes into view of what moves, by its number until the next break */
  named?(names: Record<string, { kind: string; id: string }>): void;
  /** how cameras are now; `whole`: of all others nothing is known */
  conditions?(cameras: LiveCondition[], whole: boolean): void;
  /** a batch of positions */
  moved?(batch: ArrayBuffer): void;
}

/** What the feed needs of a WebSocket. */
export type Socket = Pick<WebSocket, 'send' | 'close' | 'onopen' | 'onmessage' | 'onclose' | 'binaryType'>;

/** The server's word for a session that is over. */
const SESSION_ENDED = 4401;
const POSITIONS = 'positions';
const PING_MS = 5_000;
/** Without a word for so long nobody is there. */
const SILENCE_MS = 12_000;
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 8_000;

export function liveAddress({ protocol, host }: Pick<Location, 'protocol' | 'host'>): string {
  return `${protocol === 'https:' ? 'wss' : 'ws'}://${host}/api/live`;
}

/** Keeps one connection, and after a break goes on where it was, topic by topic. */
export class LiveFeed {
  private readonly ear: LiveEar;
  private readonly open: () => Socket;
  /** topic → up to where all is known; null: nothing yet */
  private readonly topics = new Map<string, number | null>();
  /** where positions are followed: west, south, east, north; null: not at all */
  private box: readonly number[] | null = null;
  private socket: Socket | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private beat: ReturnType<typeof setInterval> | undefined;
  private heard = 0;
  private failures = 0;
  private stopped = false;

  constructor(ear: LiveEar, open: () => Socket) {
    this.ear = ear;
    this.open = open;
  }

  /** Follows a topic, from `since` on where the caller knows the rest already. */
  follow(topic: string, since: number | null = null): void {
    this.topics.set(topic, since);
    this.subscribe(topic);
  }

  /** Follows what moves in a box; null: no longer. There is nothing to resume: what there is now is told anew. */
  watch(box: readonly number[] | null): void {
    this.box = box;
    if (this.heard === 0) return;
    if (box) this.say({ type: 'subscribe', topic: POSITIONS, bbox: box });
    else this.say({ type: 'unsubscribe', topic: POSITIONS });
  }

  start(): void {
    this.stopped = false;
    this.connect();
  }

  stop(): void {
    this.stopped = true;
    clearTimeout(this.timer);
    this.drop();
  }

  /** Up to where all of a topic is known. */
  since(topic: string): number | null {
    return this.topics.get(topic) ?? null;
  }

  private connect(): void {
    const socket = this.open();
    this.socket = socket;
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      this.failures = 0;
      this.heard = Date.now();
      this.ear.up();
      for (const topic of this.topics.keys()) this.subscribe(topic);
      if (this.box) this.watch(this.box);
      this.beat = setInterval(() => this.look(), PING_MS);
    };
    socket.onmessage = ({ data }) => {
      this.heard = Date.now();
      if (typeof data === 'string') this.take(JSON.parse(data) as Message);
      else if (data instanceof ArrayBuffer) this.ear.moved?.(data);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.lost(code === SESSION_ENDED);
    };
  }

  private subscribe(topic: string): void {
    if (this.heard === 0) return;
    const since = this.topics.get(topic) ?? null;
    this.say({ type: 'subscribe', topic, ...(since !== null && { since }) });
  }

  private say(message: object): void {
    try {
      this.socket?.send(JSON.stringify(message));
    } catch {
      // Not open any more: what follows is its closing.
    }
  }

  private look(): void {
    if (Date.now() - this.heard > SILENCE_MS) this.lost(false);
    else this.say({ type: 'ping' });
  }

  private drop(): void {
    clearInterval(this.beat);
    this.beat = undefined;
    this.heard = 0;
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
  }

  private lost(ended: boolean): void {
    this.drop();
    if (this.stopped) return;
    if (ended) {
      this.stopped = true;
      this.ear.ended();
      return;
    }
    this.ear.down();
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.failures);
    this.failures += 1;
    // Many clients that lost the same server do not all come back in the same moment.
    this.timer = setTimeout(() => this.connect(), pause * (0.75 + 0.5 * Math.random()));
  }

  private take(message: Message): void {
    switch (message.type) {
      case 'change':
        this.reached(message.topic, message.seq);
        this.ear.change(message);
        break;
      case 'snapshot':
        // Half a snapshot is nothing to go on from.
        this.topics.set(message.topic, message.last ? message.seq : null);
        this.ear.snapshot(message);
        break;
      case 'resumed':
        this.reached(message.topic, message.seq);
        this.ear.resumed(message.topic, message.missed);
        break;
      case 'behind':
        this.topics.set(message.topic, null);
        break;
      case 'pong':
        for (const [topic, seq] of Object.entries(message.topics)) if (seq !== null) this.reached(topic, seq);
        break;
      case 'names':
        this.ear.named?.(message.names);
        break;
      case 'conditions':
        this.topics.set(message.topic, message.seq);
        this.ear.conditions?.(message.cameras, message.whole);
        break;
      case 'error':
        break;
    }
  }

  private reached(topic: string, seq: number): void {
    const before = this.topics.get(topic);
    // While a snapshot is on its way its own number counts, not that of a change that overtakes it.
    if (before === undefined || before === null) return;
    this.topics.set(topic, Math.max(before, seq));
  }
}
