"""How blurred a picture is: the gradients that a further blur takes from its sharpest parts.

The reblur ratio of Zhuo and Sim (Defocus map estimation from a single image, Pattern Recognition 44, 2011), taken
over tiles instead of single edges, so that neither noise nor a caption decides.
"""

import cv2
import numpy as np

from layers.health.sample import Grey, smoothed, tiles

TILE_PX = 32
QUIET_PX = 0.8
REBLUR_PX = 2.0
LEAST_GRADIENT = 0.8
"""RMS of luma per pixel in a tile that has anything to be sharp."""
SHARPEST = 0.85
LEAST_TILES = 4


def blur_px(luma: Grey) -> float | None:
    """The sigma, in pixels, of the Gaussian that a picture (rows, cols) looks blurred with; None when it is all plain.

    Of the sharper tiles: a scene may be out of focus in part, and a caption may be sharp over a blurred one.
    """
    once = smoothed(luma, QUIET_PX)
    before, after = _power(once), _power(smoothed(once, REBLUR_PX))
    telling = before > LEAST_GRADIENT**2
    if np.count_nonzero(telling) < LEAST_TILES:
        return None
    kept = np.quantile(before[telling] / np.maximum(after[telling], 1e-6), SHARPEST)
    return float(REBLUR_PX / np.sqrt(max(float(kept) - 1, 1e-3)))


def _power(luma: Grey) -> Grey:
    """Mean square of the gradient by tile."""
    across, down = (cv2.Sobel(luma, cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8) for dx in (1, 0))
    return tiles(np.asarray(across * across + down * down, np.float32), TILE_PX)
