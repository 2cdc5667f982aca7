/** What stands on the map for a camera or a cluster. */
import { Cartesian3 } from 'cesium';
import type { CameraSummary } from '../api/types';
import { type Condition, signOf } from '../model/health';
import { bearingVector } from '../scene/frustum';
import type { Cluster } from './clusters';
import { cameraIcon, clusterIcon, faceOf, wedgeIcon } from './icons';
import type { Line } from './lines';
import type { Sign } from './signs';

/** A lens this high over the ground gets a line down to its foot. */
const MAST_M = 9;

type Offset = readonly [number, number] | undefined;

export const eyeOf = ({ lon, lat, height }: CameraSummary) => Cartesian3.fromDegrees(lon, lat, height);

/** A camera that was moved is drawn anew. */
const keyOf = ({ id, lon, lat, height }: CameraSummary, offset: Offset) =>
  `k${id}@${lon},${lat},${height}${offset ? ` ${offset.map(Math.round)}` : ''}`;

/** A cluster is known by its place: its number is another in each grouping. */
export function clusterSign({ lon, lat, height, counts, opens }: Cluster): Sign {
  return {
    key: `${lon},${lat},${height} ${opens}`,
    icon: clusterIcon(counts),
    position: Cartesian3.fromDegrees(lon, lat, height),
    mark: { kind: 'cluster', lon, lat, height, opens },
  };
}

export function cameraSign(camera: CameraSummary, offset: Offset, selected: boolean, condition: Condition): Sign {
  return {
    key: keyOf(camera, offset),
    icon: cameraIcon(camera.tier, faceOf(camera), selected, signOf(condition)),
    position: eyeOf(camera),
    mark: { kind: 'camera', id: camera.id },
    ...(offset && { offset }),
  };
}

/** Only for a camera that is known to look one way. */
export function beamSign(camera: CameraSummary, offset: Offset, selected: boolean): Sign[] {
  if (camera.heading === null || camera.type === 'ptz') return [];
  const axis = new Cartesian3(...bearingVector(camera.lon, camera.lat, camera.heading));
  const icon = wedgeIcon(camera.tier, selected);
  return [
    {
      key: `${keyOf(camera, offset)} ${camera.heading}`,
      icon,
      position: eyeOf(camera),
      axis,
      ...(offset && { offset }),
    },
  ];
}

/** From the lens down to its foot, for those that hang high. */
export function mast(camera: CameraSummary): Line[] {
  const { lon, lat, height, ground_height } = camera;
  if (ground_height === null || height - ground_height < MAST_M) return [];
  const positions = [Cartesian3.fromDegrees(lon, lat, ground_height), eyeOf(camera)];
  return [{ positions, colour: 'rgba(201, 214, 232, 0.55)', width: 1.2, hidden: 0 }];
}
