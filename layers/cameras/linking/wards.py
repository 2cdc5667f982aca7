"""Area and tier of a camera as one number, so that what somebody may see is one look-up for many cameras."""

from collections.abc import Hashable

import numpy as np
from numpy.typing import NDArray

from layers.grants.permissions import Reach, everywhere

ALL = everywhere("camera")
KEPT = 64
"""Reaches whose answers are kept; beyond that all are worked out anew."""


class Wards:
    """Numbers of the pairs of area and tier that there are. They only grow. Used under the lock of its index."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int], int] = {}
        self._shown: dict[Hashable, NDArray[np.bool_]] = {}

    def number(self, area: str, tier: int) -> int:
        """The number of a pair."""
        return self._numbers.setdefault((area, tier), len(self._numbers))

    def shown_to(self, reach: Reach) -> NDArray[np.bool_]:
        """By number, whether a reach has it."""
        key = reach.key
        kept = self._shown.get(key)
        if kept is not None and len(kept) == len(self._numbers):
            return kept
        if len(self._shown) >= KEPT:
            self._shown.clear()
        made = np.array([reach.covers(area, tier) for area, tier in self._numbers], bool)
        self._shown[key] = made
        return made
