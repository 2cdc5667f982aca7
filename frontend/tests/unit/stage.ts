/** A stage without a graphics card: CesiumJS's own collections and events, an eye that stands still. */
import {
  Cartesian3,
  Cartographic,
  Event,
  ImageryLayerCollection,
  PerspectiveFrustum,
  PrimitiveCollection,
  Transforms,
} from 'cesium';
import { vi } from 'vitest';
import type { Api } from '../../src/api/client';
import type { AppStore } from '../../src/model/store';
import { poseAxes } from '../../src/scene/frustum';
import { qualityOf } from '../../src/scene/quality';
import type { Stage } from '../../src/scene/stage';

/** jsdom has no canvas: a pen that draws nothing. */
export function blankCanvas(): void {
  const gradient = { addColorStop: () => undefined };
  const pen = new Proxy(
    {},
    {
      get: (_, name) => {
        if (name === 'measureText') return () => ({ width: 10 });
        return name === 'createRadialGradient' ? () => gradient : () => undefined;
      },
      set: () => true,
    },
  );
  vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(pen as never);
  Object.defineProperty(document, 'fonts', { value: { check: () => true }, configurable: true });
}

function eye(lon: number, lat: number, height: number) {
  const axes = poseAxes({ lon, lat, height, heading: 0, pitch: -60, roll: 0 });
  const vector = (name: keyof typeof axes) => new Cartesian3(...axes[name]);
  const frustum = new PerspectiveFrustum({ fov: 1, aspectRatio: 16 / 9, near: 1, far: 1e6 });
  return {
    changed: new Event(),
    moveEnd: new Event(),
    frustum,
    positionWC: Cartesian3.fromDegrees(lon, lat, height),
    positionCartographic: Cartographic.fromDegrees(lon, lat, height),
    directionWC: vector('forward'),
    upWC: vector('up'),
    rightWC: vector('right'),
    percentageChanged: 0.5,
    cancelFlight: () => undefined,
  };
}

export function fakeStage(store: AppStore, api: Partial<Api> = {}) {
  const camera = eye(106.8, 39.598, 1500);
  const scene = {
    primitives: new PrimitiveCollection(),
    imageryLayers: new ImageryLayerCollection(),
    preRender: new Event(),
    postRender: new Event(),
    camera,
    canvas: { clientHeight: 720, clientWidth: 1280 },
    globe: { ellipsoid: undefined, getHeight: () => undefined },
    cartesianToCanvasCoordinates: () => undefined,
    transform: Transforms,
  };
  const stage = {
    scene,
    store,
    api,
    quality: qualityOf('?gfx=low'),
    widget: { isDestroyed: () => false },
    container: document.body,
    redraw: vi.fn(),
  } as unknown as Stage;
  const left = () => ({
    primitives: scene.primitives.length,
    imagery: scene.imageryLayers.length,
    listeners: [scene.preRender, scene.postRender, camera.changed, camera.moveEnd].map((e) => e.numberOfListeners),
  });
  return { stage, left };
}
