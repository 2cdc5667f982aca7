/** A solved camera as a trial. Pure. */
import type { Calibrated, TrialQuery } from '../../api/cameraTypes';

export function solvedQuery({ pose, lens }: Pick<Calibrated, 'pose' | 'lens'>): TrialQuery {
  const { heading, pitch, roll, mount_height } = pose;
  return {
    heading,
    pitch,
    roll,
    hfov: lens.hfov,
    at_lon: pose.lon,
    at_lat: pose.lat,
    ...(mount_height !== null && { mount_height }),
  };
}
