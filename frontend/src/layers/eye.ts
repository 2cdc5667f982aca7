/** The present view, as much of it as the clustering must know. */
import { BoundingSphere, Cartesian3, Intersect, PerspectiveFrustum, type Scene } from 'cesium';
import { scaleOf, zoomOf } from './clusters';

/** Focal length of the scene's own camera, pixels of the page. */
export function sceneFocal({ camera, canvas }: Scene): number {
  const { frustum } = camera;
  const fovy = frustum instanceof PerspectiveFrustum ? frustum.fovy : undefined;
  return canvas.clientHeight / 2 / Math.tan((fovy ?? Math.PI / 3) / 2);
}

/** Distance from which the ground at a latitude appears at a zoom of a flat web map. */
export function rangeOf(scene: Scene, zoom: number, lat: number): number {
  return sceneFocal(scene) / scaleOf(zoom, lat);
}

export function sightOf(scene: Scene) {
  const { camera } = scene;
  const volume = camera.frustum.computeCullingVolume(camera.positionWC, camera.directionWC, camera.upWC);
  const focal = sceneFocal(scene);
  const eye = camera.positionCartographic.height;
  const sphere = new BoundingSphere();
  return {
    /** Ground seen aslant is squeezed: half of that counts (by the square root). */
    zoomAt(lon: number, lat: number, height: number): number {
      const distance = Cartesian3.distance(camera.positionWC, Cartesian3.fromDegrees(lon, lat, height));
      const squeeze = Math.min(1, Math.max(0.15, Math.abs(eye - height) / distance));
      return zoomOf((focal / distance) * Math.sqrt(squeeze), lat);
    },
    sees(lon: number, lat: number, height: number, radius_m: number): boolean {
      Cartesian3.fromDegrees(lon, lat, height, undefined, sphere.center);
      sphere.radius = radius_m;
      return volume.computeVisibility(sphere) !== Intersect.OUTSIDE;
    },
    distance(lon: number, lat: number, height: number): number {
      return Cartesian3.distance(camera.positionWC, Cartesian3.fromDegrees(lon, lat, height));
    },
  };
}
