/** The city without anything over it, in plain colours: so that a picture of it can be measured. */
import { Cesium3DTileColorBlendMode, Cesium3DTileStyle, Math as CesiumMath, Color, PerspectiveFrustum } from 'cesium';
import type { Stage } from './stage';

const BUILDINGS = "color('#ff2020')";
const GROUND = '#2020ff';

/**
 * Red buildings on blue ground under a black sky, at full detail, with a field of view (degrees) across the
 * longer side of the window. The page is loaded anew to have the city back.
 */
export function layBare({ widget, scene, buildings, redraw }: Stage, fov: number): void {
  const { primitives, groundPrimitives, imageryLayers, globe, camera } = scene;
  for (let i = 0; i < primitives.length; i += 1) {
    const one = primitives.get(i);
    one.show = one === buildings;
  }
  groundPrimitives.show = false;
  for (let i = 0; i < imageryLayers.length; i += 1) imageryLayers.get(i).show = false;
  if (scene.skyAtmosphere) scene.skyAtmosphere.show = false;
  scene.fog.enabled = false;
  scene.backgroundColor = Color.BLACK;
  scene.msaaSamples = 1;
  widget.resolutionScale = 1;
  globe.baseColor = Color.fromCssColorString(GROUND);
  globe.enableLighting = false;
  // The tiles of our ground are ten times as good as their levels claim.
  globe.maximumScreenSpaceError = 4;
  if (buildings) {
    buildings.maximumScreenSpaceError = 2;
    buildings.style = new Cesium3DTileStyle({ color: BUILDINGS });
    buildings.colorBlendMode = Cesium3DTileColorBlendMode.REPLACE;
  }
  if (camera.frustum instanceof PerspectiveFrustum) camera.frustum.fov = CesiumMath.toRadians(fov);
  scene.screenSpaceCameraController.enableCollisionDetection = false;
  redraw();
}
