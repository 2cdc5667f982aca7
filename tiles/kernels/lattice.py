"""Ground heights at the nodes of a lattice in degrees, going on beyond the ground grid and fading there."""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.burning import height_at

LEVEL_OFF_M = 10_000.0
"""Beyond the grid its edge goes over into the edge's mean height within this distance."""
FADE_M = 150_000.0
"""And from there to the ellipsoid within this one."""


@njit(cache=True, nogil=True)
def ground_at(heights: Any, place: Any, beyond_m: float, x: float, y: float) -> Any:
    """Height at a place; ``place`` = (x0, y0, cell) of the grid, ``beyond_m`` the mean height of its edge."""
    x0, y0, cell = place
    rows, cols = heights.shape
    row, col = (y0 - y) / cell, (x - x0) / cell
    over = max(-row, row - (rows - 1), 0.0), max(-col, col - (cols - 1), 0.0)
    height = height_at(heights, row, col)
    away = np.sqrt(over[0] * over[0] + over[1] * over[1]) * cell
    if away > 0.0:
        height += (beyond_m - height) * _ease(away / LEVEL_OFF_M)
        height *= 1.0 - _ease((away - LEVEL_OFF_M) / FADE_M)
    return height


@njit(cache=True, nogil=True)
def _ease(t: float) -> float:
    t = min(max(t, 0.0), 1.0)
    return t * t * (3.0 - 2.0 * t)


@njit(cache=True, nogil=True)
def fill_between(heights: Any, place: Any, beyond_m: float, corners_m: Any, size: int, step_m: float, out: Any) -> None:
    """Heights of a lattice whose tiles' corners are known in the metric frame.

    ``corners_m`` (rows + 2, cols + 2, 2) x, y of the tiles' north-west corners, one more on each far side than
    the lattice has; between them places are interpolated, which for tiles of some kilometres is exact to a
    centimetre. A node belongs to the tile of which it is not the south or east edge, so all who ask for it
    get the same bits. Heights are rounded to whole multiples of ``step_m``.
    """
    for i in range(out.shape[0]):
        ti, fi = i // size, (i % size) / size
        for j in range(out.shape[1]):
            tj, fj = j // size, (j % size) / size
            a, b = corners_m[ti, tj], corners_m[ti, tj + 1]
            c, d = corners_m[ti + 1, tj], corners_m[ti + 1, tj + 1]
            x = (a[0] * (1 - fj) + b[0] * fj) * (1 - fi) + (c[0] * (1 - fj) + d[0] * fj) * fi
            y = (a[1] * (1 - fj) + b[1] * fj) * (1 - fi) + (c[1] * (1 - fj) + d[1] * fj) * fi
            out[i, j] = np.rint(ground_at(heights, place, beyond_m, x, y) / step_m) * step_m


@njit(cache=True, nogil=True)
def fill_places(heights: Any, place: Any, beyond_m: float, x_m: Any, y_m: Any, step_m: float, out: Any) -> None:
    """As ``fill_between`` with every node's place given; 0 where it is not finite (far round the earth)."""
    for i in range(out.shape[0]):
        for j in range(out.shape[1]):
            out[i, j] = 0.0
            if np.isfinite(x_m[i, j]) and np.isfinite(y_m[i, j]):
                height = ground_at(heights, place, beyond_m, x_m[i, j], y_m[i, j])
                out[i, j] = np.rint(height / step_m) * step_m
