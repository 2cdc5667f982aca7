"""The inner loops of a viewshed: what a ring does to the horizons of a block of rays.

All numbers of a block lie in one float32 array, at fixed places, so that the compiler knows that they do
not overlap and makes vectors of the arithmetic; what must be looked up by index is fetched beforehand.
"""

from typing import Any

import numpy as np
from numba import njit

RAYS = 64
"""Rays to a block; neighbouring blocks share one."""
LEAN, HORIZON, RING, HERE, NEXT, INNER, FOLD, LOWER = (np.uintp(n * RAYS) for n in range(8))
"""Where in a block's numbers: j / i, horizon as rise per ring, ring that set it, what was fetched,
scratch, and the lower horizon of each two neighbours."""
NUMBERS = 8 * RAYS
GROUP = 16


# The compiler makes no vectors of a running minimum of floats, nor of short loops of known length: minima are
# folded in halves, whose lengths are taken from the array's.


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy", inline="always")
def _least(numbers: Any, half: int) -> Any:
    """The least of sixteen numbers in scratch; ``half`` is eight."""
    for k in range(half):
        m = FOLD + np.uintp(k)
        numbers[m] = min(numbers[m], numbers[m + np.uintp(8)])
    low = numbers[FOLD]
    for k in range(1, 8):
        low = min(low, numbers[FOLD + np.uintp(k)])
    return low


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def lowest_of(numbers: Any) -> Any:
    """The lowest horizon of a block."""
    for k in range(numbers.size >> 4):
        m = np.uintp(k)
        numbers[FOLD + m] = min(numbers[HORIZON + m], numbers[HORIZON + m + np.uintp(32)])
    for k in range(numbers.size >> 5):
        m = FOLD + np.uintp(k)
        numbers[m] = min(numbers[m], numbers[m + np.uintp(16)])
    return _least(numbers, numbers.size >> 6)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def highest(tile: Any, start: int, count: int, numbers: Any) -> Any:
    """The highest of ``count`` cells, and of up to fifteen after them."""
    for k in range(GROUP):
        numbers[FOLD + np.uintp(k)] = -tile[np.uintp(start) + np.uintp(k)]
    for g in range(start + GROUP, start + count, GROUP):
        for k in range(GROUP):
            to = FOLD + np.uintp(k)
            numbers[to] = min(numbers[to], -tile[np.uintp(g) + np.uintp(k)])
    return -_least(numbers, numbers.size >> 6)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def raise_horizon(tile: Any, start: int, stride: int, i: int, numbers: Any, columns: Any) -> Any:
    """Let ring i, and what the rays cross between it and ring i − 1, raise the horizons of a block.

    Cell j of ring i is ``tile[start + j]``, and ring i − 1 lies ``stride`` before it. Returns the lowest
    horizon. At most one grid line is crossed between two rings, since lean ≤ 1.
    """
    far = np.float32(i)
    per = np.float32(1.0) / far
    one = np.float32(1.0)
    for m in range(RAYS):
        columns[m] = np.int32(numbers[LEAN + np.uintp(m)] * far)
    for m in range(RAYS):
        p = np.uintp(start + columns[m])
        numbers[HERE + np.uintp(m)] = tile[p]
        numbers[NEXT + np.uintp(m)] = tile[p + np.uintp(1)]
        numbers[INNER + np.uintp(m)] = tile[p - np.uintp(stride)]
    for k in range(RAYS):
        n = np.uintp(k)
        a = numbers[LEAN + n]
        at = a * far
        side = np.float32(np.int32(at))
        z = numbers[HERE + n]
        slope = (z + (at - side) * (numbers[NEXT + n] - z)) * per
        inner = numbers[INNER + n]
        rise = a / (side if side > one else one)
        column = inner * rise + (one - (far - one) * rise) * (z - inner)
        # What stands for no height would swamp a crossing that all but meets a ring; the ring has it already.
        apart = at * np.float32(4e-6)
        between = (side > at - a + apart) & (side < at - apart)
        slope = column if between & (column > slope) else slope
        old, ring = numbers[HORIZON + n], numbers[RING + n]
        higher = slope > old
        numbers[RING + n] = far if higher else ring
        numbers[HORIZON + n] = slope if higher else old
    return lowest_of(numbers)


@njit(cache=True, nogil=True, fastmath=True, error_model="numpy")
def lower_horizons(numbers: Any) -> None:
    """The lower horizon of each two neighbouring rays of a block."""
    for k in range(RAYS - 1):
        m = np.uintp(k)
        numbers[LOWER + m] = min(numbers[HORIZON + m], numbers[HORIZON + m + np.uintp(1)])
