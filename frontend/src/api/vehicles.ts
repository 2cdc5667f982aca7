/** The doors of vehicles: which there are, where each is, where it has been. */
import type { Doors } from './instruments';
import type { components } from './types.gen';

type Schemas = components['schemas'];

export type VehicleFeature = Schemas['Vehicle'];
export type VehicleType = VehicleFeature['properties']['type'];
export type Duty = VehicleFeature['properties']['duty'];
export type TrackAnswer = Schemas['TrackTold'];
export type TrackForm = 'gpx' | 'geojson' | 'mf-json' | 'czml';

/** From when to when, milliseconds since 1970. */
export type Span = readonly [begin: number, end: number];

/** The server lists so many at once. */
const PAGE = 1000;

const spoken = ([begin, end]: Span) => ({
  begin: new Date(begin).toISOString(),
  end: new Date(end).toISOString(),
});

export function vehicleDoors({ get, withQuery }: Pick<Doors, 'get' | 'withQuery'>) {
  const one = (id: string) => `/api/vehicles/${encodeURIComponent(id)}`;
  return {
    /** All of them, each with where it is now. */
    vehicles: async (signal?: AbortSignal): Promise<VehicleFeature[]> => {
      const all: VehicleFeature[] = [];
      for (;;) {
        const page = await get<Schemas['Vehicles']>('/api/vehicles', { limit: PAGE, offset: all.length }, signal);
        all.push(...page.features);
        if (page.features.length === 0 || all.length >= page.matched) return all;
      }
    },
    vehicle: (id: string, signal?: AbortSignal) => get<VehicleFeature>(one(id), {}, signal),
    track: (id: string, span: Span, signal?: AbortSignal) => get<TrackAnswer>(`${one(id)}/track`, spoken(span), signal),
    trackUrl: (id: string, span: Span, f: TrackForm) => withQuery(`${one(id)}/track`, { ...spoken(span), f }),
  };
}
