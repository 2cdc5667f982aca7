"""Who looked back, and to when: a row of the journal for each hour that somebody looks at, not for each picture."""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from geoserver.looks import Looks

DEED = "replay"
KIND = "situation"
AGAIN_S = 600.0
"""Who looks on at the same hour is noted again after so long."""
MOST = 10_000


class Noted:
    """What was noted lately, in this process. Safe to use from many threads."""

    def __init__(self, looks: Looks, clock: Callable[[], float] = time.monotonic) -> None:
        self._looks, self._clock = looks, clock
        self._last: dict[tuple[str, str, bool], float] = {}
        self._guard = threading.Lock()

    def note(self, person: str, moment: datetime, *, vehicles: bool) -> None:
        """Have it noted that somebody looks at the situation of a moment; ``vehicles``: with where they were."""
        hour = moment.astimezone(UTC).strftime("%Y-%m-%dT%H")
        key, now_s = (person, hour, vehicles), self._clock()
        with self._guard:
            if now_s - self._last.get(key, -AGAIN_S) < AGAIN_S:
                return
            if len(self._last) >= MOST:
                self._last = {one: at for one, at in self._last.items() if now_s - at < AGAIN_S}
            self._last[key] = now_s
        self._looks.note(person, KIND, hour, {"deed": DEED, "hour": f"{hour}:00:00Z", "vehicles": vehicles})
