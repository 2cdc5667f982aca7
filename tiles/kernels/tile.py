"""Contiguous copies of the rings that a range of rays crosses, mirrored into one octant."""

from typing import Any

import numpy as np
from numba import njit

FLOOR_M = -1e30
"""Stands for cells without a height: nothing is hidden behind them and they are never seen."""
RINGS = 64
"""Rings copied at a time: small enough for the processor's second cache."""
TOGETHER = 4
"""Columns copied at a time where rings run along the raster's columns."""


@njit(cache=True, nogil=True, inline="always")
def _sound(z: Any) -> Any:
    """The height itself, or bounds in place of what is not a number or infinite."""
    low = z if z > np.float32(FLOOR_M) else np.float32(FLOOR_M)
    return low if low < np.float32(-FLOOR_M) else np.float32(-FLOOR_M)


@njit(cache=True, nogil=True, inline="always")
def span_of(i: int, sides: Any, width: int) -> Any:
    """First and one past the last cell of ring i that rays between two ``sides`` (j / i) touch."""
    return min(max(0, int(sides[0] * i) - 1), width), min(int(sides[1] * i) + 3, width + 1)


@njit(cache=True, nogil=True)
def stride_of(octant: Any) -> Any:
    """Cells from ring to ring of a copy: an odd number of cache lines, lest rings get into each other's way."""
    return ((octant.rings + 64) // 32 * 2 + 1) * 16


@njit(cache=True, nogil=True)
def _copy_rows(flat: Any, octant: Any, rings: Any, sides: Any, tile: Any) -> None:
    """Rings that lie along the raster's rows."""
    eye, stride = np.float32(octant.eye), stride_of(octant)
    for i in range(rings[0], rings[1]):
        a, b = span_of(i, sides, octant.width)
        to = (i - rings[0]) * stride + a
        p = octant.base + i * octant.along + a * octant.across
        if octant.across == 1:
            for k in range(b - a):
                tile[np.uintp(to + k)] = _sound(flat[np.uintp(p + k)] - eye)
        else:
            for k in range(b - a):
                tile[np.uintp(to + k)] = _sound(flat[np.uintp(p - k)] - eye)


@njit(cache=True, nogil=True)
def _copy_columns(flat: Any, octant: Any, rings: Any, sides: Any, tile: Any) -> None:
    """Rings that lie along the raster's columns: a few columns at a time, each read along its row."""
    eye, stride = np.float32(octant.eye), stride_of(octant)
    first, count = rings[0], rings[1] - rings[0]
    low, high = sides
    a, _ = span_of(first, sides, octant.width)
    _, b = span_of(rings[1] - 1, sides, octant.width)
    for j in range(a, b, TOGETHER):
        # Ring i needs cell j when low i − 1 ≤ j < high i + 3.
        near = max(0, int((j - 3) / high) - first) if high > 0.0 else 0
        far = min(count, int((j + TOGETHER + 1) / low) + 1 - first) if low > 0.0 else count
        p = octant.base + j * octant.across + first * octant.along
        if j + TOGETHER <= octant.width + 1:
            for k in range(near, far):
                q = p + k * octant.along
                for n in range(TOGETHER):
                    tile[np.uintp(j + k * stride + n)] = _sound(flat[np.uintp(q + n * octant.across)] - eye)
        else:
            for k in range(near, far):
                q = p + k * octant.along
                for n in range(octant.width + 1 - j):
                    tile[np.uintp(j + k * stride + n)] = _sound(flat[np.uintp(q + n * octant.across)] - eye)


@njit(cache=True, nogil=True)
def _finish(octant: Any, rings: Any, sides: Any, tile: Any) -> None:
    """Past the raster's edge the edge goes on; the drop of the level surface comes off."""
    for i in range(rings[0], rings[1]):
        row = (i - rings[0]) * stride_of(octant)
        end = int(sides[1] * i) + 3
        for j in range(octant.width + 1, end):
            tile[row + j] = tile[row + octant.width]
        if octant.bend != 0.0:
            for j in range(max(0, int(sides[0] * i) - 1), end):
                tile[row + j] -= np.float32(octant.bend * (np.float64(i) * i + np.float64(j) * j))


@njit(cache=True, nogil=True)
def copy_tile(flat: Any, octant: Any, rings: Any, sides: Any, tile: Any) -> None:
    """Heights over the eye of rings[0] … rings[1] − 1 between two ``sides`` into ``tile``.

    Cell (i, j) is ``tile[(i − rings[0]) * stride_of(octant) + j]``.
    """
    if abs(octant.across) == 1:
        _copy_rows(flat, octant, rings, sides, tile)
    else:
        _copy_columns(flat, octant, rings, sides, tile)
    if octant.bend != 0.0 or int(sides[1] * rings[1]) + 3 > octant.width:
        _finish(octant, rings, sides, tile)
