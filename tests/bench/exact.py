"""The exact march (R3) over every cell of the disc, in double precision: slow, plain, compiled."""

from typing import Any

import numpy as np
from numba import njit, prange


@njit(cache=True, nogil=True)
def _seen(heights: Any, row: int, col: int, eye: float, target: Any) -> Any:
    """Straight line to (r, c, height): every crossing with both families of grid lines."""
    r, c, top = target
    dr, dc = r - row, c - col
    for n in range(1, abs(dr)):
        t = n / abs(dr)
        k = row + (n if dr > 0 else -n)
        x = col + dc * n / abs(dr)
        j = int(np.floor(x))
        f = x - j
        z = np.float64(heights[k, j])
        if f > 0.0:
            z += f * (np.float64(heights[k, j + 1]) - z)
        if z > eye + (top - eye) * t:
            return False
    for n in range(1, abs(dc)):
        t = n / abs(dc)
        k = col + (n if dc > 0 else -n)
        y = row + dr * n / abs(dc)
        j = int(np.floor(y))
        f = y - j
        z = np.float64(heights[j, k])
        if f > 0.0:
            z += f * (np.float64(heights[j + 1, k]) - z)
        if z > eye + (top - eye) * t:
            return False
    return True


@njit(cache=True, nogil=True, parallel=True)
def exact(heights: Any, observer: Any, radius: float, target: float) -> Any:
    """Verdicts (1 seen, 0 hidden, −1 outside the disc) for the square around the observer, 1 cell units."""
    row, col = int(observer[0]), int(observer[1])
    eye = np.float64(heights[row, col]) + observer[2]
    reach = int(radius)
    out = np.full((2 * reach + 1, 2 * reach + 1), -1, np.int8)
    for a in prange(2 * reach + 1):
        for b in range(2 * reach + 1):
            r, c = row + a - reach, col + b - reach
            if (a - reach) ** 2 + (b - reach) ** 2 > radius * radius:
                continue
            if 0 <= r < heights.shape[0] and 0 <= c < heights.shape[1]:
                out[a, b] = _seen(heights, row, col, eye, (r, c, np.float64(heights[r, c]) + target))
    return out
