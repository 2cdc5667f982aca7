"""Positions of a source, in whatever system it names, as x, y in the city's metric frame.

GCJ-02 and BD-09, which are no coordinate reference systems but published distortions of WGS 84, are undone
here. CGCS2000 is taken as WGS 84: they agree to centimetres and PROJ has no transformation between them.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from tiles.china import OFFSET_SYSTEMS, to_wgs84
from tiles.errors import BadSource, MissingCRS
from tiles.geodesy import CityFrame

Floats = NDArray[np.float64]
_OFFSET = {name.replace("-", ""): name for name in OFFSET_SYSTEMS}
_SAME_AS_WGS84 = ("China 2000", "China Geodetic Coordinate System 2000")
_NAMED = {"CGCS2000": "EPSG:4490", "WGS84": "EPSG:4326", "WGS 84": "EPSG:4326"}


def metric_positions(file: Path, crs: str | None, frame: CityFrame) -> Callable[[Floats], Floats]:
    """Return the function that takes (n, 2) source coordinates (x or lon first) to metric x, y.

    Places that have no position in the frame come out as NaN.

    Raises
    ------
    MissingCRS
        ``crs`` is None or empty.
    BadSource
        ``crs`` is not known, or there is no way from it to WGS 84.
    """
    if not crs:
        raise MissingCRS(file=file)
    offset = _OFFSET.get(crs.strip().upper().replace("-", ""))
    if offset is not None:
        return _without_offset(offset, frame)
    transformer = _transformer(file, _NAMED.get(crs.strip().upper(), crs), frame)

    def transformed(coordinates: Floats) -> Floats:
        x, y = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        return _finite(np.column_stack([x, y]))

    return transformed


def _transformer(file: Path, crs: str, frame: CityFrame) -> Transformer:
    try:
        source = CRS.from_user_input(crs)
    except CRSError as problem:
        raise BadSource(
            file=file, detail=f"unknown coordinate reference system {crs!r}.", remedy='Give crs = "EPSG:…".'
        ) from problem
    same = source.geodetic_crs is not None and source.geodetic_crs.name in _SAME_AS_WGS84
    datum = source.geodetic_crs.datum if source.geodetic_crs is not None else None
    same = same or (datum is not None and datum.name in _SAME_AS_WGS84)
    try:
        return Transformer.from_crs(source, frame.crs, always_xy=True, allow_ballpark=same)
    except ProjError as problem:
        raise BadSource(
            file=file,
            detail=f"no transformation from {source.name} to WGS 84.",
            remedy="Convert the file to WGS 84 (EPSG:4326) first.",
        ) from problem


def _without_offset(system: str, frame: CityFrame) -> Callable[[Floats], Floats]:
    def restored(coordinates: Floats) -> Floats:
        lon, lat = coordinates[:, 0], coordinates[:, 1]
        inside = (np.abs(lon) <= 180) & (np.abs(lat) <= 90)
        lon, lat = to_wgs84(np.where(inside, lon, 0.0), np.where(inside, lat, 0.0), system)
        metric = np.column_stack(frame.to_metric(lon, lat))
        metric[~inside] = np.nan
        return _finite(metric)

    return restored


def _finite(metric: Floats) -> Floats:
    return np.where(np.isfinite(metric).all(axis=1, keepdims=True), metric, np.nan)
