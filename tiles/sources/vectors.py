"""One vector source read into WGS 84 shapes and the canonical columns that its headings can fill."""

import re
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from tiles import china
from tiles.errors import BadSource, MissingCRS


class VectorSource(Protocol):
    """What this module needs to know of a source of the city file."""

    @property
    def file(self) -> Path:
        """The file, resolved."""

    @property
    def layer(self) -> str | None:
        """The layer in it; None for the only or the first one."""

    @property
    def crs(self) -> str | None:
        """The reference system, where the file names none or a wrong one."""

    @property
    def columns(self) -> Any:
        """Canonical column → heading in the file, for headings that are not found automatically."""


HEADINGS: dict[str, tuple[str, ...]] = {
    "id": ("id", "osm_id", "osmid", "@id", "osm_way_id", "full_id", "编号", "标识", "objectid", "fid"),
    "code": ("code", "adcode", "code_dist", "gb_code", "ref", "区划代码", "行政区划代码", "代码", "编码"),
    "name": ("name", "name:zh", "name_zh", "name_local", "名称", "地名", "道路名称", "路名", "fullname", "label"),
    "name_en": ("name_en", "name:en", "name_latin", "name_eng", "english", "英文名", "英文名称", "en_name"),
    "class": ("class", "highway", "fclass", "road_class", "roadclass", "railway", "道路等级", "等级", "类别"),
    "width_m": ("width_m", "width", "est_width", "路宽", "宽度", "道路宽度"),
    "oneway": ("oneway", "one_way", "单行", "单行道", "单向", "通行方向"),
    "lanes": ("lanes", "车道数", "车道"),
    "kind": (
        "kind", "landuse", "leisure", "natural", "waterway", "amenity", "place", "fclass", "water",
        "类型", "用地类型", "用地性质", "地类名称", "性质",
    ),
    "level": ("level", "admin_level", "级别", "层级", "行政级别"),
    "parent": ("parent", "parent_code", "上级代码", "上级", "所属"),
    "grade": ("grade", "layer", "z_order_layer", "高程层"),
}  # fmt: skip
"""Headings that fill a canonical column, in order of preference (compared without case)."""

_COALESCED = frozenset({"kind", "class", "name"})


@dataclass(frozen=True)
class Table:
    """Rows of one source: WGS 84 shapes and text columns, every canonical column asked for present."""

    frame: gpd.GeoDataFrame = field(repr=False)
    repaired: int
    dropped: int


def read_source(source: VectorSource, wanted: tuple[str, ...]) -> Table:
    """Read a source; shapes are repaired, rows without a shape are dropped and counted.

    Parameters
    ----------
    source : VectorSource
        File, layer, reference system and columns as in the city file.
    wanted : tuple of str
        Canonical columns; each is in the result, None where the file has nothing for it.
    """
    raw = _read(source)
    in_degrees = _to_wgs84(raw, source)
    shapes, repaired = _repair(in_degrees.geometry.to_numpy())
    good = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    columns = {name: pd.Series(_column(raw, source, name)[good], dtype=object) for name in wanted}
    frame = gpd.GeoDataFrame(columns, geometry=shapes[good], crs="EPSG:4326")
    return Table(frame.reset_index(drop=True), repaired, int((~good).sum()))


def _read(source: VectorSource) -> gpd.GeoDataFrame:
    if not source.file.exists():
        raise BadSource(file=source.file, detail="does not exist.", remedy="Check its path in the city file.")
    try:
        table = _rows(source)
    except Exception as reason:  # GDAL raises many kinds; each means the same to the reader of the message
        raise BadSource(
            file=source.file,
            detail=f"cannot be read ({reason}).",
            remedy="Give a file and layer that GDAL reads: GeoPackage, GeoJSON, Shapefile, OSM PBF.",
        ) from reason
    if not isinstance(table, gpd.GeoDataFrame):
        raise BadSource(file=source.file, detail="holds no shapes.", remedy="Name a layer with geometry.")
    return _with_tags(table)


def _rows(source: VectorSource) -> Any:
    """All rows; unclosed rings and their like, which real extracts have, are mended on the way in."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        return pyogrio.read_dataframe(source.file, layer=source.layer or None, on_invalid="fix")


def _with_tags(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """OSM keeps rarer tags in one text column; unfold those that fill a canonical column."""
    if "other_tags" not in table.columns:
        return table
    tags = table["other_tags"].fillna("").astype(str)
    for heading in ("name:en", "name:zh", "width", "lanes", "layer", "water", "amenity", "leisure", "natural"):
        if heading not in table.columns:
            found = tags.str.extract(f'"{re.escape(heading)}"=>"((?:[^"\\\\]|\\\\.)*)"', expand=False)
            table[heading] = found
    return table


def _to_wgs84(table: gpd.GeoDataFrame, source: VectorSource) -> gpd.GeoDataFrame:
    stated = (source.crs or "").strip()
    if stated.upper() in china.OFFSET_SYSTEMS:
        return _from_offset(table, stated.upper())
    if stated:
        table = table.set_crs(_known(stated, source.file), allow_override=True)
    if table.crs is None:
        raise MissingCRS(file=source.file)
    return table.to_crs("EPSG:4326")


def _from_offset(table: gpd.GeoDataFrame, system: str) -> gpd.GeoDataFrame:
    def inward(places: Any) -> Any:
        return np.column_stack(china.to_wgs84(places[:, 0], places[:, 1], system))

    flat = shapely.force_2d(table.geometry.to_numpy())
    return table.set_geometry(gpd.GeoSeries(shapely.transform(flat, inward), crs="EPSG:4326"))


def _known(stated: str, file: Path) -> CRS:
    if stated.upper() == "CGCS2000":
        return CRS.from_epsg(4490)
    try:
        return CRS.from_user_input(stated)
    except CRSError as reason:
        raise BadSource(
            file=file,
            detail=f'crs = "{stated}" is not a known reference system.',
            remedy='Use an EPSG code such as "EPSG:4326", or "CGCS2000", "GCJ-02", "BD-09".',
        ) from reason


def _repair(shapes: Any) -> tuple[Any, int]:
    flat = shapely.force_2d(shapes)
    finite = np.isfinite(shapely.bounds(flat)).all(axis=1)
    flat = np.array(flat, dtype=object)
    flat[~finite] = None
    bad = finite & ~shapely.is_valid(flat)
    if bad.any():
        flat[bad] = shapely.make_valid(flat[bad], method="structure", keep_collapsed=False)
    return flat, int(bad.sum())


def _column(table: gpd.GeoDataFrame, source: VectorSource, name: str) -> Any:
    """The text of one canonical column; the first heading with a value wins, row by row."""
    given = (source.columns or {}).get(name)
    present = {str(heading).casefold(): heading for heading in table.columns if heading != "geometry"}
    if given is not None:
        if str(given).casefold() not in present:
            raise BadSource(
                file=source.file,
                detail=f'has no column "{given}" (wanted for {name}).',
                remedy=f"It has: {', '.join(sorted(map(str, present.values())))}.",
            )
        return _text(table[present[str(given).casefold()]])
    found = [present[heading] for heading in HEADINGS.get(name, (name,)) if heading in present]
    values = np.full(len(table), None, dtype=object)
    for heading in found if name in _COALESCED else found[:1]:
        more = _text(table[heading])
        values = np.where([v is None for v in values], more, values)
    return values


def _text(column: "pd.Series[Any]") -> Any:
    """Values as stripped text, None where there is nothing."""
    if pd.api.types.is_float_dtype(column):
        whole = column.dropna()
        if len(whole) and (whole == whole.round()).all():
            column = column.astype("Int64")
    missing = column.isna().to_numpy()
    words = np.array([str(v).strip() for v in column.tolist()], dtype=object)
    words[missing | (words == "")] = None
    return words
