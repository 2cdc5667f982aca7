/** The server's answers about one camera's picture and view, each under one key that holds the camera's id. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Aim, AimQuery, SeesAnswer } from '../../api/cameraTypes';
import { ApiError } from '../../api/client';
import type { CameraDetails, Ladder } from '../../api/types';
import type { AimChoice } from '../../model/cameraState';
import type { Place } from '../../model/state';
import { useAppContext, useLang } from '../app';

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;

/** Aim that a choice means for a picture; nothing where the camera looks by itself. */
export function aimQuery(choice: AimChoice | undefined, presets: readonly (Aim & { name: string })[]): AimQuery {
  if (!choice?.startsWith('preset:')) return {};
  const preset = presets.find(({ name }) => name === choice.slice('preset:'.length));
  return preset ? { pan: preset.pan, tilt: preset.tilt, zoom: preset.zoom } : {};
}

export function useProjected(camera: CameraDetails | undefined, place: Place | null, aim: AimQuery) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['project', camera?.id, camera?.version, place?.lon, place?.lat, place?.height, aim, lang],
    enabled: camera !== undefined && place !== null,
    retry,
    queryFn: ({ signal }) => {
      if (!camera || !place) throw new Error('no camera or no place');
      const { lon, lat, height } = place;
      return api.project(camera.id, { lon, lat, height }, aim, signal);
    },
  });
}

/** More than are shown: some would cover others. */
const MOST_NAMES = 80;

/** Names in the picture that a camera takes with an aim; both languages come at once. */
export function useNames(camera: CameraDetails, aim: AimQuery, enabled: boolean) {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ['names', camera.id, camera.version, aim],
    enabled,
    retry,
    staleTime: 60_000,
    queryFn: ({ signal }) => api.names(camera.id, { ...aim, limit: MOST_NAMES }, signal),
  });
}

const MOST_SEEN = 200;
/** The city's coverage is being worked out: its neighbours come later. */
const AGAIN_MS = 15_000;

export function useSees(id: string, ladder: Ladder, aim: AimChoice | undefined, enabled: boolean) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery<SeesAnswer>({
    queryKey: ['sees', id, ladder, aim, lang],
    enabled,
    retry,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => (query.state.data && query.state.data.neighbours === null ? AGAIN_MS : false),
    queryFn: ({ signal }) => api.sees(id, { ladder, aim, limit: MOST_SEEN }, signal),
  });
}

/** Coverage of the camera as it is on record, for an aim. */
export function useCoverage(id: string, ladder: Ladder, aim: AimChoice | undefined, enabled: boolean) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['coverage', id, ladder, aim, lang],
    enabled,
    retry,
    staleTime: 60_000,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.coverageOf(id, { ladder, aim }, signal),
  });
}
