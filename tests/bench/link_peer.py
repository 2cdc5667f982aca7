"""What the link is compared with: a tree of sectors and a plain march of every line, on the same surface.

The march knows no blocks: from the eye, bucket by bucket every edge, and every crossing with the ground grid.
"""

from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from layers.cameras.index import CameraIndex, _point
from layers.cameras.index_kernels import earth
from layers.cameras.look import DENSITY, DISTANCE, FRAMED, look
from layers.place import Target
from tiles.kernels.ray import ray_between
from tiles.kernels.relief import nearest_relief
from tiles.kernels.walls import _clip, _in_bucket, _leaves, runs_inside
from tiles.obstacles import BEND

VERTICES = 18


class Peer:
    """Sectors in a shapely tree; the same cameras and rows as an index."""

    def __init__(self, index: CameraIndex) -> None:
        self._index = index
        self._tree = shapely.STRtree(_sectors(index))

    def seeing(self, place: Target, density_px_m: float) -> NDArray[np.int64]:
        """Rows of the cameras that see a place, ascending."""
        rows = np.sort(self._tree.query(shapely.Point(place.x_m, place.y_m), predicate="intersects"))
        held = self._index
        sees = _march(rows, _point(place), density_px_m, held._cams, held._view, held._obstacles)
        return np.asarray(rows[sees], np.int64)


def _sectors(index: CameraIndex) -> Any:
    """The wedge of each camera's reach, wider than its picture by grid convergence and more; PTZ: all round."""
    cameras, (x, y, _) = index.cameras, index.eyes_m.T
    ptz = np.array([camera.is_ptz for camera in cameras])
    half = np.radians(np.where(ptz, 180.0, np.array([camera.hfov_deg for camera in cameras]) / 2 + 14.0))
    heading = np.radians([camera.heading_deg for camera in cameras])
    turn = heading[:, None] + half[:, None] * np.linspace(-1, 1, VERTICES - 1)
    # The chord between two corners stays beyond the reach.
    far = (index._columns.search_m[: len(x)] / np.cos(half / (VERTICES - 2)))[:, None]
    rim = np.stack([x[:, None] + far * np.sin(turn), y[:, None] + far * np.cos(turn)], axis=-1)
    apex = np.where(ptz[:, None], rim[:, 0], np.stack([x, y], axis=1))
    return shapely.polygons(np.concatenate([apex[:, None], rim], axis=1))


@njit(nogil=True)
def _march(rows: Any, place: Any, asked_px_m: float, cams: Any, view: Any, obstacles: Any) -> Any:
    globe, plane = place
    eyes_m, carrier, mount_m, range_m, usable = cams
    relief, walls, _ = obstacles
    at, up = earth(globe[0], globe[1], globe[2])
    columns = look(rows, at, up, *view)
    sees = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        i = rows[k]
        if not usable[i] or columns[FRAMED, k] == 0.0 or columns[DENSITY, k] < asked_px_m:
            continue
        if columns[DISTANCE, k] > range_m[i]:
            continue
        ray = ray_between(eyes_m[i], plane, BEND)
        if _any_wall(walls, ray, carrier[i], mount_m[i]):
            continue
        sees[k] = nearest_relief(relief, ray, max(mount_m[i], relief.cell), np.inf)[1] == 0
    return sees


@njit(nogil=True)
def _any_wall(walls: Any, ray: Any, carrier: int, mount_m: float) -> bool:
    if ray.length == 0.0:
        return False
    if runs_inside(walls, ray, carrier, mount_m / ray.length):
        return True
    t, leave = _clip(walls, ray)
    if t > leave:
        return False
    col = min(walls.cols - 1, max(0, int((ray.x + t * ray.dx - walls.x0) / walls.cell)))
    row = min(walls.rows - 1, max(0, int((ray.y + t * ray.dy - walls.y0) / walls.cell)))
    excused = (carrier, mount_m, -1, 0.5)
    while 0 <= col < walls.cols and 0 <= row < walls.rows:
        next_col = _leaves(walls.x0, walls.cell, col, ray.x, ray.dx)
        next_row = _leaves(walls.y0, walls.cell, row, ray.y, ray.dy)
        if _in_bucket(walls, ray, row * walls.cols + col, excused, (np.inf, -1))[1] >= 0:
            return True
        if min(next_col, next_row) >= leave:
            return False
        if next_col <= next_row:
            col += 1 if ray.dx > 0.0 else -1
        else:
            row += 1 if ray.dy > 0.0 else -1
    return False
