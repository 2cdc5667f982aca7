"""Whether work on a live stream keeps up with it; if not, what is to be left out."""

import time
from collections.abc import Callable
from typing import Final

from geoserver.streams.model import TICKS_S

LATE_S: Final = 1.0
"""Who is so much later than at best is behind."""
DRAINED_S: Final = 0.1
DRIFT: Final = 0.001
"""A camera's clock may be wrong by this part of the time."""


class Pace:
    """Compares the pictures' own clock with ours: while it falls behind, whole groups are left out.

    A clock that jumped looks like being behind; but then leaving pictures out does not help, and it is begun anew.
    ``clock`` : seconds, of whatever start
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._best_s: float | None = None
        self._asked_s = 0.0
        self._skipping_from_s: float | None = None

    def takes(self, ticks: int, *, key: bool) -> bool:
        """Whether a picture of this time is to be worked on; if not, none is until a key picture is."""
        now_s = self._clock()
        late_s = now_s - ticks / TICKS_S
        if self._best_s is None:
            self._best_s = late_s
        else:
            self._best_s = min(late_s, self._best_s + DRIFT * (now_s - self._asked_s))
        self._asked_s = now_s
        behind_s = late_s - self._best_s
        if self._skipping_from_s is None:
            if behind_s > LATE_S:
                self._skipping_from_s = behind_s
            return behind_s <= LATE_S
        if not key:
            return False
        if behind_s > LATE_S:
            if behind_s < self._skipping_from_s - DRAINED_S:
                self._skipping_from_s = behind_s
                return False
            self._best_s = late_s
        self._skipping_from_s = None
        return True
