"""Many earth-centred places to longitude, latitude and height, for pictures: pyproj takes ten times as long."""

import math
from typing import Any

import numpy as np
from numba import njit

from tiles.geodesy import ECCENTRICITY2, FLATTENING, SEMI_MAJOR_M

_MINOR_M = SEMI_MAJOR_M * (1 - FLATTENING)
_SECOND2 = ECCENTRICITY2 / (1 - ECCENTRICITY2)


@njit(cache=True, nogil=True)
def geodetic_of(ecef_m: Any) -> Any:
    """Longitude, latitude (degrees) and ellipsoidal height of places (n, 3) near the ellipsoid (Bowring)."""
    out = np.empty((len(ecef_m), 3))
    for i in range(len(ecef_m)):
        x, y, z = ecef_m[i, 0], ecef_m[i, 1], ecef_m[i, 2]
        p = math.hypot(x, y)
        theta = math.atan2(z * SEMI_MAJOR_M, p * _MINOR_M)
        sine, cosine = math.sin(theta), math.cos(theta)
        lat = math.atan2(
            z + _SECOND2 * _MINOR_M * sine * sine * sine, p - ECCENTRICITY2 * SEMI_MAJOR_M * cosine * cosine * cosine
        )
        out[i, 0] = math.degrees(math.atan2(y, x))
        out[i, 1] = math.degrees(lat)
        rise = math.sin(lat)
        out[i, 2] = p * math.cos(lat) + z * rise - SEMI_MAJOR_M * math.sqrt(1 - ECCENTRICITY2 * rise * rise)
    return out
