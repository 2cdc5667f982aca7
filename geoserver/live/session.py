"""One client of the live feed: hears what it asks for, tells it what comes of that, at its own pace."""

import asyncio
from collections.abc import Sequence

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from geoserver.errors import problem
from geoserver.live.asks import POSITIONS, Ask, Ping, Subscribe, read_ask
from geoserver.live.audience import Audience
from geoserver.live.feed import Feed
from geoserver.live.following import Following
from geoserver.live.told import Told
from geoserver.live.watching import Watching
from geoserver.words import Lang
from tiles.errors import Fault

UNANSWERED = 16
"""What a client may have asked before it is answered; more is not read from its connection until then."""
STALLED_S = 60.0
"""Who takes nothing for so long is no longer told anything."""


class Session:
    """A client and what it follows."""

    def __init__(self, socket: WebSocket, feed: Feed, audience: Audience, lang: Lang) -> None:
        self._socket = socket
        self._feed = feed
        self._audience = audience
        self._lang = lang
        self._following: dict[str, Following] = {}
        self._watching: Watching | None = None
        self._turn = False
        self._wake = asyncio.Event()
        self._asks: asyncio.Queue[Ask | Fault] = asyncio.Queue(UNANSWERED)

    async def serve(self) -> None:
        """Until the client goes, or takes nothing any more.

        Raises
        ------
        LiveFull
        """
        with self._feed.followed_by(self):
            telling = asyncio.create_task(self._tell())
            hearing = asyncio.create_task(self._hear())
            try:
                await asyncio.wait((telling, hearing), return_when=asyncio.FIRST_COMPLETED)
            finally:
                await _ended(telling, hearing)

    def concern(self, rows: Sequence[Told], before: int, seq: int) -> None:
        """Rows have come."""
        # Each has to be asked: the others may move on without being woken.
        if sum([one.concern(rows, before, seq) for one in self._following.values()]):
            self._wake.set()

    def move(self) -> None:
        """It is this client's turn to be told of positions."""
        if self._watching is not None and self._watching.behind(self._feed.positions):
            self._turn = True
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
        except (WebSocketDisconnect, TimeoutError):
            return

    async def _step(self) -> bool:
        """Something for every part of what the client wants; whether there is more to do at once."""
        if not self._asks.empty():
            await self._answer(self._asks.get_nowait())
        for one in tuple(self._following.values()):
            if await one.step(self._feed, self._send):
                self._wake.set()
        if self._turn and self._watching is not None:
            self._turn = False
            names, batch = self._watching.take(self._feed.positions)
            if names is not None:
                await self._send(names)
            if batch is not None:
                await self._send(batch)
        return self._wake.is_set() or not self._asks.empty()

    async def _answer(self, ask: Ask | Fault) -> None:
        if isinstance(ask, Fault):
            await self._refuse(ask)
        elif isinstance(ask, Ping):
            told = {topic: one.told for topic, one in self._following.items()}
            await self._send(orjson.dumps({"type": "pong", "topics": told}).decode())
        elif isinstance(ask, Subscribe):
            try:
                self._subscribe(ask)
            except Fault as fault:
                await self._refuse(fault)
        elif ask.topic == POSITIONS:
            self._watching = None
        else:
            self._following.pop(ask.topic, None)

    def _subscribe(self, ask: Subscribe) -> None:
        box = ask.box
        if ask.topic == POSITIONS:
            self._watching, self._turn = Watching(box, self._audience), True
        else:
            self._following[ask.topic] = Following(ask.topic, box, self._audience, ask.since)

    async def _refuse(self, fault: Fault) -> None:
        await self._send(orjson.dumps({"type": "error", "problem": problem(fault, self._lang)}).decode())

    async def _send(self, message: str | bytes) -> None:
        """Once the client has taken what was sent before.

        Raises
        ------
        TimeoutError
            It takes nothing any more.
        """
        async with asyncio.timeout(STALLED_S):
            if isinstance(message, str):
                await self._socket.send_text(message)
            else:
                await self._socket.send_bytes(message)


async def _ended(*tasks: asyncio.Task[None]) -> None:
    """Have tasks end; what went wrong in one of them goes on."""
    for task in tasks:
        task.cancel()
    for task in tasks:
        try:
            await task
        except asyncio.CancelledError:
            pass
