/**
 * Shows the past: what there was at a moment is asked for once, and from there on it is carried on by changes and
 * fixes, a piece of time at a time, each asked for before it is needed.
 */
import type { ChangeThen, SituationThen } from '../../api/replay';
import type { Mover } from '../movers';
import type { AppState, AppStore } from '../store';
import { type Clock, clock as pageClock } from './clock';
import { type Fix, FORGOTTEN_MS, type Piece, placeAt, readPiece } from './fixes';
import { carriedOn, conditionsAt, dueAt, type Records, recordsAt } from './fold';

/** What the player asks of the server. */
export interface PastDoors {
  situationAt(time: number, signal?: AbortSignal, kinds?: string): Promise<SituationThen>;
  changesBetween(begin: number, end: number, signal?: AbortSignal): Promise<ChangeThen[]>;
  fixesMoving(begin: number, end: number, signal?: AbortSignal): Promise<ArrayBuffer>;
}

const TICK_MS = 66;
const TELL_MS = 1000;
/** A piece lasts so long on the screen, and is of a minute at the least, and of so much at the most. */
const PIECE_SHOWN_MS = 20_000;
const LEAST_MS = 60_000;
const MOST_MS = 20 * 60_000;
/** Closer to the present there is nothing to replay yet. */
const NOW_MS = 2000;
/** Cameras' conditions have no changes of their own: they are asked for anew after so much of the past. */
const CONDITIONS_MS = 60_000;
/** While the slider is drawn, the server is not asked for each place of it. */
const DRAWN_MS = 180;

const time = (text: string | null) => (text === null ? null : Date.parse(text));
const KEY = 'vehicle:';

/** Fixes by vehicle at a moment, as they begin a track. */
function starts({ positions }: SituationThen): Map<string, Fix[]> {
  const found = new Map<string, Fix[]>();
  positions?.id.forEach((id, i) => {
    found.set(id, [
      {
        time: positions.time_ms[i] ?? 0,
        lon: positions.lon[i] ?? 0,
        lat: positions.lat[i] ?? 0,
        height: positions.height_m[i] ?? null,
        heading: positions.heading_deg[i] ?? null,
        speed: positions.speed_m_s[i] ?? null,
      },
    ]);
  });
  return found;
}

/** What is at hand of the past: from a moment up to where it was read. */
class Recording {
  readonly tracks: Map<string, Fix[]>;
  readonly tracked: boolean;
  records: Records;
  changes: ChangeThen[] = [];
  /** up to when all is known */
  until: number;

  constructor(then: SituationThen, at: number) {
    this.records = recordsAt(then);
    this.tracks = starts(then);
    this.tracked = then.positions !== null;
    this.until = at;
  }

  add(piece: Piece | null, changes: readonly ChangeThen[], until: number): void {
    this.changes.push(...changes);
    for (const [id, fixes] of piece?.tracks ?? []) {
      const before = this.tracks.get(id) ?? [];
      this.tracks.set(id, [...before.filter((one) => one.time > this.until - FORGOTTEN_MS), ...fixes]);
    }
    this.until = until;
  }

  /** Takes up what had changed by a time; whether anything had. */
  carryOn(now: number): boolean {
    const [due, later] = dueAt(this.changes, now);
    if (due.length === 0) return false;
    this.records = carriedOn(this.records, due);
    this.changes = later;
    return true;
  }

  movers(now: number): Mover[] {
    const found: Mover[] = [];
    for (const [id, track] of this.tracks) {
      const place = placeAt(track, now);
      if (place) found.push({ key: `${KEY}${id}`, kind: 'vehicle', id, ...place });
    }
    return found;
  }
}

export class Player {
  private readonly store: AppStore;
  private readonly doors: PastDoors;
  private readonly clock: Clock;
  private readonly words: (error: unknown) => string;
  private readonly stops: (() => void)[] = [];
  private recording: Recording | null = null;
  private asking = new AbortController();
  private ahead: Promise<void> | null = null;
  private drawn: ReturnType<typeof setTimeout> | undefined;
  private told = 0;
  private conditionsAt = 0;

  /** `words` says an error to a reader. */
  constructor(store: AppStore, doors: PastDoors, words: (error: unknown) => string, clock: Clock = pageClock) {
    this.store = store;
    this.doors = doors;
    this.words = words;
    this.clock = clock;
  }

  /** Returns the function that stops it. */
  start(): () => void {
    this.follow(this.store.getState(), null);
    this.stops.push(this.store.subscribe((state, before) => this.follow(state, before)));
    const ticking = setInterval(() => this.tick(), TICK_MS);
    return () => {
      for (const stop of this.stops) stop();
      clearInterval(ticking);
      this.leave();
    };
  }

  private follow({ replay, layers }: AppState, before: AppState | null): void {
    const was = before?.replay ?? null;
    // Where it stands still no tick comes that would show or hide them.
    if (replay && this.recording && layers !== before?.layers) this.move(this.clock.now());
    if (replay === was) return;
    if (!replay) this.leave();
    else if (replay.turn !== was?.turn) this.jump(replay.at, was === null);
    else if (replay.playing !== was.playing || replay.speed !== was.speed) this.pace();
  }

  /** Stands at a moment until what was there is known. */
  private jump(at: number, first: boolean): void {
    this.asking.abort();
    this.asking = new AbortController();
    this.ahead = null;
    this.recording = null;
    this.clock.run(0);
    this.clock.seek(at);
    clearTimeout(this.drawn);
    if (first) void this.load(at);
    else this.drawn = setTimeout(() => void this.load(at), DRAWN_MS);
  }

  private async load(at: number): Promise<void> {
    const { signal } = this.asking;
    const { tellReplay } = this.store.getState();
    try {
      const then = await this.doors.situationAt(at, signal);
      if (signal.aborted) return;
      this.recording = new Recording(then, at);
      this.conditionsAt = at;
      const conditions = conditionsAt(then);
      const known = {
        complete: then.complete,
        recordsFrom: time(then.records_from),
        positionsFrom: time(then.positions_from),
        tracks: this.recording.tracked,
      };
      this.store.getState().showThen({ ...this.recording.records, conditions });
      this.move(at);
      tellReplay({ known, loading: false, fault: null });
      this.pace();
    } catch (error) {
      if (!signal.aborted) tellReplay({ loading: false, playing: false, fault: this.words(error) });
    }
  }

  /** Runs as the state says, where there is something to run through. */
  private pace(): void {
    const { replay } = this.store.getState();
    if (replay && this.recording) this.clock.run(replay.playing ? replay.speed : 0);
  }

  private tick(): void {
    const { replay, tellReplay, endReplay } = this.store.getState();
    const { recording } = this;
    if (!replay?.playing || !recording) return;
    let now = this.clock.now();
    if (now >= Date.now() - NOW_MS) {
      endReplay();
      return;
    }
    this.readAhead(recording, now, replay.speed);
    const waits = now > recording.until;
    if (waits) {
      now = recording.until;
      this.clock.seek(now);
    }
    if (waits !== replay.loading) tellReplay({ loading: waits });
    if (recording.carryOn(now)) this.store.getState().showThen(recording.records);
    this.move(now);
    if (Math.abs(performance.now() - this.told) >= TELL_MS) {
      this.told = performance.now();
      tellReplay({ at: now });
      if (now - this.conditionsAt > CONDITIONS_MS) void this.readConditions(now);
    }
  }

  private move(now: number): void {
    const { movers, layers } = this.store.getState();
    movers.show(layers.units || layers.vehicles ? (this.recording?.movers(now) ?? []) : []);
  }

  private readAhead(recording: Recording, now: number, speed: number): void {
    const piece = Math.min(MOST_MS, Math.max(LEAST_MS, speed * PIECE_SHOWN_MS));
    const end = Math.min(recording.until + piece, Date.now() - NOW_MS / 2);
    if (this.ahead || recording.until - now > piece / 2 || end <= recording.until) return;
    const { signal } = this.asking;
    const read = async () => {
      const begin = recording.until;
      const body = recording.tracked ? await this.doors.fixesMoving(begin, end, signal) : null;
      const fixes = body && readPiece(body);
      // A piece ends early where there is much in it: changes are read as far as it goes.
      const until = fixes && fixes.end > begin ? fixes.end : end;
      recording.add(fixes, await this.doors.changesBetween(begin, until, signal), until);
      const { replay, tellReplay } = this.store.getState();
      if (!signal.aborted && replay?.fault) tellReplay({ fault: null });
    };
    this.ahead = read()
      .catch((error) => {
        if (signal.aborted) return;
        this.store.getState().tellReplay({ playing: false, loading: false, fault: this.words(error) });
      })
      .finally(() => {
        if (!signal.aborted) this.ahead = null;
      });
  }

  private async readConditions(now: number): Promise<void> {
    this.conditionsAt = now;
    const { signal } = this.asking;
    try {
      const then = await this.doors.situationAt(now, signal, 'conditions');
      if (!signal.aborted) this.store.getState().showThen({ conditions: conditionsAt(then) });
    } catch {
      // Those that are shown are of a minute ago; the next minute asks again.
    }
  }

  private leave(): void {
    this.asking.abort();
    this.asking = new AbortController();
    clearTimeout(this.drawn);
    this.recording = null;
    this.ahead = null;
    if (this.clock.live) return;
    this.clock.toLive();
    this.store.getState().movers.show([]);
  }
}
