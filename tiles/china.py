"""Chinese map offsets: GCJ-02 and BD-09 places to WGS 84, over arrays.

Only inward: nothing of ours is ever written in an offset system. The published distortion of GCJ-02 is
inverted by iteration, to well under a centimetre inside China; elsewhere it does not apply.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

OFFSET_SYSTEMS = ("GCJ-02", "BD-09")

_AXIS_M = 6378245.0
_ECCENTRICITY2 = 0.00669342162296594323
_BAIDU_TURN = np.pi * 3000.0 / 180.0
_CHINA = (72.004, 0.8293, 137.8347, 55.8271)

Floats = NDArray[np.float64]


def to_wgs84(lon: ArrayLike, lat: ArrayLike, system: str) -> tuple[Floats, Floats]:
    """Degrees in ``"GCJ-02"`` or ``"BD-09"`` to WGS 84 degrees; arrays broadcast."""
    x, y = np.asarray(lon, float), np.asarray(lat, float)
    if system == "BD-09":
        x, y = _undo(x, y, _to_baidu)
    return _undo(x, y, _distort)


def _undo(lon: Floats, lat: Floats, forward: Any) -> tuple[Floats, Floats]:
    """The place that ``forward`` moves to (lon, lat), by fixed-point iteration."""
    x, y = lon, lat
    for _ in range(8):
        moved_x, moved_y = forward(x, y)
        x, y = x + lon - moved_x, y + lat - moved_y
    return x, y


def _to_baidu(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.0060


def _waves(v: Floats, terms: tuple[tuple[float, float], ...]) -> Any:
    return sum(size * np.sin(v * np.pi * turns) for size, turns in terms) * 20.0 / 3.0


def _distort(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """WGS 84 to GCJ-02, degrees; unchanged outside China."""
    x, y = lon - 105.0, lat - 35.0
    both = _waves(x, ((2, 6), (2, 2)))
    north_m = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * np.sqrt(np.abs(x)) + both
    north_m = north_m + _waves(y, ((2, 1), (4, 1 / 3), (16, 1 / 12), (32, 1 / 30)))
    east_m = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + both
    east_m = east_m + _waves(x, ((2, 1), (4, 1 / 3), (15, 1 / 12), (30, 1 / 30)))
    phi = np.radians(lat)
    curve = 1 - _ECCENTRICITY2 * np.sin(phi) ** 2
    per_lat_m = np.radians(_AXIS_M * (1 - _ECCENTRICITY2)) / curve**1.5
    per_lon_m = np.radians(_AXIS_M) * np.cos(phi) / np.sqrt(curve)
    west, south, east, north = _CHINA
    inside = (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return lon + np.where(inside, east_m / per_lon_m, 0.0), lat + np.where(inside, north_m / per_lat_m, 0.0)
