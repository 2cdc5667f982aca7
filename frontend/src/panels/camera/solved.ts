/** A solved camera as a trial, and as a change of the record. Pure. */
import type { Calibrated, TrialQuery } from '../../api/cameraTypes';

export function solvedQuery({ pose, lens }: Calibrated): TrialQuery {
  return {
    heading: pose.heading,
    pitch: pose.pitch,
    roll: pose.roll,
    hfov: lens.hfov,
    mount_height: pose.mount_height,
    at_lon: pose.lon,
    at_lat: pose.lat,
  };
}

/** The height says where the lens is; what it is above the ground follows. */
export function solvedFields({ pose, lens, calibration }: Calibrated): Record<string, unknown> {
  const { lon, lat, height, heading, pitch, roll } = pose;
  const { hfov, distortion } = lens;
  return { lon, lat, height, heading, pitch, roll, hfov, distortion, calibration };
}
