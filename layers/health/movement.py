"""How far a camera has turned since the reference: edges of both pictures laid over each other.

Phase correlation finds the shift; what the edges say at that shift, and at none, decides whether to believe it. Edges
are taken against their surroundings, so that day and night give much the same ones. Frames are asked one by one: a
camera that is held in a hand, or is just being steered, shows a shift that is another in each of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from layers.health.sample import Grey, as_large, grey, smoothed

LEAST_EDGES = 0.001
"""Share of pixels on an edge under which a picture is too plain to say anything."""
EDGE_LUMA = 8.0
SURROUND_PX = 12.0
SOFTEN_PX = 1.5
TOLERANCE_PX = 3
"""Edges as near as this to where they were have not moved (wind, a pole that sways)."""
TRUSTED = 0.25


@dataclass(frozen=True, slots=True)
class Shift:
    """``across``, ``down`` and ``spread`` in shares of the picture's width.

    How alike the edges are without it and with it, correlation −1 to 1; ``spread``: how far frames disagree on it.
    """

    across: float
    down: float
    alike_without: float
    alike_with: float
    spread: float = 0.0

    @property
    def share(self) -> float:
        """How far in all."""
        return float(np.hypot(self.across, self.down))

    @property
    def gained(self) -> float:
        """How much better the edges agree with the shift than without."""
        return self.alike_with - self.alike_without


def shift(now: NDArray[np.uint8], reference: NDArray[np.uint8]) -> Shift | None:
    """What has moved between two pictures (rows, cols, 3) of one camera; None when one of them is too plain."""
    before = as_large(reference, now)
    if min(_edge_share(grey(now)), _edge_share(grey(before))) < LEAST_EDGES:
        return None
    a, b = _edges(grey(before)), _edges(grey(now))
    without = max(_alike(a, b, dx, dy) for dx in _NEAR for dy in _NEAR)
    best = max((_candidate(a, b, window) for window in (True, False)), key=lambda found: found[2])
    dx, dy, alike = best
    return Shift(dx / now.shape[1], dy / now.shape[1], without, alike)


def agreed(shifts: Sequence[Shift | None]) -> Shift | None:
    """The middle of what frames say, those left out whose edges agree much less than in the best of them.

    None when less than half of them are left: then they have found nothing that they agree on.
    How alike the edges are is taken from one of the better frames: where cars stand on the edges of the scene, less of
    it agrees.
    """
    told = [one for one in shifts if one is not None and one.alike_with > 0]
    if not told:
        return None
    best = max(one.alike_with for one in told)
    kept = sorted((one for one in told if one.alike_with >= TRUSTED * best), key=lambda one: one.gained)
    if 2 * len(kept) < len(shifts):
        return None
    places = np.array([(one.across, one.down) for one in kept])
    across, down = np.median(places, axis=0).tolist()
    clear = kept[len(kept) * 3 // 4]
    return Shift(across, down, clear.alike_without, clear.alike_with, float(np.hypot(*np.ptp(places, axis=0))))


_NEAR = tuple(range(-TOLERANCE_PX, TOLERANCE_PX + 1, 1))


def _candidate(a: Grey, b: Grey, hann: bool) -> tuple[int, int, float]:
    """Shift in pixels by phase correlation, and how alike the edges are then."""
    rows, cols = a.shape
    window = cv2.createHanningWindow((cols, rows), cv2.CV_32F) if hann else None
    (dx, dy), _ = cv2.phaseCorrelate(a, b, window)
    around = [(round(dx) + i, round(dy) + j) for i in (-1, 0, 1) for j in (-1, 0, 1)]
    return max(((x, y, _alike(a, b, x, y)) for x, y in around), key=lambda one: one[2])


def _edges(luma: Grey) -> Grey:
    """Strength of the gradient against that of its surroundings, softened; mean 0."""
    across, down = (cv2.Sobel(smoothed(luma, 0.8), cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8) for dx in (1, 0))
    strength = np.asarray(np.hypot(across, down), np.float32)
    against = smoothed(strength, SURROUND_PX) + 1.0
    soft = smoothed(np.minimum(strength / against, 4.0), SOFTEN_PX)
    return np.asarray(soft - soft.mean(), np.float32)


def _edge_share(luma: Grey) -> float:
    across, down = (cv2.Sobel(smoothed(luma, 0.8), cv2.CV_32F, dx, 1 - dx, ksize=3, scale=1 / 8) for dx in (1, 0))
    return float((np.hypot(across, down) > EDGE_LUMA).mean())


def _alike(a: Grey, b: Grey, dx: int, dy: int) -> float:
    """Correlation of two pictures where they overlap, the second shifted back; −1 when less than a quarter does."""
    rows, cols = a.shape
    wide, tall = cols - abs(dx), rows - abs(dy)
    if wide * tall < rows * cols / 4 or min(wide, tall) < 8:
        return -1.0
    one = a[max(-dy, 0) : max(-dy, 0) + tall, max(-dx, 0) : max(-dx, 0) + wide]
    two = b[max(dy, 0) : max(dy, 0) + tall, max(dx, 0) : max(dx, 0) + wide]
    one, two = one - one.mean(), two - two.mean()
    spread = float(np.sqrt((one * one).sum() * (two * two).sum()))
    return float((one * two).sum()) / spread if spread > 0 else -1.0
