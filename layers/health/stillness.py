"""How long a picture has stood still: frozen is not the same as quiet.

A sensor's noise lives on in a quiet scene, and a codec leaves some of it at every rate that cameras send. A frozen
picture that is encoded repeats, but for what the codec itself touches up: the first frame of each group is drawn anew,
and the next few are mended. So most steps of a frozen stretch change next to nothing on the mean, a few change a little
all over, and none changes much anywhere.
"""

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from layers.health.sample import Grey, tiles

TILE_PX = 16
MOVED_LUMA = 10.0
"""Mean change of one tile between two frames that is something moving, not a codec's mending."""
REPEATS = 0.65
"""Of the steps of a frozen stretch, so many change next to nothing."""


def still_s(luma: Grey, times_s: NDArray[np.float64], quiet_luma: float) -> float:
    """Length of the longest frozen stretch of frames, s; a step is quiet when it changes less on the mean."""
    steps = [np.abs(after - before) for before, after in pairwise(luma)]
    quiet = np.array([step.mean() < quiet_luma for step in steps], bool)
    moved = np.array([tiles(step, TILE_PX).max() > MOVED_LUMA for step in steps], bool)
    best = 0.0
    for first in range(len(steps)):
        until = first + (int(np.argmax(moved[first:])) if moved[first:].any() else len(steps) - first)
        shares = np.cumsum(quiet[first:until]) / np.arange(1, until - first + 1)
        enough = np.flatnonzero(shares >= REPEATS)
        if enough.size:
            best = max(best, float(times_s[first + int(enough[-1]) + 1] - times_s[first]))
    return best
