"""Rays from one eye and the boxes of blocks: which rays enter, how they start there, and what came of it."""

import math
from typing import Any

import numpy as np
from numba import njit

BEFORE_M = 1.0
"""Rays start so far before the box that they enter."""
INDEX, FIRST, LENGTH = 0, 1, 2


@njit(cache=True, nogil=True)
def _entry(eye: Any, direction: Any, low: Any, high: Any, limit: float) -> float:
    """Distance at which a ray enters an axis-parallel box, 0 inside it; inf if it misses it or comes too late."""
    near, far = 0.0, limit
    for axis in range(3):
        step = direction[axis]
        if abs(step) < 1e-12:
            if eye[axis] < low[axis] or eye[axis] > high[axis]:
                return math.inf
            continue
        one = (low[axis] - eye[axis]) / step
        other = (high[axis] - eye[axis]) / step
        near = max(near, min(one, other))
        far = min(far, max(one, other))
    return near if near <= far else math.inf


@njit(cache=True, nogil=True)
def any_enters(eye: Any, directions: Any, low: Any, high: Any, limit: Any) -> bool:
    """Whether any ray (n, 3) enters a box within its limit (n,)."""
    for i in range(len(directions)):
        if _entry(eye, directions[i], low, high, limit[i]) < math.inf:
            return True
    return False


@njit(cache=True, nogil=True)
def entering(eye: Any, directions: Any, box: Any, limit: Any, begin: Any, origin: Any) -> Any:
    """The rays that enter a box, made ready for Embree about an origin.

    Parameters
    ----------
    eye, origin : float64 (3,)
    directions : float64 (n, 3), unit
    box : (low (3,), high (3,))
    limit, begin : float64 (n,), how far rays go, and from where on

    Returns
    -------
    index (m,), distance (m,) at which each starts, start float32 (m, 3), direction float32 (m, 3), length float32 (m,)
    """
    low, high = box
    count = len(directions)
    index, first = np.empty(count, np.int64), np.empty(count)
    starts, ways, length = (
        np.empty((count, 3), np.float32),
        np.empty((count, 3), np.float32),
        np.empty(count, np.float32),
    )
    m = 0
    for i in range(count):
        near = _entry(eye, directions[i], low, high, limit[i])
        if near == math.inf:
            continue
        at = max(near - BEFORE_M, begin[i])
        index[m], first[m] = i, at
        for axis in range(3):
            starts[m, axis] = eye[axis] + directions[i, axis] * at - origin[axis]
            ways[m, axis] = directions[i, axis]
        length[m] = max(limit[i] - at, 0.0)
        m += 1
    return index[:m], first[:m], starts[:m], ways[:m], length[:m]


@njit(cache=True, nogil=True)
def keep(found: Any, rows: Any, owner: Any, limit: Any, made: Any) -> None:
    """Take what a block's rays met into the first hits so far, and end those rays there.

    Parameters
    ----------
    found : (index (m,), first (m,), tfar float32 (m,), triangle int32 (m,), normal float32 (m, 3))
        Of the rays that entered; ``index`` counts the rays that are still followed.
    rows : (n,), number of each followed ray among all
    owner : int32 (t,), of the block's triangles
    limit : float64 (n,), of the followed rays; shortened
    made : (distance (all,), building int32 (all,), hit bool (all,), normal (all, 3)); written to
    """
    index, first, tfar, triangle, normal = found
    distance, building, hit, normals = made
    for k in range(len(index)):
        if triangle[k] < 0:
            continue
        i = index[k]
        ray = rows[i]
        limit[i] = first[k] + tfar[k]
        distance[ray], building[ray], hit[ray] = limit[i], owner[triangle[k]], True
        for axis in range(3):
            normals[ray, axis] = normal[k, axis]


@njit(cache=True, nogil=True)
def finish(start: Any, rays: Any, rise: float, made: Any) -> Any:
    """Kind int8 (n,) and place (n, 3) of first hits; normals become unit vectors towards the eye, NaN for none.

    ``rise`` is how much a building's face points up to be a roof. Kinds as in ``tiles.sight``.
    """
    distance, building, hit, normals = made
    kind, points = np.zeros(len(rays), np.int8), np.empty((len(rays), 3))
    for i in range(len(rays)):
        if not hit[i]:
            for axis in range(3):
                points[i, axis] = normals[i, axis] = np.nan
            continue
        length, toward = 0.0, 0.0
        for axis in range(3):
            length += normals[i, axis] * normals[i, axis]
            toward += normals[i, axis] * rays[i, axis]
            points[i, axis] = start[axis] + rays[i, axis] * distance[i]
        scale = (-1.0 if toward > 0 else 1.0) / math.sqrt(length) if length > 0 else 0.0
        for axis in range(3):
            normals[i, axis] *= scale
        kind[i] = 1 if building[i] < 0 else (4 if abs(normals[i, 2]) > rise else 3)
    return kind, points
