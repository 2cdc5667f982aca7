"""What streams are, known before they are opened: from when they were read last, or asked of the camera."""

import asyncio
import io
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import av

from geoserver.streams.addresses import Address, AddressRules
from geoserver.streams.coded import codec_string, joined
from geoserver.streams.model import PLAYED, Codec, Coming, SourceLost, Unit, Unplayable
from geoserver.streams.rtsp import rtsp_track
from geoserver.streams.sources import Source
from geoserver.streams.stopping import Stop

ASKED_WITHIN_S: Final = 1.0
READ_FOR_S: Final = 3600.0
ASKED_FOR_S: Final = 300.0
"""How long a reading and an answer are believed, no answer among them."""
ASKING: Final = 8
"""Cameras that are asked at a time."""
BARE: Final[dict[Codec, str]] = {"h264": "avc1", "hevc": "hvc1"}
"""Names of codecs whose parameters a camera does not tell beforehand."""
NAME: Final = 40
"""Letters of a codec's name that a camera may make up."""
Name = tuple[str, str]
"""Camera and stream."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a stream is: its codec as browsers name it, whether browsers play it, and its size where known.

    ``decodable``: the server could encode it anew.
    """

    codec: str
    playable: bool
    width: int | None = None
    height: int | None = None
    decodable: bool = True


class Heads:
    """Heads of streams by camera and stream. Safe to use from many threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._known: dict[Name, tuple[Head | None, float]] = {}
        self._guard = threading.Lock()

    def learn(self, name: Name, head: Head | None, for_s: float = READ_FOR_S) -> None:
        """Remember what a stream is, or that it could not be learned."""
        with self._guard:
            self._known[name] = head, self._clock() + for_s

    def get(self, name: Name) -> Head | None:
        """What is known of a stream."""
        return self._fresh(name)[0]

    def is_settled(self, name: Name) -> bool:
        """Whether there is nothing to be asked now: it is known, or was asked for in vain a while ago."""
        return self._fresh(name)[1]

    def _fresh(self, name: Name) -> tuple[Head | None, bool]:
        with self._guard:
            head, until = self._known.get(name, (None, 0.0))
        return (head, True) if self._clock() < until else (None, False)


@dataclass(frozen=True, slots=True)
class Noted:
    """A source of which it is noted what it gives."""

    inner: Source
    learn: Callable[[Head], None]

    def units(self, stop: Stop) -> Iterator[Coming]:
        """Pictures as they come.

        Raises
        ------
        SourceLost
        """
        sets: Sequence[bytes] = ()
        for one in self.inner.units(stop):
            if isinstance(one, Unplayable):
                self.learn(Head(one.codec, False, one.width or None, one.height or None, one.decodable))
            elif isinstance(one, Unit) and one.key and tuple(one.sets) != sets:
                sets = tuple(one.sets)
                head = head_of(one)
                if head is not None:
                    self.learn(head)
            yield one


def head_of(unit: Unit) -> Head | None:
    """What a key picture says of its stream; None where it cannot be read."""
    try:
        name = codec_string(unit.codec, unit.sets)
        with av.open(io.BytesIO(joined([*unit.sets, *unit.nals])), "r", format=unit.codec) as seen:
            context = seen.streams.video[0].codec_context
            return Head(name, unit.codec in PLAYED, context.width or None, context.height or None)
    except (av.FFmpegError, ValueError, IndexError):
        return None


def described(address: Address, rules: AddressRules) -> Head | None:
    """What a camera says of its stream over RTSP; None where it says nothing in time, or speaks something else.

    Blocks, longer than ``ASKED_WITHIN_S`` only while a name is looked up.
    """
    try:
        track = rtsp_track(address, rules, ASKED_WITHIN_S)
    except SourceLost:
        return None
    if track.codec is None:
        return Head(track.encoding.lower()[:NAME], False, decodable=False)
    try:
        name = codec_string(track.codec, track.sets)
    except ValueError:
        name = BARE[track.codec]
    return Head(name, track.codec in PLAYED)


class Asking:
    """Asks cameras what their streams are, each once in a while. Used from the event loop."""

    def __init__(self, heads: Heads, ask: Callable[[Name], Head | None]) -> None:
        self._heads, self._ask = heads, ask
        self._pool = ThreadPoolExecutor(ASKING, thread_name_prefix="heads")
        self._asked: dict[Name, asyncio.Future[None]] = {}

    async def settle(self, names: Sequence[Name]) -> None:
        """Have it known what streams are, as far as that is possible within ``ASKED_WITHIN_S``.

        What is answered later is remembered for who asks again.
        """
        asked = [self._asking(name) for name in names if not self._heads.is_settled(name)]
        if asked:
            await asyncio.wait(asked, timeout=ASKED_WITHIN_S)

    def close(self) -> None:
        """Ask nobody any more; nobody is waited for."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _asking(self, name: Name) -> asyncio.Future[None]:
        if name not in self._asked:
            asked = asyncio.get_running_loop().run_in_executor(self._pool, self._learn, name)
            asked.add_done_callback(lambda _: self._asked.pop(name, None))
            self._asked[name] = asked
        return self._asked[name]

    def _learn(self, name: Name) -> None:
        head = self._ask(name)
        # Who reads it meanwhile knows better.
        if head is not None or not self._heads.is_settled(name):
            self._heads.learn(name, head, ASKED_FOR_S)
