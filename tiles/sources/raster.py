"""Rasters of heights from files, brought onto the city's grid and above the ellipsoid."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from pyproj import CRS
from rasterio.enums import Resampling
from rasterio.errors import RasterioError
from rasterio.transform import Affine
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from tiles.city import Source
from tiles.datum import Datum, to_ellipsoidal
from tiles.errors import BadSource, MissingCRS
from tiles.geodesy import CityFrame
from tiles.sources.positions import metric_positions

LOWEST_M, HIGHEST_M = -12_000.0, 9_500.0
"""Beyond these a value is no height on Earth but an undeclared nodata value or a wrong unit."""
GEOID_STEP = 64
"""Cells between the places where the geoid is asked; it bends by less than a millimetre between them."""
LEAST_ROWS = 256
Heights = NDArray[np.float32]


@dataclass(frozen=True)
class Cells:
    """A regular grid of cell centres in the metric frame: the place for heights, without heights."""

    frame: CityFrame
    x0_m: float
    y0_m: float
    cell_m: float
    rows: int
    cols: int

    def band(self, first: int, count: int) -> "Cells":
        """Rows ``first`` to ``first + count``."""
        y0 = self.y0_m - first * self.cell_m
        return Cells(self.frame, self.x0_m, y0, self.cell_m, min(count, self.rows - first), self.cols)

    @property
    def transform(self) -> Affine:
        """GDAL's transform, which starts at the corner of the first cell."""
        half = self.cell_m / 2
        return Affine(self.cell_m, 0.0, self.x0_m - half, 0.0, -self.cell_m, self.y0_m + half)


@dataclass(frozen=True)
class HeightSource:
    """A checked raster of heights.

    Attributes
    ----------
    source : Source
        What the city file says of it.
    crs : str
        WKT of the horizontal part of its CRS.
    nodata : float or None
        Value of cells without a height.
    cell_m : float
        Its own spacing in metres, near the middle of the city.
    """

    source: Source
    datum: Datum
    crs: str
    nodata: float | None
    cell_m: float


def open_heights(source: Source, frame: CityFrame) -> HeightSource:
    """Check one raster: that it can be read, where it is, and what its heights are above.

    Raises
    ------
    BadSource, MissingCRS, MissingDatum, UnknownDatum
    """
    datum = source.datum
    to_ellipsoidal(frame.lon0, frame.lat0, 0.0, datum)
    with _reading(source) as file:
        crs = _horizontal(source, file)
        metric_positions(source.file, crs, frame)
        if file.transform.is_identity:
            raise BadSource(file=str(source.file), detail="is not georeferenced.", remedy="Give it a geotransform.")
        nodata = file.nodata if source.nodata is None else source.nodata
        return HeightSource(source, datum, crs, nodata, _spacing_m(file, CRS.from_user_input(crs)))


def read_band(sources: Sequence[HeightSource], cells: Cells, *, highest: bool = False) -> Heights:
    """Ellipsoidal heights (rows, cols) float32 on ``cells``, NaN where no source has one.

    Earlier sources win. Finer sources are averaged into a cell, or with ``highest`` give their maximum;
    coarser ones are interpolated bilinearly.
    """
    heights = np.full((cells.rows, cells.cols), np.nan, np.float32)
    for source in sources:
        if not np.isnan(heights).any():
            break
        found = _warp(source, cells, highest)
        missing = np.isnan(heights) & ~np.isnan(found)
        if missing.any():
            found += _above_ellipsoid(cells, source.datum)
            np.copyto(heights, found, where=missing)
    return heights


def _warp(source: HeightSource, cells: Cells, highest: bool) -> Heights:
    finer = source.cell_m < 0.6 * cells.cell_m
    shrink = Resampling.max if highest else Resampling.average
    # GDAL places a raster of very few rows metres off; rows beyond the band are cut again.
    rows = max(cells.rows, LEAST_ROWS)
    place = {"crs": cells.frame.proj4, "transform": cells.transform, "width": cells.cols, "height": rows}
    with (
        _reading(source.source) as file,
        WarpedVRT(
            file,
            src_crs=source.crs,
            src_nodata=source.nodata,
            nodata=np.nan,
            dtype="float32",
            resampling=shrink if finer else Resampling.bilinear,
            tolerance=0.01,
            warp_extras={"NUM_THREADS": "2"},
            **place,
        ) as warped,
    ):
        found: Heights = warped.read(1, window=Window(0, 0, cells.cols, cells.rows))
        scale, offset = float(file.scales[0]), float(file.offsets[0])
    scale, offset = scale * source.source.vertical_unit_m, offset * source.source.vertical_unit_m
    if (scale, offset) != (1.0, 0.0):
        found *= np.float32(scale)
        found += np.float32(offset)
    _require_heights(source.source, found)
    return found


def _require_heights(source: Source, found: Heights) -> None:
    # fmin and fmax pass over NaN; an empty band gives NaN, which compares False.
    low, high = np.fmin.reduce(found, axis=None), np.fmax.reduce(found, axis=None)
    if low < LOWEST_M or high > HIGHEST_M:
        raise BadSource(
            file=str(source.file),
            detail=f"heights from {low:.0f} to {high:.0f} m.",
            remedy="Name the value of empty cells with nodata, or the unit with vertical_unit_m.",
        )


def _above_ellipsoid(cells: Cells, datum: Datum) -> Heights:
    """What makes heights in a datum ellipsoidal, on all cells; asked on a lattice and interpolated."""
    down, weights_down = _lattice(cells.rows)
    across, weights_across = _lattice(cells.cols)
    x, y = np.meshgrid(cells.x0_m + across * cells.cell_m, cells.y0_m - down * cells.cell_m)
    lon, lat = cells.frame.to_lonlat(x, y)
    shift = np.asarray(to_ellipsoidal(lon, lat, 0.0, datum))
    # In float32 with its mean apart: a product of small matrices, exact to a tenth of a millimetre.
    mean = shift.mean()
    bent: Heights = weights_down @ (shift - mean).astype(np.float32) @ weights_across.T
    bent += np.float32(mean)
    return bent


def _lattice(count: int) -> tuple[NDArray[np.float64], Heights]:
    """Lattice positions over ``count`` cells and the (count, nodes) weights of linear interpolation."""
    nodes = np.linspace(0, max(count - 1, 1), max(2, (count - 1) // GEOID_STEP + 2))
    at = np.arange(count) / nodes[1]
    low = np.minimum(at.astype(int), len(nodes) - 2)
    weights = np.zeros((count, len(nodes)), np.float32)
    weights[np.arange(count), low] = 1 - (at - low)
    weights[np.arange(count), low + 1] = at - low
    return nodes, weights


@contextmanager
def _reading(source: Source) -> Iterator[Any]:
    try:
        with rasterio.open(source.file) as file:
            yield file
    except (RasterioError, OSError) as problem:
        raise BadSource(
            file=str(source.file), detail=f"cannot be read ({problem}).", remedy="Give a raster that GDAL reads."
        ) from problem


def _horizontal(source: Source, file: Any) -> str:
    """WKT of the horizontal CRS; a vertical part in the file is no substitute for a stated datum."""
    if source.crs in ("GCJ-02", "BD-09"):
        raise BadSource(
            file=str(source.file),
            detail=f"a raster in {source.crs} cannot be put straight without distortion.",
            remedy="Give the original in CGCS2000 or WGS 84.",
        )
    if source.crs:
        named = "EPSG:4490" if source.crs == "CGCS2000" else source.crs
        return str(CRS.from_user_input(named).to_2d().to_wkt())
    if file.crs is None:
        raise MissingCRS(file=str(source.file))
    crs = CRS.from_wkt(file.crs.to_wkt())
    crs = crs.sub_crs_list[0] if crs.is_compound else crs
    return str(crs.to_2d().to_wkt())


def _spacing_m(file: Any, crs: CRS) -> float:
    """Mean side of the raster's cells in metres."""
    t = file.transform
    area = abs(t.a * t.e - t.b * t.d)
    if crs.is_geographic:
        mid = t.f + t.e * file.height / 2
        return float(np.sqrt(area * np.cos(np.radians(mid))) * 111_195)
    unit = crs.axis_info[0].unit_conversion_factor if crs.axis_info else 1.0
    return float(np.sqrt(area) * unit)
