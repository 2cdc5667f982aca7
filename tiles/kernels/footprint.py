"""Points against footprints: which building stands here, and where is its nearest wall."""

from typing import Any, NamedTuple

import numpy as np
from numba import njit


class Walls(NamedTuple):
    """Prisms as the kernels read them: edges sorted by building, and a uniform grid of buckets over them."""

    edges: Any
    """(e, 4) float64: ax, ay, bx, by in metres."""
    owner: Any
    """(e,) int32: building of each edge."""
    first_edge: Any
    """(b + 1,) int64: edges of building i are first_edge[i]:first_edge[i + 1]."""
    roof_m: Any
    """(b,) float64."""
    bucket_start: Any
    """(buckets + 1,) int64 into bucket_edge."""
    bucket_edge: Any
    """int32: edges that pass within a centimetre of the bucket."""
    bucket_walls: Any
    """(len(bucket_edge), 6) float64: ax, ay, bx, by, roof and owner of each of them, side by side in memory."""
    bucket_top: Any
    """(buckets,) float64: highest roof among a bucket's edges, −inf when empty."""
    stand_start: Any
    """(buckets + 1,) int64 into stand_building."""
    stand_building: Any
    """int32: buildings whose bounding box meets the bucket."""
    x0: float
    y0: float
    cell: float
    cols: int
    rows: int


@njit(cache=True, nogil=True)
def contains(walls: Any, building: int, x: float, y: float) -> bool:
    """Whether the point is inside the building's footprint, even-odd over all its rings."""
    inside = False
    for e in range(walls.first_edge[building], walls.first_edge[building + 1]):
        ay = walls.edges[e, 1]
        by = walls.edges[e, 3]
        if (ay > y) != (by > y):
            ax = walls.edges[e, 0]
            if x < ax + (y - ay) * (walls.edges[e, 2] - ax) / (by - ay):
                inside = not inside
    return inside


@njit(cache=True, nogil=True)
def building_here(walls: Any, x: float, y: float) -> int:
    """Building at the point, the highest roof when several overlap; −1 for none."""
    col = (x - walls.x0) / walls.cell
    row = (y - walls.y0) / walls.cell
    best = -1
    if not (col >= 0.0 and row >= 0.0 and col < walls.cols and row < walls.rows):
        return best
    bucket = int(row) * walls.cols + int(col)
    for k in range(walls.stand_start[bucket], walls.stand_start[bucket + 1]):
        b = walls.stand_building[k]
        if (best < 0 or walls.roof_m[b] > walls.roof_m[best]) and contains(walls, b, x, y):
            best = b
    return best


@njit(cache=True, nogil=True)
def buildings_at(walls: Any, x: Any, y: Any, out: Any) -> None:
    """``building_here`` for arrays."""
    for i in range(x.size):
        out[i] = building_here(walls, x[i], y[i])


@njit(cache=True, nogil=True)
def _foot(ax: float, ay: float, ex: float, ey: float, x: float, y: float) -> Any:
    """Nearest point to (x, y) on the edge from (ax, ay) along (ex, ey)."""
    length2 = ex * ex + ey * ey
    s = 0.0
    if length2 > 0.0:
        s = min(1.0, max(0.0, ((x - ax) * ex + (y - ay) * ey) / length2))
    return ax + s * ex, ay + s * ey


@njit(cache=True, nogil=True)
def _nearest(walls: Any, building: int, x: float, y: float, out: Any) -> None:
    for e in range(walls.first_edge[building], walls.first_edge[building + 1]):
        ax = walls.edges[e, 0]
        ay = walls.edges[e, 1]
        ex = walls.edges[e, 2] - ax
        ey = walls.edges[e, 3] - ay
        if ex == 0.0 and ey == 0.0:
            continue
        fx, fy = _foot(ax, ay, ex, ey, x, y)
        gap = np.hypot(x - fx, y - fy)
        if not gap >= out[0]:
            length = np.hypot(ex, ey)
            out[0] = gap
            out[1] = fx
            out[2] = fy
            out[3] = ey / length
            out[4] = -ex / length
    # Rings come in either direction; the even-odd rule, not the winding, says which side is outside.
    if contains(walls, building, out[1] + 1e-3 * out[3], out[2] + 1e-3 * out[4]):
        out[3] = -out[3]
        out[4] = -out[4]


@njit(cache=True, nogil=True)
def nearest_edges(walls: Any, x: Any, y: Any, building: Any, out: Any) -> None:
    """Into ``out`` (n, 5): distance, foot x, foot y and outward normal; NaN where ``building`` is none."""
    for i in range(x.size):
        out[i, :] = np.nan
        if 0 <= building[i] < walls.roof_m.size:
            _nearest(walls, building[i], x[i], y[i], out[i])
