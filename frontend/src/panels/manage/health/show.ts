/** From a list to the map: the camera in the Operate workspace, and its picture where that is wanted. */
import { useCallback } from 'react';
import { useAppContext } from '../../app';

interface Placed {
  camera: string;
  lon: number;
  lat: number;
}

/** How near the eye goes, metres: wide for a lookout. */
const RANGE_M = { 1: 2500, 2: 500, 3: 500 } as const;

export function useShow(): (placed: Placed, picture?: boolean) => void {
  const { store } = useAppContext();
  return useCallback(
    ({ camera, lon, lat }, picture = false) => {
      const { setWorkspace, select, goTo, openPicture, cameras } = store.getState();
      const known = cameras.get(camera);
      setWorkspace('operate');
      if (known) select({ kind: 'camera', id: camera });
      goTo({ lon, lat, ...(known && { height: known.height }), range: RANGE_M[known?.tier ?? 3] });
      if (picture && known) openPicture(camera);
    },
    [store],
  );
}
