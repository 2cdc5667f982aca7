/** What is asked of the server about vehicles, joined with what the live feed tells. */
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useSyncExternalStore } from 'react';
import { ApiError } from '../../api/client';
import { trackOf } from '../../model/track';
import {
  fullName,
  type Heard,
  heardOf,
  keyOf,
  type Listed,
  newer,
  presenceOf,
  shortName,
  VEHICLE,
} from '../../model/vehicles';
import { useApp, useAppContext, useLang } from '../app';
import { unitName, useUnits } from '../incidents/incidentQueries';
import { useNow } from '../incidents/now';

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;
/** Outside the view nothing is told live: there it is asked so often. */
const POSITIONS_MS = 10_000;
const LIST_MS = 2_000;
const RANGE_M = 500;

/** Whether the past is shown: what the server tells is of now, and has no place beside it. */
const usePast = () => useApp((state) => state.replay !== null);

/** Where all of them were last heard of, for as long as somebody looks at the present. */
export function usePositions() {
  const { api } = useAppContext();
  const past = usePast();
  return useQuery({
    queryKey: ['vehicles', 'positions'],
    enabled: !past,
    retry,
    refetchInterval: POSITIONS_MS,
    refetchIntervalInBackground: false,
    queryFn: async ({ signal }) => {
      const features = await api.vehicles(signal);
      return new Map(features.map((one) => [one.id, heardOf(one)] as const));
    },
  });
}

/** All vehicles with where they were last heard of, anew every other second. */
export function useAllVehicles(): { all: Listed[]; loading: boolean } {
  const vehicles = useApp((state) => state.vehicles);
  const movers = useApp((state) => state.movers);
  const past = usePast();
  const { data, isLoading } = usePositions();
  const now = useNow(LIST_MS);
  const all = useMemo(
    () =>
      [...vehicles.values()].map((vehicle) => {
        const mover = movers.get(keyOf(vehicle.id));
        const heard = past ? mover : newer(data?.get(vehicle.id), mover);
        return { vehicle, heard, presence: presenceOf(heard, now) };
      }),
    [vehicles, movers, past, data, now],
  );
  return { all, loading: isLoading && vehicles.size === 0 };
}

/** Where one is, as it changes; in the replay where it was. */
export function useHeard(id: string): Heard | undefined {
  const { api } = useAppContext();
  const past = usePast();
  const movers = useApp((state) => state.movers);
  const key = keyOf(id);
  const mover = useSyncExternalStore(
    (tell) => movers.listen((changed) => changed.has(key) && tell()),
    () => movers.get(key),
  );
  const { data } = useQuery({
    queryKey: ['vehicle', id],
    enabled: !past,
    retry,
    refetchInterval: mover ? false : POSITIONS_MS,
    queryFn: ({ signal }) => api.vehicle(id, signal),
  });
  return past ? mover : newer(data && heardOf(data), mover);
}

/** Opens a vehicle and flies to where it is as shown; to its station where nothing is heard of it. */
export function useGoToVehicle(): (id: string) => Promise<void> {
  const { api, store } = useAppContext();
  return async (id) => {
    const state = store.getState();
    state.openUnit(keyOf(id));
    let place: { lon: number; lat: number } | undefined = state.movers.get(keyOf(id));
    if (!place && state.replay) place = state.vehicles.get(id);
    else if (!place) {
      const found = await api.vehicle(id).catch(() => undefined);
      const [lon, lat] = found?.geometry.coordinates ?? [];
      place = (found && heardOf(found)) ?? state.vehicles.get(id);
      if (!place && lon !== undefined && lat !== undefined) place = { lon, lat };
    }
    // Meanwhile another one may have been asked for.
    if (place && store.getState().unit === keyOf(id)) store.getState().goTo({ ...bare(place), range: RANGE_M });
  };
}

const bare = ({ lon, lat }: { lon: number; lat: number }) => ({ lon, lat });

/** What anything that moves is called: a vehicle or unit by its name, the rest by its id. */
export function useMoverName(): (kind: string, id: string) => string {
  const lang = useLang();
  const vehicles = useApp((state) => state.vehicles);
  const { data: units } = useUnits();
  return (kind, id) => {
    const vehicle = kind === VEHICLE ? vehicles.get(id) : undefined;
    if (!vehicle) return kind === VEHICLE ? id : unitName(id, units, lang);
    const [short, full] = [shortName(vehicle, lang), fullName(vehicle, lang)];
    return short === full ? full : `${short} · ${full}`;
  };
}

/** The answer to what is asked of a track; each asking has a window of its own. */
export function useTrack() {
  const { api } = useAppContext();
  const ask = useApp((state) => state.trackAsk);
  return useQuery({
    queryKey: ['track', ask?.vehicle, ask?.span],
    enabled: ask !== null,
    retry,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 60_000,
    queryFn: async ({ signal }) => {
      if (!ask) throw new Error('no track was asked for');
      return trackOf(await api.track(ask.vehicle, ask.span, signal));
    },
  });
}

/** The track that is asked for, on the map. */
export function useTrackOnMap(): void {
  const { store } = useAppContext();
  const asked = useApp((state) => state.trackAsk !== null);
  const { data } = useTrack();
  useEffect(() => store.getState().setTrack((asked && data) || null), [asked, data, store]);
}
