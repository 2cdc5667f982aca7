"""What the link is compared with: a tree of sectors and a plain march over the raster; and the exact verdict.

The march is in double precision over the analysis surface as a raster of the city's finest cells: all around the
cameras where so many fit into memory, else where buildings stand, and the ground's own cells beyond. From the eye
to the place, every crossing with a column and a row of cells' centres, heights linear between two of them; it stops
at the first that blocks. No heights of blocks, no order of looking.
"""

from typing import Any

import numpy as np
import shapely
from numba import njit
from numpy.typing import NDArray

from layers.cameras.linking.index import CameraIndex, _point
from layers.cameras.linking.kernels import earth
from layers.cameras.look import DENSITY, DISTANCE, FRAMED, look
from layers.place import Target
from tiles.kernels.ray import height_at, ray_between
from tiles.obstacles import BEND
from tiles.scene import Scene
from tiles.surface import BLOCK

VERTICES = 18
MOST_BLOCKS = 20_000
"""Blocks of 256 × 256 cells, a quarter of a megabyte each: 5 GB."""
END_CELLS = 1.5
"""So close to its place, in fine cells, a line is not looked at: a place on a wall lies in the wall's cell."""
Rows = NDArray[np.int64]


class Peer:
    """Sectors in a shapely tree; the same cameras and rows as an index."""

    def __init__(self, index: CameraIndex) -> None:
        self._index = index
        self._surface = _raster(index.scene, index.eyes_m)
        self._tree = shapely.STRtree(_sectors(index))

    def seeing(self, place: Target, density_px_m: float) -> Rows:
        """Rows of the cameras that see a place, ascending."""
        held = self._index
        rows = np.sort(self._tree.query(shapely.Point(place.x_m, place.y_m), predicate="intersects"))
        seen: Rows = rows[_march(rows, _point(place), density_px_m, held._cams, held._view, self._surface)]
        return seen


def exactly(index: CameraIndex, place: Target, density_px_m: float) -> Rows:
    """The same by the lines of the scene, of every camera that has the place in its picture; ascending."""
    rows = np.flatnonzero(_shows(index, np.arange(len(index)), place, density_px_m))
    eyes, mounts = index.eyes_m[rows], index.mounts
    ends = np.broadcast_to(np.array(place.aim_m), eyes.shape)
    lines = index.scene.sight_lines(eyes, ends, carrier=mounts.carrier[rows], mount_m=mounts.mount_m[rows])
    return rows[np.asarray(lines.clear)]


def _shows(index: CameraIndex, rows: Any, place: Target, density_px_m: float) -> NDArray[np.bool_]:
    """Which of the cameras have a place in their picture, dense and near enough."""
    looks = index._views.look(place.lon, place.lat, place.aim_height_m, rows)
    near = looks.distance_m <= index._views.range_m[rows]
    dense = looks.density_px_m >= density_px_m
    return np.asarray(index._columns.usable[rows] & looks.framed & dense & near, np.bool_)


def _sectors(index: CameraIndex) -> Any:
    """The wedge of each camera's reach, wider than its picture by grid convergence and more; PTZ: all round."""
    cameras, (x, y, _) = index.cameras, index.eyes_m.T
    ptz = index._views.ptz[: len(x)]
    half = np.radians(np.where(ptz, 180.0, np.array([camera.hfov_deg for camera in cameras]) / 2 + 14.0))
    heading = np.radians([camera.heading_deg or 0.0 for camera in cameras])
    turn = heading[:, None] + half[:, None] * np.linspace(-1, 1, VERTICES - 1)
    # The chord between two corners stays beyond the reach.
    far = (index._columns.search_m[: len(x)] / np.cos(half / (VERTICES - 2)))[:, None]
    rim = np.stack([x[:, None] + far * np.sin(turn), y[:, None] + far * np.cos(turn)], axis=-1)
    apex = np.where(ptz[:, None], rim[:, 0], np.stack([x, y], axis=1))
    return shapely.polygons(np.concatenate([apex[:, None], rim], axis=1))


def _raster(scene: Scene, eyes_m: Any) -> tuple[Any, ...]:
    """Heights of the blocks of finest cells, each with the first row and column of the next; and the ground's."""
    held, ground = scene.surface, scene.obstacle
    made = held.lookup >= 0
    at = (eyes_m[:, :2] - (ground.x0_m, ground.y0_m)) * (1, -1) / (BLOCK * held.cell_m)
    first, last = np.maximum(np.floor(at.min(axis=0)).astype(int), 0), np.floor(at.max(axis=0)).astype(int) + 1
    around = np.zeros_like(made)
    around[first[1] : last[1], first[0] : last[0]] = True
    if around.sum() <= MOST_BLOCKS:
        made = around
    blocks, lookup = np.argwhere(made), np.full(made.shape, -1)
    lookup[made] = np.arange(len(blocks))
    share = 100 * (made & around).sum() / around.sum()
    print(f"raster of {len(blocks)} blocks, {share:.0f} % of the area in finest cells")
    tops = np.empty((len(blocks), BLOCK + 1, BLOCK + 1), np.float32)
    coarse = np.asarray(ground.heights_m)
    roofs = np.concatenate([[-np.inf], scene.footprints.roof_m]).astype(np.float32)
    sources = (np.asarray(held.fine), held.lookup, roofs, coarse, ground.cell_m / held.cell_m)
    _fill(blocks, sources, tops)
    return tops, lookup, held.cell_m, coarse, float(ground.cell_m), float(ground.x0_m), float(ground.y0_m)


@njit(cache=True, nogil=True)
def _fill(blocks: Any, sources: Any, tops: Any) -> None:
    fine, lookup, roofs, coarse, ratio = sources
    for n in range(len(blocks)):
        for i in range(BLOCK + 1):
            for j in range(BLOCK + 1):
                row, col = blocks[n, 0] * BLOCK + i, blocks[n, 1] * BLOCK + j
                v = min(row / ratio, coarse.shape[0] - 1.0)
                u = min(col / ratio, coarse.shape[1] - 1.0)
                r, c = min(int(v), coarse.shape[0] - 2), min(int(u), coarse.shape[1] - 2)
                south = coarse[r + 1, c] + (u - c) * (coarse[r + 1, c + 1] - coarse[r + 1, c])
                north = coarse[r, c] + (u - c) * (coarse[r, c + 1] - coarse[r, c])
                top = north + (v - r) * (south - north)
                br, bc = min(row // BLOCK, lookup.shape[0] - 1), min(col // BLOCK, lookup.shape[1] - 1)
                block = lookup[br, bc]
                if block >= 0 and row // BLOCK == br and col // BLOCK == bc:
                    top = max(top, roofs[fine[block, row % BLOCK, col % BLOCK]])
                tops[n, i, j] = top


@njit(cache=True, nogil=True)
def _march(rows: Any, place: Any, asked_px_m: float, cams: Any, view: Any, surface: Any) -> Any:
    """Which cameras have the place in their picture and a clear line to it, (k,) bool."""
    globe, end = place
    eyes_m, _, mount_m, range_m, usable = cams
    at, up = earth(globe[0], globe[1], globe[2])
    columns = look(rows, at, up, *view)
    out = np.zeros(len(rows), np.bool_)
    for k in range(len(rows)):
        i = rows[k]
        shown = usable[i] and columns[FRAMED, k] > 0.0 and columns[DENSITY, k] >= asked_px_m
        if shown and columns[DISTANCE, k] <= range_m[i]:
            out[k] = _clear(surface, (eyes_m[i, 0], eyes_m[i, 1], eyes_m[i, 2]), end, mount_m[i])
    return out


@njit(cache=True, nogil=True)
def _clear(surface: Any, eye: Any, end: Any, mount_m: float) -> bool:
    """Whether a line passes over the raster from the end of its mount to shortly before its end."""
    tops, lookup, cell, coarse, ground_cell, x0, y0 = surface
    ray = ray_between(eye, end, BEND)
    length = max(ray.length, 1e-9)
    t, last = max(mount_m, cell) / length, 1.0 - END_CELLS * cell / length
    u, v, du, dv = (ray.x - x0) / cell, (y0 - ray.y) / cell, ray.dx / cell, -ray.dy / cell
    ratio = cell / ground_cell
    while t < last:
        inner = min(t + 1e-3 / length, 1.0)
        c, r = int(np.floor((u + inner * du) / BLOCK)), int(np.floor((v + inner * dv) / BLOCK))
        after = min(_leave(c, u, du, inner), _leave(r, v, dv, inner), last)
        if r >= 0 and c >= 0 and r < lookup.shape[0] and c < lookup.shape[1] and lookup[r, c] >= 0:
            clear = _over(tops[lookup[r, c]], (u - c * BLOCK, v - r * BLOCK, du, dv), (t, after), ray)
        else:
            clear = _over(coarse, (u * ratio, v * ratio, du * ratio, dv * ratio), (t, after), ray)
        if not clear:
            return False
        t = max(after, inner)
    return True


@njit(cache=True, nogil=True)
def _leave(block: int, at: float, step: float, after: float) -> Any:
    """Fraction at which a line leaves a block of an axis."""
    if step == 0.0:
        return np.inf
    return max(((block + (1 if step > 0.0 else 0)) * BLOCK - at) / step, after)


@njit(cache=True, nogil=True)
def _over(heights: Any, at: Any, span: Any, ray: Any) -> bool:
    """Whether a stretch of a line passes over every crossing with the raster's columns and rows."""
    u, v, du, dv = at
    rows, cols = heights.shape
    if du != 0.0:
        a, b = u + span[0] * du, u + span[1] * du
        low, high = max(int(np.ceil(min(a, b))), 0), min(int(np.floor(max(a, b))), cols - 1)
        for n in range(high - low + 1):
            k = low + n if du > 0.0 else high - n
            t = (k - u) / du
            across = min(max(v + t * dv, 0.0), rows - 1.0)
            j = min(int(across), rows - 2)
            p = np.float64(heights[j, k])
            if p + (across - j) * (np.float64(heights[j + 1, k]) - p) > height_at(ray, t):
                return False
    if dv != 0.0:
        a, b = v + span[0] * dv, v + span[1] * dv
        low, high = max(int(np.ceil(min(a, b))), 0), min(int(np.floor(max(a, b))), rows - 1)
        for n in range(high - low + 1):
            k = low + n if dv > 0.0 else high - n
            t = (k - v) / dv
            across = min(max(u + t * du, 0.0), cols - 1.0)
            j = min(int(across), cols - 2)
            p = np.float64(heights[k, j])
            if p + (across - j) * (np.float64(heights[k, j + 1]) - p) > height_at(ray, t):
                return False
    return True
