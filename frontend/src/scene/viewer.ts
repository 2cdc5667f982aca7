import {
  CameraEventType,
  Cartesian3,
  Math as CesiumMath,
  CesiumWidget,
  Color,
  Credit,
  CreditDisplay,
  DirectionalLight,
  KeyboardEventModifier,
  type Scene,
} from 'cesium';
import type { Quality } from './quality';

/** Between the panels, over their footer. */
const CREDITS_STYLE =
  'position:absolute;left:50%;right:400px;text-align:right;bottom:4px;height:16px;font-size:11px;line-height:1.4;opacity:0.7;' +
  'white-space:nowrap;overflow:hidden;text-overflow:ellipsis';

/** Beyond the city's ground and between stars: the colour of the panels. */
const NIGHT = '#0a0e15';

/**
 * Makes the one Cesium widget: no default imagery and no ion, so nothing is asked
 * of any other host, and pictures are drawn on request only.
 */
export function makeViewer(container: HTMLElement, quality: Quality): CesiumWidget {
  CreditDisplay.cesiumCredit = new Credit('CesiumJS', true);
  const credits = document.createElement('div');
  credits.className = 'scene-credits';
  credits.style.cssText = CREDITS_STYLE;
  const widget = new CesiumWidget(container, {
    baseLayer: false,
    skyBox: false,
    ...(quality.low && { skyAtmosphere: false as const }),
    scene3DOnly: true,
    requestRenderMode: true,
    maximumRenderTimeChange: Number.POSITIVE_INFINITY,
    msaaSamples: quality.msaaSamples,
    useBrowserRecommendedResolution: quality.low,
    // Sorting what shines through costs two further pictures of the whole screen.
    orderIndependentTranslucency: !quality.low,
    showRenderLoopErrors: false,
    creditContainer: credits,
  });
  container.append(credits);
  widget.resolutionScale = quality.resolutionScale;
  light(widget.scene);
  dress(widget.scene, quality);
  steer(widget.scene, quality);
  return widget;
}

/** A sun that stands still in the south-west: shapes read the same at any hour. */
function light(scene: Scene): void {
  scene.light = new DirectionalLight({ direction: new Cartesian3(0, 0, -1), intensity: SUNLIGHT.dark });
  scene.shadowMap.enabled = false;
}

/** How bright the sun is over each style of map. */
export const SUNLIGHT = { dark: 2.2, light: 3.6 };

/** Turns the sun to the place: `direction` is where its light goes, in the earth-centred frame. */
export function aimLight(scene: Scene, direction: Cartesian3): void {
  if (scene.light instanceof DirectionalLight) scene.light.direction = direction;
}

export function setSunlight(scene: Scene, style: keyof typeof SUNLIGHT): void {
  scene.light.intensity = SUNLIGHT[style];
}

function dress(scene: Scene, quality: Quality): void {
  const { globe } = scene;
  scene.backgroundColor = Color.fromCssColorString(NIGHT);
  globe.baseColor = Color.fromCssColorString('#141a24');
  globe.depthTestAgainstTerrain = true;
  globe.maximumScreenSpaceError = quality.globeError;
  globe.tileCacheSize = 300;
  globe.showWaterEffect = false;
  globe.enableLighting = !quality.low;
  globe.dynamicAtmosphereLighting = false;
  globe.showGroundAtmosphere = false;
  globe.lambertDiffuseMultiplier = 0.9;
  globe.vertexShadowDarkness = 0.35;
  scene.highDynamicRange = false;
  scene.fog.enabled = !quality.low;
  scene.fog.density = 1.2e-4;
  scene.fog.minimumBrightness = 0.05;
  if (scene.skyAtmosphere) {
    scene.skyAtmosphere.brightnessShift = -0.55;
    scene.skyAtmosphere.saturationShift = -0.3;
  }
}

/** The mouse as common 3D maps have it: drag pans, wheel zooms, right or ctrl drag turns and tilts. */
function steer(scene: Scene, quality: Quality): void {
  const mouse = scene.screenSpaceCameraController;
  const drag = CameraEventType.LEFT_DRAG;
  mouse.rotateEventTypes = drag;
  mouse.zoomEventTypes = [CameraEventType.WHEEL, CameraEventType.PINCH];
  mouse.tiltEventTypes = [
    CameraEventType.RIGHT_DRAG,
    CameraEventType.MIDDLE_DRAG,
    CameraEventType.PINCH,
    { eventType: drag, modifier: KeyboardEventModifier.CTRL },
  ];
  mouse.lookEventTypes = [];
  mouse.maximumTiltAngle = CesiumMath.toRadians(89);
  mouse.minimumZoomDistance = 4;
  mouse.zoomFactor = 3;
  if (quality.low) {
    mouse.inertiaSpin = 0;
    mouse.inertiaTranslate = 0;
    mouse.inertiaZoom = 0;
  }
}
