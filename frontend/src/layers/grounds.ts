/** Heights for things that lie on the ground and bring none of their own. */
import { Cartesian3, Cartographic } from 'cesium';
import type { AppState } from '../model/store';
import type { Stage } from '../scene/stage';

/** About the height of the city's ground, metres: exact enough to group by, known before any tile is. */
export function usualGround({ cameras }: AppState): number {
  for (const { ground_height } of cameras.values()) if (ground_height !== null) return ground_height;
  return 0;
}

/** On the drawn ground where there is a tile, else at the height that is given. */
export function onGround({ scene }: Stage, lon: number, lat: number, height: number): number {
  return scene.globe.getHeight(Cartographic.fromDegrees(lon, lat)) ?? height;
}

export const at = (lon: number, lat: number, height: number) => Cartesian3.fromDegrees(lon, lat, height);
