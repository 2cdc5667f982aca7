/** The wall as it was before, or away. */
import type { AppStore } from '../../model/store';
import { emptyWall } from '../../model/wall';

export const WALL_KEY = 'z';

export function toggleWall(store: AppStore): void {
  const { wall, wallBefore, setWall } = store.getState();
  setWall(wall ? null : (wallBefore ?? emptyWall()));
}
