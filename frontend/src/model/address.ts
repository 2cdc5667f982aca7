/**
 * What is seen, as the address bar says it:
 * `#/operate?v=lon,lat,height,heading,pitch,roll&c=camera&p=lon,lat,height&lang=en`.
 */
import type { Lang } from '../api/types';
import type { Place, Selection, State, View } from './state';
import type { AppStore } from './store';

export interface Address {
  workspace: string;
  view?: View;
  camera?: string;
  place?: Place;
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

/** Reads the part after `#`; what makes no sense is left out, never refused. */
export function parseAddress(hash: string): Address {
  const [path = '', query = ''] = hash.replace(/^#/, '').split('?', 2);
  const params = new URLSearchParams(query);
  const lang = params.get('lang');
  const view = parseView(params.get('v'));
  const place = parsePlace(params.get('p'));
  const camera = params.get('c');
  return {
    workspace: path.replace(/^\//, '') || WORKSPACE,
    ...(view && { view }),
    ...(camera && { camera }),
    ...(place && { place }),
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

/** The inverse of `parseAddress`, with the leading `#`. */
export function formatAddress(address: Address): string {
  const parts: string[] = [];
  if (address.view) parts.push(`v=${formatView(address.view)}`);
  if (address.camera) parts.push(`c=${encodeURIComponent(address.camera)}`);
  if (address.place) parts.push(`p=${formatPlace(address.place)}`);
  if (address.lang) parts.push(`lang=${address.lang}`);
  return `#/${address.workspace}${parts.length > 0 ? `?${parts.join('&')}` : ''}`;
}

const cameraOf = (selection: Selection | null) => (selection?.kind === 'camera' ? selection.id : undefined);

/** The address that restores a state. */
export function addressOf(state: State): Address {
  const camera = cameraOf(state.selection);
  return {
    workspace: WORKSPACE,
    ...(state.view && { view: state.view }),
    ...(camera && { camera }),
    ...(state.click && { place: state.click }),
    lang: state.lang,
  };
}

/** Puts what an address says into the store. Call before the scene starts. */
export function restore(store: AppStore, address: Address): void {
  const { setLang, setView, select, setClick } = store.getState();
  if (address.lang) setLang(address.lang);
  if (address.view) setView(address.view);
  if (address.camera) select({ kind: 'camera', id: address.camera });
  if (address.place) setClick({ ...address.place, source: 'search' });
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
