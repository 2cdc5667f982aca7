import type { RouteCamera } from '../../src/api/routes';

/** A camera that sees a route from one place along it to another. */
export const seen = (camera: string, from_m: number, to_m: number, more: Partial<RouteCamera> = {}): RouteCamera => ({
  camera,
  name: `摄像机 ${camera}`,
  name_en: '',
  tier: 3,
  type: 'fixed',
  online: null,
  from_m,
  to_m,
  stretches: [{ from_m, to_m }],
  seen_m: to_m - from_m,
  best: { at_m: from_m, lon: 106.8, lat: 39.6, height: 1080, distance_m: 40, density_px_m: 30 },
  turns: false,
  chosen: true,
  ...more,
});
