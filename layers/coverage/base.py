"""What the cells of the lattice are, whoever sees them: ground or building, built-up or not, which road, which area."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import cv2
import numpy as np
import shapely
from numpy.typing import NDArray
from rasterio import Affine
from rasterio.features import rasterize

from layers.areas import LEVELS
from layers.coverage.lattice import Lattice
from layers.coverage.runs import CELLS, SIDE
from layers.outlines import outlines_of
from tiles.geodesy import Floats
from tiles.scene import Scene

BUILT_M = 60.0
"""Ground no farther than this from a building, and every road, is built-up: where a blind spot matters."""
NARROWEST_M = 5.2
"""A road that is narrower is burnt this wide, so that it has cells all along."""
ALONG_M = 5.0
GROUND, BUILT, ROAD = 1, 2, 4
"""Flags of a cell."""
WIDE = 8
"""Blocks of one side of what is worked out at a time."""


@dataclass(frozen=True, slots=True, eq=False)
class Base:
    """Cells of one block.

    Attributes
    ----------
    flags : uint8 (4096,)
    road, area : int16 (4096,), numbers in ``Plan.roads`` and ``Plan.areas``; −1 for none
    """

    flags: NDArray[np.uint8] = field(repr=False)
    road: NDArray[np.int16] = field(repr=False)
    area: NDArray[np.int16] = field(repr=False)

    def to_bytes(self) -> bytes:
        """Compressed."""
        return zlib.compress(self.flags.tobytes() + self.road.tobytes() + self.area.tobytes(), 1)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Base":
        """What ``to_bytes`` wrote."""
        body = zlib.decompress(data)
        road = np.frombuffer(body, np.int16, CELLS, CELLS)
        return cls(np.frombuffer(body, np.uint8, CELLS), road, np.frombuffer(body, np.int16, CELLS, 3 * CELLS))


@dataclass(frozen=True, slots=True)
class Road:
    """A road under one name, all its pieces; without a name a piece stands for itself."""

    id: str
    name: str
    name_en: str
    kind: str
    length_m: float


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """Roads and areas of a city in its metric frame, and trees over them.

    Attributes
    ----------
    roads, areas : what the numbers of ``Base`` stand for; areas by their codes, large ones first
    pieces : polygons of roads, ``road`` (k,) the number of each
    along_m, along_road : places (n, 2) every 5 m along the roads, and the number of the road of each
    outlines : polygons of areas
    """

    roads: tuple[Road, ...]
    areas: tuple[str, ...]
    pieces: NDArray[np.object_] = field(repr=False)
    road: NDArray[np.intp] = field(repr=False)
    road_tree: shapely.STRtree = field(repr=False)
    along_m: Floats = field(repr=False)
    along_road: NDArray[np.intp] = field(repr=False)
    outlines: NDArray[np.object_] = field(repr=False)
    area_tree: shapely.STRtree = field(repr=False)

    @classmethod
    def of(
        cls, scene: Scene, roads: Sequence[Mapping[str, Any]], areas: Mapping[str, tuple[Mapping[str, str], Any]]
    ) -> "Plan":
        """From road rows (id, name, name_en, class, width_m, geometry) and areas (code → row, outline) in degrees."""

        def metric(shape: Any) -> Any:
            return shapely.transform(shape, lambda p: np.stack(scene.to_metric(p[:, 0], p[:, 1]), axis=1))

        numbers: dict[str, int] = {}
        named: list[Road] = []
        lengths: list[float] = []
        pieces, owner, along, whose = [], [], [], []
        for row in roads:
            line = metric(row["geometry"])
            number = numbers.setdefault(row["name"] or row["id"], len(numbers))
            if number == len(named):
                named.append(Road(str(row["id"]), str(row["name"]), str(row["name_en"]), str(row["class"]), 0.0))
                lengths.append(0.0)
            lengths[number] += float(line.length)
            pieces.append(line.buffer(max(float(row["width_m"]), NARROWEST_M) / 2, cap_style="flat", quad_segs=2))
            owner.append(number)
            count = max(1, round(float(line.length) / ALONG_M))
            spots = shapely.line_interpolate_point(line, (np.arange(count) + 0.5) / count, normalized=True)
            along.append(shapely.get_coordinates(spots))
            whose.append(np.full(count, number))
        ranked = sorted(areas.values(), key=lambda one: LEVELS.index(one[0]["level"]))
        outlines = np.array([metric(shape) for _, shape in ranked], object)
        held = np.array(pieces, object)
        return cls(
            tuple(
                Road(road.id, road.name, road.name_en, road.kind, length)
                for road, length in zip(named, lengths, strict=True)
            ),
            tuple(row["code"] for row, _ in ranked),
            held,
            np.array(owner, np.intp),
            shapely.STRtree(held),
            np.concatenate(along) if along else np.zeros((0, 2)),
            np.concatenate(whose).astype(np.intp) if whose else np.zeros(0, np.intp),
            outlines,
            shapely.STRtree(outlines),
        )


def group_of(lattice: Lattice, block: int) -> int:
    """The square of blocks, worked out together, that a block of ground lies in."""
    row, col = divmod(block, lattice.across)
    return row // WIDE * -(-lattice.across // WIDE) + col // WIDE


def bases_of(group: int, lattice: Lattice, scene: Scene, plan: Plan) -> dict[int, Base]:
    """All blocks of one square."""
    row, col = divmod(group, -(-lattice.across // WIDE))
    down, across = min(WIDE, lattice.down - row * WIDE), min(WIDE, lattice.across - col * WIDE)
    cell, shape = lattice.cell_m, (down * SIDE, across * SIDE)
    west, north = lattice.corner_m(row * WIDE * lattice.across + col * WIDE)
    margin = int(np.ceil(BUILT_M / cell))
    box = shapely.box(
        west - BUILT_M, north - shape[0] * cell - BUILT_M, west + shape[1] * cell + BUILT_M, north + BUILT_M
    )
    wide = (shape[0] + 2 * margin, shape[1] + 2 * margin)
    corner = Affine(cell, 0, west - margin * cell, 0, -cell, north + margin * cell)
    buildings = outlines_of(scene)
    standing = _burnt(buildings.polygons, buildings.tree.query(box), None, (wide, corner, np.uint8))
    inner = (slice(margin, -margin), slice(margin, -margin))
    corner = Affine(cell, 0, west, 0, -cell, north)
    road = _burnt(plan.pieces, plan.road_tree.query(box), plan.road, (shape, corner, np.int16))
    area = _burnt(plan.outlines, plan.area_tree.query(box), np.arange(len(plan.areas)), (shape, corner, np.int16))
    ground = standing[inner] == 0
    flags = np.where(ground, GROUND, 0).astype(np.uint8)
    near = _near(standing, margin)[inner] if standing.any() else np.zeros(shape, bool)
    flags[ground & (near | (road > 0))] |= BUILT
    flags[ground & (road > 0)] |= ROAD
    flags[~_inside(scene, lattice, (west, north), shape)] = 0
    found = {}
    for r in range(down):
        for c in range(across):
            part = (slice(r * SIDE, r * SIDE + SIDE), slice(c * SIDE, c * SIDE + SIDE))
            block = (row * WIDE + r) * lattice.across + col * WIDE + c
            cells = (np.ascontiguousarray(layer[part]).ravel() for layer in (flags, road - 1, area - 1))
            found[block] = Base(*cells)
    return found


def _burnt(shapes: Any, which: Any, numbers: Any, frame: tuple[Any, Affine, Any]) -> NDArray[Any]:
    """Cells whose centre a shape covers, as its number + 1 (1 without numbers); the later shape wins."""
    shape, corner, kind = frame
    which = np.sort(which)
    given = [(shapes[k], int(numbers[k]) + 1 if numbers is not None else 1) for k in which if shapes[k] is not None]
    if not given:
        return np.zeros(shape, kind)
    return np.asarray(rasterize(given, out_shape=shape, transform=corner, fill=0, dtype=kind))


def _near(standing: NDArray[np.uint8], cells: int) -> NDArray[np.bool_]:
    """Cells no farther than so many from one that stands."""
    away = cv2.distanceTransform((standing == 0).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(away <= cells)


def _inside(scene: Scene, lattice: Lattice, corner_m: tuple[float, float], shape: tuple[int, int]) -> NDArray[np.bool_]:
    """Cells whose centre lies on the city's ground."""
    west, south, east, north = scene.ground.bounds_m
    x = corner_m[0] + (np.arange(shape[1]) + 0.5) * lattice.cell_m
    y = corner_m[1] - (np.arange(shape[0]) + 0.5) * lattice.cell_m
    return np.asarray(((y >= south) & (y <= north))[:, None] & ((x >= west) & (x <= east))[None, :])
