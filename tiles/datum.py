"""Vertical datums: heights above the sea made ellipsoidal, with a geoid that comes with us.

EGM96 ships as ``tiles/geoid/egm96_15.tif``. Every other datum needs a grid by path, or a substitute
that is stated and shown as an assumption. Nothing here ever returns a height unchanged for want of a grid.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import ArrayLike, NDArray
from rasterio.errors import RasterioError

from tiles.errors import BadSource, UnknownDatum

EGM96_FILE = Path(__file__).parent / "geoid" / "egm96_15.tif"
ELLIPSOID = frozenset({"ellipsoid", "ellipsoidal", "wgs84", "wgs 84", "epsg:4979"})
EGM96 = frozenset({"egm96", "epsg:5773"})
CHINA_1985 = frozenset({"epsg:5737", "1985 国家高程基准", "1985国家高程基准", "yellow sea 1985"})
CHINA_1985_ABOVE_EGM96_M = 0.0
"""Height of the zero of 1985 国家高程基准 above EGM96's geoid, as far as we state it.

Published estimates are of a few decimetres and differ with the region and the method, which is within
EGM96's own error inland. Zero is taken, every city that uses this datum shows it as an assumption, and a
city file that knows better says so with ``datum_offset_m`` or a ``geoid_grid``.
"""


@dataclass(frozen=True)
class Datum:
    """A vertical datum as a city file names it.

    Attributes
    ----------
    name : str
        "ellipsoid", "EGM96" or an EPSG code.
    grid : Path or None
        Geoid undulations in metres (GTX or GeoTIFF, WGS 84 longitude and latitude) for any other datum.
    stand_in : str or None
        Name of a datum to use in its place; an assumption.
    assumed : bool
        The datum itself is a guess that the city file owns up to.
    offset_m : float or None
        Height of the datum's zero above the geoid that is used for it, as the city file states it.
    source : str
        The file whose heights these are, for messages.
    """

    name: str
    grid: Path | None = None
    stand_in: str | None = None
    assumed: bool = False
    offset_m: float | None = None
    source: str = ""

    @property
    def key(self) -> str:
        """The name as it is compared."""
        return self.name.strip().lower()

    def assumptions(self) -> list[dict[str, Any]]:
        """What is assumed with this datum, as codes with values."""
        found: list[dict[str, Any]] = []
        values = {"file": Path(self.source).name, "datum": self.name}
        if self.assumed:
            found.append({"code": "datum-assumed", "values": values})
        if self.key in CHINA_1985 and self.grid is None:
            offset = CHINA_1985_ABOVE_EGM96_M if self.offset_m is None else self.offset_m
            found.append({"code": "datum-1985-as-egm96", "values": {**values, "offset_m": offset}})
        elif self._needs_stand_in:
            found.append({"code": "datum-stand-in", "values": {**values, "stand_in": self.stand_in}})
        return found

    @property
    def _needs_stand_in(self) -> bool:
        return self.grid is None and self.key not in ELLIPSOID | EGM96 | CHINA_1985


@dataclass(frozen=True, eq=False)
class Geoid:
    """Undulations on a regular grid of longitude and latitude; nodes, not cells.

    ``undulation_m`` (rows, cols) float32, north up; ``lon0, lat0`` is node [0, 0]. A grid that goes round
    the world wraps; any other gives NaN outside.
    """

    undulation_m: NDArray[np.float32]
    lon0: float
    lat0: float
    step_lon_deg: float
    step_lat_deg: float

    def __call__(self, lon: ArrayLike, lat: ArrayLike) -> Any:
        """Bilinear undulation in metres at longitude, latitude in degrees."""
        rows, cols = self.undulation_m.shape
        turn = round(360 / self.step_lon_deg)
        col = (np.mod(np.asarray(lon, np.float64) - self.lon0, 360.0)) / self.step_lon_deg
        row = (self.lat0 - np.asarray(lat, np.float64)) / self.step_lat_deg
        slack = 1e-9
        inside = (row >= -slack) & (row <= rows - 1 + slack) & ((cols >= turn) | (col <= cols - 1 + slack))
        row = np.clip(np.nan_to_num(row), 0, rows - 1)
        r0 = np.minimum(row, rows - 2).astype(np.intp)
        c0 = np.nan_to_num(np.floor(col)).astype(np.intp)
        c1 = (c0 + 1) % turn if cols >= turn else np.minimum(c0 + 1, cols - 1)
        c0 = np.minimum(c0, cols - 1)
        fr, fc = row - r0, col - np.floor(col)
        n = self.undulation_m.astype(np.float64, copy=False)
        north = n[r0, c0] * (1 - fc) + n[r0, c1] * fc
        south = n[r0 + 1, c0] * (1 - fc) + n[r0 + 1, c1] * fc
        return np.where(inside, north * (1 - fr) + south * fr, np.nan)[()]


@lru_cache(maxsize=8)
def read_geoid(path: Path) -> Geoid:
    """Geoid grid from GTX or GeoTIFF."""
    try:
        with rasterio.open(path) as file:
            values = file.read(1).astype(np.float32) * np.float32(file.scales[0]) + np.float32(file.offsets[0])
            missing = file.read_masks(1) == 0
            transform = file.transform
    except (RasterioError, OSError) as problem:
        raise BadSource(
            file=str(path), detail=f"not a geoid grid ({problem}).", remedy="Give a GTX or a GeoTIFF."
        ) from problem
    values[missing] = np.nan
    # Pixels are centred on the nodes.
    lon0, lat0 = transform.c + transform.a / 2, transform.f + transform.e / 2
    return Geoid(values, lon0, lat0, transform.a, -transform.e)


def geoid_of(datum: Datum) -> tuple[Geoid | None, float]:
    """The geoid under a datum (None for the ellipsoid itself) and a constant to add, in metres.

    Raises
    ------
    UnknownDatum
        There is no grid for it and no substitute is stated.
    """
    stated = datum.offset_m or 0.0
    if datum.key in ELLIPSOID:
        return None, stated
    if datum.grid is not None:
        return read_geoid(datum.grid), stated
    if datum.key in EGM96:
        return read_geoid(EGM96_FILE), stated
    if datum.key in CHINA_1985:
        return read_geoid(EGM96_FILE), CHINA_1985_ABOVE_EGM96_M if datum.offset_m is None else stated
    if datum.stand_in is None or Datum(datum.stand_in)._needs_stand_in:
        raise UnknownDatum(file=datum.source or "heights", datum=datum.name)
    return geoid_of(Datum(datum.stand_in, offset_m=datum.offset_m, source=datum.source))


def to_ellipsoidal(lon: ArrayLike, lat: ArrayLike, height_m: ArrayLike, datum: Datum | str) -> Any:
    """Heights in a datum made ellipsoidal (WGS 84), metres; arrays broadcast.

    Raises
    ------
    UnknownDatum
        No grid for the datum.
    BadSource
        The datum's grid does not reach a place.
    """
    datum = Datum(datum) if isinstance(datum, str) else datum
    geoid, offset = geoid_of(datum)
    heights = np.asarray(height_m, np.float64)
    if geoid is None:
        return (heights + offset + np.zeros(np.broadcast(lon, lat).shape))[()]
    undulation = geoid(lon, lat)
    unreached = np.isnan(undulation) & np.isfinite(np.asarray(lon, float)) & np.isfinite(np.asarray(lat, float))
    if np.any(unreached):
        where = np.argwhere(np.atleast_1d(unreached))[0]
        lon1, lat1 = (np.broadcast_to(np.atleast_1d(v), np.atleast_1d(unreached).shape) for v in (lon, lat))
        place = f"{float(lon1[tuple(where)]):.4f}, {float(lat1[tuple(where)]):.4f}"
        raise BadSource(
            file=str(datum.grid or EGM96_FILE),
            detail=f"the geoid grid does not reach {place}.",
            remedy="Give a grid that covers the city.",
        )
    return (heights + undulation + offset)[()]


def undulation_m(lon: float, lat: float) -> float:
    """Height of EGM96's geoid above the ellipsoid at a place, for showing heights above the sea."""
    return float(read_geoid(EGM96_FILE)(lon, lat))
