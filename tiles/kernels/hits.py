"""Rays from a camera to the first thing that they meet: ground, what stands on it, a wall, a roof."""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.footprint import building_here, contains
from tiles.kernels.ray import Ray, falls_through, height_at, slant_m
from tiles.kernels.relief import BUILDING, CLEAR, ROOF, SURFACE, TERRAIN, nearest_relief
from tiles.kernels.walls import first_solid


@njit(cache=True, nogil=True)
def _ray_towards(origin: Any, bearing: float, elevation: float, reach: float, bend: float) -> Any:
    """The sight line that leaves ``origin`` at grid bearing and elevation (radians), ``reach`` metres long."""
    flat = reach * np.cos(elevation)
    sag = flat * flat * bend
    up = reach * np.sin(elevation) + sag
    return Ray(origin[0], origin[1], origin[2], flat * np.sin(bearing), flat * np.cos(bearing), up, sag, flat)


@njit(cache=True, nogil=True)
def _bilinear(relief: Any, heights: Any, x: float, y: float) -> Any:
    """Height between the four cell centres around a place; NaN outside the grid."""
    rows, cols = heights.shape
    u = (x - relief.x0) / relief.cell
    v = (relief.y0 - y) / relief.cell
    if rows < 2 or cols < 2 or not (u >= 0.0 and v >= 0.0 and u <= cols - 1 and v <= rows - 1):
        return np.nan
    c = min(int(u), cols - 2)
    r = min(int(v), rows - 2)
    fu = u - c
    fv = v - r
    north = np.float64(heights[r, c]) * (1.0 - fu) + np.float64(heights[r, c + 1]) * fu
    south = np.float64(heights[r + 1, c]) * (1.0 - fu) + np.float64(heights[r + 1, c + 1]) * fu
    return north * (1.0 - fv) + south * fv


@njit(cache=True, nogil=True)
def _clearance(relief: Any, ray: Any, near_m: float, t: float) -> Any:
    """Height of the line over what would block it at ``t``, and what that is; NaN off the grid."""
    x = ray.x + t * ray.dx
    y = ray.y + t * ray.dy
    line = height_at(ray, t)
    bare = _bilinear(relief, relief.ground, x, y)
    if relief.bare or t * ray.length <= near_m:
        return line - bare, TERRAIN
    top = _bilinear(relief, relief.obstacle, x, y)
    return line - max(top, bare), TERRAIN if bare > line or not top > bare else SURFACE


@njit(cache=True, nogil=True)
def _grid_line_before(at: float, step: float, t: float) -> Any:
    """Fraction of the last grid line of one family that the ray crosses before ``t``; 0 if there is none."""
    if step == 0.0:
        return 0.0
    here = at + step * t
    k = np.ceil(here - 1e-7) - 1.0 if step > 0.0 else np.floor(here + 1e-7) + 1.0
    return max(0.0, (k - at) / step)


@njit(cache=True, nogil=True)
def _relief_hit(relief: Any, ray: Any, near_m: float) -> Any:
    """Where the ray goes under the grid: linear between the last grid line above it and the first below."""
    below, kind = nearest_relief(relief, ray, near_m, np.inf)
    if kind == CLEAR:
        depth, kind = _clearance(relief, ray, near_m, 1.0)
        if not depth < 0.0:
            return np.inf, CLEAR
        below = 1.0
    depth, _ = _clearance(relief, ray, near_m, below)
    columns = _grid_line_before((ray.x - relief.x0) / relief.cell, ray.dx / relief.cell, below)
    rows = _grid_line_before((relief.y0 - ray.y) / relief.cell, -ray.dy / relief.cell, below)
    above = max(columns, rows)
    gap, _ = _clearance(relief, ray, near_m, above)
    if gap >= 0.0 and depth < 0.0:
        return above + (below - above) * gap / (gap - depth), kind
    return below, kind


@njit(cache=True, nogil=True)
def _through_roof(walls: Any, ray: Any, building: int, t: float) -> Any:
    """Where the ray came down through the roof under which it is at ``t``; infinite if through a wall."""
    roof = falls_through(ray, walls.roof_m[building])
    if not roof <= t:
        return np.inf
    mid = 0.5 * (roof + t)
    if contains(walls, building, ray.x + mid * ray.dx, ray.y + mid * ray.dy):
        return roof
    return np.inf


@njit(cache=True, nogil=True)
def _building_hit(walls: Any, ray: Any, carrier: int, mount_m: float) -> Any:
    """Fraction, kind and number of the first building met; infinite, CLEAR and −1 for none."""
    t, who = first_solid(walls, ray, carrier, mount_m, -1)
    kind = CLEAR
    if who >= 0:
        kind = BUILDING
        roof = _through_roof(walls, ray, who, t)
        if roof <= t:
            t, kind = roof, ROOF
    # Where nothing but a roof is in the way, or footprints overlap, the roof above the last point tells.
    end = min(t, 1.0)
    under = building_here(walls, ray.x + end * ray.dx, ray.y + end * ray.dy)
    if under >= 0 and height_at(ray, end) < walls.roof_m[under]:
        roof = _through_roof(walls, ray, under, end)
        if roof < t:
            t, kind, who = roof, ROOF, under
    return t, kind, who


@njit(cache=True, nogil=True)
def trace_hits(relief: Any, walls: Any, origins: Any, aims: Any, mounts: Any, bend: float, out: Any) -> None:
    """Fill ``out`` (distance, kind, building, points) for rays with ``aims`` (n, 3): bearing, elevation
    (radians) and reach; ``mounts`` is (carrier, mount_m)."""
    carrier, mount_m = mounts
    distances, kinds, buildings, points = out
    for i in range(origins.shape[0]):
        ray = _ray_towards(origins[i], aims[i, 0], aims[i, 1], aims[i, 2], bend)
        t, kind, who = _building_hit(walls, ray, carrier[i], mount_m[i])
        near, what = _relief_hit(relief, ray, max(mount_m[i], relief.cell))
        if near < t:
            t, kind, who = near, what, -1
        at = t if kind != CLEAR else 1.0
        distances[i] = slant_m(ray, t) if kind != CLEAR else np.inf
        kinds[i] = kind
        buildings[i] = who
        points[i, 0] = ray.x + at * ray.dx
        points[i, 1] = ray.y + at * ray.dy
        points[i, 2] = height_at(ray, at)
