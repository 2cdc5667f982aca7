"""Buildings as exact prisms: footprint rings between a base and a roof, bucketed for sight lines.

The raster of the analysis surface says which building is hit; these edges say where.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tiles.kernels.buckets import boxes_per_bucket, edges_per_bucket, tops
from tiles.kernels.footprint import Walls, building_here, buildings_at, nearest_edges

Floats = NDArray[np.float64]
Integers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class Prisms:
    """Footprints with base and roof, and a bucket grid over their edges.

    Attributes
    ----------
    vertices_m : float64 (v, 2)
        x, y in the city's metric frame. A ring need not repeat its first vertex.
    ring_offsets : int64 (r + 1,)
        Vertices of ring i are ``ring_offsets[i]:ring_offsets[i + 1]``.
    ring_building : int32 (r,)
        Building of each ring; holes and further parts are further rings (even-odd rule).
    base_m, roof_m : float64 (b,)
        Ellipsoidal heights of foot and roof.
    walls : Walls
        What the kernels read; made by ``build``.
    """

    vertices_m: Floats = field(repr=False)
    ring_offsets: NDArray[np.int64] = field(repr=False)
    ring_building: Integers = field(repr=False)
    base_m: Floats = field(repr=False)
    roof_m: Floats = field(repr=False)
    walls: Walls = field(repr=False)

    @classmethod
    def build(
        cls,
        vertices_m: ArrayLike,
        ring_offsets: ArrayLike,
        ring_building: ArrayLike,
        base_m: ArrayLike,
        roof_m: ArrayLike,
        *,
        cell_m: float = 32.0,
    ) -> "Prisms":
        """Prisms with their buckets of ``cell_m`` metres; arrays as the attributes say."""
        vertices = _frozen(np.asarray(vertices_m, dtype=np.float64).reshape(-1, 2))
        offsets = _frozen(np.asarray(ring_offsets, dtype=np.int64))
        building = _frozen(np.asarray(ring_building, dtype=np.int32))
        base = _frozen(np.asarray(base_m, dtype=np.float64))
        roof = _frozen(np.asarray(roof_m, dtype=np.float64))
        edges, owner = _edges(vertices, offsets, building)
        return cls(vertices, offsets, building, base, roof, _walls(edges, owner, roof, cell_m))

    @classmethod
    def none(cls) -> "Prisms":
        """No building at all."""
        return cls.build(np.empty((0, 2)), [0], [], [], [])

    @property
    def count(self) -> int:
        """Number of buildings."""
        return int(self.roof_m.size)

    def building_at(self, x_m: ArrayLike, y_m: ArrayLike) -> Any:
        """Building at each place, int32, −1 for none; the highest roof where several overlap."""
        x, y = np.broadcast_arrays(np.asarray(x_m, np.float64), np.asarray(y_m, np.float64))
        out = np.empty(x.size, np.int32)
        buildings_at(self.walls, _frozen(x.ravel()), _frozen(y.ravel()), out)
        return out.reshape(x.shape)[()]

    def standing_at(self, x_m: float, y_m: float) -> int:
        """As ``building_at`` for one place, without arrays."""
        return int(building_here(self.walls, x_m, y_m))

    def nearest_edge(self, x_m: ArrayLike, y_m: ArrayLike, building: ArrayLike) -> tuple[Any, Any, Any, Any, Any]:
        """Nearest wall of a given building.

        Returns
        -------
        distance_m, foot_x_m, foot_y_m, normal_x, normal_y
            Horizontal distance, the nearest point of the footprint's edges, and the unit normal there that
            points out of the building. NaN where ``building`` is −1.
        """
        x, y, b = np.broadcast_arrays(
            np.asarray(x_m, np.float64), np.asarray(y_m, np.float64), np.asarray(building, np.int32)
        )
        out = np.empty((x.size, 5))
        nearest_edges(self.walls, _frozen(x.ravel()), _frozen(y.ravel()), _frozen(b.ravel()), out)
        distance, fx, fy, nx, ny = (column.reshape(x.shape)[()] for column in out.T)
        return distance, fx, fy, nx, ny


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Contiguous read-only view: one type for the kernels, so that each is compiled once."""
    view = np.ascontiguousarray(array).view(np.ndarray)
    view.flags.writeable = False
    return view


def _edges(vertices: Floats, offsets: NDArray[np.int64], building: Integers) -> tuple[Floats, Integers]:
    """Edges (e, 4) of all rings, sorted by building, with their owners; zero-length ones left out."""
    sizes = np.diff(offsets)
    start = np.repeat(offsets[:-1], sizes)
    index = np.arange(offsets[0], offsets[-1])
    after = index + 1
    last = after == np.repeat(offsets[1:], sizes)
    after[last] = start[last]
    edges = np.hstack([vertices[index], vertices[after]])
    owner = np.repeat(building, sizes)
    real = (edges[:, 0] != edges[:, 2]) | (edges[:, 1] != edges[:, 3])
    edges, owner = edges[real], owner[real]
    order = np.argsort(owner, kind="stable")
    return edges[order], owner[order]


def _walls(edges: Floats, owner: Integers, roof: Floats, cell_m: float) -> Walls:
    count = roof.size
    first_edge = np.searchsorted(owner, np.arange(count + 1)).astype(np.int64)
    ends = edges.reshape(-1, 2)
    low = ends.min(axis=0) - 1.0 if ends.size else np.zeros(2)
    high = ends.max(axis=0) + 1.0 if ends.size else np.zeros(2)
    cols, rows = (max(1, int(n)) for n in np.ceil((high - low) / cell_m))
    place = (float(low[0]), float(low[1]), float(cell_m), cols, rows)
    edges, owner = _frozen(edges), _frozen(owner)
    start, listed = _rows(edges_per_bucket, edges, place)
    stand_start, stand = _rows(boxes_per_bucket, _frozen(_boxes(edges, first_edge)), place)
    top = np.empty(cols * rows)
    tops(start, listed, owner, roof, top)
    beside = _frozen(np.column_stack([edges[listed], roof[owner[listed]], owner[listed]]))
    sorted_in = start, listed, beside, _frozen(top), stand_start, stand
    return Walls(edges, owner, _frozen(first_edge), roof, *sorted_in, *place)


def _boxes(edges: Floats, first_edge: NDArray[np.int64]) -> Floats:
    """Bounding boxes (b, 4) of the buildings; NaN for one without edges."""
    boxes = np.full((first_edge.size - 1, 4), np.nan)
    some = first_edge[1:] > first_edge[:-1]
    if edges.size:
        starts = first_edge[:-1][some]
        boxes[some, :2] = np.minimum.reduceat(np.minimum(edges[:, :2], edges[:, 2:]), starts)
        boxes[some, 2:] = np.maximum.reduceat(np.maximum(edges[:, :2], edges[:, 2:]), starts)
    return boxes


def _rows(
    sort: Callable[..., None], items: Floats, place: tuple[float, float, float, int, int]
) -> tuple[NDArray[np.int64], Integers]:
    """Compressed rows: starts (buckets + 1,) and the items of each bucket one after the other."""
    start = np.zeros(place[3] * place[4] + 1, np.int64)
    sort(items, place, start, np.empty(0, np.int32))
    np.cumsum(start, out=start)
    listed = np.empty(int(start[-1]), np.int32)
    if listed.size:
        sort(items, place, start[:-1].copy(), listed)
    return _frozen(start), _frozen(listed)
