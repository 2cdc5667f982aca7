/** The city's coverage as the server has it, and what of it the scene is to draw. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useMemo } from 'react';
import type { BuildingsCoverage, CityCoverageAnswer, CoverageTerms, HexagonProperties } from '../../api/cityCoverage';
import { ApiError } from '../../api/client';
import type { AreaLevel } from '../../api/types';
import type { Seen } from '../../model/cityState';
import { useApp, useAppContext, useLang } from '../app';

const retry = (failures: number, error: Error) => !(error instanceof ApiError) && failures < 2;
/** While it is being worked out its progress is asked for, afterwards whether it changed. */
const POLL_MS = { working: 2000, ready: 20_000 };

/** Statistics that hexagons can show. */
export const STATISTICS = [
  'covered_share',
  'mean_cameras',
  'blind_m2',
  'single_m2',
] as const satisfies readonly (keyof HexagonProperties)[];
export const HEXAGON_RES = 9;

export function useTerms(): CoverageTerms {
  const ladder = useApp((state) => state.cityCoverage.ladder);
  const minClass = useApp((state) => state.cityCoverage.minClass);
  return useMemo(() => ({ ladder, minClass }), [ladder, minClass]);
}

export function useCityCoverage(enabled = true) {
  const { api } = useAppContext();
  const lang = useLang();
  const terms = useTerms();
  return useQuery<CityCoverageAnswer>({
    queryKey: ['city-coverage', terms, lang],
    enabled,
    retry,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) => (state.data?.current ? POLL_MS.ready : POLL_MS.working),
    refetchIntervalInBackground: false,
    queryFn: ({ signal }) => api.cityCoverage(terms, signal),
  });
}

/** A table of the version at hand; a new version makes it new. */
function useOf<T>(name: string, enabled: boolean, more: readonly unknown[], ask: (signal: AbortSignal) => Promise<T>) {
  const terms = useTerms();
  const lang = useLang();
  const version = useApp((state) => state.coverageVersion);
  return useQuery({
    queryKey: ['city-coverage-of', name, terms, version, lang, ...more],
    enabled: enabled && version !== '',
    retry,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => ask(signal),
  });
}

export function useAreas(level: AreaLevel) {
  const { api } = useAppContext();
  const terms = useTerms();
  return useOf('areas', true, [level], (signal) => api.coverageAreas(terms, level, signal));
}

export function useRoads() {
  const { api } = useAppContext();
  const terms = useTerms();
  return useOf('roads', true, [], (signal) => api.coverageRoads(terms, signal));
}

export function useBlindSpots(area: string | null) {
  const { api } = useAppContext();
  const terms = useTerms();
  const tier = useApp((state) => state.cityCoverage.tier);
  return useOf('blind', true, [area, tier], (signal) => api.blindSpots(terms, { area, tier }, signal));
}

export function useHexagons(enabled: boolean) {
  const { api } = useAppContext();
  const terms = useTerms();
  return useOf('h3', enabled, [], (signal) => api.coverageHexagons(terms, HEXAGON_RES, signal));
}

export function useFacades(enabled: boolean) {
  const { api } = useAppContext();
  const terms = useTerms();
  return useOf('buildings', enabled, [], (signal) => api.coverageBuildings(terms, signal));
}

export function seenOf({ buildings }: Pick<BuildingsCoverage, 'buildings'>): ReadonlyMap<string, Seen> {
  return new Map(buildings.map(({ building, state }) => [building, state]));
}

/** Hands the scene what the choice calls for: the version of the tiles, facades, hexagons. */
export function useCoverageOnMap(): void {
  const { store } = useAppContext();
  const choice = useApp((state) => state.cityCoverage);
  const atDesk = useApp((state) => state.desk?.kind === 'coverage');
  const wanted = choice.layer !== null || choice.facades || choice.hexagons !== null || atDesk;
  const { data } = useCityCoverage(wanted);
  const facades = useFacades(choice.facades);
  const hexagons = useHexagons(choice.hexagons !== null);
  const version = data?.version ?? '';
  useEffect(() => {
    if (wanted && version) store.getState().setCoverageVersion(version);
  }, [wanted, version, store]);
  useEffect(() => {
    store.getState().setFacades(choice.facades && facades.data ? seenOf(facades.data) : undefined);
  }, [choice.facades, facades.data, store]);
  useEffect(() => {
    const property = choice.hexagons;
    store
      .getState()
      .setHexagons(property !== null && hexagons.data ? { collection: hexagons.data, property } : undefined);
  }, [choice.hexagons, hexagons.data, store]);
}
