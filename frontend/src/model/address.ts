/**
 * What is seen, as the address bar says it:
 * `#/operate` or `#/manage/journal`, then (for camera health see healthAddress.ts) `?v=lon,lat,height,heading,pitch,roll&c=camera&pic=camera,camera&wall=4,camera,,camera&tour=10,1,camera&drape=0.8,camera&names=1&p=lon,lat,height&i=incident&car=vehicle&track=1h&t=2026-11-23T06:32:05Z&cov=count,3,2014,observe,f&lang=en`.
 */
import type { Ladder, Lang, Tier } from '../api/types';
import { MOST_PICTURES } from './cameraState';
import { type CityCoverage, COVERAGE_LAYERS, type CoverageLayer, initialCity, withChoice } from './cityState';
import { MANAGE_PAGES } from './doorState';
import { type DrapeState, formatDrapes, parseDrapes } from './drapes';
import { formatHealth, type HealthAddress, healthOf, parseHealth } from './healthAddress';
import type { Place, Selection, State, View } from './state';
import type { AppStore } from './store';
import { formatWindow, parseWindow, type TrackWindow } from './track';
import { keyOf, vehicleIn } from './vehicles';
import { formatTour, formatWall, parseWall, type Wall } from './wall';

export interface Address {
  workspace: string;
  view?: View;
  camera?: string;
  /** cameras whose pictures stand open */
  pictures?: readonly string[];
  wall?: Wall;
  /** what is laid on the model, and how strongly */
  drapes?: Pick<DrapeState, 'drapes' | 'drapeOpacity'>;
  /** names over the pictures */
  named?: boolean;
  place?: Place;
  /** the incident at the right */
  incident?: string;
  /** the vehicle at the right */
  vehicle?: string;
  /** the window of the track that is drawn; whose, where it is another vehicle's */
  track?: { window: TrackWindow; vehicle: string };
  /** the moment that is replayed, ms since 1970 */
  time?: number;
  coverage?: Partial<CityCoverage>;
  health?: HealthAddress;
  lang?: Lang;
}

const WORKSPACE = 'operate';

function numbers(text: string | null): number[] | null {
  if (!text) return null;
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  return values.every(Number.isFinite) ? values : null;
}

const onEarth = (lon: number, lat: number) => Math.abs(lon) <= 180 && Math.abs(lat) <= 90;

function parseView(text: string | null): View | undefined {
  const [lon, lat, height, heading, pitch, roll = 0] = numbers(text) ?? [];
  if (lon === undefined || lat === undefined || height === undefined) return undefined;
  if (heading === undefined || pitch === undefined || !onEarth(lon, lat)) return undefined;
  return { lon, lat, height, heading, pitch, roll };
}

function parsePlace(text: string | null): Place | undefined {
  const [lon, lat, height] = numbers(text) ?? [];
  if (lon === undefined || lat === undefined || !onEarth(lon, lat)) return undefined;
  return height === undefined ? { lon, lat } : { lon, lat, height };
}

/** A moment that is past. */
function parseTime(text: string | null): number | undefined {
  const time = Date.parse(text ?? '');
  return Number.isFinite(time) && time < Date.now() ? time : undefined;
}

const formatTime = (time: number) => new Date(time).toISOString().replace(/\.\d+/, '');

/** Layer (or `none`), tier (0: all), ladder, least class, and `f` where facades are coloured. */
function parseCoverage(text: string | null): Partial<CityCoverage> | undefined {
  if (!text) return undefined;
  const [layer = '', tier = '', ladder = '', minClass = '', facades = ''] = text.split(',');
  return {
    layer: COVERAGE_LAYERS.includes(layer as CoverageLayer) ? (layer as CoverageLayer) : null,
    tier: ['1', '2', '3'].includes(tier) ? (Number(tier) as Tier) : null,
    ...((ladder === '2014' || ladder === '2025') && {
      ladder: ladder as Ladder,
      ...(/^[a-z]+$/.test(minClass) && { minClass }),
    }),
    facades: facades === 'f',
  };
}

function formatCoverage(choice: Partial<CityCoverage>): string {
  const { layer, tier, ladder, minClass, facades } = withChoice(initialCity.cityCoverage, choice);
  return [layer ?? 'none', tier ?? 0, ladder, minClass, ...(facades ? ['f'] : [])].join(',');
}

/** Reads the part after `#`; what makes no sense is left out, never refused. */
export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const params = new URLSearchParams(query);
  const lang = params.get('lang');
  const view = parseView(params.get('v'));
  const place = parsePlace(params.get('p'));
  const camera = params.get('c');
  const incident = params.get('i');
  const vehicle = params.get('car');
  const window = parseWindow(params.get('track'));
  const tracked = params.get('of') ?? vehicle;
  const time = parseTime(params.get('t'));
  const pictures = (params.get('pic') ?? '').split(',').filter(Boolean).slice(0, MOST_PICTURES);
  const wall = parseWall(params.get('wall'), params.get('tour'));
  const drapes = parseDrapes(params.get('drape'));
  const coverage = parseCoverage(params.get('cov'));
  const health = parseHealth(params);
  return {
    workspace: path.replace(/^\//, '') || WORKSPACE,
    ...(view && { view }),
    ...(camera && { camera }),
    ...(pictures.length > 0 && { pictures }),
    ...(wall && { wall }),
    ...(drapes && { drapes }),
    ...(params.get('names') === '1' && { named: true }),
    ...(place && { place }),
    ...(incident && { incident }),
    ...(vehicle && { vehicle }),
    ...(window && tracked && { track: { window, vehicle: tracked } }),
    ...(time !== undefined && { time }),
    ...(coverage && { coverage }),
    ...(Object.keys(health).length > 0 && { health }),
    ...((lang === 'zh' || lang === 'en') && { lang }),
  };
}

const fixed = (value: number, digits: number) => String(Number(value.toFixed(digits)));

function formatPlace({ lon, lat, height }: Place): string {
  const parts = [fixed(lon, 6), fixed(lat, 6)];
  if (height !== undefined) parts.push(fixed(height, 2));
  return parts.join(',');
}

function formatView(view: View): string {
  const turns = [view.heading, view.pitch, view.roll].map((angle) => fixed(angle, 2));
  return [fixed(view.lon, 6), fixed(view.lat, 6), fixed(view.height, 1), ...turns].join(',');
}

function wallParts(wall: Wall): string[] {
  const tour = formatTour(wall.tour);
  return [`wall=${formatWall(wall)}`, ...(tour ? [`tour=${tour}`] : [])];
}

function trackParts({ window, vehicle }: NonNullable<Address['track']>, open: string | undefined): string[] {
  const of = vehicle === open ? [] : [`of=${encodeURIComponent(vehicle)}`];
  return [`track=${formatWindow(window)}`, ...of];
}

/** The inverse of `parseAddress`, with the leading `#`. */
export function formatAddress(address: Address): string {
  const parts: string[] = [];
  if (address.view) parts.push(`v=${formatView(address.view)}`);
  if (address.camera) parts.push(`c=${encodeURIComponent(address.camera)}`);
  if (address.pictures) parts.push(`pic=${address.pictures.map(encodeURIComponent).join(',')}`);
  if (address.wall) parts.push(...wallParts(address.wall));
  if (address.drapes) parts.push(`drape=${formatDrapes(address.drapes)}`);
  if (address.named) parts.push('names=1');
  if (address.place) parts.push(`p=${formatPlace(address.place)}`);
  if (address.incident) parts.push(`i=${encodeURIComponent(address.incident)}`);
  if (address.vehicle) parts.push(`car=${encodeURIComponent(address.vehicle)}`);
  if (address.track) parts.push(...trackParts(address.track, address.vehicle));
  if (address.time !== undefined) parts.push(`t=${formatTime(address.time)}`);
  if (address.coverage) parts.push(`cov=${formatCoverage(address.coverage)}`);
  if (address.health) parts.push(...formatHealth(address.health));
  if (address.lang) parts.push(`lang=${address.lang}`);
  return `#/${address.workspace}${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
}

const cameraOf = (selection: Selection | null) => (selection?.kind === 'camera' ? selection.id : undefined);

/** The address that restores a state. */
export function addressOf(state: State): Address {
  const camera = cameraOf(state.selection);
  const vehicle = vehicleIn(state.unit);
  return {
    workspace: state.workspace === 'manage' ? `manage/${state.managePage}` : WORKSPACE,
    ...(state.view && { view: state.view }),
    ...(camera && { camera }),
    ...(state.pictures.length > 0 && { pictures: state.pictures }),
    ...(state.wall && { wall: state.wall }),
    ...(state.drapes.length > 0 && { drapes: state }),
    ...(state.named && { named: true }),
    ...(state.click && { place: state.click }),
    ...(state.incident !== null && { incident: state.incident }),
    ...(vehicle !== null && { vehicle }),
    ...(state.trackAsk && { track: state.trackAsk }),
    ...(state.replay && { time: state.replay.at }),
    ...((state.cityCoverage.layer !== null || state.cityCoverage.facades) && { coverage: state.cityCoverage }),
    ...(state.workspace === 'manage' && { health: healthOf(state, state.managePage) }),
    lang: state.lang,
  };
}

/** `manage/journal`; whoever may not see that page is shown another. */
function restoreWorkspace(store: AppStore, path: string): void {
  const [workspace, name] = path.split('/');
  if (workspace !== 'manage') return;
  const page = MANAGE_PAGES.find((known) => known === name);
  store.getState().setWorkspace('manage');
  if (page) store.getState().setManagePage(page);
}

/** Puts what an address says into the store. Call before the scene starts. */
export function restore(store: AppStore, address: Address): void {
  const { setLang, setView, select, setClick, setCityCoverage, openPicture, openIncident, setWall } = store.getState();
  const { setDrape, setDrapeOpacity, openUnit, askTrack } = store.getState();
  restoreWorkspace(store, address.workspace);
  if (address.lang) setLang(address.lang);
  if (address.view) setView(address.view);
  if (address.incident) openIncident(address.incident);
  // A track ends at the moment that is replayed.
  if (address.time !== undefined) store.getState().replayAt(address.time);
  if (address.track) askTrack(address.track);
  if (address.camera) select({ kind: 'camera', id: address.camera });
  if (address.coverage) setCityCoverage(address.coverage);
  for (const camera of address.pictures ?? []) openPicture(camera);
  if (address.wall) setWall(address.wall);
  if (address.drapes) {
    setDrapeOpacity(address.drapes.drapeOpacity);
    for (const camera of address.drapes.drapes) {
      // Only what is watched can be laid on anything.
      if (!address.wall?.panes.includes(camera)) openPicture(camera);
      setDrape(camera, true);
    }
  }
  if (address.named) store.getState().setNamed(true);
  if (address.health) store.setState(address.health);
  if (address.place) setClick({ ...address.place, source: 'search' });
  if (address.vehicle) openUnit(keyOf(address.vehicle));
}

/**
 * Keeps the address bar equal to what is seen; returns the function that stops it.
 * `write` is `history.replaceState` in the browser: going back leaves the page,
 * it does not undo camera moves one by one.
 */
export function keepAddress(store: AppStore, write: (hash: string) => void): () => void {
  let last = '';
  const update = (state: State) => {
    const hash = formatAddress(addressOf(state));
    if (hash !== last) write(hash);
    last = hash;
  };
  return store.subscribe(update);
}
