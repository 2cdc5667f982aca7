"""How long a picture has stood still: frozen is not the same as quiet.

A sensor's noise is new in every frame, and a codec leaves some of it in every group of pictures, even where it repeats
the frames within a group. So frames are held against frames of other groups: of a frozen picture they differ by what
the codec itself does, which goes with how much fine structure there is to code; of a quiet one by the noise too. The
middle of all tiles decides, so that neither a passer-by nor a clock in the picture does.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.health.sample import Grey, smoothed, tiles

TILE_PX = 32
OTHER_GROUP_S = 1.4
"""Frames so far apart are of two groups of pictures, as cameras send them."""
FINE_PX = 2.0
LEAST_FINE = 0.5
"""A picture with less fine structure is taken to have so much, luma."""
REPEATS = 0.8
"""Of the frames of a frozen stretch, so many repeat others."""


def still_s(luma: Grey, times_s: NDArray[np.float64], quiet_share: float) -> float:
    """Length of the longest frozen stretch of frames (n, rows, cols), s.

    A frame repeats another when the two differ by less than that share of their fine structure.
    """
    repeated = repeats(luma, times_s) < quiet_share
    best = 0.0
    for first in np.flatnonzero(repeated):
        shares = np.cumsum(repeated[first:]) / np.arange(1, len(repeated) - first + 1)
        last = first + int(np.flatnonzero((shares >= REPEATS) & repeated[first:])[-1])
        best = max(best, float(times_s[last] - times_s[first]))
    return best


def repeats(luma: Grey, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """How little each frame differs from the most alike one of another group, shares of the fine structure, (n,)."""
    fine = [float(np.abs(frame - smoothed(frame, FINE_PX)).mean()) for frame in luma]
    best = np.full(len(luma), np.inf)
    for i, j in np.argwhere(np.subtract.outer(times_s, times_s) >= OTHER_GROUP_S):
        changed = float(np.median(tiles(cv2.absdiff(luma[i], luma[j]), TILE_PX)))
        share = changed / max(min(fine[i], fine[j]), LEAST_FINE)
        best[i], best[j] = min(best[i], share), min(best[j], share)
    return best
