/** The server's answers that panels show, each under one key; a new click aborts the one before. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { ApiError } from '../api/client';
import type { Ladder, Tier } from '../api/types';
import type { Click } from '../model/state';
import { useAppContext, useLang } from './app';

/** Refusals are final; only silence is asked again. */
const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;

export function useLinkAnswer(click: Click | null, density: number, tier: Tier | null) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['link', click?.lon, click?.lat, click?.height, density, tier, lang],
    enabled: click !== null,
    retry,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => {
      if (!click) throw new Error('no place was clicked');
      const { lon, lat, height } = click;
      return api.link(
        {
          lon,
          lat,
          density,
          limit: 60,
          ...(height !== undefined && { height }),
          ...(tier !== null && { tier }),
        },
        signal,
      );
    },
  });
}

export function useCameraDetails(id: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['camera', id, lang],
    retry,
    queryFn: ({ signal }) => api.camera(id, signal),
  });
}

export function useCoverage(id: string, ladder: Ladder, enabled: boolean) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['coverage', id, ladder, lang],
    enabled,
    retry,
    staleTime: 60_000,
    queryFn: ({ signal }) => api.coverage(id, ladder, signal),
  });
}

/** The cone along the camera's heading, or, for one that turns, towards the clicked place. */
export function useCone(
  id: string,
  toward: [number, number, number] | null,
  enabled: boolean,
  aim: string | undefined = undefined,
) {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ['cone', id, toward, aim],
    enabled,
    retry,
    staleTime: 60_000,
    queryFn: ({ signal }) => api.coneOf(id, { aim }, toward ?? undefined, signal),
  });
}

export function useBuilding(id: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['building', id, lang],
    retry,
    queryFn: ({ signal }) => api.building(id, signal),
  });
}

export function useSearch(q: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['search', q, lang],
    enabled: q.trim().length > 0,
    retry,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.search(q, 24, signal),
  });
}

/** Whether the server answers, and whether it now serves another build of the city. */
export function useHeartbeat() {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ['heartbeat'],
    queryFn: ({ signal }) => api.city(signal),
    refetchInterval: 15_000,
    refetchIntervalInBackground: false,
    retry: 0,
  });
}
