/** Keeps the eye over the city and tells the store where it rests. */
import { Cartesian3, Cartographic, Math as CesiumMath } from 'cesium';
import type { City } from '../api/types';
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

/** Returns the function that lets go again. */
export function keepEye(stage: Stage): () => void {
  const { scene, store } = stage;
  const before = scene.preRender.addEventListener(() => {
    const { city } = store.getState();
    if (city) guard(stage, city);
  });
  const rest = scene.camera.moveEnd.addEventListener(() => {
    if (store.getState().city) store.getState().setView(viewOf(scene.camera));
  });
  return () => {
    before();
    rest();
  };
}
