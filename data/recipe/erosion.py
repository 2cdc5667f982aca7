"""Mountains with real valleys: uplift against river erosion (stream power law, solved implicitly)."""

import numpy as np
from numpy.typing import NDArray

from data.recipe.plan import Floats

_NEIGHBOURS = [(-1, -1), (-1, 0), (-1, 1), (0, -1), (0, 1), (1, -1), (1, 0), (1, 1)]


def _receivers(height_m: Floats) -> tuple[NDArray[np.int64], Floats]:
    """For each cell the lowest-going neighbour (itself in a pit) and the distance to it in cells, both flat."""
    rows, cols = height_m.shape
    own = np.arange(rows * cols).reshape(rows, cols)
    best_drop = np.zeros((rows, cols))
    best, length = own.copy(), np.ones((rows, cols))
    padded = np.pad(height_m, 1, constant_values=np.inf)
    for dr, dc in _NEIGHBOURS:
        away = float(np.hypot(dr, dc))
        drop = (height_m - padded[1 + dr : 1 + dr + rows, 1 + dc : 1 + dc + cols]) / away
        better = drop > best_drop
        np.copyto(best_drop, drop, where=better)
        np.copyto(best, own + (dr * cols + dc), where=better)
        length[better] = away
    return best.ravel(), length.ravel()


def erode(base_m: Floats, uplift_m: Floats, cell_m: float, *, steps: int, erodibility: float) -> Floats:
    """Raise ``uplift_m`` (per step) and let rivers cut, ``steps`` times; no uplift means held at ``base_m``.

    Drainage areas and the implicit solution along each river are found by doubling jumps down the
    river instead of walking it, so every step is a few passes over whole arrays.
    """
    free = (uplift_m > 0).ravel()
    height = base_m.ravel().copy()
    for _ in range(steps):
        receiver, length = _receivers(height.reshape(base_m.shape))
        outlet = (receiver == np.arange(receiver.size)) | ~free
        area, hop = np.full(receiver.size, cell_m**2), receiver.copy()
        going = np.flatnonzero(~outlet)
        while going.size:
            area = area + np.bincount(hop[going], weights=area[going], minlength=area.size)
            going = going[~outlet[hop[going]]]
            hop = hop[hop]
        factor = np.where(outlet, 0.0, erodibility * np.sqrt(area) / (length * cell_m))
        offset = (height + uplift_m.ravel() * free) / (1 + factor)
        offset = np.where(free, offset, base_m.ravel())
        share = factor / (1 + factor)
        hop = receiver.copy()
        going = np.flatnonzero(share)
        while going.size:
            down = hop[going]
            offset[going] += share[going] * offset[down]
            share[going] *= share[down]
            hop[going] = hop[down]
            going = going[share[going] > 0]
        height = offset
    return np.asarray(height.reshape(base_m.shape))
