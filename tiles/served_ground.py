"""Terrain tiles as the browser gets them, decoded into triangles: which tile shows a place at which detail.

Rows and columns are those of the files (TMS: rows from the south). A level's mesh is no farther from the
ground than its limit, so a level is fine enough at a distance from which that limit is a small angle.
"""

import json
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tiles.formats.quantized_mesh_reading import HEADER_BYTES, TerrainMesh, read_range, read_terrain
from tiles.geodesy import EARTH_RADIUS_M, geodetic_to_ecef
from tiles.terrain import FINEST_LIMIT_M, LEVEL_ZERO_ERROR_M, SHARE_OF_LEVEL

METRES_PER_DEGREE = math.pi * EARTH_RADIUS_M / 180.0
SKIRT_LIMITS = 6.0
"""A tile's edge hangs down by so many times its limit, so that no gap shows to a neighbour of another level."""
Key = tuple[int, int, int]
Rect = tuple[float, float, float, float]


def rect_of(key: Key) -> Rect:
    """West, south, east, north of a tile, degrees."""
    z, x, y = key
    side = 180.0 / 2**z
    return -180.0 + x * side, -90.0 + y * side, -180.0 + (x + 1) * side, -90.0 + (y + 1) * side


def children_of(key: Key) -> list[Key]:
    """The four tiles of the next level."""
    z, x, y = key
    return [(z + 1, 2 * x + i, 2 * y + j) for j in (0, 1) for i in (0, 1)]


def away_m(rect: Rect, lon: float, lat: float) -> float:
    """Distance from a place to a rectangle, 0 inside; good enough to choose a level by."""
    west, south, east, north = rect
    across = max(west - lon, lon - east, 0.0) * math.cos(math.radians(lat))
    return math.hypot(across, max(south - lat, lat - north, 0.0)) * METRES_PER_DEGREE


@dataclass(frozen=True)
class GroundTiles:
    """The terrain tiles of a folder.

    ``available`` : per level, first and last column and row; ``deepest`` : the finest level
    """

    folder: Path
    available: tuple[tuple[int, int, int, int], ...]

    @classmethod
    def open(cls, folder: Path) -> "GroundTiles":
        """Read what layer.json says there is."""
        layer = json.loads((folder / "layer.json").read_text(encoding="utf-8"))
        names = ("startX", "endX", "startY", "endY")
        ranges = [[level[0][name] for name in names] for level in layer["available"]]
        return cls(folder, tuple((a, b, c, d) for a, b, c, d in ranges))

    @property
    def deepest(self) -> int:
        """The finest level."""
        return len(self.available) - 1

    def has(self, key: Key) -> bool:
        """Whether there is such a tile."""
        z, x, y = key
        if not 0 <= z <= self.deepest:
            return False
        first_x, last_x, first_y, last_y = self.available[z]
        return first_x <= x <= last_x and first_y <= y <= last_y

    def limit_m(self, level: int) -> float:
        """How far a level's mesh may be from the ground."""
        return FINEST_LIMIT_M if level >= self.deepest else max(FINEST_LIMIT_M, _coarse_limit_m(level))

    def level_for(self, distance_m: float, tolerance_rad: float) -> int:
        """The coarsest level whose error is no larger than an angle, seen from a distance."""
        allowed = distance_m * tolerance_rad
        if allowed < FINEST_LIMIT_M:
            return self.deepest
        return min(self.deepest, max(0, math.ceil(math.log2(_coarse_limit_m(0) / allowed))))

    def heights_m(self, key: Key) -> tuple[float, float]:
        """Lowest and highest ground of a tile, by its own level."""
        file = self._file(key)
        with file.open("rb") as stream:
            return read_range(stream.read(HEADER_BYTES), str(file))

    def triangles(self, key: Key, level: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Corners (n, 3; earth-centred metres) and triangles (t, 3) of a tile's area, from tiles of a level.

        Where there are no tiles of that level, those above them stand in.
        """
        if key[0] < level:
            parts = [self.triangles(child, level) for child in children_of(key) if self.has(child)]
            missing = [i for i, child in enumerate(children_of(key)) if not self.has(child)]
            if missing:
                parts.append(_quarters(*self._decoded(key), missing))
            return _joined([(positions, triangles) for positions, triangles in parts if len(triangles)])
        positions, _, triangles = self._decoded(key)
        return positions, triangles

    def _decoded(self, key: Key) -> tuple[NDArray[np.float64], TerrainMesh, NDArray[np.int64]]:
        file = self._file(key)
        mesh = read_terrain(file.read_bytes(), str(file))
        west, south, east, north = rect_of(key)
        u, v, heights, skirts = _skirted(mesh, SKIRT_LIMITS * self.limit_m(key[0]))
        positions = geodetic_to_ecef(west + u * (east - west), south + v * (north - south), heights)
        whole = TerrainMesh(u, v, heights, np.concatenate([mesh.triangles, skirts]))
        return positions, whole, whole.triangles

    def _file(self, key: Key) -> Path:
        z, x, y = key
        return self.folder / str(z) / str(x) / f"{y}.terrain"


@lru_cache(maxsize=64)
def _coarse_limit_m(level: int) -> float:
    return SHARE_OF_LEVEL * LEVEL_ZERO_ERROR_M / 2.0**level


def _skirted(
    mesh: TerrainMesh, depth_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """u, v, heights with the edges' corners again, lower, and the triangles that hang between them."""
    us, vs, heights, hung = [mesh.u], [mesh.v], [mesh.heights_m], [np.zeros((0, 3), np.int64)]
    count = len(mesh.u)
    for edge, along in ((mesh.u == 0, mesh.v), (mesh.u == 1, mesh.v), (mesh.v == 0, mesh.u), (mesh.v == 1, mesh.u)):
        top = np.flatnonzero(edge)
        top = top[np.argsort(along[top])]
        low = count + np.arange(len(top))
        count += len(top)
        us, vs = [*us, mesh.u[top]], [*vs, mesh.v[top]]
        heights.append(mesh.heights_m[top] - depth_m)
        hung.append(np.stack([top[:-1], top[1:], low[1:]], axis=1))
        hung.append(np.stack([top[:-1], low[1:], low[:-1]], axis=1))
    return np.concatenate(us), np.concatenate(vs), np.concatenate(heights), np.concatenate(hung)


def _quarters(
    positions: NDArray[np.float64], mesh: TerrainMesh, triangles: NDArray[np.int64], wanted: list[int]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The triangles whose middle lies in some quarters of a tile; quarters as in ``children_of``."""
    right = mesh.u[triangles].mean(axis=1) >= 0.5
    upper = mesh.v[triangles].mean(axis=1) >= 0.5
    return positions, triangles[np.isin(right + 2 * upper, wanted)]


def _joined(
    parts: list[tuple[NDArray[np.float64], NDArray[np.int64]]],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    shifts = np.cumsum([0, *(len(positions) for positions, _ in parts)])
    positions = np.concatenate([np.zeros((0, 3)), *(positions for positions, _ in parts)])
    moved = [triangles + shift for (_, triangles), shift in zip(parts, shifts[:-1], strict=True)]
    return positions, np.concatenate([np.zeros((0, 3), np.int64), *moved])
