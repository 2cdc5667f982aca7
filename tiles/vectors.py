"""Roads, junctions, water, land use, areas and places of a city, in one GeoPackage of canonical layers.

Everything is WGS 84; text columns are never null. Buildings are not here (``tiles.footprints``).
"""

import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from tiles.errors import NotBuilt
from tiles.geodesy import CityFrame
from tiles.junctions import junctions
from tiles.sources.vectors import VectorSource, read_source

FILE = "vectors.gpkg"
LAYERS: dict[str, tuple[str, ...]] = {
    "roads": ("id", "name", "name_en", "class", "width_m", "oneway"),
    "junctions": ("id", "name", "name_en"),
    "water": ("id", "name", "name_en", "kind"),
    "landuse": ("id", "name", "name_en", "kind"),
    "areas": ("code", "name", "name_en", "level", "parent"),
    "places": ("id", "name", "name_en", "kind"),
}
"""The canonical layers and their columns."""

WIDTH_M = {
    "motorway": 24.0, "trunk": 20.0, "primary": 18.0, "secondary": 14.0, "tertiary": 10.0,
    "residential": 7.0, "service": 4.5, "track": 3.0, "path": 2.0, "rail": 4.0,
}  # fmt: skip
"""Width of a carriageway whose source states none, by class."""
LANE_M = 3.5

WATER = frozenset(
    {"water", "river", "riverbank", "lake", "reservoir", "canal", "stream", "pond", "basin", "drain", "ditch",
     "bay", "wetland", "oxbow", "河流", "湖泊", "水库", "运河", "水面", "水域", "水系"}
)  # fmt: skip
"""Kinds that are water where a source mixes it with other things."""

_CLASSES = {
    "unclassified": "residential", "living_street": "residential", "road": "residential", "street": "residential",
    "pedestrian": "path", "footway": "path", "cycleway": "path", "steps": "path", "bridleway": "path",
    "高速公路": "motorway", "高速": "motorway", "快速路": "trunk", "国道": "trunk", "省道": "primary",
    "主干路": "primary", "主干道": "primary", "次干路": "secondary", "次干道": "secondary", "县道": "secondary",
    "支路": "tertiary", "街巷": "residential", "内部道路": "service", "小路": "path", "铁路": "rail",
    "light_rail": "rail", "narrow_gauge": "rail",
}  # fmt: skip
_WAYS = {
    **dict.fromkeys(("yes", "true", "1", "forward", "f", "单行", "是", "正向"), "forward"),
    **dict.fromkeys(("-1", "reverse", "backward", "t", "反向", "逆向"), "backward"),
}
_LEVELS = {
    "4": "city", "5": "city", "6": "district", "7": "district", "8": "street", "9": "street", "10": "community",
    "市": "city", "区": "district", "县": "district", "街道": "street", "镇": "street", "乡": "street",
    "town": "street", "社区": "community", "村": "community", "village": "community",
    "municipality": "city", "county": "district",
}  # fmt: skip
_KINDS = {
    "居住": "residential", "住宅": "residential", "商业": "commercial", "商务": "commercial", "工业": "industrial",
    "绿地": "park", "公园": "park", "林地": "forest", "草地": "grass", "耕地": "farmland", "沙地": "sand",
    "沙漠": "sand", "湿地": "wetland", "河流": "river", "湖泊": "lake", "水库": "reservoir", "运河": "canal",
}  # fmt: skip


class VectorCity(Protocol):
    """What this module needs of a city: its vector sources, by layer."""

    @property
    def roads(self) -> Sequence[VectorSource]:
        """Sources of roads."""

    @property
    def water(self) -> Sequence[VectorSource]:
        """Sources of water."""

    @property
    def landuse(self) -> Sequence[VectorSource]:
        """Sources of land use."""

    @property
    def areas(self) -> Sequence[VectorSource]:
        """Sources of administrative areas."""

    @property
    def places(self) -> Sequence[VectorSource]:
        """Sources of named places."""


def make_vectors(city: VectorCity, frame: CityFrame, out: Path) -> dict[str, int]:
    """Read every vector source of a city and write ``out/vectors.gpkg``; returns rows per layer.

    Layers without a source are there and empty. Junctions are derived from the roads.
    """
    roads = _layer(city.roads, (*LAYERS["roads"], "lanes", "grade"), _roads)
    layers = {
        "roads": roads[[*LAYERS["roads"], "geometry"]],
        "junctions": junctions(roads, frame),
        "water": _layer(city.water, LAYERS["water"], _with_kind("water")),
        "landuse": _layer(city.landuse, LAYERS["landuse"], _with_kind("landuse")),
        "areas": _layer(city.areas, LAYERS["areas"], _areas),
        "places": _layer(city.places, LAYERS["places"], _places),
    }
    out.mkdir(parents=True, exist_ok=True)
    _write(layers, out)
    return {name: len(table) for name, table in layers.items()}


def read_layer(folder: Path, name: str) -> gpd.GeoDataFrame:
    """One canonical layer of a folder that ``make_vectors`` wrote."""
    if not (folder / FILE).exists():
        raise NotBuilt(folder=str(folder))
    table = pyogrio.read_dataframe(folder / FILE, layer=name)
    for column in LAYERS[name]:
        if column not in table:  # a build of a version that did not know it
            table[column] = ""
        elif column != "width_m":
            table[column] = table[column].astype(object).where(table[column].notna(), "")
    return table


Shaper = Callable[[gpd.GeoDataFrame], gpd.GeoDataFrame]


def _layer(sources: Sequence[VectorSource], wanted: tuple[str, ...], shaper: Shaper) -> gpd.GeoDataFrame:
    tables = [shaper(read_source(source, wanted).frame) for source in sources]
    full = [table for table in tables if len(table)]
    empty = gpd.GeoDataFrame({name: [] for name in wanted}, geometry=[], crs="EPSG:4326")
    if not full:
        return shaper(empty)
    return gpd.GeoDataFrame(pd.concat(full, ignore_index=True), crs="EPSG:4326")


def _roads(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Lines only; class and width by class where the source is silent."""
    stated = table["class"].notna() if table["class"].notna().any() else pd.Series(True, index=table.index)
    lines = table[stated & _has_dimension(table, 1)].reset_index(drop=True)
    lines["class"] = [road_class(value) for value in lines["class"]]
    lines["width_m"] = [
        road_width_m(name, width, lanes)
        for name, width, lanes in zip(lines["class"], lines["width_m"], lines["lanes"], strict=True)
    ]
    lines["oneway"] = [road_way(value) for value in lines["oneway"]]
    lines["grade"] = [_number(value) or 0.0 for value in lines["grade"]]
    shapes = lines.geometry.to_numpy()
    # A road for one way keeps the order of its points.
    lines["geometry"] = np.where(
        lines["oneway"] != "", shapely.line_merge(shapes, directed=True), shapely.line_merge(shapes)
    )
    return _texts(_with_ids(lines, "r"), ("name", "name_en"))


def road_class(value: Any) -> str:
    """The canonical class of a road: OSM's word without ``_link``, or the Chinese one translated."""
    word = str(value or "residential").strip().casefold().removesuffix("_link")
    word = _CLASSES.get(word, word)
    return word if word in WIDTH_M else "residential"


def road_way(value: Any) -> str:
    """Which way alone a road may be driven: forward along its points, backward, or "" for both."""
    word = str(value if value == value and value is not None else "").strip().casefold().removesuffix(".0")
    return _WAYS.get(word, "")


def road_width_m(name: str, width: Any, lanes: Any) -> float:
    """Width as stated, else by lanes, else by class."""
    stated, count = _number(width), _number(lanes)
    if stated is not None and 0.5 < stated < 200:
        return stated
    return count * LANE_M if count is not None and 0 < count < 20 else WIDTH_M[name]


def _number(value: Any) -> float | None:
    found = re.search(r"-?\d+(?:\.\d+)?", str(value)) if value is not None else None
    return float(found.group()) if found else None


def _with_kind(silent: str) -> Shaper:
    def shaper(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
        table = _stated(table, WATER if silent == "water" else None)
        shapes = table[_has_dimension(table, 2) | (_has_dimension(table, 1) & (silent == "water"))]
        shapes = shapes.reset_index(drop=True)
        shapes["kind"] = [canonical_kind(value, silent) for value in shapes["kind"]]
        return _texts(_with_ids(shapes, silent[0]), ("name", "name_en"))

    return shaper


def _stated(table: gpd.GeoDataFrame, kinds: frozenset[str] | None) -> gpd.GeoDataFrame:
    """Rows whose kind is stated (and among ``kinds``), where any is: general extracts mix everything."""
    wanted = table["kind"].notna()
    if kinds is not None:
        of_kind = wanted & table["kind"].fillna("").astype(str).str.casefold().isin(kinds)
        wanted = of_kind if of_kind.any() else wanted & False
    return table[wanted] if wanted.any() else table


def canonical_kind(value: Any, silent: str) -> str:
    """A kind in OSM's words; Chinese ones are translated by the first known part."""
    word = str(value or silent).strip()
    return next((kind for part, kind in _KINDS.items() if part in word), word.casefold())


def _places(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Named points; a shape stands for a point inside it."""
    stated = _stated(table, None)
    named = stated[stated["name"].notna()].reset_index(drop=True)
    named["geometry"] = shapely.point_on_surface(named.geometry.to_numpy())
    named["kind"] = [str(value or "place").casefold() for value in named["kind"]]
    return _texts(_with_ids(named, "p"), ("name", "name_en"))


def _areas(table: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Polygons with their level and parent, read off the code where the source is silent."""
    shapes = _texts(table[_has_dimension(table, 2)].reset_index(drop=True), ("code", "name", "name_en"))
    shapes["code"] = [code or name for code, name in zip(shapes["code"], shapes["name"], strict=True)]
    shapes["level"] = [area_level(level, code) for level, code in zip(shapes["level"], shapes["code"], strict=True)]
    known = set(shapes["code"])
    shapes["parent"] = [
        str(parent or parent_code(code, known)) for parent, code in zip(shapes["parent"], shapes["code"], strict=True)
    ]
    return shapes


def area_level(level: Any, code: str) -> str:
    """One of city, district, street, community; by the length of a GB/T code where nothing is stated."""
    word = str(level or "").strip().casefold()
    if word in ("city", "district", "street", "community"):
        return word
    if word in _LEVELS:
        return _LEVELS[word]
    if not code.isdigit():
        return "community"
    significant = len(code.rstrip("0")) if len(code) >= 12 else len(code)
    if significant <= 6:
        return "city" if len(code) <= 4 or code[4:6] == "00" else "district"
    return "street" if significant <= 9 else "community"


def parent_code(code: str, known: set[str]) -> str:
    """The longest known code that this one begins with; the city's 4 digits may end in 00."""
    for length in (9, 6, 4):
        for suffix in ("", "00", "000", "000000"):
            candidate = code[:length] + suffix
            if length < len(code) and candidate != code and candidate in known:
                return candidate
    return ""


def _has_dimension(table: gpd.GeoDataFrame, dimension: int) -> "pd.Series[bool]":
    return pd.Series(shapely.get_dimensions(table.geometry.to_numpy()) == dimension, index=table.index)


def _with_ids(table: gpd.GeoDataFrame, letter: str) -> gpd.GeoDataFrame:
    """Give rows without an id, or with one used before, an id of their own."""
    seen: set[str] = set()
    ids = []
    for row, value in enumerate(table["id"]):
        own = value if value and value not in seen else f"{letter}{row + 1}"
        while own in seen:
            own += "x"
        seen.add(own)
        ids.append(own)
    table["id"] = pd.Series(ids, index=table.index, dtype=object)
    return table


def _texts(table: gpd.GeoDataFrame, columns: tuple[str, ...]) -> gpd.GeoDataFrame:
    for column in columns:
        table[column] = pd.Series([value or "" for value in table[column]], index=table.index, dtype=object)
    return table


def _write(layers: dict[str, gpd.GeoDataFrame], out: Path) -> None:
    """Write beside and rename, so that a stopped build leaves no half a file."""
    partial = out / ("partial-" + FILE)
    partial.unlink(missing_ok=True)
    for name, table in layers.items():
        ordered = gpd.GeoDataFrame(table[[*LAYERS[name], "geometry"]], crs="EPSG:4326")
        kind = "Point" if name in ("junctions", "places") else "Unknown"
        if name == "roads":
            ordered["width_m"] = ordered["width_m"].astype(float)
        pyogrio.write_dataframe(ordered, partial, layer=name, driver="GPKG", geometry_type=kind)
    partial.replace(out / FILE)
