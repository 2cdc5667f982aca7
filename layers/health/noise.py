"""How much noise there is in frames: fine structure that is another in every frame, all over, and is no movement."""

from itertools import pairwise

import cv2
import numpy as np

from layers.health.sample import Grey, smoothed, tiles

TILE_PX = 32
FINE_PX = 3.0
"""A codec at a low rate takes the finest noise away; what it leaves is blotches up to about this size."""
MOSTLY_NEW = 1.25
"""Where the structure of a tile is older than that, what changes is counted for less: a shaking camera over bricks."""
QUIETEST = 0.25
"""Snow is everywhere: the quieter quarter of the picture tells it from traffic."""


def noise_sigma(luma: Grey) -> float:
    """Standard deviation of the noise in frames (n ≥ 2, rows, cols), as far as the codec has left it."""
    fine: list[Grey] = [frame - smoothed(frame, FINE_PX) for frame in luma]
    changing = np.median([_unexplained(a, b) for a, b in pairwise(fine)], axis=0)
    structure = np.median([np.sqrt(tiles(frame * frame, TILE_PX)) for frame in fine], axis=0)
    new_share = np.minimum(MOSTLY_NEW * changing / np.maximum(structure, 1e-6), 1.0)
    return float(np.quantile(changing * new_share, QUIETEST))


def _unexplained(before: Grey, after: Grey) -> Grey:
    """RMS by tile of what changes and is no small shift of the tile (one step of Lucas and Kanade's method)."""
    step, middle = after - before, smoothed(np.asarray((before + after) / 2, np.float32), 0.8)
    across, down = (
        np.asarray(cv2.Sobel(middle, cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8), np.float32) for dx in (1, 0)
    )
    xx, xy, yy, xt, yt, tt = (
        tiles(a * b, TILE_PX)
        for a, b in ((across, across), (across, down), (down, down), (across, step), (down, step), (step, step))
    )
    spread = np.maximum(xx * yy - xy * xy, 1e-6)
    explained = (yy * xt * xt - 2 * xy * xt * yt + xx * yt * yt) / spread
    return np.asarray(np.sqrt(np.maximum(tt - explained, 0) / 2), np.float32)
