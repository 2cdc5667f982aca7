/** A video element, Media Source Extensions and a WebSocket whose time the tests make pass. */
import type { Machine, Screen } from '../../../src/model/player';
import type { VideoSocket } from '../../../src/model/viewing';

type Span = [number, number];

const rangesOf = (spans: readonly Span[]): TimeRanges => ({
  length: spans.length,
  start: (i) => spans[i]?.[0] ?? Number.NaN,
  end: (i) => spans[i]?.[1] ?? Number.NaN,
});

export class FakeBuffer extends EventTarget {
  updating = false;
  mode = '';
  spans: Span[] = [];
  readonly done: string[] = [];
  /** thrown by the next appends */
  refusals: Error[] = [];
  /** what the next piece adds */
  grows: Span = [0, 1];

  get buffered() {
    return rangesOf(this.spans);
  }

  appendBuffer(data: ArrayBuffer): void {
    if (this.updating) throw new Error('busy');
    const refusal = this.refusals.shift();
    if (refusal) throw refusal;
    this.done.push(`append ${new Uint8Array(data)[0]}`);
    this.updating = true;
  }

  remove(start: number, end: number): void {
    if (this.updating) throw new Error('busy');
    this.done.push(`remove ${start} ${end}`);
    this.updating = true;
    this.spans = this.spans.map(([a, b]): Span => [Math.max(a, end), b]).filter(([a, b]) => b > a);
  }

  changeType(mime: string): void {
    this.done.push(`type ${mime}`);
  }

  /** The browser is done with what it was given. */
  settle(spans: Span[] = this.spans): void {
    this.spans = spans;
    this.updating = false;
    this.dispatchEvent(new Event('updateend'));
  }
}

export class FakeSource extends EventTarget {
  readonly buffer = new FakeBuffer();
  mime = '';
  addSourceBuffer(mime: string): SourceBuffer {
    this.mime = mime;
    return this.buffer as unknown as SourceBuffer;
  }
  open(): void {
    this.dispatchEvent(new Event('sourceopen'));
  }
}

export class FakeScreen extends EventTarget {
  src = '';
  currentTime = 0;
  playbackRate = 1;
  readyState = 0;
  source: FakeSource | undefined;
  get buffered() {
    return rangesOf(this.source?.buffer.spans ?? []);
  }
  play = () => Promise.resolve();
  load(): void {}
  removeAttribute(): void {
    this.src = '';
  }
  /** A picture comes onto the screen. */
  show(): void {
    this.readyState = 4;
    this.dispatchEvent(new Event('timeupdate'));
  }
  get plain(): Screen {
    return this as unknown as Screen;
  }
}

export function fakeMachine(screen: FakeScreen, unknown: readonly string[] = []): Machine & { sources: FakeSource[] } {
  const sources: FakeSource[] = [];
  return {
    sources,
    present: () => true,
    source: () => {
      const source = new FakeSource();
      sources.push(source);
      screen.source = source;
      return source as unknown as MediaSource;
    },
    plays: (mime) => !unknown.some((codec) => mime.includes(codec)),
    address: () => `blob:${sources.length}`,
    forget: () => undefined,
  };
}

export class FakeSocket implements VideoSocket {
  binaryType: BinaryType = 'blob';
  onmessage: VideoSocket['onmessage'] = null;
  onclose: VideoSocket['onclose'] = null;
  closed = false;
  readonly address: string;
  constructor(address: string) {
    this.address = address;
  }
  close(): void {
    this.closed = true;
  }
  tell(message: object): void {
    this.onmessage?.call(this as never, { data: JSON.stringify(message) } as MessageEvent);
  }
  send(piece: number): void {
    this.onmessage?.call(this as never, { data: bytes(piece) } as MessageEvent);
  }
  drop(code: number): void {
    this.onclose?.call(this as never, { code } as CloseEvent);
  }
}

export const bytes = (piece: number) => new Uint8Array([piece]).buffer;
