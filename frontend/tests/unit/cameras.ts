import type { CameraDetails, CameraSummary } from '../../src/api/types';

/** A camera for tests; what matters is said, the rest is plain. */
export function camera(id: string, facts: Partial<CameraSummary> = {}): CameraSummary {
  return {
    id,
    name: `摄像机 ${id}`,
    name_en: `Camera ${id}`,
    lon: 106.8,
    lat: 39.6,
    height: 1085,
    ground_height: 1080,
    tier: 3,
    tier_assumed: false,
    type: 'fixed',
    heading: 90,
    pitch: -10,
    hfov: 60,
    reach_m: 200,
    owner: '公安局',
    district: '150302',
    street: '150302001',
    community: '150302001001',
    incomplete: [],
    contractor: '',
    leased: false,
    online: null,
    faults: [],
    ...facts,
  };
}

/** The same camera with all that is on record. */
export function details(facts: Partial<CameraDetails> = {}): CameraDetails {
  return {
    ...camera('a'),
    mount_height: 5,
    image_width: 1920,
    image_height: 1080,
    hfov_tele: null,
    roll: 0,
    purpose: '治安监控',
    address: '',
    status: 'fault',
    remarks: '',
    streams: [],
    assumed: [],
    version: 3,
    online: null,
    lens: 'rectilinear',
    distortion: [],
    principal: null,
    pan_range: null,
    tilt_min: -90,
    tilt_max: 30,
    presets: [],
    aim: null,
    calibration: null,
    ...facts,
  };
}

/** The same numbers each time. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}
