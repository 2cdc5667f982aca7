import type { Polygon } from 'geojson';
import type { Volume } from '../../api/editing';
import type { PrivacyVolume } from '../../model/cityState';
import { polygonArea, type Spot } from '../../model/geodesy';

export function volumeOf({ id, geometry, properties }: Volume): PrivacyVolume {
  const { name, reason, base, top, version } = properties;
  return { id, name, reason, geometry, base, top, version };
}

/** A drawn shape as GeoJSON: counter-clockwise, closed. */
export function ringOf(points: readonly Spot[]): Polygon {
  const corners = points.map(({ lon, lat }) => [lon, lat]);
  const turned = corners.reduce((sum, [x = 0, y = 0], i) => {
    const [nextX = 0, nextY = 0] = corners[(i + 1) % corners.length] ?? [];
    return sum + (x * nextY - nextX * y);
  }, 0);
  const ring = turned < 0 ? corners.toReversed() : corners;
  const [first] = ring;
  return { type: 'Polygon', coordinates: [first ? [...ring, first] : ring] };
}

/** The middle of the body, where it is asked who looks in. */
export function middleOf({ geometry, base, top }: PrivacyVolume): Spot {
  const corners = (geometry.coordinates[0] ?? []).slice(1);
  const mean = (axis: 0 | 1) => corners.reduce((sum, corner) => sum + (corner[axis] ?? 0), 0) / corners.length;
  return { lon: mean(0), lat: mean(1), height: (base + top) / 2 };
}

export function floorArea({ geometry, base }: PrivacyVolume): number {
  return polygonArea(
    (geometry.coordinates[0] ?? []).slice(1).map(([lon = 0, lat = 0]) => ({ lon, lat, height: base })),
  );
}
