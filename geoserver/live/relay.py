"""Positions and people between the processes of one database, so that each shows what was told to any of them.

A position is said by the process that it was reported to, and only by it; the others put it on their boards and say
nothing of it. What is said every 50 ms is the latest of each thing. A process that is new to another is told all that
was lately reported to that one, so that whoever comes, or comes back, knows what stands still too.
"""

import contextlib
import logging
import secrets
import threading
import time
from collections.abc import Callable, Iterator, Sequence

from geoserver.live.positions import Board, Position
from geoserver.live.present import Present
from geoserver.live.relayed import Here, Moved, pack_gone, pack_here, pack_moved, unpack
from geoserver.storage.store import Line

log = logging.getLogger("geoserver")
CHANNEL = "geoserver_live"
HERE_S = 3.0
"""How often it is said who is here, even where nothing has changed."""
CHANGED_S = 0.5
"""How often at most it is said when people come and go."""
Hear = Callable[[Sequence[Position]], None]


class Relay:
    """What one process says to the others, and what it makes of what they say. Used by one thread."""

    def __init__(self, board: Board, present: Present, moved: Hear, stop: threading.Event, most_bytes: int) -> None:
        self.origin = secrets.token_bytes(8)
        self._board = board
        self._present = present
        self._moved = moved
        self._stop = stop
        self._most_bytes = most_bytes
        self._stamp = 0
        self._changes = -1
        self._said_s = 0.0

    def say(self) -> Sequence[bytes]:
        """What the others are to hear now."""
        if self._stop.is_set():
            return [pack_gone(self.origin)]
        return [*self._who_is_here(), *self._what_moved()]

    def hear(self, message: bytes) -> None:
        """Take up what a process has said; what cannot be read is passed over."""
        try:
            said = unpack(message)
            if said is None or said.origin == self.origin:
                return
            if isinstance(said, Here):
                self._meet(said)
            else:
                self._follow(said)
        except Exception:
            log.exception("what another process has said could not be taken up")

    def _meet(self, here: Here) -> None:
        if self._present.hear(here):
            self._stamp = 0
            self._changes = -1

    def _follow(self, moved: Moved) -> None:
        self._board.put(moved.positions, own=False)
        self._moved(moved.positions)

    def _who_is_here(self) -> Sequence[bytes]:
        now_s, changes = time.monotonic(), self._present.changes
        if now_s - self._said_s < (CHANGED_S if changes != self._changes else HERE_S):
            return ()
        self._said_s, self._changes = now_s, changes
        return pack_here(self.origin, self._present.names, self._most_bytes)

    def _what_moved(self) -> Sequence[bytes]:
        if self._stamp == self._board.stamp:
            return ()
        self._stamp, rows, things = self._board.own_since(self._stamp)
        return pack_moved(self.origin, rows, things, self._most_bytes) if things else ()


@contextlib.contextmanager
def relaying(line: Line | None, board: Board, present: Present, moved: Hear) -> Iterator[None]:
    """Have a process share what it is told with others, until left; without a line nothing is done.

    ``moved`` is told, in a thread of its own, of positions that were reported to others.
    """
    if line is None:
        yield
        return
    stop = threading.Event()
    relay = Relay(board, present, moved, stop, line.most_bytes)
    thread = threading.Thread(target=line.talk, args=(relay.say, relay.hear, stop), name="relay", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=10)
