/**
 * The city's own vehicles as they move: two pictures each (the sign, upright, and the tip that shows its heading),
 * changed in place. Between fixes they glide (model/motion.ts); what would not be seen to move is left alone, and a
 * picture of the scene is asked for only when something in view has moved.
 */
import {
  type Billboard,
  BillboardCollection,
  BlendOption,
  Cartesian2,
  Cartesian3,
  HorizontalOrigin,
  NearFarScalar,
  SceneTransforms,
  VerticalOrigin,
} from 'cesium';
import { type Box, declutter } from '../model/declutter';
import { apart, Motion, type Shown } from '../model/motion';
import { type Mover, moverState } from '../model/movers';
import { shownNow } from '../model/replay/clock';
import type { AppState } from '../model/store';
import { ageText, shortName, type Vehicle, vehicleIn } from '../model/vehicles';
import { bearingVector } from '../scene/frustum';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { sceneFocal, sightOf } from './eye';
import { Glyphs } from './fonts';
import { onGround, usualGround } from './grounds';
import { type Icon, LABEL_FONT, LABEL_HEIGHT, labelIcon, labelWidth, PIXEL_RATIO } from './icons';
import { headingIcon, vehicleIcon } from './vehicleIcons';

/** Pictures a second while something moves: enough to look smooth, and time left for all else. */
const FRAME_MS = { full: 33, low: 100 };
/** A move of less is not seen. */
const LEAST_PX = 0.4;
const REST_MS = 160;
/** Somebody falls silent, and names come into each other's way, while nothing else happens. */
const CLOCK_MS = 2_000;
const NAMES_M = 3_000;
const MOST_NAMES = 40;
const NAME_PX = 25;
/** Half of what a sign covers. */
const SIGN_PX = 13;
/** The ground is looked up anew after so many metres, and for so many vehicles a picture. */
const GROUND_M = 10;
const GROUNDS_AT_ONCE = 60;
/** Of the difference to the ground below so much a picture: a slope is no staircase. */
const SETTLE = 0.3;
const SETTLED_M = 0.05;
/** Above the ground by more than this it is on a bridge, and its own height counts. */
const BRIDGE_M = 2.5;
const SCALE = new NearFarScalar(2_000, 1 / PIXEL_RATIO, 30_000, 0.36 / PIXEL_RATIO);

interface Drawn {
  key: string;
  vehicle: Vehicle;
  mover: Mover;
  motion: Motion;
  sign: Billboard;
  tip: Billboard | undefined;
  name: Billboard | undefined;
  text: string;
  icon: string;
  tipIcon: string;
  position: Cartesian3;
  shown: Shown;
  /** height at which it is drawn, and where the ground was looked up */
  height: number;
  ground: { lon: number; lat: number; height: number; looked: boolean };
  /** to be put anew though it may stand still */
  due: boolean;
}

class Fleet implements Layer {
  private readonly stage: Stage;
  private readonly collection: BillboardCollection;
  private readonly drawn = new Map<string, Drawn>();
  private readonly pending = new Set<Billboard>();
  private readonly glyphs = new Glyphs(() => this.rest());
  private readonly stops: (() => void)[];
  private readonly redo: (state: AppState) => void;
  private state: AppState;
  private frame: number | undefined;
  private last = 0;
  private resting: ReturnType<typeof setTimeout> | undefined;
  private disposed = false;
  private readonly scratch = new Cartesian3();

  constructor(stage: Stage) {
    this.stage = stage;
    this.state = stage.store.getState();
    this.collection = stage.scene.primitives.add(
      new BillboardCollection({ blendOption: BlendOption.TRANSLUCENT }),
    ) as BillboardCollection;
    this.redo = onChange(
      (s) => [s.layers.vehicles, s.layers.labels, s.vehicles, s.unit, s.lang, s.tool, s.cameras.size > 0] as const,
      () => this.all(),
    );
    const { movers } = this.state;
    const { camera } = stage.scene;
    const ticking = setInterval(() => this.tick(), CLOCK_MS);
    this.stops = [
      movers.listen((keys) => this.heard(keys)),
      camera.changed.addEventListener(() => this.seen()),
      camera.moveEnd.addEventListener(() => this.arrived()),
      stage.scene.postRender.addEventListener(() => this.await()),
      () => clearInterval(ticking),
    ];
    stage.shownAt = (key) => this.drawn.get(key);
  }

  apply(state: AppState): void {
    this.state = state;
    this.redo(state);
  }

  dispose(): void {
    this.disposed = true;
    for (const stop of this.stops) stop();
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    clearTimeout(this.resting);
    delete this.stage.shownAt;
    this.stage.scene.primitives.remove(this.collection);
  }

  private bill(mark: string | undefined, down: number): Billboard {
    return this.collection.add({
      position: Cartesian3.ZERO,
      ...(mark !== undefined && { id: { kind: 'unit', id: mark } }),
      scale: mark === undefined ? 1 / PIXEL_RATIO : 1,
      ...(mark !== undefined && { scaleByDistance: SCALE }),
      pixelOffset: new Cartesian2(0, down),
      horizontalOrigin: HorizontalOrigin.CENTER,
      verticalOrigin: VerticalOrigin.CENTER,
      disableDepthTestDistance: Number.POSITIVE_INFINITY,
    });
  }

  private paint(billboard: Billboard, icon: Icon): void {
    billboard.setImage(icon.key, icon.draw());
    this.pending.add(billboard);
  }

  private remove(billboard: Billboard | undefined): void {
    if (!billboard) return;
    this.pending.delete(billboard);
    this.collection.remove(billboard);
  }

  /** News of some: those that are vehicles are taken up, those that are no more are put away. */
  private heard(keys: Iterable<string>): void {
    const now = shownNow();
    for (const key of keys) {
      const id = vehicleIn(key);
      if (id === null) continue;
      // One that is struck off is drawn no more, though it may still be heard of.
      const vehicle = this.state.layers.vehicles ? this.state.vehicles.get(id) : undefined;
      const mover = this.state.movers.get(key);
      const there = this.drawn.get(key);
      if (!mover || !vehicle) {
        if (there) this.drop(there);
      } else if (there) {
        there.mover = mover;
        there.vehicle = vehicle;
        // Of the past it is known where it was at any time.
        if (this.state.replay) there.motion = new Motion(mover, now);
        else there.motion.take(mover, now);
        there.due = true;
      } else this.drawn.set(key, this.make(key, mover, vehicle, now));
    }
    this.run();
  }

  private make(key: string, mover: Mover, vehicle: Vehicle, now: number): Drawn {
    const height = usualGround(this.state, mover.lon, mover.lat);
    const made: Drawn = {
      key,
      mover,
      vehicle,
      motion: new Motion(mover, now),
      sign: this.bill(key, 0),
      tip: undefined,
      name: undefined,
      text: '',
      icon: '',
      tipIcon: '',
      position: Cartesian3.fromDegrees(mover.lon, mover.lat, height),
      shown: mover,
      height,
      ground: { lon: mover.lon, lat: mover.lat, height, looked: false },
      due: true,
    };
    made.sign.position = made.position;
    this.dress(made, now);
    this.rest();
    return made;
  }

  private drop(one: Drawn): void {
    for (const billboard of [one.sign, one.tip, one.name]) this.remove(billboard);
    this.drawn.delete(one.key);
    this.stage.redraw();
  }

  /** What it looks like now. */
  private dress(one: Drawn, now: number): void {
    const { type, duty } = one.vehicle;
    const silent = moverState(one.mover, now) === 'silent';
    const icon = vehicleIcon(type, duty, silent, one.key === this.state.unit);
    if (icon.key !== one.icon) this.paint(one.sign, icon);
    one.icon = icon.key;
    if (silent || one.mover.heading === null) {
      this.remove(one.tip);
      one.tip = undefined;
      one.tipIcon = '';
      return;
    }
    const tip = headingIcon(type);
    if (!one.tip) {
      one.tip = this.bill(one.key, 0);
      one.tip.position = one.position;
      this.turn(one);
    }
    if (tip.key !== one.tipIcon) this.paint(one.tip, tip);
    one.tipIcon = tip.key;
  }

  /** Everything anew: what there is to know of them, or how they are shown, has changed. */
  private all(): void {
    const now = shownNow();
    this.heard([...this.drawn.keys(), ...[...this.state.movers.values()].map(({ key }) => key)]);
    for (const one of this.drawn.values()) {
      this.dress(one, now);
      one.due = true;
    }
    this.run();
    this.rest();
  }

  private tick(): void {
    if (this.drawn.size === 0) return;
    const now = shownNow();
    for (const one of this.drawn.values()) {
      const before = one.icon;
      this.dress(one, now);
      one.due ||= one.icon !== before;
    }
    this.run();
    this.rest();
  }

  /** Another part of the city is seen, or from nearer: what was left alone may be seen to have moved. */
  private seen(): void {
    for (const one of this.drawn.values()) one.due = true;
    this.run();
    this.rest();
  }

  /** Finer ground may be drawn by now. */
  private arrived(): void {
    for (const one of this.drawn.values()) one.ground.looked = false;
    this.seen();
  }

  private run(): void {
    this.frame ??= requestAnimationFrame((time) => this.step(time));
  }

  private step(time: number): void {
    this.frame = undefined;
    const { low } = this.stage.quality;
    if (time - this.last < (low ? FRAME_MS.low : FRAME_MS.full) - 4) {
      this.run();
      return;
    }
    this.last = time;
    const now = shownNow();
    const { scene } = this.stage;
    const { sees } = sightOf(scene);
    const focal = sceneFocal(scene);
    const grounds = { left: GROUNDS_AT_ONCE };
    let [more, changed] = [false, false];
    for (const one of this.drawn.values()) {
      if (!one.due && !one.motion.moves) continue;
      one.shown = one.motion.at(now);
      const inView = sees(one.shown.lon, one.shown.lat, one.height, 30);
      // Out of sight it is put where it is when it comes into view.
      if (inView) {
        this.stand(one, grounds);
        changed = this.put(one, focal) || changed;
      }
      more ||= one.motion.moves || (one.due && inView);
    }
    if (changed) this.stage.redraw();
    if (more) this.run();
  }

  /** On the ground below it, or on the bridge that it says it is on. */
  private stand(one: Drawn, grounds: { left: number }): void {
    const { shown, ground } = one;
    if ((!ground.looked || apart(ground, shown) > GROUND_M) && grounds.left > 0) {
      grounds.left -= 1;
      const first = !ground.looked;
      const height = onGround(this.stage, shown.lon, shown.lat, ground.height);
      one.ground = { lon: shown.lon, lat: shown.lat, height, looked: true };
      if (first) one.height = height;
    }
    const own = shown.height ?? Number.NEGATIVE_INFINITY;
    const aim = own > one.ground.height + BRIDGE_M ? own : one.ground.height;
    const left = aim - one.height;
    one.height = Math.abs(left) < SETTLED_M ? aim : one.height + left * SETTLE;
    one.due = !one.ground.looked || one.height !== aim;
  }

  /** Whether it is seen to have moved. */
  private put(one: Drawn, focal: number): boolean {
    const { lon, lat } = one.shown;
    const position = Cartesian3.fromDegrees(lon, lat, one.height, undefined, this.scratch);
    const away = Math.max(1, Cartesian3.distance(position, this.stage.scene.camera.positionWC));
    if ((Cartesian3.distance(position, one.position) * focal) / away < LEAST_PX) return false;
    Cartesian3.clone(position, one.position);
    one.sign.position = position;
    if (one.name) one.name.position = position;
    if (one.tip) one.tip.position = position;
    this.turn(one);
    return true;
  }

  private turn({ tip, shown: { lon, lat, heading } }: Drawn): void {
    if (tip && heading !== null) tip.alignedAxis = new Cartesian3(...bearingVector(lon, lat, heading));
  }

  private rest(): void {
    // A font may come when nobody is left to write with it.
    if (this.disposed) return;
    this.resting ??= setTimeout(() => {
      this.resting = undefined;
      this.names();
    }, REST_MS);
  }

  private textOf(one: Drawn, now: number): string {
    const { lang } = this.state;
    const name = shortName(one.vehicle, lang);
    const silent = moverState(one.mover, now) === 'silent';
    return silent ? `${name} · ${ageText(now - one.mover.heard, lang)}` : name;
  }

  /** Names of the nearest that do not cover each other or another's sign; the chosen one always has its own. */
  private names(): void {
    const { scene } = this.stage;
    const sight = sightOf(scene);
    const now = shownNow();
    const on = this.state.layers.labels && this.state.tool === 'select';
    const near = [...this.drawn.values()]
      .map((one) => ({ one, away: sight.distance(one.shown.lon, one.shown.lat, one.height) }))
      .filter(({ one, away }) => (on && away < NAMES_M) || one.key === this.state.unit)
      .filter(({ one }) => sight.sees(one.shown.lon, one.shown.lat, one.height, 10))
      .toSorted(
        (a, b) => Number(b.one.key === this.state.unit) - Number(a.one.key === this.state.unit) || a.away - b.away,
      )
      .slice(0, 4 * MOST_NAMES);
    const signs: (Box & { one: Drawn })[] = near.flatMap(({ one }) => {
      const at = SceneTransforms.worldToWindowCoordinates(scene, one.position);
      return at ? [{ one, x: at.x - SIGN_PX, y: at.y - SIGN_PX, width: 2 * SIGN_PX, height: 2 * SIGN_PX }] : [];
    });
    const wanted = signs.map(({ one, x, y }) => {
      const text = this.textOf(one, now);
      const width = labelWidth(text);
      const top = y + SIGN_PX + NAME_PX - LABEL_HEIGHT / 2;
      return { item: { one, text }, x: x + SIGN_PX - width / 2, y: top, width, height: LABEL_HEIGHT };
    });
    const kept = new Map(declutter(wanted, MOST_NAMES, signs).map(({ one, text }) => [one, text]));
    const first = wanted[0]?.item;
    if (first?.one.key === this.state.unit) kept.set(first.one, first.text);
    for (const one of this.drawn.values()) {
      const text = kept.get(one);
      if (text === undefined) this.unname(one);
      else if (text !== one.text && this.glyphs.has(LABEL_FONT, text)) this.label(one, text);
    }
    this.stage.redraw();
  }

  private label(one: Drawn, text: string): void {
    one.name ??= this.bill(undefined, NAME_PX);
    one.name.position = one.position;
    this.paint(one.name, labelIcon(text));
    one.text = text;
  }

  private unname(one: Drawn): void {
    this.remove(one.name);
    one.name = undefined;
    one.text = '';
  }

  /** Pictures reach the graphics card a frame or two later: draw again until all have. */
  private await(): void {
    if (this.pending.size === 0) return;
    for (const billboard of this.pending) if (billboard.ready) this.pending.delete(billboard);
    this.stage.redraw();
  }
}

export const vehicleLayer = (stage: Stage): Layer => new Fleet(stage);
