"""How far a camera has turned since the reference: points found again in both pictures, and where they have gone.

Points (SIFT, Lowe 2004) are led astray neither by level edges, which lie on themselves after any turn to the side, nor
by noise on plain ground, nor by what drives past: only what stands agrees on one similarity (shift, turn and scale,
RANSAC). Day and night, bare ground and fog have few in common; then edges have to say it (`movement`).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.health.movement import TOLERANCE_PX, Shift, agreed
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


def moved(frames: Sequence[NDArray[np.uint8]], reference: NDArray[np.uint8]) -> Shift | None:
    """What has moved in frames (rows, cols, 3) since the reference; None where too few points agree.

    ``alike_with`` and ``alike_without`` are shares of the points that were found again: gone together, and stayed.
    Frames are asked one by one, as a camera may move in between; those with few points each are asked together.
    """
    if not len(frames):
        return None
    before, cols = _Points.of(as_large(reference, frames[0])), frames[0].shape[1]
    pairs = [before.found_in(_Points.of(frame)) for frame in frames]
    return agreed([_shift(*two, cols) for two in pairs]) or _shift_of_all(pairs, cols)


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


_Places: TypeAlias = NDArray[np.float64]


def _shift(was: _Places, now: _Places, cols: int) -> Shift | None:
    """The shift of what has gone together; both px, (n, 2)."""
    most = _together(was, now, cols)
    if not len(most):
        return None
    gone = now - was
    across, down = np.median(gone[most], axis=0).tolist()
    stayed = float((np.abs(gone) <= TOLERANCE_PX + 1).all(axis=1).mean())
    return Shift(across / cols, down / cols, stayed, len(most) / len(gone))


def _shift_of_all(pairs: Sequence[tuple[_Places, _Places]], cols: int) -> Shift | None:
    """The shift on which points of most frames agree."""
    was, now = (np.concatenate(places) for places in zip(*pairs, strict=True))
    frame = np.repeat(np.arange(len(pairs)), [len(two[0]) for two in pairs])
    most = _together(was, now, cols)
    seen_in = np.unique(frame[most])
    found = _shift(was, now, cols)
    if found is None or 2 * len(seen_in) < len(pairs):
        return None
    each = [np.median((now - was)[most[frame[most] == one]], axis=0) for one in seen_in]
    return replace(found, spread=float(np.hypot(*np.ptp(each, axis=0))) / cols)


def _together(was: _Places, now: _Places, cols: int) -> NDArray[np.int64]:
    """Which have gone together, (m,); none when they are too few places."""
    nobody, gone = np.zeros(0, np.int64), now - was
    if len(gone) < LEAST:
        return nobody
    near = np.asarray((np.abs(gone[:, None] - gone[None]) <= MUCH_ALIKE * cols).all(axis=2))
    some = np.flatnonzero(near[int(near.sum(axis=1).argmax())])
    if len(some) < LEAST:
        return nobody
    _, inside = cv2.estimateAffinePartial2D(was[some], now[some], method=cv2.RANSAC, ransacReprojThreshold=TOGETHER_PX)
    most = some[inside.ravel() > 0]
    return most if len(np.unique(np.round(was[most] / ONE_PLACE_PX), axis=0)) >= LEAST else nobody
