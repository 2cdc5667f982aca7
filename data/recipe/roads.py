"""The road network: town streets, the roads between towns, and their bridges; roads that meet share a vertex."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from data.recipe.block_names import HOUSING
from data.recipe.blocks import Block
from data.recipe.naming import english
from data.recipe.plan import Floats, Highway, Plan
from data.recipe.towns import ROAD_WIDTH_M, Grid
from data.recipe.water import Water, smooth_line

_SNAP_M = 900.0
_DRIVE = {"housing": 0.62, "industry": 0.3, "government": 0.16, "hospital": 0.14, "school": 0.12, "warehouse": 0.2}
"""How far the road of a compound leads in, as a share of the block."""


@dataclass(frozen=True)
class Road:
    """One stretch of a named road; ``points_m`` (n, 2) holds a vertex at every junction."""

    name: str
    name_en: str
    ref: str
    road_class: str
    width_m: float
    bridge: bool
    points_m: Floats


def make_roads(plan: Plan, grids: list[Grid], water: Water) -> list[Road]:
    """Collect the streets of all towns and join the towns."""
    roads = [road for grid in grids for road in _town_roads(grid)]
    for highway in plan.highways:
        roads.extend(_highway(plan, highway, roads, water))
    return roads


def _runs(flags: np.ndarray) -> list[tuple[int, int]]:
    """Half-open ranges of consecutive true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(int)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _town_roads(grid: Grid) -> list[Road]:
    """Each unbroken run of edges of a street is one road."""
    roads = []
    for north, streets in ((True, grid.u_streets), (False, grid.v_streets)):
        for line, street in enumerate(streets):
            flags = grid.u_edges[:, line] if north else grid.v_edges[line]
            for start, end in _runs(flags):
                cells = [(i, line) if north else (line, i) for i in range(start, end)]
                edges = [grid.edge_line(north, r, c) for r, c in cells]
                points = np.vstack([e[:-1] for e in edges] + [edges[-1][-1:]])
                roads.append(
                    Road(street.name, english(street.name), "", street.road_class, street.width_m, False, points)
                )
    return roads


def nearest_road(roads: list[Road], places_m: Floats) -> NDArray[np.int64]:
    """Number of the road nearest to each place (n, 2); looked up by straight pieces, whose boxes are small."""
    pieces = np.concatenate([np.stack([r.points_m[:-1], r.points_m[1:]], axis=1) for r in roads])
    owner = np.repeat(np.arange(len(roads)), [len(r.points_m) - 1 for r in roads])
    places, back = np.unique(places_m, axis=0, return_inverse=True)
    tree = shapely.STRtree(np.asarray(shapely.linestrings(pieces)))
    return np.asarray(owner[tree.nearest(shapely.points(places))][back.ravel()])


def compound_roads(blocks: list[Block]) -> list[Road]:
    """The road from the street through the gate of each compound, part of the way in."""
    roads = []
    for block in blocks:
        deep = _DRIVE.get("housing" if block.kind in HOUSING else block.kind, 0.0)
        if not deep or block.land.is_empty:
            continue
        low_x, low_y, high_x, high_y = shapely.bounds(block.land)
        reach = deep * float(min(high_x - low_x, high_y - low_y))
        gate, turn = np.array(block.gate_m), np.radians(block.gate_out_deg)
        inward = -np.array([np.sin(turn), np.cos(turn)])
        points = np.array([block.street_m, gate, gate + inward * reach])
        roads.append(Road("", "", "", "residential", ROAD_WIDTH_M["residential"], False, points))
    return roads


def _junction_vertices(roads: list[Road], motorway: bool) -> Floats:
    """All vertices at which a road may be joined: motorways join motorways only."""
    return np.vstack(
        [road.points_m for road in roads if (road.road_class == "motorway") == motorway] or [np.empty((0, 2))]
    )


def _highway(plan: Plan, highway: Highway, roads: list[Road], water: Water) -> list[Road]:
    """One drawn road, its ends snapped to what is there, its stretch over water a bridge of its own name."""
    drawn = plan.metric(highway.line)
    vertices = _junction_vertices(roads, highway.road_class == "motorway")
    for end, snap in ((0, highway.snap[0]), (-1, highway.snap[1])):
        if snap and len(vertices):
            away = np.hypot(*(vertices - drawn[end]).T)
            if away.min() < _SNAP_M:
                drawn[end] = vertices[away.argmin()]
    line = smooth_line(drawn, 70.0)
    line[0], line[-1] = drawn[0], drawn[-1]
    line = _inside(plan, line)
    width = ROAD_WIDTH_M[highway.road_class]
    plain = (highway.name, highway.name_en, highway.ref, highway.road_class, width)
    if highway.bridge is None:
        return [Road(*plain, False, line)]
    wet = shapely.intersects(
        shapely.linestrings(np.stack([line[:-1], line[1:]], axis=1)), shapely.buffer(water.all, 50.0)
    )  # fmt: skip
    roads_made, at = [], 0
    for start, end in _runs(np.asarray(wet)):
        if start > at:
            roads_made.append(Road(*plain, False, line[at : start + 1]))
        name, name_en = highway.bridge
        roads_made.append(Road(name, name_en, *plain[2:], True, line[start : end + 1]))
        at = end
    if at < len(line) - 1:
        roads_made.append(Road(*plain, False, line[at:]))
    return roads_made


def _inside(plan: Plan, line: Floats) -> Floats:
    """The part of a line within the extent (a margin of 60 m kept free)."""
    lon, lat = plan.frame.to_lonlat(line[:, 0], line[:, 1])
    west, south, east, north = plan.extent
    margin = 0.0006
    good = (lon > west + margin) & (lon < east - margin) & (lat > south + margin) & (lat < north - margin)
    keep = np.flatnonzero(good)
    return np.asarray(line[keep.min() : keep.max() + 1])
