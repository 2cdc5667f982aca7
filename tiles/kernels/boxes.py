"""Where rays from one eye enter a box: which blocks of triangles a ray has to be put to."""

import math
from typing import Any

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def entries(eye: Any, directions: Any, low: Any, high: Any, limit: Any) -> Any:
    """Distance (n,) at which rays enter an axis-parallel box, 0 inside it; inf if they miss it or come too late.

    Parameters
    ----------
    eye : float64 (3,)
    directions : float64 (n, 3), unit
    low, high : float64 (3,), corners of the box
    limit : float64 (n,), a ray that enters farther away does not count
    """
    out = np.empty(len(directions))
    for i in range(len(directions)):
        near, far = 0.0, limit[i]
        for axis in range(3):
            step = directions[i, axis]
            if abs(step) < 1e-12:
                if eye[axis] < low[axis] or eye[axis] > high[axis]:
                    far = -1.0
                continue
            one = (low[axis] - eye[axis]) / step
            other = (high[axis] - eye[axis]) / step
            near = max(near, min(one, other))
            far = min(far, max(one, other))
        out[i] = near if near <= far else math.inf
    return out
