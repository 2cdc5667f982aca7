"""One viewer of a stream: what it is told next, and how far it may fall behind."""

import asyncio
from collections import deque
from typing import Final

from geoserver.streams.model import Fragment, Init, Message, Piece

BEHIND: Final = 75
"""Fragments that may wait for a viewer beyond what it began with; who is slower is put forward to a key picture."""
LATE: Final = 25
"""With so many waiting, a key picture is where a viewer goes on."""
WORDS: Final = 8
"""What may wait to be said beside pictures."""


class Closed(Exception):
    """The gateway has closed; nothing more comes."""


class Viewer:
    """Used in the event loop alone."""

    def __init__(self) -> None:
        self.skipped = 0
        """Fragments that it was too slow for."""
        self._queue: deque[Message] = deque()
        self._wake = asyncio.Event()
        self._limit = BEHIND
        self._until_key = True
        self._closed = False

    async def next(self) -> Message:
        """What comes next.

        Raises
        ------
        Closed
        """
        while not self._queue:
            if self._closed:
                raise Closed
            self._wake.clear()
            await self._wake.wait()
        return self._queue.popleft()

    def begin(self, piece: Piece | None) -> None:
        """Have it begin with the current group of pictures."""
        if piece is None:
            return
        self.tell(piece.init)
        for one in piece.fragments:
            self._queue.append(one)
        self._until_key = not piece.fragments
        self._limit = BEHIND + len(piece.fragments)

    def tell(self, message: Message) -> None:
        """One more message."""
        if isinstance(message, Fragment):
            if not self._room_for(message):
                self.skipped += 1
                return
        elif isinstance(message, Init):
            self._drop()
            self._queue.clear()  # what was waited for before is over
        else:
            self._forget()
        self._queue.append(message)
        self._wake.set()

    def close(self) -> None:
        """Nothing more will come."""
        self._closed = True
        self._wake.set()

    def _room_for(self, fragment: Fragment) -> bool:
        if fragment.key:
            if len(self._queue) > LATE:
                self._drop()
            self._until_key = False
            self._limit = BEHIND
        elif self._until_key:
            return False
        elif len(self._queue) >= self._limit:
            self._drop()
            return False
        return True

    def _forget(self) -> None:
        """Leave out the oldest of many words about waiting."""
        words = [one for one in self._queue if not isinstance(one, Init | Fragment)]
        if len(words) >= WORDS:
            self._queue.remove(words[0])

    def _drop(self) -> None:
        """Leave out the pictures that wait; what else is to be said stays."""
        kept = [one for one in self._queue if not isinstance(one, Fragment)]
        self.skipped += len(self._queue) - len(kept)
        self._queue = deque(kept)
        self._until_key = True
