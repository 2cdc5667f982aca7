"""Which of the cameras that see a place come first, and which three are recommended.

The score is between 0 and 1, a weighted sum of

fit (0.40)
    the widest view that still shows enough: 1 when the picture shows just the density asked for, 1/2 when
    it shows eight times as much. A PTZ camera zooms to what is asked.
reserve (0.15)
    how much closer it could look: nothing to spare 0, 32 times the density asked for 1.
health (0.20)
    online 1, not known 0.7, a reported fault 0.2, offline 0.
near (0.15)
    1 at the lens, 1/2 at 500 m.
ready (0.10)
    fixed and already looking 1; a PTZ camera loses up to 0.8 with the angle that it must turn, and stands
    at 0.2 when the zero of its pan is not known.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tiles.geodesy import Floats

WEIGHTS = {"fit": 0.40, "reserve": 0.15, "health": 0.20, "near": 0.15, "ready": 0.10}
HALF_NEAR_M = 500.0
CLOSE_ENOUGH_PX_M = 250.0
"""A close-up gains nothing from more than this (identify, 2014)."""


@dataclass(frozen=True, slots=True)
class Merits:
    """What counts for n cameras that see a place, (n,) each.

    ``shown_px_m`` is the density in the picture as mounted, or after a PTZ camera's zoom;
    ``density_px_m`` the highest it can reach there.
    """

    shown_px_m: Floats
    density_px_m: Floats
    distance_m: Floats
    health: Floats
    ready: Floats


@dataclass(frozen=True, slots=True)
class Trio:
    """Row numbers of the recommended cameras; None where there is none."""

    overview: int | None
    context: int | None
    close: int | None


def scores(merits: Merits, asked_px_m: float) -> Floats:
    """Scores (n,), see the head of this file."""
    parts = {
        "fit": 1 / (1 + np.log2(np.maximum(merits.shown_px_m / asked_px_m, 1.0)) / 3),
        "reserve": np.clip(np.log2(np.maximum(merits.density_px_m / asked_px_m, 1.0)) / 5, 0, 1),
        "health": merits.health,
        "near": HALF_NEAR_M / (HALF_NEAR_M + merits.distance_m),
        "ready": merits.ready,
    }
    return np.asarray(sum(WEIGHTS[name] * part for name, part in parts.items()), np.float64)


def recommend(tiers: NDArray[np.int_], score: Floats, merits: Merits, wide_m: Floats) -> Trio:
    """The best lookout (or else the widest view), the best of tier 2, the closest look of tier 3.

    The widest view is preferably not one of the other two.
    """

    def best(tier: int, *keys: Floats) -> int | None:
        rows = np.flatnonzero(tiers == tier)
        return int(max(rows, key=lambda i: tuple(key[i] for key in keys))) if rows.size else None

    context = best(2, score)
    close = best(3, np.minimum(merits.density_px_m, CLOSE_ENOUGH_PX_M), score)
    overview = best(1, score)
    if overview is None and len(tiers):
        rows: Sequence[int] = [i for i in range(len(tiers)) if i not in (context, close)] or range(len(tiers))
        overview = max(rows, key=lambda i: (wide_m[i], score[i]))
    return Trio(overview, context, close)
