/** One video element fed with segments (low-latency HLS) by hls.js, where WebSockets do not get through or a media server sends. */
import type Hls from 'hls.js';
import type { Screen } from './player';

export interface SegmentEar {
  /** A picture stands on the screen and moves. */
  playing(): void;
  /** Nothing more comes; `status` is what the server answered last, where it did. */
  lost(status: number | undefined): void;
}

export interface Segments {
  /** `token` is shown with everything that is asked of another server. */
  open(address: string, token?: string): void;
  close(): void;
}

export type SegmentsOf = (screen: Screen, ear: SegmentEar) => Segments;

/** What answers so has no more for who asks. */
const OVER = new Set([401, 403, 404]);
const KEPT_BEHIND_S = 10;

class HlsSegments implements Segments {
  private readonly screen: HTMLVideoElement;
  private readonly ear: SegmentEar;
  private hls: Hls | undefined;
  private closed = false;

  constructor(screen: Screen, ear: SegmentEar) {
    this.screen = screen as HTMLVideoElement;
    this.ear = ear;
    this.screen.addEventListener('playing', this.played);
  }

  open(address: string, token?: string): void {
    void this.load(address, token).catch(() => this.end(undefined));
  }

  close(): void {
    this.closed = true;
    this.screen.removeEventListener('playing', this.played);
    this.hls?.destroy();
    this.hls = undefined;
  }

  private async load(address: string, token: string | undefined): Promise<void> {
    // Fetched only where it is needed.
    const { default: Player } = await import('hls.js/light');
    if (this.closed) return;
    const hls = new Player({
      lowLatencyMode: true,
      // Pieces are MP4 already: nothing is left to a worker.
      enableWorker: false,
      backBufferLength: KEPT_BEHIND_S,
      ...(token && { xhrSetup: (ask: XMLHttpRequest) => ask.setRequestHeader('Authorization', `Bearer ${token}`) }),
    });
    this.hls = hls;
    hls.on(Player.Events.MANIFEST_PARSED, () => void this.screen.play()?.catch(() => undefined));
    hls.on(Player.Events.ERROR, (_, { fatal, response, details }) => {
      const listed = details === 'manifestLoadError' || details === 'levelLoadError';
      if (fatal || (listed && OVER.has(response?.code ?? 0))) this.end(response?.code);
    });
    hls.loadSource(address);
    hls.attachMedia(this.screen);
  }

  private readonly played = (): void => this.ear.playing();

  private end(status: number | undefined): void {
    if (this.closed) return;
    this.close();
    this.ear.lost(status);
  }
}

export const hlsSegments: SegmentsOf = (screen, ear) => new HlsSegments(screen, ear);
