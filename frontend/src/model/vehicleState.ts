/** The part of the state that is the city's own vehicles. */
import type { City } from '../api/types';
import type { Span } from '../api/vehicles';
import type { ReplayState } from './replay/replayState';
import { spanOf, type Track, type TrackColour, type TrackWindow } from './track';
import { EVERY_VEHICLE, type Vehicle, type VehicleFilter, type VehicleOrder } from './vehicles';

export interface VehicleState {
  /** all that this person may see, by id: kept up by the live feed */
  vehicles: ReadonlyMap<string, Vehicle>;
  vehicleFilter: VehicleFilter;
  vehicleOrder: VehicleOrder;
  /** the map goes along with this one, until somebody takes it in hand */
  following: string | null;
  /** the last minutes of this one are drawn behind it while it stands at the right */
  trail: string | null;
  /** the cameras that see this one now are listed */
  camerasOf: string | null;
  /** whose track is shown, and of when */
  trackAsk: { vehicle: string; window: TrackWindow; span: Span } | null;
  /** panels: the answer; the scene draws it */
  track: Track | null;
  /** time on the track that is looked at, milliseconds since 1970 */
  trackAt: number | null;
  trackColour: TrackColour;
}

export const initialVehicles: VehicleState = {
  vehicles: new Map(),
  vehicleFilter: EVERY_VEHICLE,
  vehicleOrder: 'name',
  following: null,
  trail: null,
  camerasOf: null,
  trackAsk: null,
  track: null,
  trackAt: null,
  trackColour: 'speed',
};

export interface VehicleActions {
  setVehicleFilter(change: Partial<VehicleFilter>): void;
  setVehicleOrder(order: VehicleOrder): void;
  follow(vehicle: string | null): void;
  setTrail(vehicle: string | null): void;
  setCamerasOf(vehicle: string | null): void;
  /** Asks for the track of a window that ends now, at the moment replayed, or as it says; null puts the track away. */
  askTrack(ask: { vehicle: string; window: TrackWindow } | null): void;
  setTrack(track: Track | null): void;
  setTrackAt(time: number | null): void;
  setTrackColour(colour: TrackColour): void;
}

type Seen = VehicleState & Pick<ReplayState, 'replay'> & { city?: City };
type Setter = (change: Partial<VehicleState> | ((state: Seen) => Partial<VehicleState>)) => void;

export function vehicleActions(set: Setter): VehicleActions {
  return {
    setVehicleFilter: (change) => set(({ vehicleFilter }) => ({ vehicleFilter: { ...vehicleFilter, ...change } })),
    setVehicleOrder: (vehicleOrder) => set({ vehicleOrder }),
    follow: (following) => set({ following }),
    setTrail: (trail) => set({ trail }),
    setCamerasOf: (camerasOf) => set({ camerasOf }),
    askTrack: (ask) =>
      set(({ replay, city }) => ({
        trackAsk: ask && { ...ask, span: spanOf(ask.window, replay?.at ?? Date.now(), city?.time_zone) },
        track: null,
        trackAt: null,
      })),
    setTrack: (track) => set({ track }),
    setTrackAt: (trackAt) => set({ trackAt }),
    setTrackColour: (trackColour) => set({ trackColour }),
  };
}
