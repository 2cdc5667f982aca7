"""One octant of a viewshed at a time: where its cells lie in the raster, and contiguous copies of its rings."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

FLOOR_M = -1e30
"""Stands for cells without a height: nothing is hidden behind them and they are never seen."""
RINGS = 64
"""Rings copied at a time: small enough for the processor's second cache."""


class Octant(NamedTuple):
    """A wedge of 45° whose cells are named (i, j): ring i ≥ 1 along the main axis, 0 ≤ j ≤ i across it.

    Cell (i, j) is element ``base + i along + j across`` of the flat raster.
    """

    base: int
    along: int
    across: int
    rings: int
    """Last ring inside raster and radius."""
    width: int
    """Greatest j inside the raster."""
    radius: float
    """In cells."""
    eye: float
    """Height of the eye, metres."""
    bend: float
    """Drop of the level surface in metres at a distance of one cell; 0 for a flat earth."""


@njit(cache=True, nogil=True, inline="always")
def _height(flat: Any, at: int, eye: np.float32, drop: np.float32) -> Any:
    z = flat[at] - eye - drop
    if z > np.float32(FLOOR_M):
        return min(z, np.float32(-FLOOR_M))
    return np.float32(FLOOR_M)


@njit(cache=True, nogil=True)
def _copy_ring(flat: Any, octant: Any, i: int, span: Any, out: Any) -> None:
    """One ring whose cells lie along a raster row."""
    eye = np.float32(octant.eye)
    start = octant.base + i * octant.along
    low, high = span
    bend = np.float32(octant.bend)
    if octant.across == 1:
        for j in range(low, high):
            out[j] = _height(flat, start + j, eye, bend * np.float32(i * i + j * j))
    else:
        for j in range(low, high):
            out[j] = _height(flat, start - j, eye, bend * np.float32(i * i + j * j))


@njit(cache=True, nogil=True)
def _copy_across(flat: Any, octant: Any, first: int, j: int, span: Any, out: Any) -> None:
    """Cell j of rings first + low to first + high, which lie along a raster row."""
    eye = np.float32(octant.eye)
    start = octant.base + j * octant.across
    bend = np.float32(octant.bend)
    low, high = span
    for k in range(low, high):
        i = first + k
        out[k, j] = _height(flat, start + i * octant.along, eye, bend * np.float32(i * i + j * j))


@njit(cache=True, nogil=True)
def copy_rings(flat: Any, octant: Any, first: int, count: int, slopes: Any, out: Any) -> None:
    """Heights over the eye of rings first … first + count − 1 into ``out[ring, j]``.

    Only cells between the two ``slopes`` (j / i), with one more on either side, are written; past the
    raster's edge the edge goes on.
    """
    low, high = slopes
    if abs(octant.across) == 1:
        for k in range(count):
            i = first + k
            a = min(max(0, int(low * i) - 1), octant.width)
            b = min(int(high * i) + 3, octant.width + 1)
            _copy_ring(flat, octant, i, (a, b), out[k])
    else:
        last = first + count - 1
        a = min(max(0, int(low * first) - 1), octant.width)
        b = min(int(high * last) + 3, octant.width + 1)
        for j in range(a, b):
            # Ring i needs cell j when low i − 1 ≤ j < high i + 3.
            near = max(0, int((j - 3) / high) - first) if high > 0.0 else 0
            far = min(count, int((j + 2) / low) + 1 - first) if low > 0.0 else count
            if near < far:
                _copy_across(flat, octant, first, j, (near, far), out)
    for k in range(count):
        for j in range(octant.width + 1, min(int(high * (first + k)) + 3, out.shape[1])):
            out[k, j] = out[k, octant.width]
