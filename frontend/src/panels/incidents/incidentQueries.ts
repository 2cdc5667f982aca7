/** What is asked of the server about incidents, checkpoints and units. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { ApiError } from '../../api/client';
import type { IncidentDetail, IncidentQuery, UnitFeature } from '../../api/situation';
import type { IncidentFilter } from '../../model/incidents';
import { useAppContext, useLang } from '../app';

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;

/** Asked for anew with each version that the live feed tells of. */
export function useIncident(id: string, version: number | undefined) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery<IncidentDetail>({
    queryKey: ['incident', id, version, lang],
    retry,
    placeholderData: (before) => (before?.id === id ? before : undefined),
    queryFn: ({ signal }) => api.incident(id, signal),
  });
}

export function useUnits() {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ['units'],
    retry,
    staleTime: 300_000,
    queryFn: ({ signal }) => api.units(signal),
  });
}

/** Units on record, shown where they are housed. */
export function useUnitsOnMap(): void {
  const { store } = useAppContext();
  const { data } = useUnits();
  useEffect(() => {
    const placed = data?.map(({ id, geometry, properties: { name, name_en } }) => {
      const [lon = 0, lat = 0] = geometry.coordinates;
      return { id, name, name_en, lon, lat };
    });
    if (placed) store.getState().setUnits(placed);
  }, [data, store]);
}

/** A unit by its id; one that is no record goes by the name that it was given. */
export function unitName(id: string, units: readonly UnitFeature[] | undefined, lang: 'zh' | 'en'): string {
  const found = units?.find((unit) => unit.id === id)?.properties;
  if (!found) return id;
  return (lang === 'en' && found.name_en) || found.name;
}

export function useCheckpoint(id: string) {
  const { api } = useAppContext();
  const lang = useLang();
  return useQuery({
    queryKey: ['checkpoint', id, lang],
    retry,
    queryFn: ({ signal }) => api.checkpoint(id, signal),
  });
}

const CLOSED_LISTED = 500;

export function queryOf({ categories, severities, reality, area, text }: IncidentFilter): IncidentQuery {
  const exercise = reality === 'all' ? undefined : reality === 'exercises';
  return { category: categories, severity: severities, exercise, area: area ?? undefined, q: text };
}

/** The newest of the archive. */
export function useClosed(filter: IncidentFilter) {
  const { api } = useAppContext();
  return useQuery({
    queryKey: ['incidents', 'closed', filter],
    enabled: filter.scope === 'closed',
    retry,
    placeholderData: keepPreviousData,
    queryFn: ({ signal }) => api.incidents({ ...queryOf(filter), state: ['closed'], limit: CLOSED_LISTED }, signal),
  });
}
