"""The feed of one process: one reader of the journal, and all who follow it."""

import asyncio
import contextlib
import itertools
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Protocol, TypeVar

import anyio
import anyio.to_thread

from geoserver.faults import LiveFull
from geoserver.live.conditions import CameraNews
from geoserver.live.positions import Board
from geoserver.live.present import Present
from geoserver.live.ring import Ring
from geoserver.live.told import Told
from geoserver.live.watching import Watching, tell
from geoserver.services import Services
from geoserver.storage.store import Change, Store

log = logging.getLogger("geoserver")
MOST = 2_000
"""Clients of one process."""
READERS = 2
"""Threads that read snapshots and old changes from the store, for all clients together."""
POSITIONS_S = 0.15
"""How often a client is told of positions."""
TURNS = 5
"""Clients are told of positions in so many turns, so that they are not all served at once."""
Read = TypeVar("Read")
News = Mapping[str, Sequence[Told]]
"""New changes by topic."""


class Follower(Protocol):
    """A client, as the feed knows it."""

    @property
    def watching(self) -> Watching | None:
        """Its view of what moves, if it wants one."""

    def concern(self, rows: News, before: int, seq: int) -> None:
        """Rows have come; all up to ``before`` were there already, and ``seq`` is the last one's."""

    def turn(self, now_s: float) -> None:
        """It is this client's turn: what moved has been made ready; ``now_s`` is of the monotonic clock."""


class Feed:
    """What all clients share. Used in the event loop only."""

    def __init__(self, store: Store, positions: Board, seq: int, news: CameraNews) -> None:
        self.store = store
        self.positions = positions
        self.news = news
        self.ring = Ring(seq)
        self.present = Present()
        self._followers: list[Follower] = []
        self._readers = anyio.CapacityLimiter(READERS)

    @classmethod
    @contextlib.asynccontextmanager
    async def over(cls, services: Services) -> "AsyncIterator[Feed]":
        """Fed by what a server takes up of the journal, until left."""
        loop = asyncio.get_running_loop()

        def take(rows: Sequence[Change]) -> None:
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody is left to be told
                loop.call_soon_threadsafe(lambda: feed.add(rows))

        # What is taken up from here on waits for the loop, and so for the feed.
        with services.following(take) as seq:
            news = CameraNews(services.health, lambda id_: services.now.fleet.cameras.get(id_))
            feed = cls(services.store, services.positions, seq, news)
            turning = asyncio.create_task(feed._turns())
            try:
                yield feed
            finally:
                turning.cancel()

    @property
    def count(self) -> int:
        """How many follow."""
        return len(self._followers)

    @contextlib.contextmanager
    def followed_by(self, follower: Follower) -> Iterator[None]:
        """Tell a client, until left.

        Raises
        ------
        LiveFull
        """
        if self.count >= MOST:
            raise LiveFull(limit=MOST)
        self._followers.append(follower)
        try:
            yield
        finally:
            self._followers.remove(follower)

    async def read(self, work: Callable[[], Read]) -> Read:
        """Have something read from the store, in one of the few threads for that."""
        return await anyio.to_thread.run_sync(work, limiter=self._readers)

    def add(self, rows: Sequence[Change]) -> None:
        """Tell of rows of the journal."""
        before, told = self.ring.seq, [Told.of(row) for row in rows]
        self.ring.add(told, rows[-1].seq)
        fresh: dict[str, list[Told]] = {}
        for one in told:
            if one is not None:
                fresh.setdefault(one.topic, []).append(one)
        for follower in self._followers:
            follower.concern(fresh, before, self.ring.seq)

    async def _turns(self) -> None:
        for turn in itertools.cycle(range(TURNS)):
            await asyncio.sleep(POSITIONS_S / TURNS)
            try:
                self._turn(self._followers[turn::TURNS])
            except Exception:  # whatever one of them fails at, all others are told on
                log.exception("a turn of the live feed failed")

    def _turn(self, some: Sequence[Follower]) -> None:
        now_s = time.monotonic()
        tell(self.positions, [one.watching for one in some if one.watching is not None])
        for follower in some:
            follower.turn(now_s)
