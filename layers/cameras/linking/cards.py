"""What the question «who sees this place» needs of each camera, side by side in one row of numbers.

A place is put to a few hundred cameras of a hundred thousand: what a question costs is mostly how many places of
memory it fetches. A card is asked first for what most cameras fail at.
"""

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from layers.cameras.look import magnified, pixel, turned
from layers.cameras.mounts import Mounts
from layers.cameras.view import Views
from tiles.geodesy import Floats

WIDE = 40
"""Columns; the first eight numbers are the first line of a processor's cache."""
EYE, MOUNT, KIND, RANGE, LOW, HIGH = 0, 3, 4, 5, 6, 7
ECEF, UP, FOCAL, CARRIER, AXES, SIZE, GLASS = 8, 11, 14, 15, 16, 25, 27
NEVER, TURNS, FIXED, OTHER = range(4)
"""Kinds: not in service or of unknown direction; turns all round; does not turn; turns within limits."""
NO, YES, ASK = range(3)
"""Whether a place is shown; ASK where the card cannot tell."""
MARGIN = 1e-9
"""Of a sine; rounding, many times over."""


def cards_of(views: Views, eyes_m: Floats, mounts: Mounts, usable: NDArray[np.bool_]) -> Floats:
    """Cards (n, WIDE) of n cameras."""
    cards = np.zeros((len(views), WIDE))
    turns = np.where(views.turn[:, 1] >= 180.0, TURNS, OTHER)
    cards[:, EYE : EYE + 3] = eyes_m
    cards[:, MOUNT], cards[:, CARRIER] = mounts.mount_m, mounts.carrier
    cards[:, KIND] = np.where(usable & views.known, np.where(views.ptz, turns, FIXED), NEVER)
    cards[:, RANGE] = views.range_m
    cards[:, LOW : HIGH + 1] = np.sin(np.radians(np.clip(views.turn[:, 2:], -90.0, 90.0)))
    cards[:, ECEF : ECEF + 3], cards[:, UP : UP + 3] = views.ecef_m, views.enu[:, 2]
    cards[:, FOCAL] = np.where(views.ptz, views.lens[:, 1], views.lens[:, 0])
    cards[:, AXES : AXES + 9] = views.rotation.reshape(-1, 9)
    cards[:, SIZE : SIZE + 2] = views.lens[:, 2:]
    cards[:, GLASS : GLASS + 12] = views.glass
    return cards


@njit(cache=True, nogil=True, _nrt=False)
def shows(card: Any, at: Any, up: Any, asked_px_m: float) -> int:
    """Whether a camera has a place in its picture, dense and near enough: NO, YES or ASK.

    Parameters
    ----------
    card : (WIDE,)
    at, up : earth-centred place (m) and unit vector up at it
    asked_px_m : density that counts
    """
    kind = int(card[KIND])
    if kind == NEVER:
        return NO
    d = (at[0] - card[ECEF], at[1] - card[ECEF + 1], at[2] - card[ECEF + 2])
    distance = math.sqrt(d[0] * d[0] + d[1] * d[1] + d[2] * d[2])
    if distance > card[RANGE]:
        return NO
    if kind == FIXED:
        return YES if _fixed_shows(card, d, up, asked_px_m) else NO
    if card[FOCAL] / max(distance, 1e-3) < asked_px_m:
        return NO
    if kind == OTHER or distance < 1e-3:
        return ASK
    # The sine instead of the angle: no arc tangent.
    sine = (card[UP] * d[0] + card[UP + 1] * d[1] + card[UP + 2] * d[2]) / distance
    if sine < card[LOW] - MARGIN or sine > card[HIGH] + MARGIN:
        return NO
    return YES if sine > card[LOW] + MARGIN and sine < card[HIGH] - MARGIN else ASK


@njit(cache=True, nogil=True, _nrt=False)
def _fixed_shows(card: Any, d: Any, up: Any, asked_px_m: float) -> bool:
    """In the picture, and dense enough; the same arithmetic as `look`."""
    axes = (
        (card[AXES], card[AXES + 1], card[AXES + 2]),
        (card[AXES + 3], card[AXES + 4], card[AXES + 5]),
        (card[AXES + 6], card[AXES + 7], card[AXES + 8]),
    )
    ahead, glass = turned(axes, d), card[GLASS : GLASS + 12]
    inside = pixel(ahead, (card[FOCAL], card[SIZE], card[SIZE + 1]), glass)[2]
    return bool(inside and magnified(axes, d, up, ahead, (card[FOCAL], glass)) >= asked_px_m)
