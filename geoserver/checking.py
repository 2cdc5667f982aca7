"""Opens a source of a city file, as a build would, and says what is wrong with it."""

from pathlib import Path

import pyogrio
import pyogrio.errors
import rasterio
import rasterio.errors

from tiles.city import Source
from tiles.errors import BadSource, MissingCRS

RASTERS = ("ground", "surface_heights")


def check_source(source: Source) -> None:
    """Open a source; raises what is wrong with it."""
    if not source.file.exists():
        raise BadSource(file=str(source.file), detail="no such file.", remedy="Correct the path in the city file.")
    if source.role in RASTERS:
        _check_raster(source.file, source.crs)
    elif source.role != "cameras":
        _check_vectors(source)


def _check_raster(file: Path, crs: str | None) -> None:
    try:
        with rasterio.open(file) as raster:
            known = raster.crs
    except rasterio.errors.RasterioError as error:
        remedy = "Give a raster that GDAL reads."
        raise BadSource(file=str(file), detail=f"cannot be read: {error}.", remedy=remedy) from None
    if known is None and not crs:
        raise MissingCRS(file=str(file))


def _check_vectors(source: Source) -> None:
    try:
        info = pyogrio.read_info(source.file, layer=source.layer)
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError) as error:
        remedy = "Give a vector file that GDAL reads, and the name of a layer in it."
        raise BadSource(file=str(source.file), detail=f"cannot be read: {error}.", remedy=remedy) from None
    if not info["crs"] and not source.crs:
        raise MissingCRS(file=str(source.file))
