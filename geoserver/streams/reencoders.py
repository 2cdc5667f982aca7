"""How many streams one server process encodes anew at a time: each takes up to a core."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Literal

Room = Literal["free", "busy", "off"]


class Reencoders:
    """Places for so many streams. Safe to use from many threads."""

    def __init__(self, allowed: int) -> None:
        self.allowed = allowed
        self._in_use = 0
        self._guard = threading.Lock()

    @property
    def in_use(self) -> int:
        """Streams that are encoded anew now."""
        return self._in_use

    @property
    def room(self) -> Room:
        """Whether another stream could be; ``off`` where none ever is."""
        if not self.allowed:
            return "off"
        return "free" if self._in_use < self.allowed else "busy"

    @contextlib.contextmanager
    def place(self) -> Iterator["Place"]:
        """A place that can be taken within the block, and is given back after it."""
        place = Place(self)
        try:
            yield place
        finally:
            place.give_back()

    def _take(self) -> bool:
        with self._guard:
            free = self._in_use < self.allowed
            self._in_use += free
            return free

    def _give_back(self) -> None:
        with self._guard:
            self._in_use -= 1


class Place:
    """One stream's place, taken or not."""

    def __init__(self, reencoders: Reencoders) -> None:
        self._reencoders = reencoders
        self._taken = False

    def take(self) -> bool:
        """Take it if there is room; whether it is taken now."""
        self._taken = self._taken or self._reencoders._take()
        return self._taken

    def give_back(self) -> None:
        """Leave it to others; nothing happens where it is not taken."""
        if self._taken:
            self._taken = False
            self._reencoders._give_back()
