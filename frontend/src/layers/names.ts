/** Names under the nearest cameras, as many as fit without covering a sign or each other. */
import { Cartesian3, SceneTransforms } from 'cesium';
import type { CameraSummary, Lang } from '../api/types';
import { type Box, declutter, type Wanted } from '../model/declutter';
import type { Stage } from '../scene/stage';
import { Glyphs } from './fonts';
import { LABEL_FONT, LABEL_HEIGHT, labelIcon, labelWidth } from './icons';
import { type Sign, Signs } from './signs';

const RANGE_M = 1200;
const MOST = 60;
/** From the middle of a sign to the middle of its name, pixels. */
const BELOW_PX = 20;
/** Half of what a camera's sign, and a cluster's with its legend, cover. */
const SIGN_PX = 9;
const CLUSTER_PX = { across: 34, up: 26, down: 40 };

/** Nearer to the eye a place has no pixel, and CesiumJS throws where the eye itself is. */
const AT_EYE_M = 0.01;

/** A camera that has a sign of its own, and where. */
export interface Named {
  camera: CameraSummary;
  position: Cartesian3;
  distance: number;
  offset: readonly [number, number];
}

function screen(stage: Stage, position: Cartesian3): { x: number; y: number } | undefined {
  if (Cartesian3.distance(stage.scene.camera.positionWC, position) < AT_EYE_M) return undefined;
  return SceneTransforms.worldToWindowCoordinates(stage.scene, position);
}

function signBox(stage: Stage, { position, offset: [right, down] }: Named): Box[] {
  const at = screen(stage, position);
  if (!at) return [];
  return [{ x: at.x + right - SIGN_PX, y: at.y + down - SIGN_PX, width: 2 * SIGN_PX, height: 2 * SIGN_PX }];
}

function clusterBox(stage: Stage, position: Cartesian3): Box[] {
  const at = screen(stage, position);
  const { across, up, down } = CLUSTER_PX;
  return at ? [{ x: at.x - across, y: at.y - up, width: 2 * across, height: up + down }] : [];
}

function label(stage: Stage, { camera, position, offset: [right, down] }: Named, text: string): Wanted<Sign>[] {
  const at = screen(stage, position);
  if (!at) return [];
  const width = labelWidth(text);
  const offset = [right, down + BELOW_PX] as const;
  const item: Sign = { key: `${camera.id} ${text} ${offset}`, icon: labelIcon(text), position, offset };
  const top = at.y + down + BELOW_PX - LABEL_HEIGHT / 2;
  return [{ x: at.x + right - width / 2, y: top, width, height: LABEL_HEIGHT, item }];
}

export class Names {
  private readonly stage: Stage;
  private readonly signs: Signs;
  private readonly glyphs: Glyphs;

  /** `later` is called when names can be drawn that had to wait for their glyphs. */
  constructor(stage: Stage, later: () => void) {
    this.stage = stage;
    this.signs = new Signs(stage);
    this.glyphs = new Glyphs(later);
  }

  show(cameras: readonly Named[], clusters: readonly Cartesian3[], lang: Lang): void {
    const near = cameras.filter(({ distance }) => distance < RANGE_M).toSorted((a, b) => a.distance - b.distance);
    const wanted = near.flatMap((named) => {
      const { camera } = named;
      const text = (lang === 'en' && camera.name_en) || camera.name;
      return this.glyphs.has(LABEL_FONT, text) ? label(this.stage, named, text) : [];
    });
    const obstacles = [
      ...near.flatMap((named) => signBox(this.stage, named)),
      ...clusters.flatMap((position) => clusterBox(this.stage, position)),
    ];
    this.signs.show(declutter(wanted, MOST, obstacles));
  }

  hide(): void {
    this.signs.show([]);
  }

  dispose(): void {
    this.signs.dispose();
  }
}
