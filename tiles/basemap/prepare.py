"""From the canonical vectors and the footprints to the map's own layers: done once, before any tile."""

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from tiles.basemap.mercator import to_unit
from tiles.basemap.shapes import EMPTY, Layer, in_unit
from tiles.footprints import Footprints
from tiles.geodesy import CityFrame
from tiles.junctions import RANK
from tiles.vectors import read_layer

_SAME_BORDER_DEG = 6e-5
"""Borders of two levels that run closer than this (some 6 m) were meant to be the same."""
_LEVELS = ("city", "district", "street", "community")


def make_layers(vectors_dir: Path, footprints: Footprints, frame: CityFrame) -> dict[str, Layer]:
    """Layers roads, names (of roads), water, landuse, borders, buildings and spots (points with a name)."""
    roads, water, landuse, areas, places = (
        read_layer(vectors_dir, name) for name in ("roads", "water", "landuse", "areas", "places")
    )
    buildings = _buildings(footprints, frame)
    lakes = set(water[water["name"] != ""]["name"])
    spots = [_area_spots(areas), _place_spots(places[~places["name"].isin(lakes)]), _shape_spots(landuse, "landuse")]
    return {
        "roads": _layer(roads, ("class", "width_m")),
        "names": _road_names(roads),
        "water": _layer(water, ("name", "name_en", "kind")),
        "landuse": _layer(landuse, ("kind",)),
        "borders": _borders(areas),
        "buildings": buildings,
        "spots": _joined([*spots, _building_spots(buildings, footprints)]),
    }


def _layer(table: gpd.GeoDataFrame, columns: tuple[str, ...]) -> Layer:
    shapes = in_unit(table.geometry.to_numpy())
    return Layer(shapes, {name: tuple(table[name].tolist()) for name in columns})


def _road_names(roads: gpd.GeoDataFrame) -> Layer:
    """The roads of one name as one line, so that a name is not repeated at every crossing."""
    named = roads[(roads["name"] != "") | (roads["name_en"] != "")].copy()
    if not len(named):
        return EMPTY_NAMES
    named["rank"] = named["class"].map(lambda name: RANK.get(name, len(RANK)))
    shapes, words = [], []
    for (name, _), rows in named.sort_values("rank").groupby(["name", "rank"], sort=True):
        english = next((value for value in rows["name_en"] if value), "")
        parts = shapely.get_parts(rows.geometry.to_numpy())
        shapes.append(shapely.line_merge(shapely.multilinestrings(parts)))
        words.append((name, english, rows["class"].iloc[0]))
    columns = dict(zip(("name", "name_en", "class"), zip(*words, strict=True), strict=True))
    return Layer(in_unit(np.array(shapes, dtype=object)), columns)


EMPTY_NAMES = Layer(EMPTY.shapes, {"name": (), "name_en": (), "class": ()})


def _borders(areas: gpd.GeoDataFrame) -> Layer:
    """Borders of each level once; where a higher level's border runs, the lower one's does not."""
    shapes: list[Any] = []
    levels: list[str] = []
    higher: Any = shapely.MultiLineString()
    for level in _LEVELS:
        polygons = areas[areas["level"] == level].geometry.to_numpy()
        if not len(polygons):
            continue
        edges = shapely.union_all(shapely.boundary(polygons))
        own = shapely.difference(edges, shapely.buffer(higher, _SAME_BORDER_DEG, quad_segs=2))
        higher = shapely.union(higher, edges)
        if not own.is_empty:
            parts = shapely.get_parts(shapely.line_merge(own))
            shapes.extend(parts[shapely.get_dimensions(parts) == 1])
            levels.extend([level] * (len(shapes) - len(levels)))
    return Layer(in_unit(np.array(shapes, dtype=object)), {"level": tuple(levels)})


SPOT_COLUMNS = ("name", "name_en", "group", "kind", "size")
"""``size`` is the side of the square of the shape's area, in the unit square; 0 for points."""


def _spots(table: gpd.GeoDataFrame, group: Any, kind: Any) -> Layer:
    """Named shapes as points in their widest place."""
    shapes = in_unit(table.geometry.to_numpy())
    anchors = _widest(shapes)
    size = np.sqrt(shapely.area(shapes))
    columns = {
        "name": tuple(table["name"]),
        "name_en": tuple(table["name_en"]),
        "group": tuple(group),
        "kind": tuple(kind),
        "size": tuple(size.tolist()),
    }
    return Layer(anchors, columns)


def _widest(shapes: NDArray[Any]) -> NDArray[Any]:
    """Centre of the largest circle within each polygon; a point stays where it is."""
    anchors = np.array(shapes, dtype=object)
    flat = shapely.get_dimensions(shapes) == 2
    if flat.any():
        extent = shapely.bounds(shapes[flat])
        tolerance = np.maximum(extent[:, 2:] - extent[:, :2], 1e-12).max(axis=1) / 50
        circles = shapely.maximum_inscribed_circle(shapes[flat], tolerance=tolerance)
        anchors[flat] = shapely.get_point(circles, 0)
    return anchors


def _area_spots(areas: gpd.GeoDataFrame) -> Layer:
    return _spots(areas, areas["level"], areas["level"])


def _place_spots(places: gpd.GeoDataFrame) -> Layer:
    return _spots(places, ["place"] * len(places), places["kind"])


def _shape_spots(table: gpd.GeoDataFrame, group: str) -> Layer:
    named = table[(table["name"] != "") | (table["name_en"] != "")]
    return _spots(named, [group] * len(named), named["kind"])


def _buildings(footprints: Footprints, frame: CityFrame) -> Layer:
    """Footprints as polygons; their rings in order: each outside is followed by its holes."""
    if not len(footprints):
        return EMPTY
    lon, lat = frame.to_lonlat(footprints.vertices_m[:, 0], footprints.vertices_m[:, 1])
    places = np.column_stack(to_unit(lon, lat))
    ring = np.repeat(np.arange(len(footprints.ring_building)), np.diff(footprints.ring_offsets))
    rings: Any = shapely.linearrings(places, indices=ring)
    area = _signed_areas(footprints)
    outside = np.cumsum(area > 0) - 1
    outers, holes = rings[area > 0], rings[area <= 0]
    polygons: Any = shapely.polygons(outers)
    if len(holes):
        polygons = _with_holes(outers, holes, outside[area <= 0])
    owner = footprints.ring_building[area > 0]
    merged = shapely.multipolygons(polygons, indices=owner)
    return Layer(np.asarray(merged, dtype=object), {})


def _signed_areas(footprints: Footprints) -> NDArray[np.float64]:
    """Twice the signed area of each ring; outsides run counter-clockwise and are positive."""
    starts = footprints.ring_offsets[:-1]
    x, y = footprints.vertices_m.T
    after = np.arange(1, len(x) + 1)
    after[footprints.ring_offsets[1:] - 1] = starts
    # about each ring's own first corner, or far places would lose the small ones' areas
    ring = np.repeat(np.arange(len(starts)), np.diff(footprints.ring_offsets))
    dx, dy = x - x[starts][ring], y - y[starts][ring]
    return np.add.reduceat(dx * dy[after] - dx[after] * dy, starts)


def _with_holes(outers: NDArray[Any], holes: NDArray[Any], owner: NDArray[Any]) -> NDArray[Any]:
    polygons: NDArray[Any] = np.asarray(shapely.polygons(outers), dtype=object)
    for number in np.unique(owner):
        polygons[number] = shapely.polygons(outers[number], holes=holes[owner == number])
    return polygons


def _building_spots(buildings: Layer, footprints: Footprints) -> Layer:
    names, english = footprints.attributes["name"], footprints.attributes["name_en"]
    rows = [i for i in range(len(footprints)) if names[i] or english[i]]
    shapes = buildings.shapes[rows] if rows else EMPTY.shapes
    columns = {
        "name": tuple(names[i] for i in rows),
        "name_en": tuple(english[i] for i in rows),
        "group": ("building",) * len(rows),
        "kind": tuple(footprints.attributes["use"][i] for i in rows),
        "size": tuple(np.sqrt(shapely.area(shapes)).tolist()),
    }
    return Layer(shapely.point_on_surface(shapes) if rows else shapes, columns)


def _joined(layers: list[Layer]) -> Layer:
    shapes = np.concatenate([layer.shapes for layer in layers])
    columns = {name: tuple(value for layer in layers for value in layer.columns[name]) for name in SPOT_COLUMNS}
    return Layer(shapes, columns)
