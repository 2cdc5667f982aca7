"""The kernel behind `Views.look`: one place put to many cameras, column by column (numba).

Everything that it computes is defined in `layers.cameras.view`; the tests hold both against each other.
"""

import math
from typing import Any

import numpy as np
from numba import njit

DISTANCE, BEARING, TILT, U, V, DENSITY, FRAMED = range(7)
"""Columns of the result."""


@njit(cache=True, nogil=True, fastmath=False)
def look(  # noqa: PLR0913 - a leaf over the columns of Views
    rows: Any,
    place_m: Any,
    up: Any,
    ecef_m: Any,
    enu: Any,
    rotation: Any,
    lens: Any,
    turn: Any,
    flags: Any,
) -> Any:
    """Distance, bearing, tilt, u, v, density and framed (1.0 or 0.0) of one place for each of ``rows``.

    Parameters
    ----------
    rows : (k,) int64, which cameras
    place_m, up : (3,) earth-centred place (m) and unit vector up at it
    ecef_m (n, 3), enu (n, 3, 3), rotation (n, 3, 3) : lenses and their frames
    lens : (n, 4) focal length, full focal length, width, height, pixels
    turn : (n, 4) middle of the pan range, half of it, lowest and highest tilt, degrees
    flags : (n, 2) bool, ptz and known

    Returns
    -------
    (7, k) float64
    """
    out = np.empty((7, len(rows)))
    for k in range(len(rows)):
        i = rows[k]
        dx, dy, dz = place_m[0] - ecef_m[i, 0], place_m[1] - ecef_m[i, 1], place_m[2] - ecef_m[i, 2]
        e, r = enu[i], rotation[i]
        east = e[0, 0] * dx + e[0, 1] * dy + e[0, 2] * dz
        north = e[1, 0] * dx + e[1, 1] * dy + e[1, 2] * dz
        rise = e[2, 0] * dx + e[2, 1] * dy + e[2, 2] * dz
        distance = math.sqrt(dx * dx + dy * dy + dz * dz)
        bearing = math.degrees(math.atan2(east, north)) % 360.0
        tilt = math.degrees(math.atan2(rise, math.sqrt(east * east + north * north)))
        focal, full, width, tall = lens[i, 0], lens[i, 1], lens[i, 2], lens[i, 3]
        out[DISTANCE, k], out[BEARING, k], out[TILT, k] = distance, bearing, tilt
        if flags[i, 0]:
            off = abs((bearing - turn[i, 0] + 180.0) % 360.0 - 180.0)
            framed = off <= turn[i, 1] and tilt >= turn[i, 2] and tilt <= turn[i, 3]
            out[U, k], out[V, k] = width / 2, tall / 2
            out[DENSITY, k] = full / max(distance, 1e-3)
            out[FRAMED, k] = 1.0 if framed and flags[i, 1] else 0.0
            continue
        x = r[0, 0] * dx + r[0, 1] * dy + r[0, 2] * dz
        y = r[1, 0] * dx + r[1, 1] * dy + r[1, 2] * dz
        z = r[2, 0] * dx + r[2, 1] * dy + r[2, 2] * dz
        # Half of the metre across: horizontal at the place, square to the sight line.
        ax, ay, az = dy * up[2] - dz * up[1], dz * up[0] - dx * up[2], dx * up[1] - dy * up[0]
        length = math.sqrt(ax * ax + ay * ay + az * az)
        if length < 1e-6:
            ax, ay, az, length = r[0, 0], r[0, 1], r[0, 2], 1.0
        ax, ay, az = ax / length / 2, ay / length / 2, az / length / 2
        hx = r[0, 0] * ax + r[0, 1] * ay + r[0, 2] * az
        hy = r[1, 0] * ax + r[1, 1] * ay + r[1, 2] * az
        hz = r[2, 0] * ax + r[2, 1] * ay + r[2, 2] * az
        # Closer than a metre an end may lie behind the lens; any density is reached there.
        z0, z1 = max(z - hz, 1e-3), max(z + hz, 1e-3)
        du = (x - hx) / z0 - (x + hx) / z1
        dv = (y - hy) / z0 - (y + hy) / z1
        out[DENSITY, k] = focal * math.sqrt(du * du + dv * dv)
        if z <= 0.0:
            out[U, k], out[V, k], out[FRAMED, k] = np.nan, np.nan, 0.0
            continue
        u, v = width / 2 + focal * x / z, tall / 2 + focal * y / z
        inside = u >= 0.0 and u <= width and v >= 0.0 and v <= tall
        out[U, k], out[V, k] = u, v
        out[FRAMED, k] = 1.0 if inside and flags[i, 1] else 0.0
    return out
