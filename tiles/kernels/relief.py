"""A line against the ground and what stands on it, along the grid lines of a height grid."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from tiles.kernels.ray import height_at

CLEAR, TERRAIN, SURFACE, BUILDING, ROOF = 0, 1, 2, 3, 4


class Relief(NamedTuple):
    """Two height grids over the same cells: bare ground, and the obstacles on it (which include it)."""

    ground: Any
    obstacle: Any
    """(rows, cols) float32, north up."""
    x0: float
    y0: float
    cell: float
    bare: bool
    """True when the two grids are the same, so that what blocks is always the ground."""


@njit(cache=True, nogil=True, inline="always")
def _between(heights: Any, row: int, col: int, down: int, right: int, share: float) -> float:
    """Height at the share of the way from a cell centre to its neighbour, in double precision."""
    a = np.float64(heights[row, col])
    return a + share * (np.float64(heights[row + down, col + right]) - a)


@njit(cache=True, nogil=True)
def _along(relief: Any, ray: Any, columns: bool, near_m: float, end: float) -> Any:
    """First block at crossings with grid columns (or rows), before the fraction ``end``."""
    rows, cols = relief.ground.shape
    if columns:
        at, step = (ray.x - relief.x0) / relief.cell, ray.dx / relief.cell
        side, drift = (relief.y0 - ray.y) / relief.cell, -ray.dy / relief.cell
        count, width = cols, rows
    else:
        at, step = (relief.y0 - ray.y) / relief.cell, -ray.dy / relief.cell
        side, drift = (ray.x - relief.x0) / relief.cell, ray.dx / relief.cell
        count, width = rows, cols
    if step == 0.0 or width < 2:
        return np.inf, CLEAR
    first = int(np.floor(min(max(at, -1.0), np.float64(count))))
    stop = at + step * min(end, 1.0)
    last = int(np.floor(min(max(stop, -1.0), np.float64(count))))
    if step > 0.0:
        ahead, first, n = 1, max(first, 0), last + 1 - max(first, 0)
    else:
        first = min(first + 1, count - 1)
        ahead, n = -1, first - last + 1
    down = 1 if columns else 0
    right = 1 - down
    for i in range(n + 1):
        k = first + i * ahead
        if k < 0 or k >= count:
            break
        t = (k - at) / step
        if t <= 0.0:
            continue
        if t >= end or t >= 1.0:
            break
        across = side + t * drift
        if not (across >= 0.0 and across <= width - 1):
            continue
        j = min(int(across), width - 2)
        row, col = (j, k) if columns else (k, j)
        line = height_at(ray, t)
        if _between(relief.obstacle, row, col, down, right, across - j) > line:
            if relief.bare or _between(relief.ground, row, col, down, right, across - j) > line:
                return t, TERRAIN
            if t * ray.length > near_m:
                return t, SURFACE
    return np.inf, CLEAR


@njit(cache=True, nogil=True)
def nearest_relief(relief: Any, ray: Any, near_m: float, end: float) -> Any:
    """Fraction and kind of the first crossing, before ``end``, at which the line passes under the grid.

    Obstacles that are not ground do not block within ``near_m`` of the eye, edge included.
    """
    t, kind = _along(relief, ray, True, near_m, end)
    other, what = _along(relief, ray, False, near_m, min(t, end))
    if other < t:
        return other, what
    return t, kind
