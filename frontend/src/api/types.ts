/**
 * What the server says, as JSON. The shapes come from its OpenAPI document
 * (types.gen.ts); here they get short names, and what JSON Schema cannot say:
 * how many numbers stand in a list, which words a field may have.
 *
 * Longitude, latitude in degrees (WGS 84); heights are ellipsoidal metres unless
 * a name says otherwise.
 */
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';
import type { components } from './types.gen';

type Schemas = components['schemas'];

/** `T` with some fields said more narrowly; a field that the server does not have is an error. */
type Refine<T, R extends { [K in keyof R]: K extends keyof T ? T[K] : never }> = Omit<T, keyof R> & R;

export type Lang = 'zh' | 'en';
export type Tier = 1 | 2 | 3;
export type Ladder = '2014' | '2025';
export type LonLat = [number, number];
export type LonLatHeight = [number, number, number];

export type LadderClass = Schemas['DensityClass'];

/** `extent` is west, south, east, north. */
export type City = Refine<
  Schemas['City'],
  { extent: [number, number, number, number]; center: LonLat; ladders: Record<Ladder, LadderClass[]> }
>;

/**
 * `height` is the lens, `ground_height` the ground below it, null outside the city. A `heading`
 * of null: the direction is not known, and nothing may be drawn as if it were.
 */
export type CameraSummary = Schemas['CameraSummary'];

export type CameraList = Refine<Schemas['Cameras'], { cameras: CameraSummary[] }>;

export type CameraDetails = Schemas['Camera'];

export type AreaLevel = 'city' | 'district' | 'street' | 'community';

/** The parent of the topmost is empty. */
export type Area = Refine<Schemas['Area'], { level: AreaLevel }>;

export type AreaFeature = Feature<Polygon | MultiPolygon, Area>;

export type CoverageProperties = Schemas['CoverageProperties'];

export type CoverageAnswer = FeatureCollection<Polygon | MultiPolygon | null, CoverageProperties>;

/** What a ray of the cone met: nothing, terrain, surface (trees), wall, roof. */
export type HitKind = 0 | 1 | 2 | 3 | 4;

/** `points` and `kinds` are row-major, top to bottom, left to right. */
export type ConeAnswer = Refine<Schemas['Cone'], { eye: LonLatHeight; points: LonLatHeight[]; kinds: HitKind[] }>;

export type BuildingRef = Schemas['BuildingRef'];

export type LinkedPlace = Schemas['LinkPlace'];

export type Role = keyof Schemas['Recommended'];

export type LinkedCamera = Refine<Schemas['LinkCamera'], { pixel: [number, number] | null }>;

export type LinkAnswer = Refine<Schemas['LinkAnswer'], { cameras: LinkedCamera[] }>;

export type SearchKind =
  | 'camera'
  | 'vehicle'
  | 'road'
  | 'junction'
  | 'building'
  | 'area'
  | 'place'
  | 'coordinate'
  | 'incident'
  | 'checkpoint'
  | 'zone'
  | 'unit';

export type SearchHit = Refine<Schemas['SearchResult'], { kind: SearchKind }>;

export type SearchAnswer = Refine<Schemas['SearchAnswer'], { results: SearchHit[] }>;

export type SightPoint = Schemas['Place'];

export type SightAnswer = Schemas['SightAnswer'];

export type HeightAnswer = Schemas['HeightAnswer'];

export type HeightsAnswer = Schemas['HeightsAnswer'];

export type BuildingFacts = Schemas['Building'];

/** RFC 9457. */
export type Problem = Schemas['Problem'];
