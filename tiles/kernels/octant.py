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
def _sound(z: Any) -> Any:
    """The height itself, or bounds in place of what is not a number or infinite."""
    low = z if z > np.float32(FLOOR_M) else np.float32(FLOOR_M)
    return low if low < np.float32(-FLOOR_M) else np.float32(-FLOOR_M)


@njit(cache=True, nogil=True)
def _copy_ring(flat: Any, octant: Any, i: int, span: Any, out: Any) -> None:
    """One ring whose cells lie along a raster row."""
    eye = np.float32(octant.eye)
    low, high = span
    start = octant.base + i * octant.along
    if high <= low:
        return
    to = out[low:high]
    if octant.across == 1:
        source = flat[start + low : start + high]
        for k in range(to.size):
            to[k] = _sound(source[k] - eye)
    else:
        source = flat[start - high + 1 : start - low + 1]
        last = to.size - 1
        for k in range(to.size):
            to[k] = _sound(source[np.uintp(last - k)] - eye)


@njit(cache=True, nogil=True)
def _copy_across(flat: Any, octant: Any, first: int, j: int, span: Any, out: Any) -> None:
    """Cell j of rings first + low to first + high, which lie along a raster row."""
    eye = np.float32(octant.eye)
    start = octant.base + j * octant.across + first * octant.along
    width = np.uintp(out.shape[1])
    to = out.reshape(-1)
    for k in range(span[0], span[1]):
        to[np.uintp(k) * width + np.uintp(j)] = _sound(flat[np.uintp(start + k * octant.along)] - eye)


@njit(cache=True, nogil=True)
def _bend_rings(octant: Any, first: int, count: int, out: Any) -> None:
    """Take the drop of the level surface off copied rings."""
    for k in range(count):
        i = np.float32(first + k)
        row = out[k]
        bend = np.float32(octant.bend)
        for j in range(row.size):
            row[j] -= bend * (i * i + np.float32(j) * np.float32(j))


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
    if octant.bend != 0.0:
        _bend_rings(octant, first, count, out)
