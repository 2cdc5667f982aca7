"""How long a picture has stood still: frozen is not the same as quiet.

A sensor's noise is new in every frame, and a codec leaves some of it in every group of pictures, even where it repeats
the frames within a group. So frames are held against frames of other groups: of a frozen picture they differ by what
the codec itself does, which goes with how much fine structure there is to code; of a quiet one by the noise too. The
middle of all tiles decides, so that neither a passer-by nor a clock in the picture does.

At night a codec spends so little on a frozen picture that groups differ as much as with noise; but from one frame to
the next nothing changes then but where a group begins, and with noise something does. That decides where it is clear.

From high up by day a codec smooths all noise away, and groups are alike; but cars move, few and small as they are.
Where some spot of the picture changes at every step it is not frozen. A clock in a frozen one changes once a second.
"""

from itertools import pairwise

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
CHANGED_LUMA = 1.5
"""A pixel that differs by less is the same."""
CALM = 0.3
"""Of the steps from frame to frame, the calmest ones are looked at: in the others a group may begin."""
HARDLY, NOT_AT_ALL = 0.022, 0.002
"""Share of the pixels that change in a calm step of a stretch that may be frozen, and of one that is."""
SPOT_PX, MOVES_LUMA = 16, 1.7
"""A tile so large changes by so much in the mean only where something moves: what a codec touches up is less."""


def still_s(luma: Grey, times_s: NDArray[np.float64], quiet_share: float) -> float:
    """Length of the longest frozen stretch of frames (n, rows, cols), s.

    A frame repeats another when the two differ by less than that share of their fine structure.
    """
    repeated, stirred, moving = repeats(luma, times_s) < quiet_share, stirs(luma), moves(luma)
    spans = np.subtract.outer(times_s, times_s).T
    for first, last in sorted(np.argwhere(spans > 0).tolist(), key=lambda pair: -spans[*pair]):
        if np.quantile(moving[first:last], CALM) > MOVES_LUMA:
            continue
        calm = float(np.quantile(stirred[first:last], CALM))
        if calm <= NOT_AT_ALL or (calm <= HARDLY and repeated[first : last + 1].mean() >= REPEATS):
            return float(spans[first, last])
    return 0.0


def stirs(luma: Grey) -> NDArray[np.float64]:
    """Shares of the pixels that change from each frame to the next, (n − 1,)."""
    return np.array([(cv2.absdiff(a, b) >= CHANGED_LUMA).mean() for a, b in pairwise(luma)])


def moves(luma: Grey) -> NDArray[np.float64]:
    """By how much luma changes from each frame to the next in the spot where it changes most, (n − 1,)."""
    return np.array([tiles(cv2.absdiff(a, b), SPOT_PX).max() for a, b in pairwise(luma)])


def repeats(luma: Grey, times_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """How little each frame differs from the most alike one of another group, shares of the fine structure, (n,)."""
    fine = [float(np.abs(frame - smoothed(frame, FINE_PX)).mean()) for frame in luma]
    best = np.full(len(luma), np.inf)
    for i, j in np.argwhere(np.subtract.outer(times_s, times_s) >= OTHER_GROUP_S):
        changed = float(np.median(tiles(cv2.absdiff(luma[i], luma[j]), TILE_PX)))
        share = changed / max(min(fine[i], fine[j]), LEAST_FINE)
        best[i], best[j] = min(best[i], share), min(best[j], share)
    return best
