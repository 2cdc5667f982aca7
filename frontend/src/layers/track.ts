/** Where a vehicle was in a window of time: its way on the ground, which way it went, where it stood, the moment looked at. */
import { Cartesian3, PerspectiveFrustum } from 'cesium';
import type { MultiPolygon } from 'geojson';
import type { LonLat } from '../api/types';
import { hourOf } from '../model/cityClock';
import type { Spot } from '../model/geodesy';
import type { AppState } from '../model/store';
import {
  dashesOf,
  directionsOf,
  linesOf,
  nearestOn,
  onTrack,
  type Stop,
  type Track,
  type TrackColour,
} from '../model/track';
import { ageText } from '../model/vehicles';
import { bearingVector } from '../scene/frustum';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { Drape, type Shape } from './drape';
import { sceneFocal } from './eye';
import { Glyphs } from './fonts';
import { at, onGround, usualGround } from './grounds';
import { LABEL_FONT, labelIcon } from './icons';
import { type Sign, Signs } from './signs';
import { momentIcon, stopIcon, wayIcon } from './vehicleIcons';

const EDGE = { line: '#07121f', width: 8 };
const WAY_PX = 5;
const GAP = { line: '#c4ccd6', width: 3 };
/** The longest stops have their times beside them. */
const MOST_TOLD = 12;
const TOLD_PX = 22;
/** A click so near to the line means it. */
const NEAR_PX = 12;
const LIFT_M = 0.6;

/** There and back: painted shapes are closed. */
const ring = (line: readonly LonLat[]): LonLat[] => [...line, ...line.slice(0, -1).toReversed()];

const drawn = (lines: readonly LonLat[][]): MultiPolygon => ({
  type: 'MultiPolygon',
  coordinates: lines.map((line) => [ring(line)]),
});

export function trackShapes(track: Track, by: TrackColour): Shape[] {
  const ways = linesOf(track, by);
  const gaps = dashesOf(track);
  return [
    ...(gaps.length > 0 ? [{ geometry: drawn(gaps), ...GAP }] : []),
    ...ways.map(({ lines }) => ({ geometry: drawn(lines), ...EDGE })),
    ...ways.map(({ lines, colour }) => ({ geometry: drawn(lines), line: colour, width: WAY_PX })),
  ];
}

export const stopText = ({ begin, end }: Stop, lang: AppState['lang'], zone: string): string =>
  `${hourOf(begin, zone)}–${hourOf(end, zone)} · ${ageText(Math.max(60_000, end - begin), lang)}`;

/** The time on the shown track that a click at a place means; undefined where it is too far from the line. */
export function timeClicked({ scene, store }: Stage, spot: Spot): number | undefined {
  const { track } = store.getState();
  if (!track || track.time.length === 0) return undefined;
  const eye = Cartesian3.distance(scene.camera.positionWC, Cartesian3.fromDegrees(spot.lon, spot.lat, spot.height));
  const metre_px = scene.camera.frustum instanceof PerspectiveFrustum ? sceneFocal(scene) / Math.max(1, eye) : 1;
  const { time, away_m } = nearestOn(track, spot);
  return away_m * metre_px <= NEAR_PX ? time : undefined;
}

export function trackLayer(stage: Stage): Layer {
  const drape = new Drape(stage);
  const signs = new Signs(stage);
  const moment = new Signs(stage);
  const glyphs = new Glyphs(() => marks(stage.store.getState()));

  const stand = (state: AppState, lon: number, lat: number, height: number | null = null) => {
    const ground = onGround(stage, lon, lat, height ?? usualGround(state, lon, lat));
    return at(lon, lat, Math.max(ground, height ?? ground) + LIFT_M);
  };
  const stopSigns = (state: AppState, track: Track): Sign[] => {
    const longest = new Set(track.stops.toSorted((a, b) => b.end - b.begin - (a.end - a.begin)).slice(0, MOST_TOLD));
    return track.stops.flatMap((stop): Sign[] => {
      const position = stand(state, stop.lon, stop.lat);
      const inside = state.trackAt !== null && stop.begin <= state.trackAt && state.trackAt <= stop.end;
      const key = `stop ${stop.begin} ${inside} ${position}`;
      const sign: Sign = { key, icon: stopIcon(inside), position };
      const text = stopText(stop, state.lang, state.city?.time_zone ?? 'UTC');
      if (!longest.has(stop) || !glyphs.has(LABEL_FONT, text)) return [sign];
      return [sign, { key: `${key} ${text}`, icon: labelIcon(text), position, offset: [0, TOLD_PX] }];
    });
  };
  const marks = (state: AppState) => {
    const { track } = state;
    if (!track) {
      signs.show([]);
      return;
    }
    const ways = directionsOf(track).map(({ lon, lat, heading }): Sign => {
      const position = stand(state, lon, lat);
      const axis = new Cartesian3(...bearingVector(lon, lat, heading));
      return { key: `way ${position} ${heading}`, icon: wayIcon(), position, axis };
    });
    signs.show([...ways, ...stopSigns(state, track)]);
  };
  const look = (state: AppState) => {
    const { track, trackAt } = state;
    const there = track && trackAt !== null ? onTrack(track, trackAt) : undefined;
    if (!there) {
      moment.show([]);
      return;
    }
    const { lon, lat, height, heading } = there;
    const position = stand(state, lon, lat, height);
    const axis = heading === null ? undefined : new Cartesian3(...bearingVector(lon, lat, heading));
    const key = `moment ${position} ${heading}`;
    moment.show([{ key, icon: momentIcon(heading !== null), position, ...(axis && { axis }) }]);
  };
  const paint = onChange(
    (s) => [s.track, s.trackColour] as const,
    (_, [track, by]) => drape.show(track ? trackShapes(track, by) : []),
  );
  const sign = onChange((s) => {
    const inside = s.track?.stops.find(
      ({ begin, end }) => s.trackAt !== null && begin <= s.trackAt && s.trackAt <= end,
    );
    return [s.track, s.lang, s.city, inside, s.cameras.size > 0] as const;
  }, marks);
  const follow = onChange((s) => [s.track, s.trackAt] as const, look);
  /** Finer ground may be drawn by now. */
  const arrived = stage.scene.camera.moveEnd.addEventListener(() => {
    const state = stage.store.getState();
    if (!state.track) return;
    marks(state);
    look(state);
  });
  return {
    apply(state) {
      paint(state);
      sign(state);
      follow(state);
    },
    dispose() {
      arrived();
      drape.dispose();
      signs.dispose();
      moment.dispose();
    },
  };
}
