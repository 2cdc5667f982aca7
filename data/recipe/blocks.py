"""What each block is used for: by its distance from the centre, from the water and from the edge of the town."""

from dataclasses import dataclass

import numpy as np
import shapely

from data.recipe.block_names import BlockNamer
from data.recipe.plan import Floats, Geometry, Plan
from data.recipe.towns import Grid, Street
from data.recipe.water import Water

KINDS = (
    "walkup",
    "midrise",
    "tower",
    "commercial",
    "office",
    "government",
    "school",
    "hospital",
    "low",
    "industry",
    "warehouse",
    "park",
    "vacant",
    "station",
    "villas",
)
_CORE = {"commercial": 0.36, "office": 0.24, "walkup": 0.14, "tower": 0.14, "government": 0.06, "park": 0.06}
_SHORE = {"tower": 0.52, "midrise": 0.16, "park": 0.16, "commercial": 0.08, "office": 0.08}
_INNER = {
    "walkup": 0.44,
    "midrise": 0.17,
    "tower": 0.15,
    "school": 0.07,
    "commercial": 0.05,
    "office": 0.035,
    "park": 0.04,
    "hospital": 0.02,
    "government": 0.015,
    "low": 0.01,
}
_EDGE = {
    "low": 0.17,
    "walkup": 0.26,
    "midrise": 0.08,
    "industry": 0.1,
    "warehouse": 0.09,
    "vacant": 0.13,
    "tower": 0.08,
    "villas": 0.06,
    "school": 0.04,
    "park": 0.04,
}
_INDUSTRY = {"industry": 0.66, "warehouse": 0.18, "vacant": 0.12, "office": 0.04}
_TOWN = {
    "walkup": 0.5,
    "low": 0.14,
    "school": 0.06,
    "commercial": 0.06,
    "government": 0.04,
    "hospital": 0.03,
    "park": 0.05,
}


@dataclass(frozen=True)
class Block:
    """A block: its land inside the streets (metres), use, local angle, name, and main street."""

    land: Geometry
    kind: str
    angle_deg: float
    name: str
    name_en: str
    town: str
    style: str
    street: Street
    gate_m: tuple[float, float]
    gate_out_deg: float
    street_m: tuple[float, float]


def _weights(style: str, core: float, shore_m: float, edge: float) -> dict[str, float]:
    """Shares of uses at a place: ``core`` is the distance in core radii, ``edge`` 0 in the middle to 1 outside."""
    if style == "village":
        return {"low": 0.66, "vacant": 0.34}
    if style == "sample":
        return {"walkup": 0.25, "tower": 0.25, "commercial": 0.12, "school": 0.1, "office": 0.1, "low": 0.15}
    if core < 1:
        return _CORE if style in ("city", "new") else {"walkup": 0.4, "office": 0.2, "commercial": 0.25, "school": 0.1}
    if style == "industry":
        return _INDUSTRY
    if shore_m < 700:
        return _SHORE
    if style == "town":
        return _TOWN if edge < 0.75 else {"low": 0.36, "walkup": 0.24, "vacant": 0.26, "industry": 0.14}
    if style == "new":
        return {"tower": 0.42, "midrise": 0.25, "vacant": 0.12, "park": 0.08, "school": 0.06, "commercial": 0.07}
    return _INNER if edge < 0.80 else _EDGE


def make_blocks(plan: Plan, grids: list[Grid], water: Water) -> list[Block]:
    """Give every block of every town its land, its use and its name."""
    names = BlockNamer()
    blocks = []
    for grid in grids:
        rng = plan.rng("blocks " + grid.town.key)
        lands, mains = _lands(grid)
        if not len(lands):
            continue
        kinds = _kinds(plan, grid, lands, water, rng)
        for land, kind, (street, line), cell in zip(lands, kinds, mains, grid.cells, strict=True):
            name, name_en = names.name(kind, grid.town, street.name)
            south = grid.nodes_m[cell.row, cell.east + 1] - grid.nodes_m[cell.row, cell.west]
            north = grid.nodes_m[cell.row + 1, cell.east + 1] - grid.nodes_m[cell.row + 1, cell.west]
            angle = np.degrees(np.arctan2(*(south + north)[::-1]))
            gate, out = _gate(land, line)
            blocks.append(
                Block(
                    land,
                    kind,
                    float(angle),
                    name,
                    name_en,
                    grid.town.key,
                    grid.town.style,
                    street,
                    gate,
                    out,
                    tuple(line[len(line) // 2].tolist()),
                )
            )
    return blocks


def _lands(grid: Grid) -> tuple[np.ndarray, list[tuple[Street, Floats]]]:
    """Each cell's land clear of its streets and pavements, and its widest street with the line along it."""
    outlines, sides, reaches, mains = [], [], [], []
    for cell in grid.cells:
        row, west, east = cell.row, cell.west, cell.east
        south, north = (np.vstack([grid.edge_line(False, r, c) for c in range(west, east + 1)]) for r in (row, row + 1))
        around = [
            (grid.v_streets[row], south),
            (grid.v_streets[row + 1], north),
            (grid.u_streets[west], grid.edge_line(True, row, west)),
            (grid.u_streets[east + 1], grid.edge_line(True, row, east + 1)),
        ]
        outlines.append(shapely.polygons(grid.outline(cell)))
        sides.append([shapely.linestrings(line) for _, line in around])
        reaches.append([s.width_m / 2 + (5.0 if s.width_m > 12 else 3.0) for s, _ in around])
        street, line = max(around, key=lambda side: side[0].width_m)
        mains.append((street, line))
    if not outlines:
        return np.empty(0, object), []
    strips = shapely.buffer(np.array(sides), np.array(reaches), cap_style="square")
    lands = shapely.difference(np.array(outlines), shapely.union_all(strips, axis=1))
    return np.array([_largest(land) for land in lands]), mains


def _largest(land: Geometry) -> Geometry:
    """The largest part of what is left, where streets cut off a corner."""
    if land.geom_type == "Polygon":
        return land
    parts = shapely.get_parts(land)
    return parts[np.argmax(shapely.area(parts))] if len(parts) else shapely.Polygon()


def _gate(land: Geometry, line: Floats) -> tuple[tuple[float, float], float]:
    """The gate: on the land's edge, at the middle of its main street; the bearing (grid) from it to the street."""
    middle = line[len(line) // 2]
    edge = shapely.get_coordinates(shapely.shortest_line(land, shapely.points(middle)))
    if len(edge) < 2:
        return (float(middle[0]), float(middle[1])), 0.0
    away = edge[1] - edge[0]
    return (float(edge[0, 0]), float(edge[0, 1])), float(np.degrees(np.arctan2(away[0], away[1])) % 360)


def _kinds(plan: Plan, grid: Grid, lands: np.ndarray, water: Water, rng: np.random.Generator) -> list[str]:
    """Draw each block's use; a town gets at least one each of what no town is without."""
    town = grid.town
    centres = shapely.get_coordinates(shapely.centroid(lands))
    cores = [(plan.metric(c[:2])[0], c[2]) for c in town.cores]
    core = np.full(len(lands), np.inf)
    for at, radius in cores:
        core = np.minimum(core, np.hypot(*(centres - at).T) / radius)
    shore = shapely.distance(shapely.centroid(lands), water.all)
    half = np.asarray(town.size_m) / 2
    turn = np.radians(town.angle_deg)
    local = (centres - plan.metric(town.centre)) @ np.array(
        [[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]
    )
    edge = np.max(np.abs(local) / half, axis=1)
    kinds = []
    for i in range(len(lands)):
        weights = _weights(town.style, float(core[i]), float(shore[i]), float(edge[i]))
        share = np.array(list(weights.values()))
        kinds.append(str(rng.choice(list(weights), p=share / share.sum())))
    if town.style in ("city", "town", "new", "sample"):
        order = np.argsort(np.where(np.isfinite(core), core, 9) + 0.3 * edge)
        musts = ["commercial", "government", "tower", "school", "hospital", "park", "station"]
        spread = [0, 1, 2, 4, 6, 8, len(order) * 2 // 3] if len(order) > 12 else list(range(len(order)))
        for must, at in zip(musts, spread, strict=False):
            kinds[int(order[at])] = must
    return kinds
