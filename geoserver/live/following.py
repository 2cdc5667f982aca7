"""What one client is told of one kind of record: what there is, or what it missed, and then every change.

A client has no queue: it has a place in the journal, and reads on from there as fast as it takes what it is sent.
Changes come from the process's ring; from the store where the client is further behind; and where it is too
far behind for that, it is told so and what there is now is sent anew.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Literal

import orjson

from geoserver.boxes import Box
from geoserver.live.audience import Audience
from geoserver.live.feed import Feed
from geoserver.live.told import Told
from geoserver.ogc_items import feature
from geoserver.storage.store import Query
from layers.catalogue import COLLECTIONS

RECORDS = 500
"""Records of one part of a snapshot."""
ROWS = 500
"""Rows of the journal that are looked through at once."""
MISSED = 10_000
"""Who is further behind than so many rows of the journal is sent a snapshot instead."""
Send = Callable[[str], Awaitable[None]]
Stage = Literal["snapshot", "resuming", "live"]


@dataclass(frozen=True)
class Page:
    """One part of a snapshot: where in the journal it began, the last id looked at, what of it may be seen."""

    seq: int
    last: str | None
    features: Sequence[dict[str, Any]]


class Following:
    """A client's subscription to one kind.

    Attributes
    ----------
    seq : the client has been told everything up to here; None before the snapshot is begun
    """

    def __init__(self, topic: str, box: Box | None, audience: Audience, since: int | None = None) -> None:
        self.topic = topic
        self.seq = since
        self._box = box
        self._audience = audience
        self._stage: Stage = "snapshot" if since is None else "resuming"
        self._asked = since is not None
        self._missed = self._part = 0
        self._after: str | None = None

    @property
    def told(self) -> int | None:
        """Up to where the client has been told everything; None while a snapshot is on its way."""
        return None if self._stage == "snapshot" else self.seq

    def anew(self) -> None:
        """Send what there is once more, in the place of all that was told."""
        self._stage, self.seq, self._after = "snapshot", None, None
        self._part, self._asked, self._missed = 0, False, 0

    def concern(self, rows: Sequence[Told], before: int, seq: int) -> bool:
        """Take note of new rows of the kind, where all rows now go up to ``seq``; whether to take a step."""
        if self._stage != "live" or self.seq is None or self.seq < before:
            return self._stage != "live"
        if any(row.concerns(self._box) for row in rows):
            return True
        self.seq = max(self.seq, seq)
        return False

    async def step(self, feed: Feed, send: Send) -> bool:
        """Tell the client something more, if there is anything; whether there may be more yet."""
        if self._stage == "snapshot":
            await self._send_part(feed, send)
            return True
        seq = self.seq or 0
        if self._stage == "resuming" and await self._too_far(feed, seq):
            await self._begin_anew(send)
            return True
        upto = feed.ring.seq
        rows = feed.ring.since(self.topic, seq, ROWS)
        if rows is None:
            self._stage = "resuming"
            return await self._from_store(feed, seq, send)
        if not rows and seq > upto:
            return False  # the process has not taken up yet what the client has seen
        for row in rows:
            await self._tell(row, send)
        self.seq = rows[-1].seq if len(rows) == ROWS else max(seq, upto)
        if len(rows) == ROWS:
            return True
        await self._caught_up(send)
        return False

    async def _tell(self, row: Told, send: Send) -> None:
        message = row.message(self._box, self._audience)
        if message is not None:
            self._missed += self._stage == "resuming"
            await send(message)
        self.seq = row.seq

    async def _caught_up(self, send: Send) -> None:
        """Live from here on; who came back is told so, with how much was missed."""
        self._stage = "live"
        if self._asked:
            await send(self._say("resumed", missed=self._missed))
        self._asked = False
        self._missed = 0

    async def _too_far(self, feed: Feed, seq: int) -> bool:
        """Whether a client is further behind than is made up for, or ahead of what was ever written."""
        if feed.ring.since(self.topic, seq, 0) is not None and seq <= feed.ring.seq:
            return False
        head = await feed.read(feed.store.head)
        return not head - MISSED <= seq <= head

    async def _from_store(self, feed: Feed, seq: int, send: Send) -> bool:
        def read() -> tuple[list[Told], int, bool]:
            rows = list(islice(feed.store.changes(seq, ROWS), ROWS))
            kept = [one for row in rows if (one := Told.of(row)) is not None and one.topic == self.topic]
            return kept, rows[-1].seq if rows else seq, all(one.readable for one in kept)

        rows, last, readable = await feed.read(read)
        if not readable:
            await self._begin_anew(send)
            return True
        for row in rows:
            await self._tell(row, send)
        self.seq = last
        return last > seq

    async def _begin_anew(self, send: Send) -> None:
        await send(self._say("behind"))
        self.anew()

    async def _send_part(self, feed: Feed, send: Send) -> None:
        """The next records; what changes meanwhile is told afterwards, from where the snapshot began."""
        began, after = self.seq, self._after

        def read() -> Page:
            seq = feed.store.head() if began is None else began
            question = Query(COLLECTIONS[self.topic].name, self._box, after=after, limit=RECORDS)
            records = list(feed.store.find(question))
            seen = [feature(record) for record in records if self._audience.may_see(record)]
            return Page(seq, records[-1].id if len(records) == RECORDS else None, seen)

        page = await feed.read(read)
        self.seq, self._after = page.seq, page.last
        await send(self._say("snapshot", part=self._part, last=page.last is None, records=page.features))
        self._part += 1
        if page.last is None:
            self._stage = "live"

    def _say(self, type_: str, **more: Any) -> str:
        return orjson.dumps({"type": type_, "topic": self.topic, "seq": self.seq} | more).decode()
