import type { Cartesian3, Cesium3DTileset, CesiumWidget, Scene } from 'cesium';
import type { Api } from '../api/client';
import type { Motion, Shown } from '../model/motion';
import type { AppState, AppStore } from '../model/store';
import type { Quality } from './quality';

/** Where something that moves is drawn now, between what was heard of it. */
export interface Moving {
  shown: Shown;
  motion: Motion;
  /** of the picture, ellipsoidal metres */
  height: number;
  position: Cartesian3;
}

/** What every part of the scene is given. */
export interface Stage {
  widget: CesiumWidget;
  scene: Scene;
  store: AppStore;
  api: Api;
  quality: Quality;
  /** the element that holds the canvas */
  container: HTMLElement;
  /** there once they are loaded */
  buildings?: Cesium3DTileset;
  /** a vehicle that is drawn, by its key: there while its layer is */
  shownAt?: (key: string) => Moving | undefined;
  /** asks for one new picture */
  redraw(): void;
}

/** One thing drawn over the city; it owns what it draws and takes all of it away again. */
export interface Layer {
  apply(state: AppState): void;
  dispose(): void;
}

/**
 * Runs `effect` when one of the values that it depends on is another than last time.
 * Keeps layers from working on every change of the store.
 */
export function onChange<T extends readonly unknown[]>(
  select: (state: AppState) => T,
  effect: (state: AppState, values: T) => void,
): (state: AppState) => void {
  let before: T | undefined;
  return (state) => {
    const values = select(state);
    const last = before;
    if (last && values.every((value, i) => Object.is(value, last[i]))) return;
    before = values;
    effect(state, values);
  };
}
