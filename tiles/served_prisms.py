"""Upright prisms under rays: where a straight line first meets a polygon between two heights."""

import itertools
from collections.abc import Sequence

import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.served_blocks import Block, LocalFrame

Floats = NDArray[np.float64]
Rings = Sequence[Sequence[tuple[float, float]]]


def entered_m(frame: LocalFrame, start: Floats, rays: Floats, rings: Rings, low_m: float, high_m: float) -> Floats:
    """Distance (n,) at which rays first meet a prism's floor, ceiling or walls; inf where they miss it.

    Parameters
    ----------
    start : (3,), and rays, float64 (n, 3), unit, both in the frame
    rings : corners in degrees, WGS 84, closed; the outline, then its holes
    low_m, high_m : ellipsoidal heights of floor and ceiling
    """
    block = Block.make(*_mesh(frame, rings, low_m, high_m))
    far = np.full(len(rays), np.inf)
    if block is None or not len(rays):
        return far
    starts = np.broadcast_to((start - block.origin).astype(np.float32), rays.shape)
    reach = np.full(len(rays), np.linalg.norm(start - block.origin) * 2 + 1e4, np.float32)
    distance, triangle, _ = block.trace(np.ascontiguousarray(starts), rays.astype(np.float32), reach)
    return np.where(triangle >= 0, distance.astype(np.float64), far)


def is_inside(place: tuple[float, float, float], rings: Rings, low_m: float, high_m: float) -> bool:
    """Whether longitude, latitude and ellipsoidal height lie in a prism."""
    lon, lat, height_m = place
    return low_m <= height_m <= high_m and bool(shapely.Polygon(rings[0], rings[1:]).covers(shapely.Point(lon, lat)))


def _mesh(
    frame: LocalFrame, rings: Rings, low_m: float, high_m: float
) -> tuple[Floats, NDArray[np.int64], NDArray[np.int32]]:
    """Corners (n, 3), triangles (t, 3) and owners (t,) of floor, ceiling and walls."""
    caps = [np.array(one.exterior.coords)[:3] for one in _flat(rings)]
    corners = [np.insert(cap, 2, height, axis=1) for height in (low_m, high_m) for cap in caps]
    for ring in rings:
        for (a, b), (c, d) in itertools.pairwise(ring):
            corners.append(np.array([(a, b, low_m), (c, d, low_m), (c, d, high_m)]))
            corners.append(np.array([(a, b, low_m), (c, d, high_m), (a, b, high_m)]))
    placed = np.concatenate(corners)
    triangles = np.arange(len(placed)).reshape(-1, 3)
    return frame.place(*placed.T), triangles, np.full(len(triangles), -1, np.int32)


def _flat(rings: Rings) -> list[shapely.Polygon]:
    found = shapely.constrained_delaunay_triangles(shapely.Polygon(rings[0], rings[1:]))
    return [one for one in found.geoms if isinstance(one, shapely.Polygon)]
