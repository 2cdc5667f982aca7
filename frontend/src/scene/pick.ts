/** What is under a point of the screen: a sign, a building, the ground; and exactly where. */
import { type Cartesian2, Cartesian3, Cartographic, Cesium3DTileFeature, Math as CesiumMath, type Ray } from 'cesium';
import { isMark, type Mark } from '../layers/marks';
import type { Spot } from '../model/geodesy';
import type { Stage } from './stage';

export interface Under {
  mark?: Mark;
  /** id of the building */
  building?: string;
  spot?: Spot;
}

/** Signs may lie over each other and over lines; deeper than this nothing clickable is expected. */
const LAYERS = 6;

function meaning(picked: unknown): Under {
  if (picked instanceof Cesium3DTileFeature) {
    const id: unknown = picked.getProperty('id');
    return id === undefined ? {} : { building: String(id) };
  }
  const id = typeof picked === 'object' && picked !== null && 'id' in picked ? picked.id : undefined;
  return isMark(id) ? { mark: id } : {};
}

const isBuilding = ({ building }: Under) => building !== undefined;
const isEither = ({ mark, building }: Under) => mark !== undefined || building !== undefined;

function topmost({ scene }: Stage, at: Cartesian2, wanted: (under: Under) => boolean): Under {
  const first: unknown = scene.pick(at);
  if (first === undefined) return {};
  const found = meaning(first);
  if (wanted(found)) return found;
  const deeper: unknown[] = scene.drillPick(at, LAYERS);
  return deeper.map(meaning).find(wanted) ?? {};
}

/** A point that was read from the depth picture, moved onto the line of sight through the pixel. */
function ontoRay(ray: Ray, point: Cartesian3): Cartesian3 {
  const along = Cartesian3.dot(Cartesian3.subtract(point, ray.origin, new Cartesian3()), ray.direction);
  const step = Cartesian3.multiplyByScalar(ray.direction, along, new Cartesian3());
  return Cartesian3.add(ray.origin, step, step);
}

export function spotOf(point: Cartesian3): Spot {
  const { longitude, latitude, height } = Cartographic.fromCartesian(point);
  return { lon: CesiumMath.toDegrees(longitude), lat: CesiumMath.toDegrees(latitude), height };
}

/** Buildings are read from the depth picture, the ground is intersected on its mesh. */
function spotUnder({ scene }: Stage, at: Cartesian2, onBuilding: boolean): Spot | undefined {
  const ray = scene.camera.getPickRay(at);
  if (!ray) return undefined;
  const ground = scene.globe.pick(ray, scene);
  if (!onBuilding || !scene.pickPositionSupported) return ground && spotOf(ground);
  const read: Cartesian3 | undefined = scene.pickPosition(at);
  const point = read ? ontoRay(ray, read) : ground;
  return point && spotOf(point);
}

/** What a click there means: a sign before the place behind it. */
export function look(stage: Stage, at: Cartesian2): Under {
  const found = topmost(stage, at, isEither);
  return found.mark ? found : standing(stage, at, found);
}

/** The place there, whatever sign stands before it. */
export function place(stage: Stage, at: Cartesian2): Spot | undefined {
  return standing(stage, at, topmost(stage, at, isBuilding)).spot;
}

function standing(stage: Stage, at: Cartesian2, found: Under): Under {
  const spot = spotUnder(stage, at, found.building !== undefined);
  return { ...found, ...(spot && { spot }) };
}

/** Only the sign under the pointer: cheaper, for hovering. */
export function markUnder({ scene }: Stage, at: Cartesian2): Mark | undefined {
  const picked: unknown = scene.pick(at);
  return picked === undefined ? undefined : meaning(picked).mark;
}
