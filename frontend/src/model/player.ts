/** One video element fed with pieces of fragmented MP4 through Media Source Extensions. Knows no network. */
import { paced, type Span } from './liveEdge';

/** What the player needs of a video element. */
export type Screen = Pick<
  HTMLVideoElement,
  | 'src'
  | 'currentTime'
  | 'playbackRate'
  | 'buffered'
  | 'readyState'
  | 'play'
  | 'load'
  | 'removeAttribute'
  | 'addEventListener'
  | 'removeEventListener'
>;

/** What the player needs of the browser. */
export interface Machine {
  /** whether this browser has Media Source Extensions */
  present(): boolean;
  source(): MediaSource;
  plays(mime: string): boolean;
  address(source: MediaSource): string;
  forget(address: string): void;
}

export interface PlayerEar {
  /** A picture stands on the screen: the first one, or the first after a hold. */
  playing(): void;
  /** Nothing more can be decoded: to be opened afresh, from a new beginning. */
  broken(): void;
}

type Task = { data: ArrayBuffer } | { mime: string } | { before: number };

export const browserMachine: Machine = {
  present: () => typeof MediaSource !== 'undefined',
  source: () => new MediaSource(),
  plays: (mime) => MediaSource.isTypeSupported(mime),
  address: (source) => URL.createObjectURL(source),
  forget: (address) => URL.revokeObjectURL(address),
};

export const mimeOf = (codec: string) => `video/mp4; codecs="${codec}"`;

/** Pieces that may wait; more means that the decoder has stopped. */
const MOST_WAITING = 400;
/** A stall lets the player stay back further; quiet takes it back, per piece. */
const SLACK_STEP_S = 0.1;
const MOST_SLACK_S = 0.6;
const SLACK_LESS = 0.995;
const CURRENT_DATA = 2;

export class Player {
  private readonly screen: Screen;
  private readonly ear: PlayerEar;
  private readonly machine: Machine;
  private source: MediaSource | undefined;
  private buffer: SourceBuffer | undefined;
  private address = '';
  private mime = '';
  private tasks: Task[] = [];
  private slack = 0;
  private shown = false;
  /** pieces taken since the last beginning or hold */
  private taken = 0;
  private tight = false;
  private closed = false;

  constructor(screen: Screen, ear: PlayerEar, machine: Machine = browserMachine) {
    this.screen = screen;
    this.ear = ear;
    this.machine = machine;
    for (const [name, heard] of this.heard()) screen.addEventListener(name, heard);
  }

  /** A stream begins, or begins anew with another size; false: this browser does not play it. */
  begin(codec: string): boolean {
    const mime = mimeOf(codec);
    if (!this.machine.plays(mime)) return false;
    this.shown = false;
    this.taken = 0;
    this.tasks = [];
    if (this.source) {
      // What was shown last stays on the screen until the new beginning is decoded.
      this.tasks = [{ before: Number.POSITIVE_INFINITY }, { mime }];
      this.pump();
      return true;
    }
    this.mime = mime;
    const source = this.machine.source();
    this.source = source;
    source.addEventListener('sourceopen', this.opened, { once: true });
    this.address = this.machine.address(source);
    this.screen.src = this.address;
    return true;
  }

  /** The beginning of a stream, or a piece that follows. */
  append(data: ArrayBuffer): void {
    if (this.closed || !this.source) return;
    this.tasks.push({ data });
    if (this.tasks.length > MOST_WAITING) this.ear.broken();
    else this.pump();
  }

  /** Pieces have stopped coming; `playing` is told again when a new one is seen. */
  hold(): void {
    this.shown = false;
    this.taken = 0;
  }

  close(): void {
    this.closed = true;
    for (const [name, heard] of this.heard()) this.screen.removeEventListener(name, heard);
    this.source?.removeEventListener('sourceopen', this.opened);
    this.buffer?.removeEventListener('updateend', this.settled);
    this.buffer?.removeEventListener('error', this.failed);
    this.tasks = [];
    this.buffer = undefined;
    this.source = undefined;
    this.screen.removeAttribute('src');
    this.screen.load();
    if (this.address) this.machine.forget(this.address);
  }

  private heard(): [string, () => void][] {
    return [
      ['loadeddata', this.seen],
      ['timeupdate', this.seen],
      ['waiting', this.stalled],
      ['error', this.failed],
    ];
  }

  private readonly opened = (): void => {
    if (this.closed || !this.source) return;
    const buffer = this.source.addSourceBuffer(this.mime);
    buffer.mode = 'segments';
    buffer.addEventListener('updateend', this.settled);
    buffer.addEventListener('error', this.failed);
    this.buffer = buffer;
    this.pump();
  };

  private readonly seen = (): void => {
    if (this.shown || this.taken < 2 || this.screen.readyState < CURRENT_DATA) return;
    this.shown = true;
    this.ear.playing();
  };

  private readonly stalled = (): void => {
    if (this.shown) this.slack = Math.min(MOST_SLACK_S, this.slack + SLACK_STEP_S);
  };

  private readonly failed = (): void => {
    if (!this.closed) this.ear.broken();
  };

  private readonly settled = (): void => {
    this.keepUp();
    this.pump();
  };

  private pump(): void {
    const { buffer } = this;
    if (!buffer || buffer.updating) return;
    const task = this.tasks.shift();
    if (!task) return;
    try {
      this.run(buffer, task);
    } catch (error) {
      if (!this.makeRoom(buffer, task, error)) this.ear.broken();
    }
  }

  private run(buffer: SourceBuffer, task: Task): void {
    if ('mime' in task) {
      buffer.changeType(task.mime);
      this.pump();
    } else if ('before' in task) {
      if (buffer.buffered.length > 0) buffer.remove(0, task.before);
      else this.pump();
    } else {
      buffer.appendBuffer(task.data);
      this.taken += 1;
      this.tight = false;
    }
  }

  /** A full buffer forgets what was seen and is tried once more. */
  private makeRoom(buffer: SourceBuffer, task: Task, error: unknown): boolean {
    const full = error instanceof DOMException && error.name === 'QuotaExceededError';
    const seen = this.screen.currentTime - 1;
    if (!full || this.tight || seen <= 0) return false;
    this.tight = true;
    this.tasks.unshift(task);
    buffer.remove(0, seen);
    return true;
  }

  private spans(): Span[] {
    const { buffered } = this.screen;
    return Array.from({ length: buffered.length }, (_, i) => ({ start: buffered.start(i), end: buffered.end(i) }));
  }

  private keepUp(): void {
    if (this.closed) return;
    const spans = this.spans();
    if (spans.length === 0) return;
    this.slack *= SLACK_LESS;
    const { rate, seek, forget } = paced(spans, this.screen.currentTime, this.screen.playbackRate, this.slack);
    if (seek !== undefined) this.screen.currentTime = seek;
    if (this.screen.playbackRate !== rate) this.screen.playbackRate = rate;
    if (forget !== undefined) this.tasks.unshift({ before: forget });
    // Refused only where sound would start by itself; there is none.
    void this.screen.play()?.catch(() => undefined);
  }
}
