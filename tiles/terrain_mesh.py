"""One block of terrain tiles: heights on the level's lattice, its triangles, and normals.

What two tiles share, they compute alike: a node's height, whether it is used, and its normal depend on its
place in the level only. Blocks therefore look one tile further on every side.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tiles.formats.quantized_mesh import MAX_CODE, Mesh
from tiles.geodesy import EARTH_RADIUS_M, CityFrame, enu_rotation
from tiles.grid import HeightGrid
from tiles.kernels.lattice import fill
from tiles.kernels.rtin import errors, triangulate

SIZE = 128
"""Lattice intervals along a tile's edge."""
ANCHORED_BY_TILE = 10
"""From this level on a tile is small enough to interpolate positions between its corners (20 km)."""
NEAR_DEG = 6.0
"""Farther from the city than this, wide tiles lie on the ellipsoid."""


@dataclass(frozen=True)
class Level:
    """A level of the pyramid.

    Attributes
    ----------
    zoom : int
    limit_m : float
        How far the mesh may be from the level's lattice.
    step_m : float
        Power of two that all heights are multiples of.
    """

    zoom: int
    limit_m: float
    step_m: float

    @property
    def tile_deg(self) -> float:
        """Side of a tile, degrees."""
        return 180.0 / (1 << self.zoom)

    @property
    def rows(self) -> int:
        """Tiles from pole to pole."""
        return 1 << self.zoom

    @property
    def cols(self) -> int:
        """Tiles around the earth."""
        return 1 << (self.zoom + 1)

    def bounds_deg(self, row: int, col: int) -> tuple[float, float, float, float]:
        """West, south, east, north of a tile; rows are counted from the north."""
        west, north = -180.0 + col * self.tile_deg, 90.0 - row * self.tile_deg
        return west, north - self.tile_deg, west + self.tile_deg, north


@dataclass(frozen=True)
class Block:
    """Tiles that are made together: rows and columns ``first`` to before ``last``, rows from the north."""

    level: Level
    first_row: int
    last_row: int
    first_col: int
    last_col: int

    @property
    def tiles(self) -> list[tuple[int, int]]:
        """Row and column of each tile."""
        rows, cols = range(self.first_row, self.last_row), range(self.first_col, self.last_col)
        return [(row, col) for row in rows for col in cols]


@dataclass(frozen=True, eq=False)
class Relief:
    """The ground grid and how it goes on: ``beyond_m`` is the mean height of its edge."""

    ground: HeightGrid
    frame: CityFrame
    beyond_m: float

    @classmethod
    def of(cls, ground: HeightGrid, frame: CityFrame) -> "Relief":
        """The relief over a ground grid."""
        h = ground.heights_m
        edge = np.concatenate([h[0], h[-1], h[:, 0], h[:, -1]])
        return cls(ground, frame, float(edge.astype(np.float64).mean()))


@dataclass(frozen=True, eq=False)
class Lattice:
    """Heights (n, m) float32 of a block with one tile around it; row 0 the northernmost.

    ``first_row, first_col`` name its north-west tile; ``steps_m`` (2, n) float64 is the length of one
    interval along a row and along a column.
    """

    level: Level
    first_row: int
    first_col: int
    heights_m: NDArray[np.float32]
    steps_m: NDArray[np.float64]


def block_meshes(relief: Relief, block: Block) -> Iterator[tuple[int, int, Mesh]]:
    """Row, column and mesh of every tile of a block."""
    lattice = block_lattice(relief, block)
    heights, level = lattice.heights_m, lattice.level
    sag_m = lattice.steps_m**2 / (8 * EARTH_RADIUS_M)
    error = np.empty_like(heights)
    errors(heights, sag_m, SIZE, error)
    nodes = (SIZE + 1) ** 2
    number = np.empty((SIZE + 1, SIZE + 1), np.int32)
    vertices, triangles = np.empty((nodes, 2), np.int32), np.empty((2 * SIZE * SIZE, 3), np.int32)
    for row, col in block.tiles:
        i, j = (row - lattice.first_row) * SIZE, (col - lattice.first_col) * SIZE
        part = error[i : i + SIZE + 1, j : j + SIZE + 1]
        even = (row + col) % 2 == 0
        found = triangulate(part, level.limit_m, even, number, vertices, triangles)
        at = vertices[: found[0]]
        yield row, col, _mesh(lattice, (row, col), at, triangles[: found[1]])


def block_lattice(relief: Relief, block: Block) -> Lattice:
    """Heights of the block's lattice and one tile around it, within the poles."""
    level = block.level
    first_row, first_col = block.first_row - 1, block.first_col - 1
    # The pattern of diagonals repeats every two tiles.
    first_col -= (first_row + first_col) % 2
    rows, cols = block.last_row + 1 - first_row, block.last_col + 1 - first_col
    lat = 90.0 - (first_row + np.arange(rows * SIZE + 1) / SIZE) * level.tile_deg
    step = level.tile_deg / SIZE * math.pi / 180 * EARTH_RADIUS_M
    along = step * np.maximum(np.cos(np.radians(np.clip(lat, -90, 90))), 1e-6)
    heights = np.empty((rows * SIZE + 1, cols * SIZE + 1), np.float32)
    ground = relief.ground
    grid = np.asarray(ground.heights_m), (ground.x0_m, ground.y0_m, ground.cell_m), relief.beyond_m
    span = max(1, SIZE >> max(0, ANCHORED_BY_TILE - level.zoom))
    share = span / SIZE
    anchor_lat = 90.0 - (first_row + share * np.arange(rows * SIZE // span + 2)) * level.tile_deg
    anchor_lon = -180.0 + (first_col + share * np.arange(cols * SIZE // span + 2)) * level.tile_deg
    anchors = np.stack(_places(relief.frame, anchor_lon, anchor_lat), axis=-1)
    fill(*grid, anchors, span, level.step_m, heights)
    return Lattice(level, first_row, first_col, heights, np.stack([along, np.full_like(along, step)]))


def _places(frame: CityFrame, lon: NDArray[Any], lat: NDArray[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """x, y of all pairs; not finite far from the city, where the metric frame means nothing."""
    lons, lats = np.meshgrid(lon, lat)
    away = np.mod(lons - frame.lon0 + 180, 360) - 180
    near = (np.abs(away) < NEAR_DEG) & (np.abs(lats - frame.lat0) < NEAR_DEG)
    x, y = np.full(lons.shape, np.nan), np.full(lons.shape, np.nan)
    x[near], y[near] = frame.to_metric(lons[near], lats[near])
    return x, y


def _mesh(lattice: Lattice, tile: tuple[int, int], vertices: NDArray[np.int32], triangles: NDArray[np.int32]) -> Mesh:
    level = lattice.level
    bounds = level.bounds_deg(*tile)
    rows, cols = vertices.T
    i = rows + (tile[0] - lattice.first_row) * SIZE
    j = cols + (tile[1] - lattice.first_col) * SIZE
    return Mesh(
        bounds_deg=bounds,
        u=np.rint(cols * (MAX_CODE / SIZE)).astype(np.uint16),
        v=np.rint((SIZE - rows) * (MAX_CODE / SIZE)).astype(np.uint16),
        heights_m=lattice.heights_m[i, j].astype(np.float64),
        triangles=triangles.astype(np.uint16),
        step_m=level.step_m,
        normals_ecef=_normals(lattice, i, j),
    )


def _normals(lattice: Lattice, i: NDArray[np.int32], j: NDArray[np.int32]) -> NDArray[np.float32]:
    """Unit normals of the lattice (not of the triangles) at its nodes, earth-centred."""
    h = lattice.heights_m
    east = (h[i, j + 1].astype(np.float64) - h[i, j - 1]) / (2 * lattice.steps_m[0, i])
    north = (h[i - 1, j].astype(np.float64) - h[i + 1, j]) / (2 * lattice.steps_m[1, i])
    local = np.stack([-east, -north, np.ones_like(east)], axis=-1)
    local /= np.linalg.norm(local, axis=1, keepdims=True)
    level = lattice.level
    lon = -180.0 + (lattice.first_col + j / SIZE) * level.tile_deg
    lat = 90.0 - (lattice.first_row + i / SIZE) * level.tile_deg
    turned: NDArray[np.float32] = np.einsum("nki,nk->ni", enu_rotation(lon, lat), local).astype(np.float32)
    return turned
