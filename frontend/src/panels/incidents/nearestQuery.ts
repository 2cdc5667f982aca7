/** Who could be sent to an incident: asked for anew while it is looked at, since they move; known of now only. */
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../api/client';
import type { NearAnswer } from '../../api/nearest';
import { useApp, useAppContext } from '../app';

export type Only = 'fitting' | 'all';

const LISTED = 6;
const EVERY_MS = 10_000;

export function useNearest(id: string, only: Only) {
  const { api } = useAppContext();
  const past = useApp((state) => state.replay !== null);
  return useQuery<NearAnswer>({
    queryKey: ['nearest', id, only],
    enabled: !past,
    retry: (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2,
    refetchInterval: EVERY_MS,
    placeholderData: (before) => (before?.incident === id ? before : undefined),
    queryFn: ({ signal }) => api.nearestVehicles(id, only, LISTED, signal),
  });
}
