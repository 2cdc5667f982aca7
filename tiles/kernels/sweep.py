"""A viewshed ring by ring: rays remember their horizon and the ring that set it; doubtful cells are marched.

Rays come in blocks that know nothing of each other, so a narrow view is a range of blocks and equals the
full circle there, cell by cell.
"""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.march import slope_to, under
from tiles.kernels.octant import FLOOR_M, RINGS, copy_rings

FEWEST_RAYS = 256
"""To an octant; otherwise as many as cells on its last ring."""
BLOCK = 64
"""Rays to a block."""
EXACT_RINGS = 16
"""Rings so near to the eye that every cell is marched whole."""
LOWEST = np.float32(-1e38)
SOLID_M = np.float32(0.1 * FLOOR_M)
"""A cell below this has no height."""


@njit(cache=True, nogil=True, fastmath=True)
def _highest(row: Any, low: int, high: int) -> Any:
    top = row[low]
    for j in range(low, high):
        top = max(top, row[j])
    return top


@njit(cache=True, nogil=True, fastmath=True)
def _raise_by_columns(before: Any, row: Any, i: int, lean: Any, horizon: Any, ring: Any) -> None:
    """Let what the rays cross between ring i − 1 and ring i raise their horizons."""
    far = np.float32(i)
    for m in range(lean.size):
        a = lean[m]
        at = a * far
        j = np.int32(at)
        side = np.float32(j)
        if side > at - a and j > 0:
            low = before[j]
            where = side / a
            slope = (low + (where - (far - np.float32(1.0))) * (row[j] - low)) / where
            if slope > horizon[m]:
                horizon[m] = slope
                ring[m] = i


@njit(cache=True, nogil=True, fastmath=True)
def _raise_horizon(row: Any, i: int, lean: Any, horizon: Any, ring: Any) -> Any:
    """Let ring i raise the block's horizons; returns the lowest of them."""
    per = np.float32(1.0) / np.float32(i)
    far = np.float32(i)
    for m in range(lean.size):
        at = lean[m] * far
        j = np.int32(at)
        a = row[j]
        slope = (a + (at - np.float32(j)) * (row[j + 1] - a)) * per
        if slope > horizon[m]:
            horizon[m] = slope
            ring[m] = i
    low = horizon[0]
    for m in range(lean.size):
        low = min(low, horizon[m])
    return low


@njit(cache=True, nogil=True)
def _doubtful(flat: Any, octant: Any, i: int, j: int, target: float, rings: Any) -> Any:
    """Exact decision near the rings that set the two horizons on either side, and in the last ring."""
    slope = slope_to(flat, octant, i, j, target)
    near = min(rings)
    far = max(rings)
    if far - near <= 3:
        return not (
            under(flat, octant, i, j, slope, (near - 1, far + 1))
            or under(flat, octant, i, j, slope, (i - 2, i - 1))
        )
    return not (
        under(flat, octant, i, j, slope, (far - 1, far + 1))
        or under(flat, octant, i, j, slope, (near - 1, near + 1))
        or under(flat, octant, i, j, slope, (i - 2, i - 1))
    )


@njit(cache=True, nogil=True)
def _look(flat: Any, octant: Any, row: Any, i: int, span: Any, rays: Any, target: Any, out: Any) -> None:
    """Decide cells span[0] … span[1] − 1 of ring i from the horizons set by nearer rings."""
    horizon, ring, first, count = rays
    per = np.float32(1.0) / np.float32(i)
    scale = np.float32(count) * per
    put = octant.base + i * octant.along
    for j in range(span[0], span[1]):
        slope = (row[j] + target) * per
        m = min(max(np.int32(np.float32(j) * scale) - first, 0), horizon.size - 2)
        a = horizon[m]
        b = horizon[m + 1]
        slack = np.float32(0.5) * abs(a - b)
        if slope < min(a, b) - slack:
            continue
        if row[j] > SOLID_M and (
            slope > max(a, b) + slack
            or _doubtful(flat, octant, i, j, np.float64(target), (ring[m], ring[m + 1]))
        ):
            out[put + j * octant.across] = True


@njit(cache=True, nogil=True)
def _nearby(flat: Any, octant: Any, i: int, span: Any, target: float, out: Any) -> None:
    for j in range(span[0], span[1]):
        slope = slope_to(flat, octant, i, j, target)
        # A cell without a height has no slope, and is not seen.
        if slope == slope and not under(flat, octant, i, j, slope, (1, i - 1)):
            out[octant.base + i * octant.along + j * octant.across] = True


@njit(cache=True, nogil=True)
def _cells(octant: Any, i: int, wedge: Any, block: Any, count: int) -> Any:
    """First and one past the last cell of ring i in block, wedge, radius and raster; see ``sweep``."""
    low, high, owns_axis, owns_diagonal = wedge
    first = max(np.int64(np.ceil(low * i - 1e-9 * i)), -((-block[0] * i) // count), 0 if owns_axis else 1)
    last = min(np.int64(np.floor(high * i + 1e-9 * i)), octant.width, i if owns_diagonal else i - 1)
    if block[1] < count:
        last = min(last, -((-block[1] * i) // count) - 1)
    reach = octant.radius * octant.radius - np.float64(i) * i
    if reach < 0.0:
        return first, first
    return first, min(last, np.int64(np.sqrt(reach) + 1e-9)) + 1


@njit(cache=True, nogil=True)
def _sweep_block(
    flat: Any, octant: Any, rows: Any, rings: Any, wedge: Any, rays: Any, target: Any, out: Any
) -> Any:
    """Carry one block through copied rings; returns its lowest horizon."""
    lean, horizon, ring, block, count, lowest = rays
    for i in range(rings[0], rings[1]):
        row = rows[i - rings[0] + 1]
        low = (block[0] * i) // count
        top = _highest(row, low, (block[1] * i) // count + 2)
        per = np.float32(1.0) / np.float32(i)
        if (top + target) * per >= lowest or i <= EXACT_RINGS:
            span = _cells(octant, i, wedge, block, count)
            if i <= EXACT_RINGS:
                _nearby(flat, octant, i, span, np.float64(target), out)
            else:
                _look(flat, octant, row, i, span, (horizon, ring, block[0], count), target, out)
            if top * per >= lowest:
                if i > 1:
                    _raise_by_columns(rows[i - rings[0]], row, i, lean, horizon, ring)
                lowest = _raise_horizon(row, i, lean, horizon, ring)
    return lowest


@njit(cache=True, nogil=True)
def sweep(flat: Any, octant: Any, wedge: Any, target: float, out: Any) -> None:
    """Mark in the flat ``out`` the cells of one wedge of an octant that the eye sees.

    ``wedge`` is (lowest j / i, highest j / i, whether cells j = 0 are this octant's, whether j = i are).
    """
    count = max(octant.rings, FEWEST_RAYS)
    low, high = wedge[0], wedge[1]
    first = min(int(low * count - 1e-6), count - 1) // BLOCK
    blocks = min(int(high * count + 1e-6), count - 1) // BLOCK + 1 - first
    lean = np.zeros((blocks, BLOCK + 1), np.float32)
    horizon = np.full((blocks, BLOCK + 1), LOWEST)
    ring = np.ones((blocks, BLOCK + 1), np.int32)
    lowest = np.full(blocks, LOWEST)
    for b in range(blocks):
        for m in range(BLOCK + 1):
            lean[b, m] = min((first + b) * BLOCK + m, count) / count
    rows = np.zeros((RINGS + 1, octant.rings + 21), np.float32)
    slopes = (first * BLOCK / count, min(1.0, (first + blocks) * BLOCK / count))
    for start in range(1, octant.rings + 1, RINGS):
        stop = min(start + RINGS, octant.rings + 1)
        rows[0] = rows[RINGS]
        copy_rings(flat, octant, start, stop - start, slopes, rows[1:])
        for b in range(blocks):
            block = (np.int64((first + b) * BLOCK), np.int64(min((first + b + 1) * BLOCK, count)))
            # A ray leaves the disc, or the raster, for good.
            tilt = block[0] / count
            end = min(stop, np.int64(octant.radius / np.sqrt(1.0 + tilt * tilt)) + 2)
            if tilt > 0.0:
                end = min(end, np.int64((octant.width + 1) / tilt) + 1)
            if end > start:
                n = block[1] - block[0] + 1
                rays = (lean[b, :n], horizon[b, :n], ring[b, :n], block, count, lowest[b])
                lowest[b] = _sweep_block(
                    flat, octant, rows, (start, end), wedge, rays, np.float32(target), out
                )
