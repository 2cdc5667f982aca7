/** The server's answers about routes. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiError } from '../../api/client';
import { useApp, useAppContext, useLang } from '../app';

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;
/** The search finds cameras of a road's name too; of so many things the roads are shown. */
const MOST_FOUND = 400;

/** Roads by name. */
export function useRoads(q: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['roads', q, lang],
    enabled: q.trim().length > 0,
    retry,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const { results } = await api.search(q, MOST_FOUND, signal);
      return results.filter(({ kind }) => kind === 'road');
    },
  });
}

/** The cameras along the route that is wished for; they are put where the scene and the wall find them. */
export function useRoute() {
  const { api, store } = useAppContext();
  const { of, tiers, turning } = useApp((state) => state.routeWish);
  const lang = useLang();
  const asked = useQuery({
    queryKey: ['route', of, tiers, turning, lang],
    enabled: of !== null,
    retry,
    staleTime: 60_000,
    queryFn: ({ signal }) => {
      if (!of) throw new Error('no route was chosen');
      const along = of.kind === 'road' ? { road: of.id } : { line: of.line };
      return api.routeCameras({ ...along, tiers: [...tiers], turning }, signal);
    },
  });
  const { data, error } = asked;
  useEffect(() => {
    if (of && data) store.getState().setRoute(data);
    else if (error) store.getState().setRoute(null);
  }, [of, data, error, store]);
  return asked;
}
