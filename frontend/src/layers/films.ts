/** Live pictures laid on the city: painted, frame by frame, on what their cameras see of it. */
import { type Cartesian3, GeometryInstance, Primitive } from 'cesium';
import { type Film, fits, steady } from '../model/drapes';
import type { AppState } from '../model/store';
import { readView, type ViewModel } from '../model/viewModel';
import { type Layer, onChange, type Stage } from '../scene/stage';
import { filmGeometry, middleOf } from './filmGeometry';
import { FilmPaint, MARK_FONT, markSheet } from './filmPaint';
import { Glyphs } from './fonts';
import { LABEL_FONT, labelIcon } from './icons';
import { type Sign, Signs } from './signs';

/** As far as this the city is painted, px/m: where a pixel is as wide as an arm is long, nothing is recognised. */
const LEAST_PX_M = 2.5;

/** One camera's picture on the city. */
class Laid {
  private readonly stage: Stage;
  private readonly camera: string;
  private film: Film;
  private opacity: number;
  private view: { of: Film; model: ViewModel; middle: Cartesian3 | undefined } | undefined;
  private asking: { of: Film; stop: AbortController } | undefined;
  private primitive: Primitive | undefined;
  private paint: FilmPaint | undefined;
  private mark = '';
  private frame = 0;
  private closed = false;

  constructor(stage: Stage, camera: string, film: Film, opacity: number) {
    this.stage = stage;
    this.camera = camera;
    this.film = film;
    this.opacity = opacity;
    this.follow();
    this.show(film, opacity);
  }

  show(film: Film, opacity: number): void {
    const other = film.screen !== this.film.screen;
    if (other) this.leave();
    this.film = film;
    this.opacity = opacity;
    if (other) this.follow();
    if (!film.turning) this.ask();
    this.draw();
  }

  /** Words over the middle of what is painted, while no new pictures come. */
  sign(): Sign | undefined {
    const at = this.primitive && this.view?.middle;
    const { stalled } = this.film;
    if (!at || stalled === null) return undefined;
    return { key: `${this.camera} ${stalled} ${at}`, icon: labelIcon(stalled), position: at, offset: [0, -14] };
  }

  /** Before each picture of the scene: one of another size needs another texture. */
  readonly check = (): void => {
    const { videoWidth, videoHeight } = this.film.screen;
    if (this.paint && (this.paint.size[0] !== videoWidth || this.paint.size[1] !== videoHeight)) {
      this.unpaint();
      this.draw();
    }
  };

  repaint(): void {
    this.unpaint();
    this.draw();
  }

  dispose(): void {
    this.closed = true;
    this.asking?.stop.abort();
    this.leave();
    this.remove();
  }

  /** Whether what was asked for the view is what is shown now. */
  private isOf(of: Film): boolean {
    return of.version === this.film.version && fits(of.aim && steady(of.aim), this.film.aim && steady(this.film.aim));
  }

  private isExactly(of: Film): boolean {
    const words = ({ aim, version }: Film) => JSON.stringify([version, aim && steady(aim)]);
    return words(of) === words(this.film);
  }

  private ask(): void {
    const known = this.asking?.of ?? this.view?.of;
    if (known && this.isExactly(known)) return;
    this.asking?.stop.abort();
    const asking = { of: this.film, stop: new AbortController() };
    this.asking = asking;
    this.load(asking.of, asking.stop.signal)
      .catch((error: unknown) => {
        if (asking !== this.asking) return;
        const { setDrapeFault } = this.stage.store.getState();
        setDrapeFault(this.camera, error instanceof Error ? error.message : String(error));
      })
      .finally(() => {
        if (asking === this.asking) this.asking = undefined;
      });
  }

  private async load(of: Film, signal: AbortSignal): Promise<void> {
    const query = { density: LEAST_PX_M, v: of.version, ...(of.aim && steady(of.aim)) };
    const model = readView(await this.stage.api.viewModel(this.camera, query, signal));
    if (signal.aborted || this.closed) return;
    this.remove();
    this.view = { of, model, middle: middleOf(model) };
    this.stage.store.getState().setDrapeFault(this.camera, null);
    this.draw();
    this.stage.redraw();
  }

  private draw(): void {
    const { view, film } = this;
    const { scene, redraw } = this.stage;
    const { videoWidth } = film.screen;
    const shown = view && view.model.triangles.length > 0 && !film.turning && this.isOf(view.of) && videoWidth > 0;
    if (!shown) {
      this.remove();
      redraw();
      return;
    }
    const look = { opacity: this.opacity, stalled: film.stalled !== null };
    if (this.paint && (this.mark !== film.mark || this.paint.solid !== this.opacity >= 1)) this.unpaint();
    this.paint?.look(look);
    if (!this.paint) {
      this.mark = film.mark;
      this.paint = new FilmPaint(film.screen, markSheet(film.mark), look);
      if (this.primitive) this.primitive.appearance = this.paint.appearance;
    }
    this.primitive ??= scene.primitives.add(
      new Primitive({
        geometryInstances: new GeometryInstance({ geometry: filmGeometry(view.model) }),
        appearance: this.paint.appearance,
        asynchronous: false,
        allowPicking: false,
      }),
    ) as Primitive;
    redraw();
  }

  private unpaint(): void {
    this.paint?.destroy();
    this.paint = undefined;
  }

  private remove(): void {
    if (this.primitive) this.stage.scene.primitives.remove(this.primitive);
    this.primitive = undefined;
    this.unpaint();
  }

  /** Asks for one picture of the scene for each new one of the video. */
  private follow(): void {
    const { screen } = this.film;
    if (!screen.requestVideoFrameCallback) return;
    this.frame = screen.requestVideoFrameCallback(() => {
      if (this.primitive) this.stage.redraw();
      this.follow();
    });
  }

  private leave(): void {
    this.film.screen.cancelVideoFrameCallback?.(this.frame);
  }
}

export function filmLayer(stage: Stage): Layer {
  const { scene } = stage;
  const laid = new Map<string, Laid>();
  const signs = new Signs(stage);
  const tell = () => {
    const words = [...laid.values()].flatMap((one) => one.sign() ?? []);
    signs.show(words);
  };
  const glyphs = new Glyphs(() => {
    for (const one of laid.values()) one.repaint();
    tell();
    stage.redraw();
  });
  const show = ({ films, drapes, drapeOpacity }: AppState) => {
    for (const [camera, one] of laid) {
      if (drapes.includes(camera) && films[camera]) continue;
      one.dispose();
      laid.delete(camera);
    }
    for (const camera of drapes) {
      const film = films[camera];
      if (!film) continue;
      const known = laid.get(camera);
      if (known) known.show(film, drapeOpacity);
      else laid.set(camera, new Laid(stage, camera, film, drapeOpacity));
    }
    // Glyphs of the marks and of what is told are fetched; what came is drawn anew.
    for (const camera of laid.keys()) {
      glyphs.has(MARK_FONT, films[camera]?.mark ?? '');
      glyphs.has(LABEL_FONT, films[camera]?.stalled ?? '');
    }
    tell();
    stage.redraw();
  };
  const check = () => {
    for (const one of laid.values()) one.check();
  };
  const unlisten = scene.preRender.addEventListener(check);
  return {
    apply: onChange((s) => [s.films, s.drapes, s.drapeOpacity] as const, show),
    dispose() {
      unlisten();
      for (const one of laid.values()) one.dispose();
      laid.clear();
      signs.dispose();
    },
  };
}
