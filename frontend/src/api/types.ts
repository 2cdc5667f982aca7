/**
 * What the server says, as JSON. Longitude, latitude in degrees (WGS 84);
 * heights are ellipsoidal metres unless a name says otherwise.
 */
import type { Feature, FeatureCollection, MultiPolygon, Polygon } from 'geojson';

export type Lang = 'zh' | 'en';
export type Tier = 1 | 2 | 3;
export type Ladder = '2014' | '2025';
export type LonLat = [number, number];
export type LonLatHeight = [number, number, number];

export interface LadderClass {
  id: string;
  name: string;
  px_m: number;
}

export interface City {
  name: string;
  name_en: string;
  generated: boolean;
  version: string;
  tile_version: string;
  time_zone: string;
  /** west, south, east, north */
  extent: [number, number, number, number];
  center: LonLat;
  home: { lon: number; lat: number; height: number; heading: number; pitch: number };
  credits: string[];
  assumptions: { code: string; text: string }[];
  counts: Record<string, number>;
  ladders: Record<Ladder, LadderClass[]>;
  basemap: { min_zoom: number; max_zoom: number };
}

export interface CameraSummary {
  id: string;
  name: string;
  name_en: string;
  lon: number;
  lat: number;
  /** of the lens, ellipsoidal */
  height: number;
  /** of the ground below it, ellipsoidal; null outside the city */
  ground_height: number | null;
  tier: Tier;
  tier_assumed: boolean;
  type: 'fixed' | 'ptz';
  /** null: the direction is not known, and nothing may be drawn as if it were */
  heading: number | null;
  pitch: number;
  hfov: number;
  reach_m: number;
  owner: string;
  district: string;
  street: string;
  community: string;
  incomplete: string[];
}

export interface CameraList {
  version: string;
  count: number;
  cameras: CameraSummary[];
}

export interface CameraDetails extends CameraSummary {
  mount_height: number;
  image_width: number;
  image_height: number;
  hfov_tele: number | null;
  roll: number;
  purpose: string;
  address: string;
  status: string;
  streams: string[];
  assumed: { field: string; text: string }[];
  version: number | string;
  online: boolean | null;
}

export type AreaLevel = 'city' | 'district' | 'street' | 'community';

export interface Area {
  code: string;
  name: string;
  name_en: string;
  level: AreaLevel;
  parent: string | null;
}

export type AreaFeature = Feature<Polygon | MultiPolygon, Area>;

export interface CoverageProperties {
  class: string;
  name: string;
  min_px_m: number;
  max_px_m: number | null;
  area_m2: number;
  ladder: Ladder;
  cell_m: number;
  radius_m: number;
  city_version: string;
  assumed: string[];
}

export type CoverageAnswer = FeatureCollection<Polygon | MultiPolygon | null, CoverageProperties>;

/** What a ray of the cone met: nothing, terrain, surface (trees), wall, roof. */
export type HitKind = 0 | 1 | 2 | 3 | 4;

export interface ConeAnswer {
  camera: string;
  eye: LonLatHeight;
  rows: number;
  cols: number;
  /** row-major, top to bottom, left to right */
  points: LonLatHeight[];
  kinds: HitKind[];
  aim: 'heading' | 'home' | 'place';
  reach_m: number;
}

export interface BuildingRef {
  id: string;
  name: string;
}

export interface LinkedPlace {
  lon: number;
  lat: number;
  height: number;
  kind: 'ground' | 'roof' | 'facade';
  building?: BuildingRef | null;
}

export type Role = 'overview' | 'context' | 'close';

export interface LinkedCamera {
  camera: string;
  name: string;
  name_en?: string;
  lon?: number;
  lat?: number;
  height?: number;
  tier: Tier;
  type: 'fixed' | 'ptz';
  heading: number | null;
  visible: boolean;
  distance_m: number;
  density_px_m: number | null;
  class: string | null;
  pixel: [number, number] | null;
  aim?: { pan: number; tilt: number; zoom: number } | null;
  online: boolean | null;
  streams: string[];
  score: number;
  why: string;
  why_code: string;
}

export interface LinkAnswer {
  place: LinkedPlace;
  recommended: Partial<Record<Role, string | null>>;
  cameras: LinkedCamera[];
}

export type SearchKind = 'camera' | 'road' | 'junction' | 'building' | 'area' | 'place' | 'coordinate';

export interface SearchHit {
  kind: SearchKind;
  id: string;
  name: string;
  detail: string;
  lon: number;
  lat: number;
  height: number | null;
  area: string | null;
}

export interface SearchAnswer {
  query: string;
  results: SearchHit[];
}

export interface SightPoint {
  lon: number;
  lat: number;
  height: number;
}

export interface SightAnswer {
  visible: boolean;
  distance_m: number;
  from: SightPoint;
  to: SightPoint;
  blocker:
    | (SightPoint & {
        kind: 'terrain' | 'surface' | 'building';
        building: BuildingRef | null;
        distance_m: number;
      })
    | null;
  text: string;
}

export interface HeightAnswer {
  ground: number;
  top: number;
  building: BuildingRef | null;
}

export interface HeightsAnswer {
  ground: (number | null)[];
  top: (number | null)[];
}

export interface BuildingFacts {
  id: string;
  name: string;
  name_en: string;
  use: string;
  storeys: number | null;
  address: string;
  area: string;
  height_m: number;
  base: number;
  roof: number;
  ground: number;
  lon: number;
  lat: number;
}

/** RFC 9457. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  [extension: string]: unknown;
}
