"""The video gateway: one reader for each open stream, however many watch it.

The first viewer opens a stream, and some seconds after the last has gone it is closed. A reader's thread hands what
it made to the event loop, where everything else happens; so there is nothing to lock.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from geoserver.streams.frames import last_picture
from geoserver.streams.model import Fragment, Init, Message, Picture, Piece, Stills, StreamKey, Unplayable, Waiting
from geoserver.streams.reader import Reader
from geoserver.streams.shelf import Kept, Shelf
from geoserver.streams.sources import Source
from geoserver.streams.viewer import Viewer

log = logging.getLogger("geoserver")

State = Waiting | Unplayable | Stills
"""Why there is no motion."""
HELD_S: Final = 10.0
"""How long a stream stays open after a request for its playlist or one of its parts."""
STILL_FOR_S: Final = 60.0
"""How old a picture may be that stands for motion: key pictures may be far apart."""
LEFT: Final = 512
"""Streams of which the last key picture is kept after they were closed: some tens of kilobytes each."""
LEFT_FOR_S: Final = 3_600.0
"""How old it may be."""
DECODING: Final = 2
"""Pictures that are decoded at a time."""
JOIN_S: Final = 8.0


@dataclass(frozen=True)
class Stats:
    """What is open: readers with viewers or soon to close, threads of readers, viewers, bytes kept."""

    readers: int
    threads: int
    viewers: int
    bytes: int


class Channel:
    """One open stream. Used in the event loop alone."""

    def __init__(self, key: StreamKey, clip_s: float) -> None:
        self.key = key
        self.viewers: set[Viewer] = set()
        self.kept = Kept(clip_s)
        self.shelf = Shelf()
        self.held_until_s = 0.0
        self.state: State | None = Waiting("opening")
        self.still: Picture | None = None
        self.pictured: tuple[int, Picture] | None = None
        self.decoding = asyncio.Lock()
        self._init: Init | None = None
        self._came = asyncio.Event()

    def hear(self, messages: Sequence[Message]) -> None:
        """Take what the reader made, and tell the viewers."""
        for one in messages:
            if isinstance(one, Stills):
                self._see(one)
            if one == self.state:
                continue
            if isinstance(one, State):
                self.state = one
            elif isinstance(one, Init):
                self._init = one
                if isinstance(self.state, Unplayable):
                    continue
                self.state = None
            elif self._init is not None:
                self._take(self._init, one)
                if self.state is not None:
                    continue
            for viewer in self.viewers:
                viewer.tell(one)

    def _see(self, one: Stills) -> None:
        if one.picture is not None:
            self.still = one.picture
            self._came.set()

    def _take(self, init: Init, fragment: Fragment) -> None:
        self.kept.add(init, fragment)
        self._came.set()
        if not isinstance(self.state, Unplayable):
            self.shelf.add(init, fragment)

    def join(self, viewer: Viewer) -> None:
        """One more viewer, who begins with what is at hand."""
        if self.state is None:
            viewer.begin(self.kept.current())
        else:
            viewer.tell(self.state)
        self.viewers.add(viewer)

    async def came(self, seconds: float) -> None:
        """Wait for the first picture, so long at most."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._came.wait()


class Gateway:
    """Opens streams for viewers and closes them after the last.

    ``source_of`` gives a stream's source; it is called in the reader's thread each time the stream is opened, so that
    a changed address holds from the next time on, and may raise a Fault.
    """

    def __init__(
        self, source_of: Callable[[StreamKey], Source], *, clip_s: float = 30.0, linger_s: float = 3.0
    ) -> None:
        self._source_of, self._clip_s, self._linger_s = source_of, clip_s, linger_s
        self._open: dict[StreamKey, tuple[Channel, Reader]] = {}
        self._ending: set[Reader] = set()
        self._left: dict[StreamKey, Piece] = {}
        self._decoding = asyncio.Semaphore(DECODING)
        self._loop: asyncio.AbstractEventLoop | None = None

    async def start(self) -> None:
        """Begin; in the event loop that everything of it is used in."""
        self._loop = asyncio.get_running_loop()

    async def close(self) -> None:
        """End all readers and viewers."""
        for key in tuple(self._open):
            self._close(key)
        readers, self._ending = self._ending, set()
        until_s = time.monotonic() + JOIN_S
        for one in readers:
            left_s = max(until_s - time.monotonic(), 0.0)
            if not await asyncio.to_thread(one.join, left_s):
                log.warning("a stream's reader has not ended within %g s", JOIN_S)
        self._loop = None

    @asynccontextmanager
    async def watch(self, key: StreamKey) -> AsyncIterator[Viewer]:
        """A viewer of a stream, which is opened for it where nobody watches it yet."""
        channel, viewer = self._channel(key), Viewer()
        channel.join(viewer)
        try:
            yield viewer
        finally:
            channel.viewers.discard(viewer)
            viewer.close()
            self._look_again(channel)

    async def picture(self, key: StreamKey, *, wait_s: float = 0.0) -> Picture | None:
        """The last picture of an open stream, decoded now; None where nobody has it open.

        With ``wait_s`` the stream is opened for it, and its first picture waited for.
        """
        if wait_s > 0:
            channel = self._hold(key)
            await channel.came(wait_s)
        elif key not in self._open:
            return None
        else:
            channel = self._open[key][0]
        async with channel.decoding:
            piece = channel.kept.current()
            if piece is None or isinstance(channel.state, Stills):
                return channel.still
            newest = piece.fragments[-1].number
            if channel.pictured is None or channel.pictured[0] != newest:
                async with self._decoding:
                    picture = await asyncio.to_thread(last_picture, piece)
                if picture is None:
                    return channel.pictured[1] if channel.pictured else None
                channel.pictured = newest, picture
            return channel.pictured[1]

    async def still(self, key: StreamKey, *, wait_s: float) -> Picture | None:
        """The newest picture of a stream that is had as pictures instead of motion, or was a moment ago; else None.

        The stream is opened for it, and its first picture waited for.
        """
        channel = self._hold(key)
        await channel.came(wait_s)
        still = channel.still
        return still if still is not None and time.time() - still.at_s < STILL_FOR_S else None

    async def last(self, key: StreamKey) -> Picture | None:
        """The newest picture that is there already: of an open stream, or the last key picture of a closed one."""
        picture = await self.picture(key)
        if picture is not None:
            return picture
        piece = self._left.get(key)
        if piece is None or time.time() - piece.fragments[0].at_s > LEFT_FOR_S:
            return None
        async with self._decoding:
            return await asyncio.to_thread(last_picture, piece)

    def state(self, key: StreamKey) -> State | None:
        """Why an open stream gives browsers no motion; None where it gives some, or is not open."""
        return self._open[key][0].state if key in self._open else None

    def kept(self, key: StreamKey, seconds: float) -> Sequence[Piece]:
        """What is at hand of the last so many seconds of an open stream; empty where nobody has it open."""
        return self._open[key][0].kept.last(seconds) if key in self._open else ()

    def shelf(self, key: StreamKey) -> Shelf:
        """Segments for HLS. The stream is opened where it is not, and stays so for ``HELD_S`` after each call."""
        return self._hold(key).shelf

    def drop(self, camera: str) -> None:
        """Close a camera's streams and open them anew for who watches them: its addresses have changed."""
        for key in [key for key in self._left if key.camera == camera]:
            del self._left[key]
        for key in [key for key in self._open if key.camera == camera]:
            before, reader = self._open[key]
            self._end(reader)
            before.state = Waiting("reconnecting")
            for viewer in before.viewers:
                viewer.tell(before.state)
            self._open[key] = before, self._read(before)

    def stats(self) -> Stats:
        """What is open now."""
        channels = [channel for channel, _ in self._open.values()]
        self._ending = {one for one in self._ending if one.alive}
        return Stats(
            len(channels),
            len(channels) + len(self._ending),
            sum(len(one.viewers) for one in channels),
            sum(one.kept.bytes for one in channels),
        )

    def _hold(self, key: StreamKey) -> Channel:
        channel = self._channel(key)
        waits = channel.held_until_s > time.monotonic()
        channel.held_until_s = time.monotonic() + HELD_S
        if not waits and not channel.viewers:
            self._look_again(channel)
        return channel

    def _channel(self, key: StreamKey) -> Channel:
        if key not in self._open:
            channel = Channel(key, self._clip_s)
            self._open[key] = channel, self._read(channel)
        return self._open[key][0]

    def _read(self, channel: Channel) -> Reader:
        """A reader that tells a channel, until another reads for it."""
        loop = self._loop
        if loop is None:
            raise RuntimeError("the gateway was not started")

        def hear_now(messages: Sequence[Message]) -> None:
            if self._open.get(channel.key) == (channel, reader):
                channel.hear(messages)

        def hear(messages: Sequence[Message]) -> None:
            with suppress(RuntimeError):  # the loop has closed
                loop.call_soon_threadsafe(hear_now, messages)

        reader = Reader(channel.key, lambda: self._source_of(channel.key), hear)
        reader.start()
        return reader

    def _look_again(self, channel: Channel) -> None:
        """Close a channel that nobody watches, some time from now."""
        if self._loop is not None and not channel.viewers:
            held_s = channel.held_until_s - time.monotonic()
            self._loop.call_later(max(self._linger_s, held_s), self._close_unwatched, channel)

    def _close_unwatched(self, channel: Channel) -> None:
        known, reader = self._open.get(channel.key, (None, None))
        if known is not channel or reader is None or channel.viewers:
            return
        # A source that is just being opened, which may mean a clip being drawn, is let begin: who opens and leaves
        # again and again has one thread, not many.
        if channel.held_until_s > time.monotonic() or reader.opening:
            self._look_again(channel)
        else:
            self._close(channel.key)

    def _close(self, key: StreamKey) -> None:
        channel, reader = self._open.pop(key)
        self._end(reader)
        self._keep_last(channel)
        for viewer in channel.viewers:
            viewer.close()

    def _keep_last(self, channel: Channel) -> None:
        self._left.pop(channel.key, None)
        piece = channel.kept.current()
        if piece is not None:
            self._left[channel.key] = Piece(piece.init, piece.fragments[:1])
        while len(self._left) > LEFT:
            del self._left[next(iter(self._left))]

    def _end(self, reader: Reader) -> None:
        reader.stop()
        self._ending = {one for one in self._ending if one.alive} | {reader}
