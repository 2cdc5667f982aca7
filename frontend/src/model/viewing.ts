/** Watching one stream: ticket, session, WebSocket, player; comes back by itself after a break. */
import { ApiError } from '../api/errors';
import {
  CLOSED,
  type Instead,
  liveVideoAddress,
  type PicturesWhy,
  type StreamMessage,
  segmentsAddress,
  type TicketWish,
  type ViewingSession,
  type WaitingWhy,
} from '../api/streams';
import { browserMachine, type Machine, Player, type Screen } from './player';
import { hlsSegments, type Segments, type SegmentsOf } from './segments';
import { nextWay, type Way } from './ways';

export type VideoState =
  /** the still alone is shown */
  | { kind: 'still' }
  | { kind: 'opening' }
  | { kind: 'playing' }
  /** comes back by itself; `detail` is the server's reason where it gave one */
  | { kind: 'waiting'; why: WaitingWhy; detail?: string }
  /** a picture every few seconds instead of motion; goes over to motion by itself where there is room */
  | { kind: 'pictures'; why: PicturesWhy; every_s: number }
  | { kind: 'unplayable'; codec: string }
  /** the purpose has to be said first */
  | { kind: 'purpose' }
  | { kind: 'refused'; detail: string }
  | { kind: 'ended'; why: 'signed-out' | 'revoked' | 'idle' }
  /** the browser has no Media Source Extensions */
  | { kind: 'unsupported' };

export interface ViewingDoors {
  ticket(camera: string, wish: TicketWish): Promise<{ ticket: string }>;
  openViewing(ticket: string): Promise<ViewingSession>;
  closeViewing(session: string): Promise<unknown>;
}

/** What a viewing needs of a WebSocket. */
export type VideoSocket = Pick<WebSocket, 'close' | 'onmessage' | 'onclose' | 'binaryType'>;

export interface ViewingEar {
  state(state: VideoState): void;
  /** null: there is none any more */
  session(session: ViewingSession | null): void;
  /** in which way it is opened; `codec`: what did not play before, where that was only found out now */
  way(way: Way, codec: string | null): void;
}

export interface Wish {
  camera: string;
  stream: string;
  /** what is opened first */
  first: Way;
  /** the camera's other streams that are known to play */
  beside: readonly string[];
  purpose?: string;
}

export interface Means {
  doors: ViewingDoors;
  screen: Screen;
  open?: (address: string) => VideoSocket;
  machine?: Machine;
  segments?: SegmentsOf;
  location?: Pick<Location, 'protocol' | 'host'>;
}

const PURPOSE_NEEDED = 'purpose-needed';
const FIRST_PAUSE_MS = 400;
const LONGEST_PAUSE_MS = 8_000;
/** Without a piece for so long, and without a word why, the connection is dead. */
const SILENCE_MS = 8_000;

/** So many connections in a row that bring nothing: something between lets no WebSocket through. */
const DEAF = 2;
/** No goodbye was heard. */
const CUT_OFF = 1006;

/** Whether it may go better in a while. */
const passing = ({ status }: ApiError) => status === 429 || status >= 500;

export class Viewing {
  private readonly wish: Wish;
  private readonly means: Means;
  private readonly ear: ViewingEar;
  private session: ViewingSession | undefined;
  private socket: VideoSocket | undefined;
  private player: Player | undefined;
  private segments: Segments | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private way: Way;
  private readonly tried: Way[] = [];
  private failures = 0;
  private heard = false;
  private deaf = 0;
  /** from this server, also where a media server sends streams */
  private direct = false;
  private played = false;
  private closed = false;

  constructor(wish: Wish, means: Means, ear: ViewingEar) {
    this.wish = wish;
    this.means = means;
    this.ear = ear;
    this.way = wish.first;
  }

  start(): void {
    const { machine = browserMachine } = this.means;
    this.ear.state({ kind: machine.present() ? 'opening' : 'unsupported' });
    if (machine.present()) this.take(this.wish.first, null);
  }

  close(): void {
    this.closed = true;
    // The server ends the session with its connection.
    if (this.socket) this.session = undefined;
    this.cut();
    this.player?.close();
    this.player = undefined;
    this.giveBack();
  }

  private take(way: Way, codec: string | null): void {
    this.way = way;
    this.tried.push(way);
    this.ear.way(way, codec);
    void this.open();
  }

  private async open(): Promise<void> {
    const { doors } = this.means;
    const { camera, purpose } = this.wish;
    const wish = { ...this.way, ...(purpose !== undefined && { purpose }), ...(this.direct && { direct: true }) };
    try {
      if (!this.session) {
        const { ticket } = await doors.ticket(camera, wish);
        if (this.closed) return;
        const session = await doors.openViewing(ticket);
        this.session = session;
        if (this.closed) return this.giveBack();
        this.ear.session(session);
      }
      this.connect(this.session);
    } catch (error) {
      if (!this.closed) this.refused(error);
    }
  }

  private refused(error: unknown): void {
    if (!(error instanceof ApiError) || passing(error)) {
      const detail = error instanceof ApiError ? error.message : undefined;
      this.again('reconnecting', detail);
    } else if (error.code === PURPOSE_NEEDED && !this.wish.purpose) this.ear.state({ kind: 'purpose' });
    else if (error.status === 401) this.end('signed-out');
    else this.ear.state({ kind: 'refused', detail: error.message });
  }

  private connect(session: ViewingSession): void {
    if (this.deaf >= DEAF) this.follow(segmentsAddress(this.wish.camera, session.session));
    else this.attach(session);
  }

  private attach(session: ViewingSession): void {
    const { location = window.location, open = (address: string) => new WebSocket(address) } = this.means;
    const socket = open(liveVideoAddress(location, this.wish.camera, session.session));
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    this.heard = false;
    this.listen();
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      this.heard = true;
      this.deaf = 0;
      if (typeof data === 'string') this.told(JSON.parse(data) as StreamMessage);
      else this.took(data as ArrayBuffer);
    };
    socket.onclose = ({ code }) => {
      if (socket === this.socket) this.lost(code);
    };
  }

  private told(message: StreamMessage): void {
    clearTimeout(this.silence);
    if (message.type === 'init') {
      this.player ??= this.newPlayer();
      if (!this.player.begin(message.codec)) this.unplayable(message.codec);
      else this.listen();
    } else if (message.type === 'elsewhere') {
      const token = new URL(message.url, 'http://here').searchParams.get('token');
      this.follow(message.url, token ?? undefined);
    } else if (message.type === 'unplayable') this.unplayable(message.codec, message.instead);
    else if (message.type === 'pictures') {
      this.player?.hold();
      this.ear.state({ kind: 'pictures', why: message.why, every_s: message.every_s });
    } else {
      this.player?.hold();
      const first = message.why === 'opening' && !this.played;
      this.ear.state(first ? { kind: 'opening' } : { kind: 'waiting', why: message.why });
    }
  }

  private took(data: ArrayBuffer): void {
    // What this browser does not play is left alone; the session is kept for snapshots.
    if (!this.player) return;
    this.failures = 0;
    this.listen();
    this.player.append(data);
  }

  /** Goes another way without a word, as long as there is one. */
  private unplayable(codec: string, instead?: Instead): void {
    this.player?.close();
    this.player = undefined;
    const { stream, beside } = this.wish;
    const next = nextWay(this.tried, stream, instead?.streams ?? beside, instead?.pictures !== false);
    if (!next) {
      this.ear.state({ kind: 'unplayable', codec });
      return;
    }
    this.cut();
    this.forgetSession();
    this.ear.state({ kind: 'opening' });
    this.take(next, codec);
  }

  /** Pieces are asked for instead of sent. */
  private follow(address: string, token?: string): void {
    const elsewhere = token !== undefined;
    clearTimeout(this.silence);
    this.player?.close();
    this.player = undefined;
    const { screen, segments = hlsSegments } = this.means;
    this.segments?.close();
    this.segments = segments(screen, {
      playing: () => {
        this.played = true;
        this.failures = 0;
        this.ear.state({ kind: 'playing' });
      },
      lost: () => {
        this.direct ||= elsewhere;
        // With its connection the server ends the session by itself.
        if (!this.socket) this.giveBack();
        this.cut();
        this.again('reconnecting');
      },
    });
    this.segments.open(address, token);
  }

  private newPlayer(): Player {
    const ear = {
      playing: () => {
        this.played = true;
        this.ear.state({ kind: 'playing' });
      },
      broken: () => {
        this.player?.close();
        this.player = undefined;
        this.cut();
        this.again('reconnecting');
      },
    };
    return new Player(this.means.screen, ear, this.means.machine);
  }

  /** The connection is given up when nothing is heard. */
  private listen(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.cut();
      this.again('reconnecting');
    }, SILENCE_MS);
  }

  private lost(code: number): void {
    const deaf = !this.heard && code === CUT_OFF;
    if (deaf) this.deaf += 1;
    this.cut();
    if (deaf) this.giveBack();
    if (code === CLOSED.ended) this.end('signed-out');
    else if (code === CLOSED.revoked) this.end('revoked');
    else if (code === CLOSED.idle) this.end('idle');
    else this.again('reconnecting');
  }

  private again(why: WaitingWhy, detail?: string): void {
    this.player?.hold();
    // It ended with its connection.
    if (this.session) this.forgetSession();
    this.ear.state({ kind: 'waiting', why, ...(detail && { detail }) });
    this.failures += 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (this.failures - 1));
    clearTimeout(this.timer);
    // Many viewers that lost the same server do not all come back in the same moment.
    this.timer = setTimeout(() => void this.open(), pause * (0.75 + 0.5 * Math.random()));
  }

  private end(why: 'signed-out' | 'revoked' | 'idle'): void {
    this.player?.close();
    this.player = undefined;
    this.forgetSession();
    this.ear.state({ kind: 'ended', why });
  }

  private forgetSession(): void {
    this.session = undefined;
    if (!this.closed) this.ear.session(null);
  }

  private giveBack(): void {
    const { session } = this;
    if (!session) return;
    this.forgetSession();
    void this.means.doors.closeViewing(session.session).catch(() => undefined);
  }

  private cut(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    const { socket } = this;
    this.socket = undefined;
    socket?.close();
    this.segments?.close();
    this.segments = undefined;
  }
}
