"""Rays of a skyline profile: march outward once, keep the running maximum of slope, write it down as breakpoints.

Distances are counted in square rings about the eye (the greater of the two offsets, in cells). Along one
bearing the line that grazes the running maximum rises by height = slope × ring; behind what set the maximum
that is a straight line, and where the surface itself lies in view it follows the surface. A few straight
pieces hold either, within a tolerance.
"""

from typing import Any, NamedTuple

import numpy as np
from numba import njit

HELD = 1
"""Lowest bit of a code: along the whole piece nothing raises the maximum."""
NOTHING = -32768
"""A slope: no height has been met yet."""
UNKNOWN, GROUND, SURFACE = -3, -1, -2
"""What sets a maximum, if no building does."""
LONG = 4
"""Rings for which a maximum must hold to be written as held."""
STEPS = 32767.0
STANDS_M = 0.25
"""What rises by less over the ground is the ground."""


class Fan(NamedTuple):
    """Equally spaced bearings from an eye over one cell of a raster."""

    row: int
    col: int
    eye: float
    """Ellipsoidal height, metres."""
    cell: float
    bend: float
    """Drop of the level surface at a distance of one cell, metres."""
    radius: float
    """In cells."""
    first: float
    step: float
    """Bearing of the first ray and from ray to ray, radians clockwise from grid north."""
    rays: int


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def to_steps(slope: float) -> Any:
    """A slope in 16 bits: as fine as 3e-5 near level, coarser where it is steep."""
    return np.int16(np.rint(STEPS * slope / (1.0 + abs(slope))))


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def from_steps(steps: Any) -> float:
    """The slope that ``to_steps`` wrote."""
    q = np.float64(steps) / STEPS
    return q / (1.0 - abs(q)) if abs(q) < 1.0 else np.copysign(1e9, q)


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _higher(raster: Any, p: int, other: int, share: float) -> Any:
    """Height between two cells, and the cell that makes it so high."""
    a = np.float64(raster[p])
    if share <= 0.0:
        return a, p
    b = np.float64(raster[other])
    return a + share * (b - a), other if b > a else p


@njit(cache=True, nogil=True, error_model="numpy")
def _march(raster: Any, shape: Any, fan: Any, bearing: float, dense: Any) -> Any:
    """Running maximum of one ray before each ring, what cell set it, and at which ring; the last ring.

    ``dense`` is (slope per ring, cell, ring) by ring number.
    """
    slope, setter, since = dense
    east, north = np.sin(bearing), np.cos(bearing)
    steep = abs(north) >= abs(east)
    down, right = (-1 if north > 0 else 1), (1 if east > 0 else -1)
    cols = shape[1]
    room_down = fan.row if down < 0 else shape[0] - 1 - fan.row
    room_right = fan.col if right < 0 else cols - 1 - fan.col
    if steep:
        along, across, room, width, lean = down * cols, right, room_down, room_right, abs(east / north)
    else:
        along, across, room, width, lean = right, down * cols, room_right, room_down, abs(north / east)
    base = fan.row * cols + fan.col
    last = int(np.ceil(fan.radius * max(abs(east), abs(north)))) + 1
    bend = fan.bend * (1.0 + lean * lean)
    best, cell, ring = -np.inf, base, 0
    for k in range(1, last + 1):
        slope[k], setter[k], since[k] = best, cell, ring
        if k > room:
            continue
        at = lean * k
        j = int(at)
        if j <= width:
            p = base + k * along + j * across
            z, who = _higher(raster, p, p + across, at - j if j < width else 0.0)
            rise = (z - fan.eye) / k - bend * k
            if rise > best:
                best, cell, ring = rise, who, k
        j += 1
        if j < at + lean and j <= width and k < room:
            where = j / lean
            p = base + k * along + j * across
            z, who = _higher(raster, p, p + along, where - k)
            rise = (z - fan.eye) / where - bend * where
            if rise > best:
                best, cell, ring = rise, who, k
    return last


@njit(cache=True, nogil=True, error_model="numpy")
def _name(last: int, dense: Any, relief: Any, what: Any, held: Any) -> None:
    """What set each maximum, and whether it holds for long."""
    slope, setter, since = dense
    raster, ground, building = relief
    end = last
    for k in range(last, 1, -1):
        if k == last or since[k + 1] != since[k]:
            end = k
        held[k] = end - since[k] >= LONG
        p = setter[k]
        if slope[k] == -np.inf:
            what[k], held[k] = UNKNOWN, False
        elif building[p] >= 0:
            what[k] = building[p]
        else:
            what[k] = SURFACE if raster[p] - ground[p] > STANDS_M else GROUND


@njit(cache=True, nogil=True, error_model="numpy")
def _reach(start: Any, last: int, dense: Any, names: Any, tolerance: Any) -> Any:
    """Last ring that one straight piece from ``start`` (ring, height) bears, and its height there."""
    a, from_m = start
    slope, _, since = dense
    what, held = names
    low, high = -np.inf, np.inf
    end, to_m = a + 1, slope[a + 1] * (a + 1)
    unknown = what[a] == UNKNOWN or what[a + 1] == UNKNOWN
    for k in range(a + 1, last + 1):
        anew = held[k] and since[k] != since[k - 1]
        if k > a + 1 and (unknown or anew or what[k] != what[k - 1] or held[k] != held[k - 1]):
            break
        z = slope[k] * k
        slack = tolerance[0] + tolerance[1] * k
        low, high = max(low, (z - slack - from_m) / (k - a)), min(high, (z + slack - from_m) / (k - a))
        if low > high:
            break
        end, to_m = k, min(max(z, from_m + low * (k - a)), from_m + high * (k - a))
        if anew:
            break
    return end, to_m


@njit(cache=True, nogil=True, error_model="numpy")
def _write(last: int, cell: float, dense: Any, names: Any, tolerance: Any, out: Any) -> int:
    """Breakpoints of one ray from dense maxima: (ring, slope in steps, what, held); how many."""
    slope, _, since = dense
    what, held = names
    rings, slopes, codes, flags = out
    known = what[2] != UNKNOWN
    rings[0], codes[0], flags[0] = 2, what[2], False
    slopes[0] = to_steps(slope[2] / cell) if known else NOTHING
    n, a = 1, 2
    while a < last:
        height = from_steps(slopes[n - 1]) * a * cell if slopes[n - 1] != NOTHING else 0.0
        b, to_m = _reach((a, height), last, dense, names, tolerance)
        rings[n], codes[n] = b, what[b]
        slopes[n] = to_steps(to_m / (b * cell)) if what[b] != UNKNOWN else NOTHING
        flags[n] = held[b] and since[b] < a
        n, a = n + 1, b
    return n


@njit(cache=True, nogil=True, error_model="numpy")
def draw(relief: Any, fan: Any, tolerance: Any, offsets: Any, out: Any) -> None:
    """Breakpoints of every ray of a fan, one ray after the other, with ``offsets`` (count + 1).

    ``relief`` is (height, ground, building) rasters, ``tolerance`` metres and metres per ring, ``out`` rings
    uint16, slopes int16, what int32, held bool, long enough for a breakpoint at every ring.
    """
    raster, ground, building = relief[0].reshape(-1), relief[1].reshape(-1), relief[2].reshape(-1)
    size = int(np.ceil(fan.radius)) + 3
    dense = (np.empty(size), np.empty(size, np.int64), np.empty(size, np.int32))
    names = (np.empty(size, np.int32), np.empty(size, np.bool_))
    offsets[0] = 0
    for m in range(fan.rays):
        n = offsets[m]
        last = _march(raster, relief[0].shape, fan, fan.first + m * fan.step, dense)
        _name(last, dense, (raster, ground, building), *names)
        part = (out[0][n:], out[1][n:], out[2][n:], out[3][n:])
        offsets[m + 1] = n + _write(last, fan.cell, dense, names, tolerance, part)


@njit(cache=True, nogil=True, error_model="numpy")
def pack(what: Any, held: Any, highest: int, codes: Any, palette: Any) -> int:
    """Number what sets the maxima by first appearance: ``codes`` with the held bit, ``palette``; its length."""
    slot = np.full(highest + 4, -1, np.int32)
    n = 0
    for k in range(what.size):
        at = what[k] + 3
        if slot[at] < 0:
            slot[at] = n
            palette[n] = what[k]
            n += 1
        codes[k] = (slot[at] << 1) | (HELD if held[k] else 0)
    return n
