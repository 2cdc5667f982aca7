"""A viewshed ring by ring: rays remember their horizon and the ring that set it; doubtful cells are marched.

Rays come in blocks that know nothing of each other, so a narrow view is a range of blocks and equals the
full circle there, cell by cell.
"""

from typing import Any

import numpy as np
from numba import njit

from tiles.kernels.horizon import highest, raise_horizon, sort_cells
from tiles.kernels.march import slope_to, under
from tiles.kernels.octant import RINGS, copy_rings

FEWEST_RAYS = 256
"""To an octant; otherwise as many as cells on its last ring."""
BLOCK = 64
"""Rays to a block."""
EXACT_RINGS = 16
"""Rings so near to the eye that every cell is marched whole."""
LOWEST = np.float32(-1e38)


@njit(cache=True, nogil=True)
def _doubtful(flat: Any, octant: Any, i: int, j: int, target: float, rings: Any) -> Any:
    """Exact decision near the rings that set the two horizons on either side, and in the last ring."""
    slope = slope_to(flat, octant, i, j, target)
    near = min(rings)
    far = max(rings)
    if far - near <= 3:
        return not (
            under(flat, octant, i, j, slope, (near - 1, far + 1)) or under(flat, octant, i, j, slope, (i - 2, i - 1))
        )
    return not (
        under(flat, octant, i, j, slope, (far - 1, far + 1))
        or under(flat, octant, i, j, slope, (near - 1, near + 1))
        or under(flat, octant, i, j, slope, (i - 2, i - 1))
    )


@njit(cache=True, nogil=True)
def _look(flat: Any, octant: Any, row: Any, i: int, span: Any, rays: Any, target: Any, out: Any) -> None:
    """Decide cells span[0] … span[1] − 1 of ring i from the horizons set by nearer rings."""
    horizon, ring, first, count, mark = rays
    n = span[1] - span[0]
    if n <= 0:
        return
    sort_cells(row[span[0] : span[1]], np.int32(span[0]), i, (horizon, ring, first, count), target, mark)
    put = octant.base + i * octant.along + span[0] * octant.across
    for k in range(n):
        if mark[k] == 1:
            out[put + k * octant.across] = True
        elif mark[k] == 2:
            j = span[0] + k
            m = min(max(np.int32(np.float32(j) * np.float32(count) / np.float32(i)) - first, 0), horizon.size - 2)
            if _doubtful(flat, octant, i, j, np.float64(target), (ring[m], ring[m + 1])):
                out[put + k * octant.across] = True


@njit(cache=True, nogil=True)
def _nearby(flat: Any, octant: Any, i: int, span: Any, target: float, out: Any) -> None:
    for j in range(span[0], span[1]):
        slope = slope_to(flat, octant, i, j, target)
        # A cell without a height has no slope, and is not seen.
        if slope == slope and not under(flat, octant, i, j, slope, (1, i - 1)):
            out[octant.base + i * octant.along + j * octant.across] = True


@njit(cache=True, nogil=True)
def _limits(octant: Any, wedge: Any) -> Any:
    """First and one past the last cell of each ring in wedge, radius and raster, (rings + 1, 2) int32."""
    low, high, owns_axis, owns_diagonal = wedge
    limits = np.zeros((octant.rings + 1, 2), np.int32)
    for i in range(1, octant.rings + 1):
        first = max(np.int64(np.ceil(low * i - 1e-9 * i)), 0 if owns_axis else 1)
        last = min(np.int64(np.floor(high * i + 1e-9 * i)), octant.width, i if owns_diagonal else i - 1)
        reach = octant.radius * octant.radius - np.float64(i) * i
        if reach >= 0.0:
            limits[i, 0] = first
            limits[i, 1] = max(first, min(last, np.int64(np.sqrt(reach) + 1e-9)) + 1)
    return limits


@njit(cache=True, nogil=True, inline="always")
def _first_cell(i: int, tilt: float) -> Any:
    """First cell of ring i on the ray with j / i = tilt, or beyond it."""
    at = tilt * i
    j = np.int64(at)
    return j + 1 if at > j else j


@njit(cache=True, nogil=True)
def _sweep_block(flat: Any, octant: Any, rows: Any, rings: Any, limits: Any, rays: Any, target: Any, out: Any) -> Any:
    """Carry one block through copied rings; returns its lowest horizon."""
    lean, horizon, ring, mark, block, count, lowest = rays
    left, right = block[0] / count, block[1] / count
    known = (horizon, ring, block[0], count, mark)
    for i in range(rings[0], rings[1]):
        row = rows[i - rings[0] + 1]
        top = highest(row[int(left * i) : int(right * i) + 2])
        per = np.float32(1.0) / np.float32(i)
        if i > EXACT_RINGS and (top + target) * per < lowest:
            continue
        first = max(limits[i, 0], _first_cell(i, left))
        end = min(limits[i, 1], _first_cell(i, right) if block[1] < count else i + 1)
        if i <= EXACT_RINGS:
            _nearby(flat, octant, i, (first, end), np.float64(target), out)
        else:
            _look(flat, octant, row, i, (first, end), known, target, out)
        if top * per >= lowest or i <= EXACT_RINGS:
            lowest = raise_horizon(rows[i - rings[0]], row, i, lean, horizon, ring)
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
    mark = np.zeros(2 * BLOCK, np.uint8)
    lowest = np.full(blocks, LOWEST)
    for b in range(blocks):
        for m in range(BLOCK + 1):
            lean[b, m] = min((first + b) * BLOCK + m, count) / count
    limits = _limits(octant, wedge)
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
                rays = (lean[b, :n], horizon[b, :n], ring[b, :n], mark, block, count, lowest[b])
                lowest[b] = _sweep_block(flat, octant, rows, (start, end), limits, rays, np.float32(target), out)
