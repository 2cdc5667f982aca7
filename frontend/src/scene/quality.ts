/** How much the picture may cost. `?gfx=low` is for weak machines and for tests. */
export interface Quality {
  low: boolean;
  resolutionScale: number;
  msaaSamples: number;
  /** pixels of error that the ground and the buildings may show */
  globeError: number;
  buildingError: number;
  /** seconds that a commanded flight takes */
  flight_s: number;
  /** pause between two looks at what is under the pointer */
  hover_ms: number;
}

const FULL: Quality = {
  low: false,
  resolutionScale: 1,
  msaaSamples: 4,
  globeError: 2,
  buildingError: 12,
  flight_s: 1.2,
  hover_ms: 40,
};

const LOW: Quality = {
  low: true,
  resolutionScale: 0.5,
  msaaSamples: 1,
  globeError: 12,
  buildingError: 64,
  flight_s: 0,
  hover_ms: 150,
};

export function qualityOf(search: string): Quality {
  return new URLSearchParams(search).get('gfx') === 'low' ? LOW : FULL;
}
