/** What the camera of a repair order is called, in the reader's language where it is known here. */
import type { RepairOrder } from '../../../api/health';
import { useApp, useLang } from '../../app';
import { titleOf } from '../../cameraTree';

export function useCameraName(): (order: RepairOrder) => string {
  const lang = useLang();
  const cameras = useApp((state) => state.cameras);
  return ({ camera, camera_name }) => {
    const known = cameras.get(camera);
    return known ? titleOf(known, lang) : camera_name;
  };
}
