/** Keeps the store's situation equal to the server's: what stands open is read once, then every change is taken. */
import type { Api } from '../api/client';
import { type LiveChange, type LiveEar, type LiveFeature, LiveFeed, type LiveSnapshot, type Socket } from '../api/live';
import { isFault } from './health';
import { incidentOf, STANDING } from './incidents';
import { paced } from './pace';
import { type AnyDelta, checkpointOf, crossingOf, type Kept, type Missed, zoneOf } from './situationState';
import type { AppStore } from './store';
import { vehicleOf } from './vehicles';
import { watchMovers } from './watchMovers';

type Topic = keyof Kept;

/** After a change further ones wait so long for others: a burst is one change of the store, the first is not kept waiting. */
const GATHER_MS = 30;
const PAGE = 1000;
const CROSSINGS = 'crossings';
const CONDITIONS = 'conditions';
const DAY_MS = 86_400_000;
/** A crossing that is older when it is heard of is listed, but no news. */
const NEWS_MS = 300_000;
/** Least time of a break that is worth a word when it is over. */
const WORTH_MS = 1000;

/** What else is followed, only to know that it changed. */
const MARKED = ['cameras', 'privacy-volumes', 'units', 'repair-orders'] as const;
export type Marked = (typeof MARKED)[number];

export interface Listener {
  /** a record of another kind changed; without the change: any of them may have */
  marked(topic: Marked, change?: LiveChange): void;
  /** an incident that was not there before, told live and not read */
  reported(id: string): void;
  /** a geofence was crossed just now */
  crossed?(): void;
  /** some cameras are otherwise than before: online, or with other faults */
  otherwise?(): void;
}

interface Waiting {
  put: Map<string, LiveFeature>;
  drop: Set<string>;
  whole: boolean;
}

const READ = { incidents: incidentOf, checkpoints: checkpointOf, zones: zoneOf, vehicles: vehicleOf };
const isKept = (topic: string): topic is Topic => topic in READ;

/** All incidents that are not closed, and the journal's number from which on changes have to be heard. */
async function readIncidents({ store, api }: { store: AppStore; api: Api }, signal: AbortSignal): Promise<number> {
  let seq: number | undefined;
  let after: string | undefined;
  do {
    const page = await api.incidents({ state: STANDING, limit: PAGE, after }, signal);
    // A row may have moved on while later pages were read: whoever starts at the first page hears of it.
    seq ??= page.seq;
    store.getState().take({ kind: 'incidents', put: page.features.map(incidentOf), drop: [], whole: !after });
    after = page.next ?? undefined;
  } while (after !== undefined);
  return seq;
}

/** Those of the last day; who may see none, or cannot be told now, has an empty list and hears of new ones. */
async function readCrossings({ store, api }: { store: AppStore; api: Api }, signal: AbortSignal): Promise<void> {
  try {
    const features = await api.crossings(new Date(Date.now() - DAY_MS), signal);
    store.getState().takeCrossings(features.map(crossingOf), false);
  } catch {
    // The live feed goes on without them.
  }
}

/** Gathers what is told and hands it to the store in one go. */
class Gatherer {
  private readonly waiting = new Map<Topic, Waiting>();
  private readonly store: AppStore;
  private readonly pace = paced(() => this.hand(), GATHER_MS);

  constructor(store: AppStore) {
    this.store = store;
  }

  whole(topic: Topic): void {
    this.waiting.set(topic, { put: new Map(), drop: new Set(), whole: true });
    this.pace.later();
  }

  /** One change: handed on at once after a quiet time. */
  change(topic: Topic, id: string, feature: LiveFeature | null): void {
    this.put(topic, id, feature);
    this.pace.now();
  }

  /** One of many that come together. */
  put(topic: Topic, id: string, feature: LiveFeature | null): void {
    const { put, drop } = this.of(topic);
    put.delete(id);
    drop.delete(id);
    if (feature) put.set(id, feature);
    else drop.add(id);
    this.pace.later();
  }

  flush(): void {
    this.pace.stop();
    this.hand();
  }

  private hand(): void {
    for (const [kind, { put, drop, whole }] of this.waiting) {
      const read = READ[kind] as (feature: LiveFeature) => Kept[Topic];
      const delta = { kind, put: [...put.values()].map(read), drop: [...drop], whole };
      this.store.getState().take(delta as AnyDelta);
    }
    this.waiting.clear();
  }

  private of(topic: Topic): Waiting {
    const there = this.waiting.get(topic) ?? { put: new Map(), drop: new Set(), whole: false };
    this.waiting.set(topic, there);
    return there;
  }
}

/** Counts what is told between coming back and having heard all of it. */
class Break {
  private readonly store: AppStore;
  private since = 0;
  private until = 0;
  private missed = new Map<string, Missed>();
  private others = 0;
  private whole = false;
  private left = new Set<string>();

  constructor(store: AppStore) {
    this.store = store;
  }

  begin(): void {
    if (this.since === 0) this.since = Date.now();
    this.store.getState().setLive({ state: 'down', since: this.since });
  }

  end(topics: Iterable<string>): void {
    this.until = Date.now();
    this.missed = new Map();
    [this.others, this.whole] = [0, false];
    this.left = new Set(topics);
    if (this.since === 0) this.store.getState().setLive({ state: 'up' });
  }

  heard({ topic, id, action }: LiveChange): void {
    if (this.since === 0 || this.left.size === 0) return;
    if (topic !== 'incidents') {
      this.others += 1;
      return;
    }
    const before = this.missed.get(id);
    this.missed.set(id, { id, action: before?.action === 'create' && action === 'change' ? 'create' : action });
  }

  told(topic: string, whole: boolean): void {
    this.left.delete(topic);
    this.whole ||= whole && topic === 'incidents';
    if (this.since === 0 || this.left.size > 0) return;
    const { since, until, others, whole: all } = this;
    const missed = [...this.missed.values()];
    this.since = 0;
    const nothing = missed.length === 0 && others === 0 && !all && until - since < WORTH_MS;
    this.store
      .getState()
      .setLive(nothing ? { state: 'up' } : { state: 'back', since, until, missed, others, whole: all });
  }
}

/** Starts it; returns the function that stops it. `open` makes a connection. */
export function keepSituation(app: { store: AppStore; api: Api }, listener: Listener, open: () => Socket): () => void {
  const { store } = app;
  const gatherer = new Gatherer(store);
  const pause = new Break(store);
  const reading = new AbortController();
  let resuming = false;
  let retry: ReturnType<typeof setTimeout> | undefined;

  const crossed = (feature: LiveFeature | null) => {
    if (!feature) return;
    const crossing = crossingOf(feature);
    const told = Date.now() - crossing.at < NEWS_MS;
    store.getState().takeCrossings([crossing], told);
    if (told) listener.crossed?.();
  };
  const changed = (change: LiveChange) => {
    const { topic, id, action, feature } = change;
    pause.heard(change);
    if (topic === CROSSINGS) crossed(feature);
    else if (isKept(topic)) gatherer.change(topic, id, feature);
    else listener.marked(topic as Marked, change);
    // An exercise is no alarm.
    const real = feature?.properties['exercise'] !== true;
    if (topic === 'incidents' && action === 'create' && !resuming && real) listener.reported(id);
  };
  const snapshot = ({ topic, part, records, last }: LiveSnapshot) => {
    if (topic === CROSSINGS) store.getState().takeCrossings(records.map(crossingOf), false);
    else if (isKept(topic)) {
      if (part === 0) gatherer.whole(topic);
      for (const record of records) gatherer.put(topic, record.id, record);
    } else if (last) listener.marked(topic as Marked);
    if (!last) return;
    if (topic === 'incidents') resuming = false;
    pause.told(topic, true);
  };
  const ear: LiveEar = {
    up: () => {
      resuming = true;
      store.getState().movers.forgetNames();
      pause.end(Object.keys(READ));
    },
    down: () => pause.begin(),
    ended: () => store.getState().endSession(),
    snapshot,
    change: changed,
    resumed: (topic) => {
      if (topic === 'incidents') resuming = false;
      gatherer.flush();
      pause.told(topic, false);
    },
    named: (names) => store.getState().movers.name(names),
    // What is still on its way when the past is shown would be the latest of all.
    moved: (batch) => {
      if (!store.getState().replay) store.getState().movers.take(batch);
    },
    conditions: (cameras, whole) => {
      const told = cameras.map(([id, online, faults]) => [id, { online, faults: faults.filter(isFault) }] as const);
      store.getState().setConditions(told, whole);
      listener.otherwise?.();
    },
  };
  const feed = new LiveFeed(ear, open);
  const unwatch = watchMovers(store, feed);
  const start = async () => {
    const seq = await readIncidents(app, reading.signal);
    store.getState().setIncidentsLoaded();
    feed.follow('incidents', seq);
    for (const topic of MARKED) feed.follow(topic, seq);
    feed.follow('checkpoints');
    feed.follow('zones');
    feed.follow('vehicles');
    feed.follow(CROSSINGS, seq);
    feed.follow(CONDITIONS);
    void readCrossings(app, reading.signal);
    feed.start();
  };
  const begin = () => {
    start().catch(() => {
      if (reading.signal.aborted) return;
      pause.begin();
      retry = setTimeout(begin, 3000);
    });
  };
  begin();
  return () => {
    reading.abort();
    clearTimeout(retry);
    unwatch();
    feed.stop();
    gatherer.flush();
  };
}
