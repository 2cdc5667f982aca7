/** The situation of a moment, and how changes carry it on: what there was, then each change as the live feed told it. */
import type { LiveFeature } from '../../api/live';
import type { ChangeThen, SituationThen } from '../../api/replay';
import { type Condition, isFault } from '../health';
import { incidentOf } from '../incidents';
import { checkpointOf, type Kept, zoneOf } from '../situationState';
import { vehicleOf } from '../vehicles';

export type Records = { [K in keyof Kept]: ReadonlyMap<string, Kept[K]> };

const READ = { incidents: incidentOf, checkpoints: checkpointOf, zones: zoneOf, vehicles: vehicleOf };
const TOPICS = ['incidents', 'checkpoints', 'zones', 'vehicles'] as const;
const isTopic = (topic: string): topic is keyof Kept => (TOPICS as readonly string[]).includes(topic);

function mapOf<K extends keyof Kept>(topic: K, features: readonly LiveFeature[] = []): ReadonlyMap<string, Kept[K]> {
  const read = READ[topic] as (feature: LiveFeature) => Kept[K];
  return new Map(features.map((feature) => [feature.id, read(feature)]));
}

/** What there was at a moment. */
export const recordsAt = ({ records }: SituationThen): Records => ({
  incidents: mapOf('incidents', records.incidents),
  checkpoints: mapOf('checkpoints', records.checkpoints),
  zones: mapOf('zones', records.zones),
  vehicles: mapOf('vehicles', records.vehicles),
});

/** How the cameras were then; of all others nothing was known. */
export const conditionsAt = ({ conditions }: SituationThen): ReadonlyMap<string, Condition> =>
  new Map((conditions ?? []).map(([id, online, faults]) => [id, { online, faults: faults.filter(isFault) }]));

/** Records after some changes; the same maps where nothing of a topic changed. */
export function carriedOn(before: Records, changes: readonly ChangeThen[]): Records {
  const after: Partial<Record<keyof Kept, Map<string, unknown>>> = {};
  for (const { change } of changes) {
    const { topic, id, feature } = change;
    if (!isTopic(topic)) continue;
    const map = after[topic] ?? new Map<string, unknown>(before[topic]);
    after[topic] = map;
    // An incident that was closed stands no more.
    const kept = feature && READ[topic](feature);
    if (kept && !('state' in kept && kept.state === 'closed')) map.set(id, kept);
    else map.delete(id);
  }
  return { ...before, ...after } as Records;
}

/** Changes up to a time, and those after it. They stand in the order of the journal. */
export function dueAt(changes: readonly ChangeThen[], time: number): [ChangeThen[], ChangeThen[]] {
  const first = changes.findIndex(({ time_ms }) => time_ms > time);
  const at = first < 0 ? changes.length : first;
  return [changes.slice(0, at), changes.slice(at)];
}
