"""A viewshed ring by ring: rays remember their horizon and the ring that set it; doubtful cells are marched.

Rays come in blocks that know nothing of each other, so a narrow view, or a second core, is a range of rays
and gives the full circle's verdicts, cell by cell.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from tiles.kernels.horizon import (
    HORIZON,
    LEAN,
    LOWER,
    NUMBERS,
    RAYS,
    RING,
    highest,
    lower_horizons,
    lowest_of,
    raise_horizon,
)
from tiles.kernels.march import slope_to, steepest, under
from tiles.kernels.octant import Octant, limits_of
from tiles.kernels.tile import FLOOR_M, RINGS, copy_tile, stride_of

FEWEST_RAYS = 256
"""To an octant; otherwise as many as cells on its last ring."""
HALVE_ABOVE = 64
"""Rings within half the radius are swept by half the rays, and so on while more than this many are left."""
EXACT_RINGS = 8
"""Rings so near to the eye that every cell is marched whole."""
SOLID_M = np.float32(0.1 * FLOOR_M)
"""A cell below this has no height."""
LOWEST = np.float32(-1e38)
HIGHEST = np.float32(1e38)
ON_RAY = 1e-9
"""A cell this near to a ray lies on it."""


class Rays(NamedTuple):
    """Rays first … last of an octant, ray m at j / i = m / whole, and the part of it whose cells they decide."""

    first: int
    last: int
    whole: int
    low: float
    """Cells from here …"""
    high: float
    """… to before here in j / i, the diagonal included when it is 1."""


@njit(cache=True, nogil=True)
def _doubtful(flat: Any, octant: Any, i: int, j: int, target: float, rings: Any) -> Any:
    """Exact decision near the rings that set the two horizons on either side."""
    slope = slope_to(flat, octant, i, j, target)
    near = min(rings)
    far = max(rings)
    if far - near <= 3:
        return not under(flat, octant, i, j, slope, (near - 1, far + 1))
    return not (
        under(flat, octant, i, j, slope, (far - 1, far + 1)) or under(flat, octant, i, j, slope, (near - 1, near + 1))
    )


@njit(cache=True, nogil=True)
def _look(flat: Any, octant: Any, near: Any, i: int, span: Any, rays: Any, target: Any, out: Any) -> None:
    """Decide cells span[0] … span[1] − 1 of ring i from the horizons set by nearer rings."""
    numbers, first, count = rays
    tile, start = near
    up = np.float32(target)
    per = np.float32(1.0) / np.float32(i)
    scale = count / i
    lower_horizons(numbers)
    for j in range(span[0], span[1]):
        z = tile[np.uintp(start + j)]
        slope = (z + up) * per
        m = min(max(np.int64(j * scale + ON_RAY) - first, 0), RAYS - 2)
        if slope < numbers[LOWER + np.uintp(m)] or z < SOLID_M:
            continue
        seen = slope > numbers[HORIZON + np.uintp(m)] and slope > numbers[HORIZON + np.uintp(m + 1)]
        if not seen:
            rings = (np.int64(numbers[RING + np.uintp(m)]), np.int64(numbers[RING + np.uintp(m + 1)]))
            seen = _doubtful(flat, octant, i, j, target, rings)
        if seen:
            out[np.uintp(octant.base + i * octant.along + j * octant.across)] = True


@njit(cache=True, nogil=True)
def _nearby(flat: Any, octant: Any, limits: Any, target: float, out: Any) -> None:
    """Cells so near to the eye that the whole line is marched."""
    for i in range(1, min(EXACT_RINGS, octant.rings) + 1):
        for j in range(limits[i, 0], limits[i, 1]):
            slope = slope_to(flat, octant, i, j, target)
            # A cell without a height has no slope, and is not seen.
            if slope == slope and not under(flat, octant, i, j, slope, (1, i - 1)):
                out[octant.base + i * octant.along + j * octant.across] = True


@njit(cache=True, nogil=True, inline="always")
def _first_cell(i: int, tilt: float) -> Any:
    """First cell of ring i on the ray with j / i = tilt, or beyond it."""
    at = tilt * i - ON_RAY
    j = np.int64(at)
    return j + 1 if at > j else j


@njit(cache=True, nogil=True)
def _begin(rays: Any, m: int, state: Any, numbers: Any) -> None:
    """Rays of the block from ray m on."""
    for k in range(RAYS):
        ray = min(m + k, rays.last)
        numbers[LEAN + np.uintp(k)] = np.float32(ray / rays.whole)
        numbers[HORIZON + np.uintp(k)] = state[0, ray - rays.first]
        numbers[RING + np.uintp(k)] = state[1, ray - rays.first]


@njit(cache=True, nogil=True)
def _rings_of(octant: Any, side: float) -> Any:
    """One past the last ring that a ray with j / i = ``side`` meets in the disc and the raster: it leaves for good."""
    stop = min(octant.rings + 1, np.int64(octant.radius / np.sqrt(1.0 + side * side)) + 2)
    return min(stop, np.int64((octant.width + 1) / side) + 1) if side > 0.0 else stop


@njit(cache=True, nogil=True)
def _block(flat: Any, octant: Any, limits: Any, rays: Any, target: float, room: Any, out: Any) -> None:
    """Carry one block of rays through copied rings."""
    numbers, tile, columns, levels, rings = room
    m, last = rays.first, min(rays.first + RAYS - 1, rays.last)
    left, right = m / rays.whole, last / rays.whole
    begin, end = max(left, rays.low), min(right, rays.high)
    up, stride = np.float32(target), stride_of(octant)
    lowest, before = levels
    for i in range(rings[0], rings[1]):
        start = (i - rings[0] + 1) * stride
        j = int(left * i)
        per = np.float32(1.0) / np.float32(i)
        top = highest(tile, start + j, int(right * i) + 2 - j, numbers)
        if i > EXACT_RINGS and (top + up) * per >= lowest:
            stop = limits[i, 1] if end >= 1.0 else min(limits[i, 1], _first_cell(i, end))
            cells = (max(limits[i, 0], _first_cell(i, begin)), stop)
            _look(flat, octant, (tile, start), i, cells, (numbers, m, rays.whole), target, out)
        # Between two rings nothing stands steeper than the steeper of their cells.
        steep = max(top * per, before)
        before = top * per
        if steep + np.float32(1e-6) * abs(steep) >= lowest:
            lowest = raise_horizon(tile, start, stride, i, numbers, columns)
    levels[0], levels[1] = lowest, before


@njit(cache=True, nogil=True)
def _band(flat: Any, octant: Any, limits: Any, rays: Any, rings: Any, state: Any, rest: Any) -> None:
    """Carry rays from ring rings[0] to before rings[1]; ``state`` (2, rays) holds their horizons and rings."""
    target, tile, out = rest
    blocks = -(-(rays.last - rays.first) // (RAYS - 1))
    numbers = np.zeros((blocks, NUMBERS), np.float32)
    levels = np.full((blocks, 2), HIGHEST)
    columns = np.zeros(RAYS, np.int32)
    for b in range(blocks):
        _begin(rays, rays.first + b * (RAYS - 1), state, numbers[b])
        levels[b, 0] = lowest_of(numbers[b])
    for ring in range(rings[0], rings[1], RINGS):
        stop = min(ring + RINGS, rings[1])
        copy_tile(flat, octant, (ring - 1, stop), (rays.first / rays.whole, rays.last / rays.whole), tile)
        for b in range(blocks):
            m = rays.first + b * (RAYS - 1)
            part = Rays(m, rays.last, rays.whole, rays.low, rays.high)
            room = (numbers[b], tile, columns, levels[b], (ring, min(stop, _rings_of(octant, m / rays.whole))))
            _block(flat, octant, limits, part, target, room, out)
    for m in range(rays.last - rays.first + 1):
        b = min(m // (RAYS - 1), blocks - 1)
        state[0, m] = numbers[b, HORIZON + np.uintp(m - b * (RAYS - 1))]
        state[1, m] = numbers[b, RING + np.uintp(m - b * (RAYS - 1))]


@njit(cache=True, nogil=True)
def _split(flat: Any, octant: Any, old: Any, state: Any, rays: Any) -> Any:
    """Twice as many rays: one between any two has its horizon near the rings that set theirs."""
    made = np.empty((2, rays.last - rays.first + 1), np.float32)
    for m in range(rays.first, rays.last + 1):
        k, to = m // 2 - old.first, m - rays.first
        if m % 2 == 0:
            made[0, to], made[1, to] = state[0, k], state[1, k]
            continue
        near = np.int64(min(state[1, k], state[1, k + 1]))
        far = np.int64(max(state[1, k], state[1, k + 1]))
        lean = m / rays.whole
        best, ring = steepest(flat, octant, lean, (near - 1, far + 1 if far - near <= 3 else near + 1))
        if far - near > 3:
            other, where = steepest(flat, octant, lean, (far - 1, far + 1))
            if other > best:
                best, ring = other, where
        made[0, to], made[1, to] = best, ring
    return made


@njit(cache=True, nogil=True)
def _octant(flat: Any, octant: Any, target: float, part: Any, out: Any) -> None:
    """The k-th of n parts of an octant's view; ``part`` is (k, n)."""
    limits = limits_of(octant)
    if part[0] == 0:
        _nearby(flat, octant, limits, target, out)
    halvings = 0
    while octant.rings >> (halvings + 1) >= HALVE_ABOVE:
        halvings += 1
    count = -(-max(octant.rings, FEWEST_RAYS) >> halvings) << halvings
    first = max(min(int(octant.low * count - 1e-6), count - 1), 0)
    end = min(int(octant.high * count + 1e-6) + 1, count)
    first, end = first + (end - first) * part[0] // part[1], first + (end - first) * (part[0] + 1) // part[1]
    if first >= end or octant.rings < 1:
        return
    tile = np.full((RINGS + 2) * stride_of(octant), np.float32(FLOOR_M))
    old = Rays(first >> halvings, -(-end >> halvings), count >> halvings, first / count, end / count)
    state = np.full((2, old.last - old.first + 1), LOWEST)
    state[1] = 1.0
    ring = 1
    for half in range(halvings, -1, -1):
        rays = Rays(first >> half, -(-end >> half), count >> half, first / count, end / count)
        if half < halvings:
            state = _split(flat, octant, old, state, rays)
        stop = (octant.rings >> half) + 1
        _band(flat, octant, limits, rays, (ring, stop), state, (target, tile, out))
        old, ring = rays, stop


@njit(cache=True, nogil=True)
def sweep(flat: Any, places: Any, shares: Any, common: Any, part: Any, out: Any) -> None:
    """Mark in the flat ``out`` the cells that the eye sees in some octants.

    ``places`` (n, 7) and ``shares`` (n, 2) hold the whole numbers of each ``Octant`` and its low and high,
    ``common`` is (radius, eye, bend, target), ``part`` (k, n) the k-th of n parts of the work.
    """
    radius, eye, bend, target = common
    for n in range(places.shape[0]):
        base, along, across, rings, width, axis, diagonal = places[n]
        low, high = shares[n]
        octant = Octant(base, along, across, rings, width, axis, diagonal, low, high, radius, eye, bend)
        _octant(flat, octant, target, part, out)
