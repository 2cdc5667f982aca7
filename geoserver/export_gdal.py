"""Records as files that GDAL writes: GeoPackage for desktop GIS, KML for globes."""

import tempfile
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

from geoserver.export_rows import columns, row
from layers.record import Record

CRS = "EPSG:4979"
"""WGS 84 with ellipsoidal heights."""
_SHOWN_AS_MARKUP = ("description", "name")
"""What viewers of KML show as HTML."""
_PLACE = frozenset({"lon", "lat", "height_m", "rings"})
"""Fields that the geometry tells."""


def as_gpkg(records: Sequence[Record], layer: str) -> bytes:
    """One layer of a GeoPackage; deeper fields are JSON texts, as in CSV."""
    names = columns(records)
    return _written(records, names, [row(record, names) for record in records], (layer, "GPKG", ".gpkg"))


def as_kml(records: Sequence[Record], layer: str) -> bytes:
    """Placemarks with all fields as extended data; heights are above the ellipsoid. Markup in texts stays text."""
    names = [name for name in columns(records) if name not in _PLACE]
    rows = [
        [escape(value) if name in _SHOWN_AS_MARKUP else value for name, value in zip(names, cells, strict=True)]
        for cells in (row(record, names) for record in records)
    ]
    return _written(records, names, rows, (layer, "LIBKML", ".kml"))


def _written(
    records: Sequence[Record], names: Sequence[str], rows: Sequence[Sequence[Any]], form: tuple[str, str, str]
) -> bytes:
    # Loaded here: of no use to a server that is asked for no such file, and slow to load.
    import geopandas as gpd
    import pyogrio
    import shapely
    from shapely.geometry import shape

    layer, driver, suffix = form
    table = {name: [_typed(cells[i]) for cells in rows] for i, name in enumerate(names)}
    shapes = [shape(record.geometry) for record in records]
    if driver == "LIBKML":  # a clamped point has no height; GDAL would write it as one at the height of 0
        kind = None
    else:
        kind = _type_of(shapes, shapely)
        shapes = [
            shapely.force_3d(one, 0.0) if kind and kind.endswith(" Z") and not one.has_z else one for one in shapes
        ]
    frame = gpd.GeoDataFrame(table, geometry=shapes, crs=CRS if driver == "GPKG" else "EPSG:4326")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / f"records{suffix}"
        pyogrio.write_dataframe(frame, file, layer=layer, driver=driver, geometry_type=kind or "Unknown")
        return file.read_bytes()


def _type_of(shapes: Sequence[Any], shapely: Any) -> str | None:
    """The type of a column of geometries; None for one without any."""
    if not shapes:
        return None
    return f"{shapes[0].geom_type}{' Z' if any(map(shapely.has_z, shapes)) else ''}"


def _typed(value: Any) -> Any:
    return None if value == "" else value
