"""The kernels behind `Views.look` and coverage: one place put to many cameras, or many places to one.

Everything that they compute is defined in `layers.cameras.view`; the tests hold both against each other.
"""

import math
from typing import Any

import numpy as np
from numba import njit

from layers.cameras.lens import PANORAMA, plane

DISTANCE, BEARING, TILT, U, V, DENSITY, FRAMED = range(7)
"""Columns of the result."""


@njit(cache=True, nogil=True, _nrt=False)
def _put(to_place: Any, up: Any, enu: Any, rotation: Any, optics: Any, flags: Any) -> Any:
    """How one place lies to one camera: the columns above; framed is 1.0 or 0.0.

    to_place, up (3,) earth-centred; optics is (lens (4,), turn (4,), glass (12,)) as in `Views`, flags (ptz, known).
    """
    lens, turn, glass = optics
    dx, dy, dz = to_place
    east = enu[0, 0] * dx + enu[0, 1] * dy + enu[0, 2] * dz
    north = enu[1, 0] * dx + enu[1, 1] * dy + enu[1, 2] * dz
    rise = enu[2, 0] * dx + enu[2, 1] * dy + enu[2, 2] * dz
    distance = math.sqrt(dx * dx + dy * dy + dz * dz)
    bearing = math.degrees(math.atan2(east, north)) % 360.0
    tilt = math.degrees(math.atan2(rise, math.sqrt(east * east + north * north)))
    focal, full, width, tall = lens
    if flags[0]:
        off = abs((bearing - turn[0] + 180.0) % 360.0 - 180.0)
        framed = flags[1] and off <= turn[1] and tilt >= turn[2] and tilt <= turn[3]
        return distance, bearing, tilt, glass[2], glass[3], full / max(distance, 1e-3), 1.0 if framed else 0.0
    axes = (
        (rotation[0, 0], rotation[0, 1], rotation[0, 2]),
        (rotation[1, 0], rotation[1, 1], rotation[1, 2]),
        (rotation[2, 0], rotation[2, 1], rotation[2, 2]),
    )
    ahead = turned(axes, to_place)
    density = magnified(axes, to_place, up, ahead, (focal, glass))
    u, v, inside = pixel(ahead, (focal, width, tall), glass)
    return distance, bearing, tilt, u, v, density, 1.0 if flags[1] and inside else 0.0


@njit(cache=True, nogil=True, _nrt=False)
def turned(axes: Any, d: Any) -> Any:
    """An earth-centred vector in the axes of a picture: right, down, forward."""
    right, down, forward = axes
    return (
        right[0] * d[0] + right[1] * d[1] + right[2] * d[2],
        down[0] * d[0] + down[1] * d[1] + down[2] * d[2],
        forward[0] * d[0] + forward[1] * d[1] + forward[2] * d[2],
    )


@njit(cache=True, nogil=True, _nrt=False)
def magnified(axes: Any, to_place: Any, up: Any, ahead: Any, lens: Any) -> float:
    """Pixels that a metre across has at a place; ``ahead`` is the way there as `turned`, lens (focal, glass)."""
    focal, glass = lens
    dx, dy, dz = to_place
    x, y, z = ahead
    # Half of the metre across: horizontal at the place, square to the sight line.
    ax, ay, az = dy * up[2] - dz * up[1], dz * up[0] - dx * up[2], dx * up[1] - dy * up[0]
    length = math.sqrt(ax * ax + ay * ay + az * az)
    if length < 1e-6:
        ax, ay, az, length = axes[0][0], axes[0][1], axes[0][2], 1.0
    hx, hy, hz = turned(axes, (ax / length / 2, ay / length / 2, az / length / 2))
    return float(focal * _apart((x - hx, y - hy, z - hz), (x + hx, y + hy, z + hz), int(glass[0]), glass))


@njit(cache=True, nogil=True, _nrt=False)
def pixel(ahead: Any, sizes: Any, glass: Any) -> Any:
    """Pixel (u, v) of a direction, NaN where the lens does not show it, and whether it is in the picture.

    sizes is focal length, width and height, pixels.
    """
    focal, width, tall = sizes
    kind = int(glass[0])
    a, b, shown = plane(kind, ahead[0], ahead[1], ahead[2], glass[4:], glass[1])
    if not shown:
        return np.nan, np.nan, False
    u, v = glass[2] + focal * a, glass[3] + focal * b
    if kind == PANORAMA:
        # A whole circle has a place twice; take the one in the picture if there is one.
        around = 2.0 * math.pi * focal
        if u < 0.0 and u + around <= width:
            u += around
        elif u > width and u - around >= 0.0:
            u -= around
    return u, v, u >= 0.0 and u <= width and v >= 0.0 and v <= tall


@njit(cache=True, nogil=True, _nrt=False)
def _apart(one: Any, other: Any, kind: int, glass: Any) -> float:
    """Distance of two directions in the picture, focal lengths; in a panorama the angle between them."""
    if kind == PANORAMA:
        cx = one[1] * other[2] - one[2] * other[1]
        cy = one[2] * other[0] - one[0] * other[2]
        cz = one[0] * other[1] - one[1] * other[0]
        dot = one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
        return math.atan2(math.sqrt(cx * cx + cy * cy + cz * cz), dot)
    # Closer than a metre an end may lie behind the lens; any density is reached there.
    a0, b0, _ = plane(kind, one[0], one[1], one[2], glass[4:], glass[1])
    a1, b1, _ = plane(kind, other[0], other[1], other[2], glass[4:], glass[1])
    return math.sqrt((a1 - a0) * (a1 - a0) + (b1 - b0) * (b1 - b0))


@njit(cache=True, nogil=True)
def look(rows: Any, place_m: Any, up: Any, ecef_m: Any, frames: Any, optics: Any, flags: Any) -> Any:
    """The columns above (7, k) for one place and each camera of ``rows`` (k,).

    Parameters
    ----------
    place_m, up : (3,) earth-centred place (m) and unit vector up at it
    ecef_m : (n, 3) lenses
    frames : enu (n, 3, 3), rotation (n, 3, 3)
    optics : lens (n, 4): focal length, full focal length, width, height, pixels; turn (n, 4): middle of the
        pan range, half of it, lowest and highest tilt, degrees; glass (n, 12): see `Views`
    flags : (n, 2) bool, ptz and known
    """
    enu, rotation = frames
    lens, turn, glass = optics
    out = np.empty((7, len(rows)))
    for k in range(len(rows)):
        i = rows[k]
        to_place = (place_m[0] - ecef_m[i, 0], place_m[1] - ecef_m[i, 1], place_m[2] - ecef_m[i, 2])
        kind = (
            (lens[i, 0], lens[i, 1], lens[i, 2], lens[i, 3]),
            (turn[i, 0], turn[i, 1], turn[i, 2], turn[i, 3]),
            glass[i],
        )
        one = _put(to_place, up, enu[i], rotation[i], kind, (flags[i, 0], flags[i, 1]))
        for c in range(7):
            out[c, k] = one[c]
    return out


@njit(cache=True, nogil=True)
def spread(cells: Any, heights_m: Any, lattice: Any, camera: Any, range_m: float) -> Any:
    """Density at many places for one camera, 0 where a place is not framed or beyond the range.

    Parameters
    ----------
    cells : row and column (k,) of each place in the lattice, fractions
    heights_m : (k,) ellipsoidal
    lattice : earth-centred place at height 0 (r, c, 3) and unit vector up (r, c, 3)
    camera : its ecef (3,), enu (3, 3), rotation (3, 3), lens (4,), turn (4,), glass (12,), flags (2,): `Views.alone`
    """
    row, col = cells
    base, up = lattice
    eye, enu, rotation, lens, turn, glass, flags = camera
    kind = ((lens[0], lens[1], lens[2], lens[3]), (turn[0], turn[1], turn[2], turn[3]), glass)
    out = np.empty(len(row))
    for k in range(len(row)):
        r, c = min(int(row[k]), base.shape[0] - 2), min(int(col[k]), base.shape[1] - 2)
        fr, fc = row[k] - r, col[k] - c
        w00, w01, w10, w11 = (1 - fr) * (1 - fc), (1 - fr) * fc, fr * (1 - fc), fr * fc
        h = heights_m[k]
        ux = w00 * up[r, c, 0] + w01 * up[r, c + 1, 0] + w10 * up[r + 1, c, 0] + w11 * up[r + 1, c + 1, 0]
        uy = w00 * up[r, c, 1] + w01 * up[r, c + 1, 1] + w10 * up[r + 1, c, 1] + w11 * up[r + 1, c + 1, 1]
        uz = w00 * up[r, c, 2] + w01 * up[r, c + 1, 2] + w10 * up[r + 1, c, 2] + w11 * up[r + 1, c + 1, 2]
        x = w00 * base[r, c, 0] + w01 * base[r, c + 1, 0] + w10 * base[r + 1, c, 0] + w11 * base[r + 1, c + 1, 0]
        y = w00 * base[r, c, 1] + w01 * base[r, c + 1, 1] + w10 * base[r + 1, c, 1] + w11 * base[r + 1, c + 1, 1]
        z = w00 * base[r, c, 2] + w01 * base[r, c + 1, 2] + w10 * base[r + 1, c, 2] + w11 * base[r + 1, c + 1, 2]
        to_place = (x + h * ux - eye[0], y + h * uy - eye[1], z + h * uz - eye[2])
        one = _put(to_place, (ux, uy, uz), enu, rotation, kind, (flags[0], flags[1]))
        seen = one[6] > 0.0 and one[0] <= range_m
        out[k] = one[5] if seen else 0.0
    return out
