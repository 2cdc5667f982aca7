"""OGC API - Features, Part 2: coordinates and boxes in other reference systems, with the order of axes they define."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely

from geoserver.boxes import Box, checked_box, read_bbox
from geoserver.faults import BadParameter

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
CRS84H = "http://www.opengis.net/def/crs/OGC/0/CRS84h"
_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
_LON_FIRST = frozenset({CRS84, CRS84H})
_WITH_HEIGHT = frozenset({CRS84H, f"{_EPSG}4979"})
_LAT_FIRST = frozenset({f"{_EPSG}4326", f"{_EPSG}4979", f"{_EPSG}4490"})
"""CGCS2000 (4490) is taken as WGS 84: they agree to centimetres, and PROJ has no transformation between them."""
_FIRST_ZONE, _FIRST_MERIDIAN, _LAST_MERIDIAN = 4534, 75, 135
"""CGCS2000 in Gauss-Krüger zones of three degrees: EPSG codes from 75° E on."""


def offered(extent: Box) -> tuple[str, ...]:
    """Identifiers of the systems in which a city's features are handed out; the first is that of the stored ones."""
    meridian = 3 * round((extent[0] + extent[2]) / 6)
    codes = [4326, 4979, 4490, 3857]
    if _FIRST_MERIDIAN <= meridian <= _LAST_MERIDIAN:
        codes.append(_FIRST_ZONE + (meridian - _FIRST_MERIDIAN) // 3)
    return (CRS84H, CRS84, *(f"{_EPSG}{code}" for code in codes))


@dataclass(frozen=True, slots=True)
class Frame:
    """A reference system that is asked for, by its identifier."""

    uri: str = CRS84H

    @property
    def header(self) -> dict[str, str]:
        """What an answer in it says of itself."""
        return {"Content-Crs": f"<{self.uri}>"}

    @property
    def is_stored(self) -> bool:
        """Whether it is the one in which features are kept."""
        return self.uri == CRS84H

    def place(self, features: list[dict[str, Any]]) -> None:
        """Bring the coordinates of features (CRS84h) into this system; heights stay only where it has them."""
        if self.is_stored:
            return
        points = [point for feature in features for point in _points(feature["geometry"]["coordinates"])]
        if not points:
            return
        lon, lat = np.array([point[0] for point in points]), np.array([point[1] for point in points])
        first, second = self._of(lon, lat)
        decimals = 3 if _is_metric(self.uri) else 9
        rounded = zip(np.round(first, decimals).tolist(), np.round(second, decimals).tolist(), strict=True)
        for point, (a, b) in zip(points, rounded, strict=True):
            point[:] = [a, b, *(point[2:] if self.uri in _WITH_HEIGHT else ())]

    def back(self, geometry: shapely.Geometry) -> shapely.Geometry:
        """A geometry of this system, without heights, in longitude and latitude."""
        if self.uri in _LON_FIRST:
            return geometry
        return shapely.transform(geometry, self._back)

    def home(self, first: float, second: float) -> tuple[float, float]:
        """Longitude and latitude of a position."""
        if self.uri in _LON_FIRST:
            return first, second
        lon, lat = self._back(np.array([[first, second]]))[0]
        return float(lon), float(lat)

    def _back(self, points: Any) -> Any:
        first, second = points[:, 0], points[:, 1]
        if self.uri in _LAT_FIRST:
            return np.column_stack((second, first))
        lat, lon = _projection(self.uri).transform(first, second, direction="INVERSE")
        return np.column_stack((lon, lat))

    def _of(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        if self.uri in _LON_FIRST:
            return lon, lat
        if self.uri in _LAT_FIRST:
            return lat, lon
        first, second = _projection(self.uri).transform(lat, lon)
        return first, second


def read_frame(name: str, uri: str | None, known: tuple[str, ...]) -> Frame:
    """The system of a parameter; the stored one where none is given.

    Raises
    ------
    BadParameter
    """
    if uri is None:
        return Frame()
    if uri not in known:
        detail = f"is none of the reference systems here: {', '.join(known)}."
        raise BadParameter(parameter=name, value=uri, reason="choice", detail=detail, expected=", ".join(known))
    return Frame(uri)


def read_box(text: str | None, frame: Frame) -> Box | None:
    """A box of four or six numbers in a system, as longitudes and latitudes.

    Raises
    ------
    BadParameter
    """
    if text is None or frame.uri in _LON_FIRST:
        return read_bbox(text)
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        numbers = []
    if len(numbers) == 6:
        numbers = [*numbers[:2], *numbers[3:5]]
    if len(numbers) != 4 or not np.isfinite(numbers).all():
        raise BadParameter(
            parameter="bbox",
            value=text,
            reason="bbox-form",
            detail="is not four or six numbers in the order of bbox-crs.",
        )
    if _is_metric(frame.uri):
        a, b, c, d = numbers
        south, west, north, east = _projection(frame.uri).transform_bounds(a, b, c, d, 21, direction="INVERSE")
    else:
        south, west, north, east = numbers
    return checked_box([west, south, east, north], text)


def _points(coordinates: list[Any]) -> Iterator[list[float]]:
    """The positions in nested lists, which may be changed in place."""
    if coordinates and not isinstance(coordinates[0], list):
        yield coordinates
        return
    for one in coordinates:
        yield from _points(one)


def _is_metric(uri: str) -> bool:
    return uri not in _LON_FIRST | _LAT_FIRST


@lru_cache(maxsize=16)
def _projection(uri: str) -> pyproj.Transformer:
    """From latitude and longitude to a projected system in its own order of axes."""
    target = pyproj.CRS.from_user_input(uri)
    return pyproj.Transformer.from_crs(target.geodetic_crs, target, allow_ballpark=False)
