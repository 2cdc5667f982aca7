"""Who has a live connection now: people, however many screens each of them has, at whichever process."""

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from geoserver.live.relayed import Here, digest

FORGOTTEN_S = 10.0
"""A process that was not heard of for so long has nobody any more."""


@dataclass(frozen=True, slots=True)
class _Part:
    """What one process said, by one message."""

    people: frozenset[bytes]
    until_s: float


class Present:
    """The people of this process, and what is known of others. Safe to use from many threads.

    Attributes
    ----------
    changes : counts how often the people of this process have changed
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._guard = threading.Lock()
        self._screens: Counter[str] = Counter()
        self._elsewhere: dict[bytes, dict[int, _Part]] = {}
        self.changes = 0

    @property
    def people(self) -> int:
        """How many different people are connected, to any process that is heard of."""
        with self._guard:
            now_s = self._clock()
            others = [one for parts in self._elsewhere.values() for one in parts.values() if now_s < one.until_s]
            if not others:
                return len(self._screens)
            return len(frozenset[bytes]().union(map(digest, self._screens), *(one.people for one in others)))

    @property
    def names(self) -> frozenset[str]:
        """Who is connected to this process."""
        with self._guard:
            return frozenset(self._screens)

    @contextlib.contextmanager
    def joined(self, name: str) -> Iterator[None]:
        """Count one screen of a person, until left."""
        self._count(name, 1)
        try:
            yield
        finally:
            self._count(name, -1)

    def hear(self, here: Here) -> bool:
        """Take up what another process says of who is there; whether that process was not known before."""
        with self._guard:
            now_s = self._clock()
            self._forget(now_s)
            if not here.parts:
                self._elsewhere.pop(here.origin, None)
                return False
            new = here.origin not in self._elsewhere
            parts = self._elsewhere.setdefault(here.origin, {})
            for part in [part for part in parts if part >= here.parts]:
                del parts[part]
            parts[here.part] = _Part(here.people, now_s + FORGOTTEN_S)
            return new

    def _forget(self, now_s: float) -> None:
        for origin, parts in tuple(self._elsewhere.items()):
            if all(one.until_s <= now_s for one in parts.values()):
                del self._elsewhere[origin]

    def _count(self, name: str, by: int) -> None:
        with self._guard:
            before = len(self._screens)
            self._screens[name] += by
            if not self._screens[name]:
                del self._screens[name]
            self.changes += len(self._screens) != before
