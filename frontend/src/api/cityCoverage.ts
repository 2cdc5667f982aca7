/** The doors of the whole city's coverage. Areas are square metres, shares parts of 1. */
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { Send } from './editing';
import type { AreaLevel, Ladder, Tier } from './types';
import type { components } from './types.gen';

type Schemas = components['schemas'];

export type CityCoverageAnswer = Schemas['CityCoverage'];
export type Swatch = Schemas['Swatch'];
export type CoverageFigures = Schemas['CoverageFigures'];
export type AreaCoverage = Schemas['AreaCoverage'];
export type RoadCoverage = Schemas['RoadCoverage'];
export type BlindSpot = Feature<Polygon | MultiPolygon, Schemas['BlindProperties']> & { id: number };
export type BlindSpots = Omit<Schemas['BlindSpots'], 'features'> & { features: BlindSpot[] };
export type HexagonProperties = Schemas['HexagonProperties'];
export type Hexagons = FeatureCollection<Polygon | MultiPolygon, HexagonProperties> & { resolution: number };
export type BuildingsCoverage = Schemas['BuildingsCoverage'];

/** From which class on something counts as seen. */
export interface CoverageTerms {
  ladder: Ladder;
  minClass: string;
}

const query = ({ ladder, minClass }: CoverageTerms, more: Record<string, string | number | null> = {}) => {
  const given = Object.entries(more).filter(([, value]) => value !== null);
  const all = [['ladder', ladder], ['min_class', minClass], ...given.map(([key, value]) => [key, String(value)])];
  return new URLSearchParams(all as [string, string][]).toString();
};

export type Table = 'areas' | 'roads' | 'h3' | 'buildings';

export function coverageDoors(send: Send) {
  const get = <T>(path: string, signal?: AbortSignal) => send<T>(path, { signal: signal ?? null });
  return {
    cityCoverage: (terms: CoverageTerms, signal?: AbortSignal) =>
      get<CityCoverageAnswer>(`/api/coverage?${query(terms)}`, signal),
    coverageAreas: (terms: CoverageTerms, level: AreaLevel, signal?: AbortSignal) =>
      get<Schemas['AreasCoverage']>(`/api/coverage/areas?${query(terms, { level })}`, signal),
    coverageRoads: (terms: CoverageTerms, signal?: AbortSignal) =>
      get<Schemas['RoadsCoverage']>(`/api/coverage/roads?${query(terms, { limit: 20_000 })}`, signal),
    blindSpots: (terms: CoverageTerms, more: { area: string | null; tier: Tier | null }, signal?: AbortSignal) =>
      get<BlindSpots>(`/api/coverage/blind?${query(terms, { ...more, limit: 500 })}`, signal),
    coverageHexagons: (terms: CoverageTerms, res: number, signal?: AbortSignal) =>
      get<Hexagons>(`/api/coverage/h3?${query(terms, { res })}`, signal),
    coverageBuildings: (terms: CoverageTerms, signal?: AbortSignal) =>
      get<BuildingsCoverage>(`/api/coverage/buildings?${query(terms)}`, signal),
    /** Addresses of files to take away. */
    coverageTableUrl: (table: Table, terms: CoverageTerms, more: Record<string, string | number | null> = {}) =>
      `/api/coverage/${table}.csv?${query(terms, more)}`,
    blindUrl: (terms: CoverageTerms, tier: Tier | null) =>
      `/api/coverage/blind?${query(terms, { tier, limit: 10_000 })}`,
    hexagonsUrl: (terms: CoverageTerms, res: number) => `/api/coverage/h3?${query(terms, { res })}`,
    rasterUrl: (terms: CoverageTerms) => `/api/coverage/raster.tif?${query(terms)}`,
  };
}
