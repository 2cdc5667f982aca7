/** The doors of those who could be sent: the free vehicles nearest to an incident by road. */
import type { Doors } from './instruments';
import type { LonLat } from './types';
import type { components } from './types.gen';

type Schemas = components['schemas'];
type Way = { line?: LonLat[] | null };

export type Candidate = Schemas['Candidate'];
export type NearVehicle = Omit<Schemas['NearVehicle'], 'line'> & Way;
export type SentVehicle = Omit<Schemas['SentVehicle'], 'line'> & Way;
export type NearAnswer = Omit<Schemas['NearVehicles'], 'vehicles' | 'sent'> & {
  vehicles: NearVehicle[];
  sent: SentVehicle[];
};

export function nearestDoors({ send }: Pick<Doors, 'send'>) {
  return {
    /** With the way of each. */
    nearestVehicles: (incident: string, only: 'fitting' | 'all', limit: number, signal?: AbortSignal) =>
      send<NearAnswer>(
        `/api/incidents/${encodeURIComponent(incident)}/vehicles?${new URLSearchParams({ only, limit: String(limit), routes: 'true' })}`,
        { signal: signal ?? null },
      ),
  };
}
