/** Cameras that somebody changed, read as soon as the live feed tells of them. */
import type { QueryClient } from '@tanstack/react-query';
import type { LiveChange } from '../../api/live';
import { type Condition, isFault } from '../../model/health';
import { paced } from '../../model/pace';
import type { App } from '../app';
import { isKnown, refetchCameras, takeCamera } from './edits';

/** After one that was read at once, further ones are gathered so long. */
const GATHER_MS = 100;
/** Above this many changed cameras the whole list is cheaper. */
export const FEW = 12;

/** How a camera is now, where the feed says so. */
export function conditionOf({ online, faults }: Record<string, unknown>): Condition | undefined {
  if (online !== null && typeof online !== 'boolean') return undefined;
  return { online, faults: Array.isArray(faults) ? faults.filter(isFault) : [] };
}

export interface CameraFollower {
  heard(change: LiveChange): void;
  stop(): void;
}

export function cameraFollower(app: App, queries: QueryClient): CameraFollower {
  const { store, api } = app;
  const changed = new Set<string>();
  const readOne = async (id: string) => takeCamera(store, queries, await api.camera(id));
  const read = () => {
    const ids = [...changed];
    changed.clear();
    const all = ids.length > FEW ? [refetchCameras(app, queries)] : ids.map(readOne);
    // What fails now comes with the journal, or with the page.
    for (const one of all) one.catch(() => undefined);
  };
  const pace = paced(read, GATHER_MS);
  return {
    heard({ id, feature }) {
      if (!feature) {
        changed.delete(id);
        store.getState().removeCamera(id);
        return;
      }
      const condition = conditionOf(feature.properties);
      if (condition) store.getState().setConditions([[id, condition]]);
      const version = Number(feature.properties.version ?? Number.POSITIVE_INFINITY);
      // One's own change comes back this way too.
      if (isKnown(store, { id, version })) return;
      changed.add(id);
      pace.now();
    },
    stop: pace.stop,
  };
}
