/** The server's answers about a camera's video and pan-tilt head. */
import { useQuery } from '@tanstack/react-query';
import { ApiError } from '../../api/client';
import { useAppContext } from '../app';

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;

/** Somebody else may turn the camera meanwhile. */
const AIM_AGAIN_MS = 3_000;

export function useStreams(camera: string, enabled: boolean) {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ['streams', camera],
    enabled,
    retry,
    staleTime: 60_000,
    queryFn: ({ signal }) => api.streams(camera, signal),
  });
}

export const ptzKey = (camera: string) => ['ptz', camera] as const;

export function usePtz(camera: string, enabled: boolean) {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ptzKey(camera),
    enabled,
    retry,
    refetchInterval: AIM_AGAIN_MS,
    queryFn: ({ signal }) => api.ptz(camera, signal),
  });
}
