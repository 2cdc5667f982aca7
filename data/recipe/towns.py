"""Street grids: bent, uneven grids of nodes, and the blocks between them that a town keeps."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from data.recipe.naming import Namer
from data.recipe.plan import Floats, Geometry, Plan, Town
from data.recipe.terrain import Ground

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
ROAD_WIDTH_M = {"motorway": 26.0, "trunk": 22.0, "primary": 30.0, "secondary": 18.0, "tertiary": 11.0,
                "residential": 7.0, "service": 5.0}  # fmt: skip
_STEMS = (
    "文化 青山 明珠 光明 永安 康乐 友谊 和谐 锦绣 滨湖 临河 育才 工农 民主 红旗 "
    "兴达 平和 吉祥 瑞丰 金沙 银河 兰亭 松林 柳荫 桃园 海晏 天河 泰安 宏远 昌盛 "
    "星海 翠园 清河 沙枣 红柳 梭梭 煤城 书院 石榴 月牙 玉泉 北苑 南苑 绿洲 大漠 "
    "骏马 草原 长河 "
)
_SPLIT = {"city": 2, "new": 1, "industry": 1, "town": 2, "village": 1, "sample": 1}
_EDGE_POINTS = 5


@dataclass(frozen=True)
class Street:
    """One line of a town's grid: its name, class and carriageway width."""

    name: str
    road_class: str
    width_m: float


@dataclass(frozen=True)
class Cell:
    """One block of the grid: its row and its columns ``west`` to ``east`` (more than one when merged)."""

    row: int
    west: int
    east: int


@dataclass(frozen=True)
class Grid:
    """A town's grid. ``u_streets`` run north, ``v_streets`` east; ``nodes_m`` is (rows, cols, 2).

    ``u_edges[r, c]`` joins node (r, c) to (r + 1, c), ``v_edges[r, c]`` node (r, c) to (r, c + 1).
    """

    town: Town
    nodes_m: Floats
    us: Floats
    vs: Floats
    waves: Floats
    u_streets: tuple[Street, ...]
    v_streets: tuple[Street, ...]
    cells: tuple[Cell, ...]
    u_edges: Flags
    v_edges: Flags

    def edge_line(self, north: bool, row: int, col: int) -> Floats:
        """Points of the edge from node (row, col) going north or east, both ends included."""
        return np.asarray(self._edge_lines[north][row, col])

    @cached_property
    def _edge_lines(self) -> dict[bool, Floats]:
        """All edges, (rows, cols, points, 2), going east and going north."""
        t = np.linspace(0, 1, _EDGE_POINTS)
        us, vs, nodes = self.us, self.vs, self.nodes_m
        along_u = us[:-1, None] + np.diff(us)[:, None] * t
        along_v = vs[:-1, None] + np.diff(vs)[:, None] * t
        shape_e = (vs.size, us.size - 1, _EDGE_POINTS)
        shape_n = (vs.size - 1, us.size, _EDGE_POINTS)
        lines = {}
        for north, shape, u, v in (
            (False, shape_e, along_u[None], vs[:, None, None]),
            (True, shape_n, us[None, :, None], along_v[:, None]),
        ):
            u, v = np.broadcast_to(u, shape), np.broadcast_to(v, shape)
            line = _bent(self.town, u.ravel(), v.ravel(), self.waves).reshape(*shape, 2)
            first, last = (nodes[:-1], nodes[1:]) if north else (nodes[:, :-1], nodes[:, 1:])
            line = line + (first - line[:, :, 0])[:, :, None]
            # Exactly the nodes, so that streets share their vertices to the last bit.
            line[:, :, 0], line[:, :, -1] = first, last
            lines[north] = line
        return lines

    def outline(self, cell: Cell) -> Floats:
        """The ring of a block along the middles of its streets."""
        columns = range(cell.west, cell.east + 1)
        south = np.vstack([self.edge_line(False, cell.row, c)[:-1] for c in columns])
        east = self.edge_line(True, cell.row, cell.east + 1)[:-1]
        north = np.vstack([self.edge_line(False, cell.row + 1, c)[:-1] for c in columns] + [
            self.nodes_m[cell.row + 1, cell.east + 1][None]])  # fmt: skip
        west = self.edge_line(True, cell.row, cell.west)
        return np.vstack([south, east, north[::-1], west[::-1][1:]])


def _bent(town: Town, u: Floats, v: Floats, waves: Floats) -> Floats:
    """Grid coordinates (m) to metres from the town's centre: bent gently, then turned."""
    amp_u, phase_u, amp_v, phase_v = waves
    length = max(town.size_m) * 1.15
    bent_u = u + amp_u * np.sin(2 * np.pi * v / length + phase_u)
    bent_v = v + amp_v * np.sin(2 * np.pi * u / length + phase_v)
    turn = np.radians(town.angle_deg)
    return np.column_stack(
        [bent_u * np.cos(turn) - bent_v * np.sin(turn), bent_u * np.sin(turn) + bent_v * np.cos(turn)]
    )


def _positions(size_m: float, arterial_m: float, split: int, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """Uneven positions of grid lines and their rank: 0 main, 1 middle, 2 small."""
    count = max(1, round(size_m / arterial_m))
    main = np.linspace(-size_m / 2, size_m / 2, count + 1)
    main[1:-1] += rng.uniform(-0.14, 0.14, count - 1) * size_m / count
    at, rank = [main[0]], [0]
    for low, high in pairwise(main):
        inner = split if high - low > 400 else max(1, split - 1)
        for i in range(1, inner + 1):
            at.append(low + (high - low) * (i + rng.uniform(-0.12, 0.12)) / (inner + 1))
            rank.append(1 if rng.random() < 0.45 else 2)
        at.append(high)
        rank.append(0)
    return np.array(at), np.array(rank)


def _streets(ranks: Ints, names: tuple[str, ...], namer: Namer, kind: int) -> tuple[Street, ...]:
    """Name the lines: the town's own names to the main ones first, then to the middle ones."""
    chosen = np.sort(np.argsort(ranks, kind="stable")[: len(names)])
    given = {int(line): names[i] for i, line in enumerate(chosen)}
    classes = ("primary", "secondary", "tertiary")
    return tuple(
        Street(given.get(i) or namer.take(kind), classes[rank], ROAD_WIDTH_M[classes[rank]])
        for i, rank in enumerate(ranks)
    )


def make_grids(plan: Plan, ground: Ground, wet: Geometry) -> list[Grid]:
    """Lay out all towns; no street name is used twice. ``wet`` is the water with its bank, in metres."""
    taken = {name for town in plan.towns for name in town.u_names + town.v_names}
    namer = Namer(_STEMS.split(), ("", "东", "西", "南", "北"), ("路", "街"), taken)
    return [_grid(plan, town, ground, wet, namer) for town in plan.towns]


def _grid(plan: Plan, town: Town, ground: Ground, wet: Geometry, namer: Namer) -> Grid:
    rng = plan.rng("grid " + town.key)
    us, u_rank = _positions(town.size_m[0], town.arterial_m, _SPLIT[town.style], rng)
    vs, v_rank = _positions(town.size_m[1], town.arterial_m, _SPLIT[town.style], rng)
    if town.style == "village":
        u_rank, v_rank = np.minimum(u_rank + 1, 2), np.minimum(v_rank + 1, 2)
    scale = min(town.size_m)
    waves = np.array([rng.uniform(0.012, 0.03) * scale, rng.uniform(0, 6),
                      rng.uniform(0.01, 0.022) * scale, rng.uniform(0, 6)])  # fmt: skip
    u2, v2 = np.meshgrid(us, vs)
    nodes = _bent(town, u2.ravel(), v2.ravel(), waves) + plan.metric(town.centre)
    nodes = nodes.reshape(len(vs), len(us), 2)
    if town.style == "village":
        namer = Namer([town.name], tuple("东西南北中前后新老上下"), ("巷", "胡同"), set())
    u_streets = _streets(u_rank, town.u_names, namer, 0)
    v_streets = _streets(v_rank, town.v_names, namer, 1)
    kept = _keep(plan, town, nodes, (us, vs), ground, wet, rng)
    cells, cut = _merge(kept, u_rank, rng, 0.0 if town.style in ("village", "sample") else 0.3)
    u_edges = np.zeros((len(vs) - 1, len(us)), bool)
    u_edges[:, :-1] |= kept
    u_edges[:, 1:] |= kept
    v_edges = np.zeros((len(vs), len(us) - 1), bool)
    v_edges[:-1] |= kept
    v_edges[1:] |= kept
    return Grid(town, nodes, us, vs, waves, u_streets, v_streets, cells, u_edges & ~cut, v_edges)


def _keep(
    plan: Plan, town: Town, nodes: Floats, lines: tuple[Floats, Floats], ground: Ground, wet: Geometry,
    rng: np.random.Generator,
) -> Flags:  # fmt: skip
    """Which blocks are built: within a rounded, frayed outline, dry and on gentle ground."""
    us, vs = lines
    middle_u, middle_v = np.meshgrid((us[:-1] + us[1:]) / town.size_m[0], (vs[:-1] + vs[1:]) / town.size_m[1])
    fray = rng.uniform(-0.22, 0.16, middle_u.shape)
    inside = np.abs(middle_u) ** 3.2 + np.abs(middle_v) ** 3.2 < 1.06 + fray * (town.style != "sample") + 0.2 * (
        town.style in ("village", "sample"))  # fmt: skip
    corners = np.stack([nodes[:-1, :-1], nodes[:-1, 1:], nodes[1:, 1:], nodes[1:, :-1]], axis=2)
    dry = ~shapely.intersects(shapely.polygons(corners), wet)
    lon, lat = plan.frame.to_lonlat(corners[..., 0], corners[..., 1])
    height = ground.sample(ground.height_m, lon, lat)
    relief = ground.sample(ground.relief_m, lon, lat)
    gentle = (np.ptp(height, axis=2) < 14) & (relief.max(axis=2) < 75)
    west, south, east, north = plan.extent
    within = ((lon > west) & (lon < east) & (lat > south) & (lat < north)).all(axis=2)
    return np.asarray(inside & dry & gentle & within)


def _merge(kept: Flags, u_rank: Ints, rng: np.random.Generator, share: float) -> tuple[tuple[Cell, ...], Flags]:
    """Join some neighbours across small streets, so that the grid is not a chessboard."""
    rows, cols = kept.shape
    cut = np.zeros((rows, cols + 1), bool)
    cells = []
    for row in range(rows):
        col = 0
        while col < cols:
            wide = col + 1 < cols and kept[row, col] and kept[row, col + 1] and u_rank[col + 1] > 0
            east = col + 1 if wide and rng.random() < share else col
            if kept[row, col]:
                cells.append(Cell(row, col, east))
                cut[row, col + 1 : east + 1] = True
            col = east + 1
    return tuple(cells), cut
