"""The vector loops of a viewshed: what a ring does to the horizons of a block of rays, and they to its cells."""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.octant import FLOOR_M

SOLID_M = np.float32(0.1 * FLOOR_M)
"""A cell below this has no height."""


@njit(cache=True, nogil=True, fastmath=True)
def highest(cells: Any) -> Any:
    """The highest of some cells."""
    top = cells[0]
    for k in range(cells.size):
        top = max(top, cells[k])
    return top


@njit(cache=True, nogil=True, fastmath=True)
def raise_horizon(before: Any, row: Any, i: int, lean: Any, horizon: Any, ring: Any) -> Any:
    """Let ring i, and what the rays cross between it and ring i − 1, raise the block's horizons.

    Returns the lowest of them. At most one grid line is crossed between two rings, since lean ≤ 1.
    """
    far = np.float32(i)
    per = np.float32(1.0) / far
    one = np.float32(1.0)
    low = np.float32(1e38)
    number = np.int32(i)
    for m in range(lean.size):
        a = lean[m]
        at = a * far
        j = np.int32(at)
        here = np.uintp(j)
        side = np.float32(j)
        z = row[here]
        slope = (z + (at - side) * (row[here + np.uintp(1)] - z)) * per
        inner = before[here]
        rise = a / max(side, one)
        column = inner * rise + (one - (far - one) * rise) * (z - inner)
        if side > at - a and column > slope:
            slope = column
        old = horizon[m]
        higher = slope > old
        new = slope if higher else old
        ring[m] = number if higher else ring[m]
        horizon[m] = new
        low = min(low, new)
    return low


@njit(cache=True, nogil=True, fastmath=True)
def sort_cells(cells: Any, start: Any, i: int, rays: Any, target: Any, mark: Any) -> None:
    """Mark each of a ring's cells: 0 hidden, 1 seen, 2 in doubt, by the horizons of its two rays."""
    horizon, _, first, count = rays
    per = np.float32(1.0) / np.float32(i)
    scale = np.float32(count) * per
    last = np.int32(horizon.size - 2)
    for k in range(cells.size):
        slope = (cells[k] + target) * per
        m = np.int32(np.float32(start + np.int32(k)) * scale) - np.int32(first)
        m = min(max(m, np.int32(0)), last)
        a = horizon[np.uintp(m)]
        b = horizon[np.uintp(m + np.int32(1))]
        low = min(a, b)
        high = max(a, b)
        slack = np.float32(0.5) * (high - low)
        seen = np.uint8(1) if slope > high + slack else np.uint8(2)
        mark[k] = np.uint8(0) if slope < low - slack or cells[k] < SOLID_M else seen
