"""Many earth-centred places to longitude, latitude and height, for pictures: pyproj takes ten times as long."""

import math
from typing import Any

import numpy as np
from numba import njit

from tiles.geodesy import ECCENTRICITY2, FLATTENING, SEMI_MAJOR_M

_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)
_SECOND2 = ECCENTRICITY2 / (1 - ECCENTRICITY2)


@njit(cache=True, nogil=True)
def _tangent(p: float, z: float) -> float:
    """Tangent of the geodetic latitude of a place near the ellipsoid, ``p`` off the axis (Bowring)."""
    a, b = z * SEMI_MAJOR_M, p * _MINOR_M
    length = math.sqrt(a * a + b * b)
    sine, cosine = a / length, b / length
    return (z + _SECOND2 * _MINOR_M * sine * sine * sine) / (
        p - ECCENTRICITY2 * SEMI_MAJOR_M * cosine * cosine * cosine
    )


@njit(cache=True, nogil=True)
def geodetic_of(ecef_m: Any) -> Any:
    """Longitude, latitude (degrees) and ellipsoidal height of places (n, 3) near the ellipsoid."""
    out = np.empty((len(ecef_m), 3))
    for i in range(len(ecef_m)):
        x, y, z = ecef_m[i, 0], ecef_m[i, 1], ecef_m[i, 2]
        p = math.sqrt(x * x + y * y)
        tangent = _tangent(p, z)
        level = 1.0 / math.sqrt(1.0 + tangent * tangent)
        rise = tangent * level
        out[i, 0] = math.degrees(math.atan2(y, x))
        out[i, 1] = math.degrees(math.atan(tangent))
        out[i, 2] = p * level + z * rise - SEMI_MAJOR_M * math.sqrt(1 - ECCENTRICITY2 * rise * rise)
    return out


@njit(cache=True, nogil=True)
def web_map_of(points_m: Any, axes: Any, origin_m: Any) -> Any:
    """Places (n, 3) of a local frame in the unit square of the web map (n, 2): east, south, from 0 to 1.

    ``axes`` (3, 3) and ``origin_m`` (3,) make them earth-centred: point @ axes + origin.
    """
    out = np.empty((len(points_m), 2))
    for i in range(len(points_m)):
        a, b, c = points_m[i, 0], points_m[i, 1], points_m[i, 2]
        x = a * axes[0, 0] + b * axes[1, 0] + c * axes[2, 0] + origin_m[0]
        y = a * axes[0, 1] + b * axes[1, 1] + c * axes[2, 1] + origin_m[1]
        z = a * axes[0, 2] + b * axes[1, 2] + c * axes[2, 2] + origin_m[2]
        tangent = _tangent(math.sqrt(x * x + y * y), z)
        out[i, 0] = math.atan2(y, x) / (2 * math.pi) + 0.5
        out[i, 1] = 0.5 - math.asinh(tangent) / (2 * math.pi)
    return out
