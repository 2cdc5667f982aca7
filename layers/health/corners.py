"""How far a camera has turned since the reference: points found again in both pictures, and where they have gone.

Points (SIFT, Lowe 2004) are led astray neither by level edges, which lie on themselves after any turn to the side, nor
by noise on plain ground, nor by what drives past: only what stands agrees on one similarity (shift, turn and scale,
RANSAC). Day and night, bare ground and fog have few in common; then edges have to say it (`movement`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.health.movement import TOLERANCE_PX, Shift
from layers.health.sample import as_large

MOST_POINTS = 600
CONTRAST = 0.02
DISTINCT = 0.85
"""A point is the same if what marks it differs less than this from what marks the next like it."""
MOST_SCALE, MOST_ROLL_DEG = 1.5, 20.0
"""A camera that is knocked or turned neither magnifies more than this nor rolls further."""
MUCH_ALIKE = 0.04
"""Share of the width by which points that have gone together may differ: the side of a picture goes farther than its
middle when a camera turns."""
TOGETHER_PX = 4.0
"""Points that one similarity explains so well have gone together."""
ONE_PLACE_PX = 3.0
"""Points nearer than this are one."""
LEAST = 5
"""So many points have to agree."""


def shifts(frames: Sequence[NDArray[np.uint8]], reference: NDArray[np.uint8]) -> list[Shift | None]:
    """What has moved in each frame (rows, cols, 3) since the reference; None where too few points agree.

    ``alike_with`` and ``alike_without`` are shares of the points that were found again: gone together, and stayed.
    """
    if not len(frames):
        return []
    before = _Points.of(as_large(reference, frames[0]))
    return [_together(*before.found_in(_Points.of(frame)), frame.shape[1]) for frame in frames]


@dataclass(frozen=True, eq=False)
class _Points:
    """Points of a picture: where, px, (n, 2); size, px, and direction, degrees, (n, 2); marks, (n, 128) or None."""

    at: NDArray[np.float64]
    looks: NDArray[np.float64]
    marks: NDArray[np.float32] | None

    @classmethod
    def of(cls, picture: NDArray[np.uint8]) -> "_Points":
        detector = cv2.SIFT_create(MOST_POINTS, contrastThreshold=CONTRAST)  # type: ignore[attr-defined]
        points, marks = detector.detectAndCompute(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), None)
        every = np.array([(*one.pt, one.size, one.angle) for one in points], np.float64).reshape(-1, 4)
        return cls(every[:, :2], every[:, 2:], marks)

    def found_in(self, now: "_Points") -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where those that are in both pictures were and are, px, (n, 2) each."""
        if self.marks is None or now.marks is None:
            return self.at[:0], now.at[:0]
        likest = cv2.BFMatcher(cv2.NORM_L2).knnMatch(self.marks, now.marks, k=2)
        clear = [two[0] for two in likest if len(two) == 2 and two[0].distance < DISTINCT * two[1].distance]
        i, j = np.array([(one.queryIdx, one.trainIdx) for one in clear], np.int64).reshape(-1, 2).T
        scale = np.abs(np.log(now.looks[j, 0] / self.looks[i, 0])) < np.log(MOST_SCALE)
        roll = np.abs((now.looks[j, 1] - self.looks[i, 1] + 180) % 360 - 180) < MOST_ROLL_DEG
        return self.at[i[scale & roll]], now.at[j[scale & roll]]


def _together(was: NDArray[np.float64], now: NDArray[np.float64], cols: int) -> Shift | None:
    """The shift of what has gone together; both px, (n, 2)."""
    gone = now - was
    if len(gone) < LEAST:
        return None
    near = np.asarray((np.abs(gone[:, None] - gone[None]) <= MUCH_ALIKE * cols).all(axis=2))
    some = np.flatnonzero(near[int(near.sum(axis=1).argmax())])
    if len(some) < LEAST:
        return None
    _, inside = cv2.estimateAffinePartial2D(was[some], now[some], method=cv2.RANSAC, ransacReprojThreshold=TOGETHER_PX)
    most = some[inside.ravel() > 0]
    if len(np.unique(np.round(now[most] / ONE_PLACE_PX), axis=0)) < LEAST:
        return None
    across, down = np.median(gone[most], axis=0).tolist()
    stayed = float((np.abs(gone) <= TOLERANCE_PX + 1).all(axis=1).mean())
    return Shift(across / cols, down / cols, stayed, len(most) / len(gone))
