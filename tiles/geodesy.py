"""Where things are: longitude, latitude and ellipsoidal height, earth-centred places, the city's metric frame.

Degrees and metres everywhere; ``lon, lat`` in this order. Arrays broadcast. Vertical datums are in
``tiles.datum``, not here.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Proj, Transformer

WGS84 = CRS.from_epsg(4979)
SEMI_MAJOR_M = 6378137.0
FLATTENING = 1 / 298.257223563
ECCENTRICITY2 = FLATTENING * (2 - FLATTENING)
EARTH_RADIUS_M = 6371008.8
"""Mean radius (IUGG), for curvature at sight-line accuracy."""
REFRACTION_K = 0.13
"""Coefficient of terrestrial refraction (Gauss); the line of sight bends with radius R / k."""

Floats = NDArray[np.float64]


def bend_m(distance_m: ArrayLike, refraction_k: float = REFRACTION_K) -> Floats:
    """Drop of the level surface under a refracted sight line: d²(1 − k) / 2R, in metres."""
    d = np.asarray(distance_m, dtype=np.float64)
    return d * d * (1 - refraction_k) / (2 * EARTH_RADIUS_M)


def geodetic_to_ecef(lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike) -> Floats:
    """Longitude, latitude (degrees), ellipsoidal height (m) to earth-centred metres, shape (..., 3)."""
    lam, phi = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    h = np.asarray(height_m, float)
    n = SEMI_MAJOR_M / np.sqrt(1 - ECCENTRICITY2 * np.sin(phi) ** 2)
    out = np.empty((*np.broadcast(lam, phi, h).shape, 3))
    out[..., 0] = (n + h) * np.cos(phi) * np.cos(lam)
    out[..., 1] = (n + h) * np.cos(phi) * np.sin(lam)
    out[..., 2] = (n * (1 - ECCENTRICITY2) + h) * np.sin(phi)
    return out


def ecef_to_geodetic(ecef_m: ArrayLike) -> Floats:
    """Earth-centred metres (..., 3) to longitude, latitude (degrees) and ellipsoidal height (m), (..., 3)."""
    p = np.asarray(ecef_m, float)
    lon, lat, h = _TO_GEODETIC.transform(p[..., 0], p[..., 1], p[..., 2])
    return np.stack([lon, lat, h], axis=-1)


_TO_GEODETIC = Transformer.from_crs("EPSG:4978", "EPSG:4979", always_xy=True)


def enu_rotation(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Rotation (..., 3, 3) whose rows are east, north and up at a place, in earth-centred axes."""
    lam, phi = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    sl, cl, sp, cp = np.sin(lam), np.cos(lam), np.sin(phi), np.cos(phi)
    # Filled in place: stacking nine small arrays costs ten times what they hold.
    out = np.empty((*np.broadcast(lam, phi).shape, 3, 3))
    for row, values in enumerate(((-sl, cl, 0.0), (-sp * cl, -sp * sl, cp), (cp * cl, cp * sl, sp))):
        for column, value in enumerate(values):
            out[..., row, column] = value
    return out


@dataclass(frozen=True)
class CityFrame:
    """The city's own metric frame: a transverse Mercator on WGS 84, centred, scale 1.

    x is east, y is grid north, in metres from the centre; heights beside it stay ellipsoidal.
    """

    lon0: float
    lat0: float

    @cached_property
    def crs(self) -> CRS:
        """The frame as a pyproj CRS (x, y order)."""
        return CRS.from_proj4(self.proj4)

    @property
    def proj4(self) -> str:
        """The frame's PROJ string."""
        return (
            f"+proj=tmerc +lat_0={self.lat0!r} +lon_0={self.lon0!r} +k=1 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs"
        )

    @cached_property
    def _proj(self) -> Proj:
        return Proj(self.proj4)

    def to_metric(self, lon: ArrayLike, lat: ArrayLike) -> tuple[Any, Any]:
        """Degrees to x, y in metres; scalars in, scalars out."""
        x, y = self._proj(lon, lat)
        return x, y

    def to_lonlat(self, x_m: ArrayLike, y_m: ArrayLike) -> tuple[Any, Any]:
        """x, y in metres to longitude, latitude in degrees."""
        lon, lat = self._proj(x_m, y_m, inverse=True)
        return lon, lat

    def convergence_deg(self, lon: ArrayLike, lat: ArrayLike) -> Any:
        """Grid convergence: true bearing = grid bearing + convergence, degrees clockwise."""
        return self._proj.get_factors(lon, lat).meridian_convergence
