/** The queue as it stands on the screen, for the list and for the keys that walk through it. */
import { type Incident, passes, sorted } from '../../model/incidents';
import type { State } from '../../model/state';

type Situation = Pick<State, 'incidents' | 'incidentFilter' | 'incidentOrder'>;

export function queueOf({ incidents, incidentFilter, incidentOrder }: Situation, now: number): Incident[] {
  const wanted: Incident[] = [];
  for (const incident of incidents.values()) if (passes(incident, incidentFilter, now)) wanted.push(incident);
  return sorted(wanted, incidentOrder);
}

/** The incident `step` places on; the first where none of the list is open. */
export function neighbour(queue: readonly Incident[], id: string | null, step: 1 | -1): Incident | undefined {
  const at = queue.findIndex((incident) => incident.id === id);
  if (at < 0) return queue[0];
  return queue[Math.min(Math.max(at + step, 0), queue.length - 1)];
}
