/** Keeps the eye over the city and tells the store where it rests. */
import { Cartesian3, Cartographic, Math as CesiumMath, Ellipsoid, Rectangle } from 'cesium';
import type { City } from '../api/types';
import type { State } from '../model/state';
import { viewOf } from './flight';
import { CLEARANCE_M, ceiling, keepOver } from './limits';
import type { Stage } from './stage';

function guard({ scene }: Stage, city: City): void {
  const { camera, globe } = scene;
  const at = camera.positionCartographic;
  const [lon, lat] = [CesiumMath.toDegrees(at.longitude), CesiumMath.toDegrees(at.latitude)];
  const [allowedLon, allowedLat] = keepOver(city.extent, lon, lat);
  const ground = globe.getHeight(Cartographic.fromDegrees(allowedLon, allowedLat)) ?? 0;
  const highest = ground + ceiling(city.extent);
  const lowest = ground + CLEARANCE_M;
  const height = Math.min(highest, Math.max(lowest, at.height));
  if (allowedLon === lon && allowedLat === lat && height === at.height) return;
  camera.setView({
    destination: Cartesian3.fromDegrees(allowedLon, allowedLat, height),
    orientation: { heading: camera.heading, pitch: camera.pitch, roll: camera.roll },
  });
}

/** What of the ground is in the picture; towards the horizon no more than the city. */
function extentOf({ scene }: Stage, { extent }: City): State['extent'] {
  // The ground lies high above the ellipsoid: a slanting look meets the two at places far apart.
  const ground = scene.globe.getHeight(scene.camera.positionCartographic) ?? 0;
  const { x, y, z } = scene.ellipsoid.radii;
  const seen = scene.camera.computeViewRectangle(new Ellipsoid(x + ground, y + ground, z + ground));
  const city = Rectangle.fromDegrees(...extent);
  const shown = seen && Rectangle.intersection(seen, city);
  if (!shown) return undefined;
  const degrees = CesiumMath.toDegrees;
  return [degrees(shown.west), degrees(shown.south), degrees(shown.east), degrees(shown.north)];
}

/** Returns the function that lets go again. */
export function keepEye(stage: Stage): () => void {
  const { scene, store } = stage;
  const before = scene.preRender.addEventListener(() => {
    const { city } = store.getState();
    if (city) guard(stage, city);
  });
  const tell = () => {
    const { city, setExtent } = store.getState();
    if (city) setExtent(extentOf(stage, city));
  };
  const rest = scene.camera.moveEnd.addEventListener(() => {
    if (!store.getState().city) return;
    store.getState().setView(viewOf(scene.camera));
    tell();
  });
  // A wider or narrower map shows something else, though the eye has not moved.
  let width = 0;
  const after = scene.postRender.addEventListener(() => {
    if (scene.canvas.clientWidth === width) return;
    width = scene.canvas.clientWidth;
    tell();
  });
  return () => {
    before();
    rest();
    after();
  };
}
