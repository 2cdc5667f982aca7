"""One octant of a viewshed: where its cells lie in the raster, and which of them belong to a view."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit


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
    owns_axis: int
    """Whether the cells j = 0 are this octant's."""
    owns_diagonal: int
    """Whether the cells j = i are."""
    low: float
    """Lowest and highest j / i of the view."""
    high: float
    radius: float
    """In cells."""
    eye: float
    """Height of the eye, metres."""
    bend: float
    """Drop of the level surface in metres at a distance of one cell; 0 for a flat earth."""


@njit(cache=True, nogil=True)
def limits_of(octant: Any) -> Any:
    """First and one past the last cell of each ring in view, radius and raster, (rings + 1, 2) int32."""
    limits = np.zeros((octant.rings + 1, 2), np.int32)
    for i in range(1, octant.rings + 1):
        first = max(np.int64(np.ceil(octant.low * i - 1e-9 * i)), 0 if octant.owns_axis else 1)
        last = min(np.int64(np.floor(octant.high * i + 1e-9 * i)), octant.width, i if octant.owns_diagonal else i - 1)
        reach = octant.radius * octant.radius - np.float64(i) * i
        if reach >= 0.0:
            limits[i, 0] = first
            limits[i, 1] = max(first, min(last, np.int64(np.sqrt(reach) + 1e-9)) + 1)
    return limits
