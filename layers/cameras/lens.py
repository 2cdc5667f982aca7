"""What a lens does to a direction, as kernels: OpenCV's formulas, where they hold, and how much they magnify.

The plane of a picture is measured in focal lengths from the principal point: u = cx + fx·a, v = cy + fy·b.
A direction is (x, y, z): right, down, forward. `layers.cameras.optics` does the same through OpenCV for few
pixels; the tests hold both against each other.
"""

import math
from typing import Any

import numpy as np
from numba import njit

PLAIN, BROWN, FISHEYE, PANORAMA = range(4)
"""Kinds: rectilinear without distortion, rectilinear with Brown-Conrady's, equidistant fisheye, panorama."""
NEAREST_Z = 1e-3
"""Less than this before a flat lens counts as this; such places are not in the picture."""
WIDEST_OFF_AXIS = math.radians(115.0)
STEP = math.radians(0.25)


@njit(cache=True, nogil=True)
def brown(r: float, d: Any) -> Any:
    """Distorted radius, and its slope, of the radius r = tan(angle off the axis); radial terms only."""
    s = r * r
    up = 1.0 + s * (d[0] + s * (d[1] + s * d[4]))
    low = 1.0 + s * (d[5] + s * (d[6] + s * d[7]))
    if low <= 0.0:
        return np.inf, -1.0
    up_slope = d[0] + s * (2.0 * d[1] + s * 3.0 * d[4])
    low_slope = d[5] + s * (2.0 * d[6] + s * 3.0 * d[7])
    return r * up / low, up / low + 2.0 * s * (up_slope * low - up * low_slope) / (low * low)


@njit(cache=True, nogil=True)
def fisheye(theta: float, d: Any) -> Any:
    """Distorted angle, and its slope, of an angle off the axis (radians)."""
    s = theta * theta
    value = theta * (1.0 + s * (d[0] + s * (d[1] + s * (d[2] + s * d[3]))))
    return value, 1.0 + s * (3.0 * d[0] + s * (5.0 * d[1] + s * (7.0 * d[2] + s * 9.0 * d[3])))


@njit(cache=True, nogil=True)
def _holds(kind: int, off: float, d: Any, edge: float) -> bool:
    """Whether the picture still grows outward so far off the axis (and a fisheye's circle is not left)."""
    if kind == BROWN:
        return bool(brown(math.tan(off), d)[1] > 0.0)
    value, slope = fisheye(off, d)
    return bool(slope > 0.0 and value <= edge)


@njit(cache=True, nogil=True)
def limit_of(kind: int, d: Any, half_field: float) -> float:
    """How far a lens's formula holds: tan of the angle off the axis (flat), the angle itself (fisheye).

    Beyond it Brown-Conrady's polynomial folds the picture over, and a fisheye shows nothing: its circle has
    half its field for radius, but no less than 90° (a full-frame one fills its corners).
    """
    if kind == PLAIN or kind == PANORAMA:
        return np.inf
    edge = max(half_field, math.pi / 2)
    last = math.pi / 2 - STEP / 2 if kind == BROWN else WIDEST_OFF_AXIS
    off = 0.0
    while off < last:
        beyond = min(off + STEP, last)
        if not _holds(kind, beyond, d, edge):
            for _ in range(50):
                middle = (off + beyond) / 2
                if _holds(kind, middle, d, edge):
                    off = middle
                else:
                    beyond = middle
            return math.tan(off) if kind == BROWN else off
        off = beyond
    return np.inf if kind == BROWN else last


@njit(cache=True, nogil=True, _nrt=False)
def plane(kind: int, x: float, y: float, z: float, d: Any, limit: float) -> Any:
    """Where a direction meets the plane of the picture (a, b), and whether the lens shows it.

    A direction that it does not show is first brought in to the limit, along its radius.
    """
    if kind == PANORAMA:
        return math.atan2(x, z), math.atan2(y, math.sqrt(x * x + z * z)), True
    if kind == FISHEYE:
        flat = math.sqrt(x * x + y * y)
        theta = math.atan2(flat, z)
        if flat == 0.0:
            return (0.0, 0.0, True) if z > 0.0 else (limit, 0.0, False)
        out = fisheye(min(theta, limit), d)[0] / flat
        return x * out, y * out, theta <= limit
    ahead = max(z, NEAREST_Z)
    a, b = x / ahead, y / ahead
    if kind == PLAIN:
        return a, b, z > 0.0
    r = math.sqrt(a * a + b * b)
    shown = z > 0.0 and r <= limit
    if r > limit:
        a, b, r = a * limit / r, b * limit / r, limit
    s = r * r
    low = 1.0 + s * (d[5] + s * (d[6] + s * d[7]))
    out = (1.0 + s * (d[0] + s * (d[1] + s * d[4]))) / low
    across = 2.0 * a * b
    return a * out + d[2] * across + d[3] * (s + 2.0 * a * a), b * out + d[2] * (s + 2.0 * b * b) + d[3] * across, shown


@njit(cache=True, nogil=True)
def gain(kind: int, d: Any, limit: float, corner: float, beyond: float) -> float:
    """Upper bound of the magnification in a picture, over that on the axis.

    Parameters
    ----------
    corner : of the picture's farthest corner, in focal lengths from the principal point
    beyond : so much (radians) past the picture's edge an end of the measured metre may lie
    """
    if kind == PANORAMA:
        return 1.0
    if kind == PLAIN:
        return 1.0 + corner * corner
    tangential = abs(d[2]) + abs(d[3]) if kind == BROWN else 0.0
    last = math.pi / 2 - STEP if kind == BROWN else WIDEST_OFF_AXIS
    most, off, left = 1.0, 0.0, beyond + 2 * STEP
    while off < last and left > 0.0:
        off += STEP
        if kind == BROWN:
            r = math.tan(off)
            value, slope = brown(min(r, limit), d)
            cos = math.cos(off)
            skew = 8.0 * r * tangential
            most = max(most, (abs(slope) + skew) / (cos * cos), (value / min(r, limit) + skew) / cos)
            outside = r > limit or value - 3.0 * r * r * tangential > corner
        else:
            value, slope = fisheye(min(off, limit), d)
            most = max(most, abs(slope), value / math.sin(off))
            outside = off > limit or value > corner
        if outside:
            left -= STEP
    return 1.01 * most


@njit(cache=True, nogil=True)
def limits_and_gains(kind: Any, d: Any, sizes: Any, beyond: Any) -> Any:
    """`limit_of` and `gain` of n lenses, (n, 2); sizes (n, 2): half of the field (radians), `gain`'s corner."""
    out = np.empty((len(kind), 2))
    for i in range(len(kind)):
        out[i, 0] = limit_of(kind[i], d[i], sizes[i, 0])
        out[i, 1] = gain(kind[i], d[i], out[i, 0], sizes[i, 1], beyond[i])
    return out


@njit(cache=True, nogil=True)
def undistorted(kind: int, value: Any, d: Any, limit: float) -> Any:
    """Angles off the axis (fisheye) or their tangents (flat) of distorted radii (n,); NaN beyond the limit."""
    out = np.full(len(value), np.nan)
    widest = min(limit, 1e3)
    most = brown(widest, d)[0] if kind == BROWN else fisheye(widest, d)[0]
    for i in range(len(value)):
        if not value[i] <= most * (1.0 + 1e-12):
            continue
        low, high = 0.0, widest
        guess = min(value[i], widest)
        for _ in range(100):
            got, slope = brown(guess, d) if kind == BROWN else fisheye(guess, d)
            if got > value[i]:
                high = guess
            else:
                low = guess
            better = guess - (got - value[i]) / slope if slope > 0.0 else -1.0
            if not low <= better <= high:
                better = (low + high) / 2
            if abs(better - guess) < 1e-15:
                break
            guess = better
        out[i] = guess
    return out


@njit(cache=True, nogil=True)
def planes(kind: int, xyz: Any, d: Any, limit: float) -> Any:
    """`plane` of directions (n, 3): (n, 2)."""
    out = np.empty((len(xyz), 2))
    for i in range(len(xyz)):
        out[i, 0], out[i, 1], _ = plane(kind, xyz[i, 0], xyz[i, 1], xyz[i, 2], d, limit)
    return out
