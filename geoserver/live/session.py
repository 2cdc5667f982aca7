"""One client of the live feed: hears what it asks for, tells it what comes of that, at its own pace."""

import asyncio
import contextlib
import math
import time
from collections.abc import Sequence

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from geoserver.errors import problem
from geoserver.live.asks import POSITIONS, Ask, Ping, Subscribe, read_ask
from geoserver.live.audience import Audience
from geoserver.live.conditions import CONDITIONS, Hearing
from geoserver.live.feed import Feed, News
from geoserver.live.following import Following
from geoserver.live.watching import Watching
from geoserver.words import Lang
from tiles.errors import Fault

UNANSWERED = 16
"""What a client may have asked before it is answered; more is not read from its connection until then."""
ENDED = 4401
"""Code with which a connection is closed whose session has ended."""
ASKED_EVERY_S = 1.0
"""How often it is asked whether it is time to ask again who listens."""
STALLED_S = 60.0
"""Who takes nothing for so long is no longer told anything."""


class Session:
    """A client and what it follows.

    Attributes
    ----------
    watching : its view of what moves, if it wants one
    """

    def __init__(self, socket: WebSocket, feed: Feed, audience: Audience, lang: Lang) -> None:
        self._socket = socket
        self._feed = feed
        self._audience = audience
        self._lang = lang
        self._following: dict[str, Following] = {}
        self.watching: Watching | None = None
        self._hearing: Hearing | None = None
        self._news = self._anew = self._gone = False
        self._wake = asyncio.Event()
        self._stalled = asyncio.Event()
        self._sending_s = math.inf
        self._asks: asyncio.Queue[Ask | Fault] = asyncio.Queue(UNANSWERED)

    async def serve(self) -> None:
        """Until the client goes, or takes nothing any more.

        Raises
        ------
        LiveFull
        """
        with self._feed.followed_by(self):
            works = (self._tell(), self._hear(), self._give_up(), self._ask_who())
            tasks = [asyncio.create_task(work) for work in works]
            try:
                await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            finally:
                await _ended(tasks)
            if self._gone:
                with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it may have gone by itself
                    await self._socket.close(ENDED)

    def concern(self, rows: News, before: int, seq: int) -> None:
        """Rows have come."""
        for one in self._following.values():
            if one.concern(rows.get(one.topic, ()), before, seq):
                self._news = True
                self._wake.set()

    def turn(self, now_s: float) -> None:
        """It is this client's turn to be sent what was made for it, or to be given up."""
        if now_s - self._sending_s > STALLED_S:
            self._stalled.set()
        if self.watching is not None and self.watching.batch is not None:
            self._wake.set()
        if self._hearing is not None and self._hearing.is_due:
            self._wake.set()

    async def _give_up(self) -> None:
        await self._stalled.wait()

    async def _ask_who(self) -> None:
        """Until whoever listens is nobody any more."""
        while True:
            await asyncio.sleep(ASKED_EVERY_S)
            if not self._audience.is_due():
                continue
            standing = await self._feed.read(self._audience.renew)
            if standing == "gone":
                self._gone = True
                return
            if standing == "changed":
                self._anew = True
                self._wake.set()

    async def _hear(self) -> None:
        while True:
            try:
                message = await self._socket.receive()
            except WebSocketDisconnect:
                return
            if message["type"] == "websocket.disconnect":
                return
            ask: Ask | Fault
            try:
                ask = read_ask(message.get("text") or message.get("bytes") or b"")
            except Fault as fault:
                ask = fault
            await self._asks.put(ask)
            self._wake.set()

    async def _tell(self) -> None:
        try:
            while True:
                self._wake.clear()
                if await self._step():
                    await asyncio.sleep(0)  # the others' turn
                else:
                    await self._wake.wait()
        except WebSocketDisconnect:
            return

    async def _step(self) -> bool:
        """Something for every part of what the client wants; whether there is more to do at once."""
        if self._anew:
            self._tell_anew()
        if not self._asks.empty():
            await self._answer(self._asks.get_nowait())
        if self._news:
            self._news = False
            for one in tuple(self._following.values()):
                if await one.step(self._feed, self._send):
                    self._news = True
        if self.watching is not None and self.watching.batch is not None:
            await self._send_positions(self.watching)
        if self._hearing is not None and self._hearing.is_due:
            await self._send(await self._feed.read(self._hearing.message))
        return self._news or not self._asks.empty()

    def _tell_anew(self) -> None:
        """Who sees more or less than before is told all of it once more, which replaces what they have."""
        self._anew = False
        for one in self._following.values():
            one.anew()
            self._news = True
        if self.watching is not None:
            self.watching = Watching(self.watching.box, self._audience)
        if self._hearing is not None:
            self._hearing.anew()

    async def _send_positions(self, watching: Watching) -> None:
        names, batch = watching.names, watching.batch
        if names is not None:
            await self._send(names)
        if batch is not None:
            await self._send(batch)
        watching.names = watching.batch = None

    async def _answer(self, ask: Ask | Fault) -> None:
        if isinstance(ask, Fault):
            await self._refuse(ask)
        elif isinstance(ask, Ping):
            told = {topic: one.told for topic, one in self._following.items()}
            told |= {} if self._hearing is None else {CONDITIONS: self._hearing.seq}
            await self._send(orjson.dumps({"type": "pong", "topics": told}).decode())
        elif isinstance(ask, Subscribe):
            try:
                self._subscribe(ask)
            except Fault as fault:
                await self._refuse(fault)
        elif ask.topic == POSITIONS:
            self.watching = None
        elif ask.topic == CONDITIONS:
            self._hearing = None
        else:
            self._following.pop(ask.topic, None)

    def _subscribe(self, ask: Subscribe) -> None:
        box = ask.box
        if ask.topic == POSITIONS:
            self.watching = Watching(box, self._audience)
        elif ask.topic == CONDITIONS:
            self._hearing = Hearing(self._feed.news, self._audience, ask.since)
        else:
            self._following[ask.topic] = Following(ask.topic, box, self._audience, ask.since)
            self._news = True

    async def _refuse(self, fault: Fault) -> None:
        await self._send(orjson.dumps({"type": "error", "problem": problem(fault, self._lang)}).decode())

    async def _send(self, message: str | bytes) -> None:
        """Once the client has taken what was sent before.

        Raises
        ------
        WebSocketDisconnect
            It has gone.
        """
        self._sending_s = time.monotonic()
        try:
            await (self._socket.send_text(message) if isinstance(message, str) else self._socket.send_bytes(message))
        except RuntimeError as closed:  # so the server calls it when the client went a moment ago
            raise WebSocketDisconnect from closed
        self._sending_s = math.inf


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    """Have tasks end; what went wrong in one of them goes on."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        try:
            await task
        except asyncio.CancelledError:
            pass
