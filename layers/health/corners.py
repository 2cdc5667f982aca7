"""How far a camera has turned since the reference: corners found again in both pictures, and where most have gone.

Corners (ORB, Rublee et al. 2011) are led astray neither by level edges, which lie on themselves after any turn to the
side, nor by noise on plain ground, nor by what drives past: only what stands agrees on one shift. By day and by night
few of them are the same; then edges have to say it (`movement`).
"""

from collections.abc import Sequence
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.health.movement import TOLERANCE_PX, Shift
from layers.health.sample import as_large

MOST_CORNERS = 400
FAST_LUMA, EDGE_PX, PATCH_PX = 8, 12, 24
SAME_BITS = 64
"""Of 256, in which the same corner in two pictures differs at most."""
TOGETHER_PX = 3.0
"""Corners that have gone so alike have gone together."""
LEAST = 7
"""So many corners have to agree."""


def shifts(frames: Sequence[NDArray[np.uint8]], reference: NDArray[np.uint8]) -> list[Shift | None]:
    """What has moved in each frame (rows, cols, 3) since the reference; None where too few corners agree.

    ``alike_with`` and ``alike_without`` are shares of the corners that were found again: gone together, and stayed.
    """
    if not len(frames):
        return []
    before = _corners(as_large(reference, frames[0]))
    return [_together(_gone(before, _corners(frame)), frame.shape[1]) for frame in frames]


def _corners(picture: NDArray[np.uint8]) -> tuple[NDArray[np.float64], Any]:
    """Where the corners of a picture are, px, (n, 2), and what marks each of them, (n, 32) or None."""
    detector = cv2.ORB_create(MOST_CORNERS, fastThreshold=FAST_LUMA, edgeThreshold=EDGE_PX, patchSize=PATCH_PX)  # type: ignore[attr-defined]
    points, marks = detector.detectAndCompute(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), None)
    return np.array([one.pt for one in points], np.float64).reshape(-1, 2), marks


def _gone(before: tuple[NDArray[np.float64], Any], now: tuple[NDArray[np.float64], Any]) -> NDArray[np.float64]:
    """How far each corner that is in both pictures has gone, px, (n, 2)."""
    if before[1] is None or now[1] is None:
        return np.zeros((0, 2))
    matcher = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True)
    pairs = [(one.queryIdx, one.trainIdx) for one in matcher.match(before[1], now[1]) if one.distance < SAME_BITS]
    i, j = np.array(pairs, np.int64).reshape(-1, 2).T
    return np.asarray(now[0][j] - before[0][i], np.float64)


def _together(gone: NDArray[np.float64], cols: int) -> Shift | None:
    """The shift (px, n × 2) on which most corners agree."""
    if len(gone) < LEAST:
        return None
    near = np.asarray((np.abs(gone[:, None] - gone[None]) <= TOGETHER_PX).all(axis=2))
    most = near[int(near.sum(axis=1).argmax())]
    if most.sum() < LEAST:
        return None
    across, down = np.median(gone[most], axis=0).tolist()
    stayed = float((np.abs(gone) <= TOLERANCE_PX + 1).all(axis=1).mean())
    return Shift(across / cols, down / cols, stayed, float(most.mean()))
