"""GeoPackage and OpenStreetMap PBF through GDAL: points of one layer, with the system the file names."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError
from pyogrio.raw import read

from layers.cameras.lists import cells, osm
from layers.cameras.lists.grid import MAX_ROWS, Grid, Line, Note, Reading, UnreadableList
from layers.cameras.lists.headers import score
from layers.cameras.lists.headings import field_of

_PROBLEMS = (DataSourceError, DataLayerError, FieldError, GeometryError, ValueError, RuntimeError, OSError,
             shapely.errors.ShapelyError)  # fmt: skip
_HSTORE = re.compile(r'"((?:[^"\\]|\\.)*)"=>"((?:[^"\\]|\\.)*)"')
Rows = tuple[list[str], list[list[str]], Any]
"""Headings, cells, points (None where there is none)."""


def read_geopackage(data: bytes, file: str, reading: Reading) -> Grid:
    """The layer that is named, or the one of points with the most headings that mean something.

    Raises
    ------
    UnreadableList
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.gpkg"
        path.write_bytes(data)
        try:
            return _geopackage(path, file, reading)
        except UnreadableList:
            raise
        except _PROBLEMS as problem:
            raise UnreadableList(file, "bad-layers", form="GeoPackage", what=_short(problem, folder)) from None


def read_pbf(data: bytes, file: str) -> Grid:
    """Surveillance nodes of an OpenStreetMap extract.

    Raises
    ------
    UnreadableList
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "list.osm.pbf"
        path.write_bytes(data)
        wanted = " OR ".join(f"{name} = '{value}'" for name, value in (osm.TAG, osm.SPEED))
        try:
            meta, _, points, columns = read(path, layer="points", where=wanted)
        except _PROBLEMS as problem:
            raise UnreadableList(file, "bad-layers", form="OSM PBF", what=_short(problem, folder)) from None
    head, rows, places = _rows(meta, points, columns)
    if not rows:
        raise UnreadableList(file, "no-surveillance")
    tagged = [_tags(dict(zip(head, row, strict=True))) for row in rows]
    # The extract holds whole units of 1e-7 degrees; dividing by them leaves traces.
    nodes = [tuple(f"{float(value):.7f}" for value in _place(point)[:2] if value) for point in places]
    return osm.grid(list(zip(nodes, tagged, strict=True)))


def _geopackage(path: Path, file: str, reading: Reading) -> Grid:
    layers = [str(name) for name, kind in pyogrio.list_layers(path) if kind is None or "Point" in str(kind)]
    every = [str(name) for name, _ in pyogrio.list_layers(path)]
    if reading.sheet is not None and reading.sheet not in every:
        raise UnreadableList(file, "no-layer", layer=reading.sheet, layers=", ".join(layers or every) or "-")
    wanted = frozenset(reading.columns.values())
    ranked = sorted(layers, key=lambda name: -score(pyogrio.read_info(path, layer=name)["fields"], wanted))
    if reading.sheet is None and not ranked:
        raise UnreadableList(file, "no-layer", layer="-", layers=", ".join(every) or "-")
    chosen = reading.sheet if reading.sheet is not None else ranked[0]
    info = pyogrio.read_info(path, layer=chosen)
    if info["features"] > MAX_ROWS:
        raise UnreadableList(file, "too-many", limit=MAX_ROWS)
    meta, fids, points, columns = read(path, layer=chosen, return_fids=True)
    head, rows, places = _rows(meta, points, columns)
    names = tuple(_free(name, head) for name in ("lon", "lat", "z"))
    lines = []
    for fid, row, point in zip(fids.tolist(), rows, places, strict=True):
        place = _place(point)
        # A layer without geometries may hold its coordinates in columns.
        lines.append(Line(int(fid), (*row, *place), "" if place[0] or not info["geometry_type"] else "no-point"))
    crs = info["crs"] if info["geometry_type"] else None
    others = [name for name in every if name != chosen]
    notes = [Note("layer", {"chosen": chosen, "others": ", ".join(others)})] if others else []
    if crs and crs not in ("EPSG:4326", "OGC:CRS84"):
        notes.append(Note("crs", {"crs": crs if len(crs) < 40 else crs.split('"')[1]}))
    given = dict(zip(names, ("lon", "lat", "ellipsoidal"), strict=True)) if info["geometry_type"] else {}
    if not any(line.cells[-1] for line in lines):
        given.pop(names[2], None)
    closed = frozenset(h for h in head if given and field_of(h) in ("lon", "lat"))
    return Grid("layer", (*head, *names), tuple(lines), given, closed, tuple(notes), crs, tuple(every), chosen)


def _rows(meta: Mapping[str, Any], points: Any, columns: Any) -> Rows:
    head = [str(name) for name in meta["fields"]]
    shown = [[_text(value) for value in column] for column in columns]
    count = len(points) if points is not None else len(shown[0]) if shown else 0
    rows = [[column[k] for column in shown] for k in range(count)]
    places = shapely.from_wkb(points, on_invalid="ignore") if points is not None else [None] * count
    return head, rows, places


def _place(point: Any) -> tuple[str, str, str]:
    if point is not None and point.geom_type == "MultiPoint" and len(point.geoms) == 1:
        point = point.geoms[0]
    if point is None or point.geom_type != "Point" or point.is_empty:
        return "", "", ""
    return repr(point.x), repr(point.y), repr(point.z) if point.has_z and point.z == point.z else ""


def _text(value: Any) -> str:
    if value is None or value != value:
        return ""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    return cells.text(value)


def _tags(row: Mapping[str, str]) -> dict[str, str]:
    tags = {name: value for name, value in row.items() if value and name not in ("osm_id", "other_tags")}
    tags |= {key: value.replace('\\"', '"') for key, value in _HSTORE.findall(row.get("other_tags", ""))}
    return {"@id": f"node/{row.get('osm_id', '')}", **tags}


def _free(name: str, head: list[str]) -> str:
    while name in head:
        name = f"{name} (geometry)"
    return name


def _short(problem: BaseException, folder: str) -> str:
    return str(problem).replace(f"{folder}/", "")[:160]
