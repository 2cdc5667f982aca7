"""What is at hand of an open stream: the last groups of pictures, and the same cut into segments and parts for HLS."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from geoserver.streams.model import TICKS_S, Fragment, Init, Piece

MOST_BYTES: Final = 48 << 20
"""Of the groups before the current one, whatever time they cover."""
PART: Final = TICKS_S // 5
SEGMENT: Final = TICKS_S
SEGMENTS: Final = 8


class Kept:
    """The groups of pictures of the last so many seconds, the current one last; each begins with a key picture."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._groups: deque[tuple[Init, list[Fragment]]] = deque()
        self.bytes = 0

    def add(self, init: Init, fragment: Fragment) -> None:
        """Keep one more; what is too old goes, whole groups at a time."""
        if fragment.key or not self._groups or self._groups[-1][0] is not init:
            self._groups.append((init, []))
        self._groups[-1][1].append(fragment)
        self.bytes += len(fragment.data)
        while len(self._groups) > 1 and self._is_over(fragment.at_s):
            self.bytes -= sum(len(one.data) for one in self._groups.popleft()[1])

    def current(self) -> Piece | None:
        """The current group, from its key picture on."""
        return Piece(self._groups[-1][0], tuple(self._groups[-1][1])) if self._groups else None

    def last(self, seconds: float) -> Sequence[Piece]:
        """The groups that reach into the last so many seconds; groups under one head are one piece."""
        if not self._groups:
            return ()
        since_s = self._groups[-1][1][-1].at_s - seconds
        pieces: list[tuple[Init, list[Fragment]]] = []
        for init, group in self._groups:
            if group[-1].at_s <= since_s:
                continue
            if pieces and pieces[-1][0] is init:
                pieces[-1][1].extend(group)
            else:
                pieces.append((init, list(group)))
        return tuple(Piece(init, tuple(group)) for init, group in pieces)

    def _is_over(self, now_s: float) -> bool:
        """Whether the oldest group can go: the one after it covers the time asked for alone, or there is too much."""
        return self._groups[1][1][0].at_s <= now_s - self._seconds or self.bytes > MOST_BYTES


@dataclass(slots=True)
class Part:
    """Some fifth of a second."""

    fragments: list[Fragment] = field(default_factory=list)
    ticks: int = 0
    whole: bool = False

    @property
    def independent(self) -> bool:
        """Whether it can be decoded without what was before."""
        return self.fragments[0].key


@dataclass(slots=True)
class Segment:
    """From one key picture to another, a second or more; ``broken`` where the one before has another head."""

    number: int
    init: Init
    broken: bool
    parts: list[Part] = field(default_factory=list)
    whole: bool = False

    @property
    def ready(self) -> Sequence[Part]:
        """Its parts that are whole."""
        return [part for part in self.parts if part.whole]

    @property
    def ticks(self) -> int:
        """Duration of what it has."""
        return sum(part.ticks for part in self.parts)


class Shelf:
    """The last segments of a stream. Used in the event loop alone."""

    def __init__(self) -> None:
        self.segments: deque[Segment] = deque()
        self.breaks_before = 0
        """How many breaks lay in segments that are gone."""
        self._news = asyncio.Event()
        self._count = 0

    def add(self, init: Init, fragment: Fragment) -> None:
        """Cut in one more."""
        last = self.segments[-1] if self.segments else None
        if last is None or last.init is not init:
            self._begin(init, last is not None)
        elif last.whole:
            self._begin(init, False)
        segment = self.segments[-1]
        if not segment.parts or segment.parts[-1].whole:
            segment.parts.append(Part())
        part = segment.parts[-1]
        part.fragments.append(fragment)
        part.ticks += fragment.ticks
        if fragment.last and segment.ticks + fragment.ticks // 2 >= SEGMENT:
            self._end(segment)
        elif part.ticks + fragment.ticks // 2 >= PART:
            part.whole = True
            self._tell()

    async def wait(self, seconds: float) -> bool:
        """Whether a part became whole within so many seconds."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    def _begin(self, init: Init, broken: bool) -> None:
        if self.segments and not self.segments[-1].whole:
            self._end(self.segments[-1])
        self.segments.append(Segment(self._count, init, broken))
        self._count += 1
        while len(self.segments) > SEGMENTS:
            self.breaks_before += self.segments.popleft().broken

    def _end(self, segment: Segment) -> None:
        segment.whole = True
        for part in segment.parts:
            part.whole = True
        self._tell()

    def _tell(self) -> None:
        self._news.set()
        self._news = asyncio.Event()
