/** The city without anything over it, in plain colours: so that a picture of it can be measured. */
import {
  Cesium3DTileColorBlendMode,
  type Cesium3DTileFeature,
  Cesium3DTileStyle,
  Math as CesiumMath,
  Color,
  CustomShader,
  LightingModel,
  PerspectiveFrustum,
  type StyleExpression,
} from 'cesium';
import type { Stage } from './stage';

const GROUND = '#2020ff';
/** Levels of red, green and blue; every building is redder than ground and sky. */
const RED = [105, 135, 165, 195, 225, 255] as const;
const GREEN = [0, 51, 102, 153, 204, 255] as const;
const BLUE = [0, 64, 128] as const;

/** A building's own colour, one of 108: red, green, blue from 0 to 255. */
export function tintOf(id: string): [number, number, number] {
  let sum = 0;
  for (let i = 0; i < id.length; i += 1) sum = (sum * 31 + id.charCodeAt(i)) % 1_000_003;
  const pick = (levels: readonly number[], step: number) => levels[Math.floor(sum / step) % levels.length] ?? 0;
  return [pick(RED, 1), pick(GREEN, 6), pick(BLUE, 36)];
}

/** Styles are expressions; this one is a function, which CesiumJS takes in an expression's place. */
const tints = {
  evaluateColor(feature: Cesium3DTileFeature, result: Color = new Color()): Color {
    const [red, green, blue] = tintOf(String(feature.getProperty('id')));
    return Color.fromBytes(red, green, blue, 255, result);
  },
} as unknown as StyleExpression;

/**
 * Buildings each in its own colour, unlit, on blue ground under a black sky, at full detail, with a field of view
 * (degrees) across the longer side of the window. The page is loaded anew to have the city back.
 */
export function layBare({ widget, scene, buildings, redraw }: Stage, fov: number): void {
  const { primitives, groundPrimitives, imageryLayers, globe, camera } = scene;
  for (let i = 0; i < primitives.length; i += 1) {
    const one = primitives.get(i);
    one.show = one === buildings;
  }
  groundPrimitives.show = false;
  imageryLayers.removeAll(false);
  if (scene.skyAtmosphere) scene.skyAtmosphere.show = false;
  scene.fog.enabled = false;
  scene.backgroundColor = Color.BLACK;
  scene.msaaSamples = 1;
  widget.resolutionScale = 1;
  globe.baseColor = Color.fromCssColorString(GROUND);
  globe.enableLighting = false;
  // The tiles of our ground are ten times as good as their levels claim.
  globe.maximumScreenSpaceError = 8;
  if (buildings) {
    const style = new Cesium3DTileStyle();
    style.color = tints;
    buildings.maximumScreenSpaceError = 2;
    buildings.customShader = new CustomShader({ lightingModel: LightingModel.UNLIT });
    buildings.style = style;
    buildings.colorBlendMode = Cesium3DTileColorBlendMode.REPLACE;
  }
  if (camera.frustum instanceof PerspectiveFrustum) camera.frustum.fov = CesiumMath.toRadians(fov);
  scene.screenSpaceCameraController.enableCollisionDetection = false;
  redraw();
}
