"""The exact decision for one cell of an octant: the straight line against both families of grid lines."""

from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def slope_to(flat: Any, octant: Any, i: int, j: int, target: float) -> Any:
    """Rise per ring of the line from the eye to cell (i, j) at target height; curvature taken off."""
    drop = octant.bend * (np.float64(i) * i + np.float64(j) * j)
    return (np.float64(flat[octant.base + i * octant.along + j * octant.across]) + target - octant.eye - drop) / i


@njit(cache=True, nogil=True)
def under(flat: Any, octant: Any, i: int, j: int, slope: float, rings: Any) -> Any:
    """Whether the line to (i, j), rising by ``slope`` a ring, passes under the surface within ``rings``.

    From the first to the last of the two rings: at the crossings with the rings themselves, and with the
    grid lines across them that the line meets between two of these rings. Only crossings strictly between
    the eye and the cell count, and only a surface strictly higher.
    """
    lean = j / i
    step = octant.across if j > 0 else 0
    bend = octant.bend * (1.0 + lean * lean)
    last = min(rings[1], i - 1)
    for k in range(max(rings[0], 1), last + 1):
        at = np.float64(j * k) / i
        side = int(at)
        p = octant.base + k * octant.along + side * octant.across
        a = np.float64(flat[p])
        z = a + (at - side) * (np.float64(flat[p + step]) - a)
        if z - octant.eye - bend * k * k > slope * k:
            return True
        side += 1
        if k < last and side * i < j * (k + 1):
            where = np.float64(side * i) / j
            p += octant.across
            a = np.float64(flat[p])
            z = a + (where - k) * (np.float64(flat[p + octant.along]) - a)
            if z - octant.eye - bend * where * where > slope * where:
                return True
    return False


@njit(cache=True, nogil=True)
def steepest(flat: Any, octant: Any, lean: float, rings: Any) -> Any:
    """Greatest rise per ring of the surface along j / i = ``lean``, from the first to the last of two rings.

    And the ring of it. At the crossings with the rings and with the grid lines across them after each of these.
    """
    best, ring = -1e38, 1
    bend = octant.bend * (1.0 + lean * lean)
    for k in range(max(rings[0], 1), min(rings[1], octant.rings) + 1):
        at = lean * k
        side = int(at)
        if side > octant.width:
            break
        p = octant.base + k * octant.along + side * octant.across
        a = np.float64(flat[p])
        z = a + (at - side) * (np.float64(flat[p + octant.across]) - a) if side < octant.width else a
        rise = (z - octant.eye) / k - bend * k
        if rise > best:
            best, ring = rise, k
        side += 1
        if k < rings[1] and k < octant.rings and side < at + lean and side <= octant.width:
            where = side / lean
            p += octant.across
            a = np.float64(flat[p])
            rise = (a + (where - k) * (np.float64(flat[p + octant.along]) - a) - octant.eye) / where - bend * where
            if rise > best:
                best, ring = rise, k + 1
    return best, ring
