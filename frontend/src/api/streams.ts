/** The doors of a camera's moving picture: what it offers, the ticket and the viewing session, and its pan-tilt head. */
import type { Aim } from './cameraTypes';
import type { Doors } from './instruments';

export type StreamRole = 'main' | 'sub';

/** As it comes, encoded anew where browsers do not play it, or a picture every few seconds. */
export type StreamForm = 'original' | 'h264' | 'pictures';

/** Whether the server could encode another stream anew; off: it never does. */
export type Room = 'free' | 'busy' | 'off';

export interface StreamSeen {
  id: string;
  role: StreamRole;
  /** as in RFC 6381, without parameters where the camera does not tell them; null: not known */
  codec: string | null;
  width: number | null;
  height: number | null;
  /** whether browsers play it as this person is sent it; null: not known */
  playable: boolean | null;
}

export interface StreamsAnswer {
  camera: string;
  /** the best first */
  streams: StreamSeen[];
  /** the pictures are computed from the model */
  simulated: boolean;
  ptz: boolean;
  /** privacy volumes are blank for this person */
  masked?: boolean;
  /** this person has to say why */
  purpose_needed?: boolean;
  reencoding?: Room;
}

export interface Ticket {
  ticket: string;
  expires_in_s: number;
  camera: string;
  stream: string;
}

/** What a ticket is asked for. */
export interface TicketWish {
  stream?: string;
  form?: StreamForm;
  purpose?: string;
  /** from this server, also where a media server sends streams */
  direct?: boolean;
}

/** What can be had instead of a stream that browsers do not play. */
export interface Instead {
  /** the camera's other streams that are known to play */
  streams: string[];
  h264: Room;
  /** a picture every few seconds */
  pictures: boolean;
}

/** Somebody's watching of one stream; `mark`: who and when, laid over the picture. */
export interface ViewingSession {
  session: string;
  camera: string;
  stream: string;
  mark: string;
  keep_alive_s: number;
}

/** What the server says between pieces of video. */
export type StreamMessage =
  | { type: 'init'; codec: string; width: number; height: number }
  | { type: 'waiting'; why: WaitingWhy }
  /** a media server sends the picture; the connection stands for the viewing */
  | { type: 'elsewhere'; kind: 'hls'; url: string }
  | { type: 'pictures'; why: PicturesWhy; every_s: number }
  | { type: 'unplayable'; codec: string; instead?: Instead };

/** Why there are pictures instead of motion: nothing more can be encoded anew, or they were asked for. */
export type PicturesWhy = 'busy' | 'asked';

export type WaitingWhy = 'opening' | 'reconnecting' | 'lost';

export interface PtzHeld {
  by: string;
  until: string;
}

export interface PtzSeen {
  /** null: the camera does not tell */
  aim: Aim | null;
  presets: string[];
  held: PtzHeld | null;
  source: 'onvif' | 'gb28181' | 'simulated' | 'none';
}

export type PtzMove =
  | ({ move: 'absolute' } & Pick<Aim, 'pan' | 'tilt'> & Partial<Pick<Aim, 'zoom'>>)
  | ({ move: 'relative' } & Partial<Aim>)
  | { move: 'place'; lon: number; lat: number; height?: number }
  | { move: 'preset'; name: string }
  | { move: 'home' };

export interface PtzMoved {
  camera: string;
  aim: Aim | null;
  /** null: the camera does not tell where it looks */
  reached: boolean | null;
  wanted: Partial<Aim>;
  off_deg: number | null;
}

/** Close codes of the live WebSocket. */
export const CLOSED = { ended: 4401, revoked: 4403, unknown: 4404, idle: 4408 } as const;

const JSON_BODY = { 'Content-Type': 'application/json' };
const SESSIONS = '/api/streams/sessions';

const streams = (camera: string) => `/api/streams/${encodeURIComponent(camera)}`;

/** Where the pieces of video come from, for a page at `location`. */
export function liveVideoAddress(
  { protocol, host }: Pick<Location, 'protocol' | 'host'>,
  camera: string,
  session: string,
): string {
  const scheme = protocol === 'https:' ? 'wss' : 'ws';
  return `${scheme}://${host}${streams(camera)}/live?session=${encodeURIComponent(session)}`;
}

/** A picture of a while ago. */
export interface DatedPicture {
  data: Blob;
  at: Date | null;
}

interface StreamMeans extends Doors {
  dated(path: string, signal?: AbortSignal): Promise<DatedPicture | null>;
}

/** The same as segments. */
export const segmentsAddress = (camera: string, session: string) =>
  `${streams(camera)}/index.m3u8?session=${encodeURIComponent(session)}`;

export function streamDoors({ get, send, file, dated, withQuery }: StreamMeans) {
  const post = <T>(path: string, body: unknown) =>
    send<T>(path, { method: 'POST', headers: JSON_BODY, body: JSON.stringify(body) });
  const picture = (camera: string, session: string, name: string, signal?: AbortSignal) =>
    file(withQuery(`${streams(camera)}/${name}.jpg`, { session }), signal);
  return {
    streams: (camera: string, signal?: AbortSignal) => get<StreamsAnswer>(streams(camera), {}, signal),
    ticket: (camera: string, wish: TicketWish) => post<Ticket>(`${streams(camera)}/ticket`, wish),
    openViewing: (ticket: string) => post<ViewingSession>(SESSIONS, { ticket }),
    /** Also while the page is being left. */
    closeViewing: (session: string) =>
      send<void>(`${SESSIONS}/${encodeURIComponent(session)}`, { method: 'DELETE', keepalive: true }),
    snapshot: (camera: string, session: string) => picture(camera, session, 'snapshot'),
    /** The newest picture of a viewing that is sent no motion. */
    frame: (camera: string, session: string, signal?: AbortSignal) => picture(camera, session, 'frame', signal),
    /** The newest picture that is there already; null where there is none. */
    last: (camera: string, session: string, signal?: AbortSignal) =>
      dated(withQuery(`${streams(camera)}/last.jpg`, { session }), signal),
    /** The last seconds as a file. */
    clip: (camera: string, session: string, seconds: number) =>
      file(withQuery(`${streams(camera)}/clip.mp4`, { session, seconds })),
    ptz: (camera: string, signal?: AbortSignal) => get<PtzSeen>(`${streams(camera)}/ptz`, {}, signal),
    steer: (camera: string, move: PtzMove) => post<PtzMoved>(`${streams(camera)}/ptz`, move),
  };
}
