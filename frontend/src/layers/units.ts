/**
 * What moves, and the units on record that nothing is heard of: one collection of pictures, changed in place.
 * A new picture of the scene is asked for only when something in view has changed.
 */
import {
  type Billboard,
  BillboardCollection,
  BlendOption,
  Cartesian2,
  Cartesian3,
  HorizontalOrigin,
  NearFarScalar,
  VerticalOrigin,
} from 'cesium';
import { type Mover, moverState } from '../model/movers';
import { shownNow } from '../model/replay/clock';
import type { AppState } from '../model/store';
import { VEHICLE } from '../model/vehicles';
import { bearingVector } from '../scene/frustum';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { sightOf } from './eye';
import { Glyphs } from './fonts';
import { at, onGround, usualGround } from './grounds';
import { type Icon, LABEL_FONT, labelIcon, PIXEL_RATIO } from './icons';
import type { Mark } from './marks';
import { postIcon, unitIcon } from './unitIcons';

/** Batches of several kinds of news are drawn together. */
const NEWS_MS = 40;
const REST_MS = 160;
/** Somebody falls silent while nothing happens. */
const CLOCK_MS = 5_000;
const NAMES_M = 2500;
const MOST_NAMES = 24;
const NAME_PX = 21;
/** The ground is looked up anew after so many metres, and for so many things at a time. */
const GROUND_M = 12;
const GROUNDS_AT_ONCE = 120;
/** Pictures stay readable from near and do not cover the city from afar. */
const SCALE = new NearFarScalar(2_000, 1 / PIXEL_RATIO, 30_000, 0.42 / PIXEL_RATIO);
const METRES_PER_DEGREE = 111_320;

/** What is drawn: something that moves, or a unit's house. */
type Thing = Pick<Mover, 'key' | 'id' | 'lon' | 'lat' | 'height' | 'heading'> & { mover?: Mover };

interface Drawn {
  sign: Billboard;
  icon: string;
  name?: Billboard;
  text?: string;
  thing: Thing;
  /** ground height and where it was looked up; looked: on the drawn ground */
  ground: { lon: number; lat: number; height: number; looked: boolean };
}

const apart = (a: { lon: number; lat: number }, b: { lon: number; lat: number }) =>
  METRES_PER_DEGREE * Math.hypot((a.lon - b.lon) * Math.cos((a.lat * Math.PI) / 180), a.lat - b.lat);

export function unitLayer(stage: Stage): Layer {
  const { camera: eye } = stage.scene;
  const { movers } = stage.store.getState();
  const collection = stage.scene.primitives.add(
    new BillboardCollection({ blendOption: BlendOption.TRANSLUCENT }),
  ) as BillboardCollection;
  const drawn = new Map<string, Drawn>();
  const changed = new Set<string>();
  const named = new Set<Drawn>();
  const pending = new Set<Billboard>();
  const glyphs = new Glyphs(() => rest());
  let state: AppState = stage.store.getState();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let resting: ReturnType<typeof setTimeout> | undefined;

  const bill = (mark: Mark | undefined, offset: number): Billboard =>
    collection.add({
      position: Cartesian3.ZERO,
      id: mark,
      scale: mark ? 1 : 1 / PIXEL_RATIO,
      ...(mark && { scaleByDistance: SCALE }),
      pixelOffset: new Cartesian2(0, offset),
      horizontalOrigin: HorizontalOrigin.CENTER,
      verticalOrigin: VerticalOrigin.CENTER,
      disableDepthTestDistance: Number.POSITIVE_INFINITY,
    });
  const paint = (billboard: Billboard, icon: Icon) => {
    billboard.setImage(icon.key, icon.draw());
    pending.add(billboard);
  };
  const thingOf = (key: string): Thing | undefined => {
    if (!state.layers.units) return undefined;
    const mover = movers.get(key);
    // Vehicles have a layer of their own.
    if (mover?.kind === VEHICLE) return undefined;
    if (mover) return { ...mover, mover };
    const unit = key.startsWith('unit:') ? state.units.get(key.slice('unit:'.length)) : undefined;
    return unit && { key, id: unit.id, lon: unit.lon, lat: unit.lat, height: null, heading: null };
  };
  const nameOf = ({ id, mover }: Thing): string => {
    const unit = !mover || mover.kind === 'unit' ? state.units.get(id) : undefined;
    return (unit && ((state.lang === 'en' && unit.name_en) || unit.name)) || id;
  };
  const iconOf = ({ key, mover, heading }: Thing, now: number): Icon => {
    const chosen = key === state.unit;
    return mover ? unitIcon(moverState(mover, now), heading !== null, chosen) : postIcon(chosen);
  };
  const drop = (key: string, one: Drawn) => {
    pending.delete(one.sign);
    collection.remove(one.sign);
    unname(one);
    drawn.delete(key);
  };
  const unname = (one: Drawn) => {
    if (one.name) {
      pending.delete(one.name);
      collection.remove(one.name);
    }
    delete one.name;
    delete one.text;
    named.delete(one);
  };
  /** Puts one thing where it is now; whether it or what it left is in view. */
  const put = (
    key: string,
    now: number,
    sees: ReturnType<typeof sightOf>['sees'],
    grounds: { left: number },
  ): boolean => {
    const thing = thingOf(key);
    const before = drawn.get(key);
    if (!thing) {
      if (before) drop(key, before);
      return before !== undefined;
    }
    const usual = before?.ground.height ?? usualGround(state, thing.lon, thing.lat);
    const inView = sees(thing.lon, thing.lat, thing.height ?? usual, 30);
    const ground = before?.ground ?? { lon: thing.lon, lat: thing.lat, height: usual, looked: false };
    const one: Drawn = before ?? { sign: bill({ kind: 'unit', id: key }, 0), icon: '', thing, ground };
    one.thing = thing;
    if (thing.height === null && inView && (!ground.looked || apart(ground, thing) > GROUND_M)) {
      if (grounds.left > 0) {
        grounds.left -= 1;
        one.ground = {
          lon: thing.lon,
          lat: thing.lat,
          height: onGround(stage, thing.lon, thing.lat, usual),
          looked: true,
        };
      } else changed.add(key);
    }
    const position = at(thing.lon, thing.lat, thing.height ?? one.ground.height);
    one.sign.position = position;
    if (one.name) one.name.position = position;
    one.sign.alignedAxis =
      thing.heading === null ? Cartesian3.ZERO : new Cartesian3(...bearingVector(thing.lon, thing.lat, thing.heading));
    const icon = iconOf(thing, now);
    if (icon.key !== one.icon) paint(one.sign, icon);
    one.icon = icon.key;
    drawn.set(key, one);
    return inView;
  };
  const flush = () => {
    timer = undefined;
    const keys = [...changed];
    changed.clear();
    const { sees } = sightOf(stage.scene);
    const now = shownNow();
    const grounds = { left: GROUNDS_AT_ONCE };
    let seen = false;
    for (const key of keys) seen = put(key, now, sees, grounds) || seen;
    if (changed.size > 0) soon();
    if (seen) stage.redraw();
  };
  const soon = () => {
    timer ??= setTimeout(flush, NEWS_MS);
  };
  /** Names of the nearest; which those are is looked at when the eye rests and now and then. */
  const names = () => {
    const sight = sightOf(stage.scene);
    const on = state.layers.labels && state.tool === 'select';
    const near = on
      ? [...drawn.values()]
          .map((one) => ({ one, away: sight.distance(one.thing.lon, one.thing.lat, one.ground.height) }))
          .filter(({ one, away }) => away < NAMES_M && sight.sees(one.thing.lon, one.thing.lat, one.ground.height, 10))
          .toSorted((a, b) => a.away - b.away)
          .slice(0, MOST_NAMES)
          .map(({ one }) => one)
      : [];
    const chosen = state.unit === null ? undefined : drawn.get(state.unit);
    const wanted = new Set(chosen ? [...near, chosen] : near);
    for (const one of [...named]) if (!wanted.has(one)) unname(one);
    for (const one of wanted) {
      const text = nameOf(one.thing);
      if (one.text === text || !glyphs.has(LABEL_FONT, text)) continue;
      one.name ??= bill(undefined, NAME_PX);
      one.name.position = one.sign.position;
      paint(one.name, labelIcon(text));
      one.text = text;
      named.add(one);
    }
  };
  const settle = () => {
    resting = undefined;
    for (const [key, { ground }] of drawn) if (!ground.looked) changed.add(key);
    names();
    soon();
    stage.redraw();
  };
  const rest = () => {
    resting ??= setTimeout(settle, REST_MS);
  };
  /** Finer ground may be drawn by now. */
  const arrived = () => {
    for (const one of drawn.values()) one.ground.looked = false;
    rest();
  };
  const all = () => {
    for (const key of drawn.keys()) changed.add(key);
    for (const { key } of movers.values()) changed.add(key);
    for (const id of state.units.keys()) changed.add(`unit:${id}`);
    soon();
    rest();
  };
  const tick = () => {
    const now = shownNow();
    for (const [key, one] of drawn) if (iconOf(one.thing, now).key !== one.icon) changed.add(key);
    if (changed.size > 0) soon();
    rest();
  };
  /** Pictures reach the graphics card a frame or two later: draw again until all have. */
  const await_ = () => {
    if (pending.size === 0) return;
    for (const billboard of pending) if (billboard.ready) pending.delete(billboard);
    stage.redraw();
  };
  const redo = onChange(
    (s) => [s.layers.units, s.layers.labels, s.units, s.unit, s.lang, s.tool, s.cameras.size > 0] as const,
    all,
  );
  const stops = [
    movers.listen((keys) => {
      for (const key of keys) changed.add(key);
      soon();
    }),
    eye.changed.addEventListener(rest),
    eye.moveEnd.addEventListener(arrived),
    stage.scene.postRender.addEventListener(await_),
  ];
  const ticking = setInterval(tick, CLOCK_MS);
  return {
    apply(next) {
      state = next;
      redo(next);
    },
    dispose() {
      clearTimeout(timer);
      clearTimeout(resting);
      clearInterval(ticking);
      for (const stop of stops) stop();
      stage.scene.primitives.remove(collection);
    },
  };
}
