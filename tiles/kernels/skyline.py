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
def _march(raster: Any, shape: Any, fan: Any, bearing: float, inverse: Any, found: Any) -> Any:
    """Running maximum of one ray: each value it takes, the cell and the ring that set it; the last ring, how many.

    ``found`` is (slope per ring, cell, ring): the n-th maximum holds from the ring after its own to the ring of
    the next one. ``inverse`` holds 1 / k.
    """
    slope, setter, since = found
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
    upright = 1.0 / lean if lean > 0.0 else 0.0
    best, cell = -np.inf, base
    slope[0], setter[0], since[0] = best, cell, 0
    n = 0
    for k in range(1, min(last - 1, room) + 1):
        before = best
        at = lean * k
        j = int(at)
        if j > width:
            break
        p = base + k * along + j * across
        z, who = _higher(raster, p, p + across, at - j if j < width else 0.0)
        rise = (z - fan.eye) * inverse[k] - bend * k
        if rise > best:
            best, cell = rise, who
        j += 1
        if j < at + lean and j <= width and k < room:
            where = j * upright
            p = base + k * along + j * across
            z, who = _higher(raster, p, p + along, where - k)
            rise = (z - fan.eye) * (lean * inverse[j]) - bend * where
            if rise > best:
                best, cell = rise, who
        if best > before:
            n += 1
            slope[n], setter[n], since[n] = best, cell, k
    return last, n + 1


@njit(cache=True, nogil=True, error_model="numpy")
def _name(count: int, last: int, found: Any, relief: Any, names: Any) -> None:
    """What set each maximum, and whether it holds for long."""
    slope, setter, since = found
    raster, ground, building = relief
    what, held = names
    for n in range(count):
        end = since[n + 1] if n + 1 < count else last
        held[n] = end - since[n] >= LONG
        p = setter[n]
        if slope[n] == -np.inf:
            what[n], held[n] = UNKNOWN, False
        elif building[p] >= 0:
            what[n] = building[p]
        else:
            what[n] = SURFACE if raster[p] - ground[p] > STANDS_M else GROUND


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _narrowed(bounds: Any, start: Any, k: int, z: float, lean: Any) -> Any:
    """Least and greatest rise per ring from ``start`` (ring, height) that still pass ring k near enough."""
    inverse, tolerance = lean
    per = inverse[k - start[0]]
    slack = tolerance[0] + tolerance[1] * k
    return max(bounds[0], (z - slack - start[1]) * per), min(bounds[1], (z + slack - start[1]) * per)


@njit(cache=True, nogil=True, error_model="numpy")
def _reach(start: Any, r: int, ends: Any, found: Any, names: Any, lean: Any) -> Any:
    """Last ring that one straight piece from ``start`` (ring, height) bears, its height there, and its maximum.

    ``r`` is the maximum that holds at the start; ``ends`` = (how many there are, last ring). Along one maximum
    the line is straight, so that its two ends stand for all rings between.
    """
    a, from_m = start
    slope, _, since = found
    what, held = names
    count, last = ends
    bounds = (-np.inf, np.inf)
    end, to_m, of = a + 1, 0.0, r
    unknown, leap = what[r] == UNKNOWN, True
    k = a + 1
    while k <= last:
        before = r
        fresh = r + 1 < count and k > since[r + 1]
        if fresh:
            r += 1
            leap = True
        anew = fresh and held[r]
        if k > a + 1 and (unknown or anew or what[r] != what[before] or held[r] != held[before]):
            break
        z = slope[r] * k if what[r] != UNKNOWN else 0.0
        tried = _narrowed(bounds, start, k, z, lean)
        if tried[0] > tried[1]:
            break
        bounds, end, to_m, of = tried, k, z, r
        if anew or what[r] == UNKNOWN:
            break
        stop = min(since[r + 1], last) if r + 1 < count else last
        if leap and stop > k and not unknown:
            z = slope[r] * stop
            tried = _narrowed(bounds, start, stop, z, lean)
            if tried[0] <= tried[1]:
                bounds, end, to_m, k = tried, stop, z, stop
            else:
                leap = False
        k += 1
    if what[of] != UNKNOWN and bounds[0] > -np.inf:
        to_m = min(max(to_m, from_m + bounds[0] * (end - a)), from_m + bounds[1] * (end - a))
    return end, to_m, of


@njit(cache=True, nogil=True, error_model="numpy")
def _write(ends: Any, cell: float, found: Any, names: Any, lean: Any, out: Any) -> int:
    """Breakpoints of one ray from its maxima: (ring, slope in steps, what, held); how many."""
    slope, _, since = found
    what, held = names
    rings, slopes, codes, flags = out
    count, last = ends
    r = 1 if count > 1 and since[1] < 2 else 0
    rings[0], codes[0], flags[0] = 2, what[r], False
    slopes[0] = to_steps(slope[r] / cell) if what[r] != UNKNOWN else NOTHING
    n, a = 1, 2
    while a < last:
        height = from_steps(slopes[n - 1]) * a * cell if slopes[n - 1] != NOTHING else 0.0
        b, to_m, r = _reach((a, height), r, ends, found, names, lean)
        rings[n], codes[n] = b, what[r]
        slopes[n] = to_steps(to_m / (b * cell)) if what[r] != UNKNOWN else NOTHING
        flags[n] = held[r] and since[r] < a
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
    found = (np.empty(size), np.empty(size, np.int64), np.empty(size, np.int64))
    names = (np.empty(size, np.int32), np.empty(size, np.bool_))
    inverse = np.empty(size)
    for k in range(size):
        inverse[k] = 1.0 / max(k, 1)
    lean = (inverse, tolerance)
    offsets[0] = 0
    for m in range(fan.rays):
        n = offsets[m]
        last, count = _march(raster, relief[0].shape, fan, fan.first + m * fan.step, inverse, found)
        _name(count, last, found, (raster, ground, building), names)
        part = (out[0][n:], out[1][n:], out[2][n:], out[3][n:])
        offsets[m + 1] = n + _write((count, last), fan.cell, found, names, lean, part)


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
