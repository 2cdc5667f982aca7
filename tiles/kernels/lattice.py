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
def fill(heights: Any, place: Any, beyond_m: float, anchors_m: Any, span: int, step_m: float, out: Any) -> None:
    """Heights at the nodes of a lattice of which every ``span``-th node's place is known.

    Parameters
    ----------
    heights, place, beyond_m
        As for ``ground_at``.
    anchors_m : float64 (n, m, 2)
        x, y in the metric frame, one more on the far sides than the lattice has; not finite far round the
        earth, where the height is 0. Between anchors places are interpolated, which over 20 km is exact to
        some centimetres.
    step_m : float
        Heights are rounded to whole multiples of it.
    out : float32 (rows, cols)
        A node is reckoned from the anchors north-west of it whoever asks, so all get the same bits.
    """
    for i in range(out.shape[0]):
        ti, fi = i // span, (i % span) / span
        for j in range(out.shape[1]):
            tj, fj = j // span, (j % span) / span
            a, b = anchors_m[ti, tj], anchors_m[ti, tj + 1]
            c, d = anchors_m[ti + 1, tj], anchors_m[ti + 1, tj + 1]
            x = (a[0] * (1 - fj) + b[0] * fj) * (1 - fi) + (c[0] * (1 - fj) + d[0] * fj) * fi
            y = (a[1] * (1 - fj) + b[1] * fj) * (1 - fi) + (c[1] * (1 - fj) + d[1] * fj) * fi
            out[i, j] = 0.0
            if np.isfinite(x) and np.isfinite(y):
                out[i, j] = np.rint(ground_at(heights, place, beyond_m, x, y) / step_m) * step_m
