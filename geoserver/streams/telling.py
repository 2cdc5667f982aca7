"""One open picture: what its viewer is sent over a WebSocket, until either side ends it."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from geoserver.streams.gateway import Gateway
from geoserver.streams.model import Fragment, Init, Message, Stills, StreamKey, Unplayable, Waiting
from geoserver.streams.viewings import Viewing, Viewings, Why

CODES: dict[Why, int] = {"signed-out": 4401, "revoked": 4403, "closed": 4404, "idle": 4408}
STALLED_S = 30.0
"""Who takes nothing for so long is let go."""
EVERY_S = 3.0
"""How often who is sent no motion is to ask for a picture."""
Instead = Callable[[Unplayable], Mapping[str, object]]
"""What can be had instead of a stream that browsers do not play."""


class Telling:
    """A WebSocket and the viewing that it belongs to."""

    def __init__(
        self, socket: WebSocket, gateway: Gateway, viewings: Viewings, viewing: Viewing, instead: Instead
    ) -> None:
        self._socket = socket
        self._instead = instead
        self._gateway = gateway
        self._viewings = viewings
        self._viewing = viewing

    async def serve(self, key: StreamKey, elsewhere: str | None = None) -> None:
        """Until the viewer goes, or may not watch any more; ``elsewhere``: where another server sends the picture.

        Raises
        ------
        NoViewing
            It has ended before the picture began.
        """
        ended: asyncio.Future[Why] = asyncio.get_running_loop().create_future()
        leave = self._viewings.attach(self._viewing, lambda why: None if ended.done() else ended.set_result(why))
        works = [asyncio.create_task(work) for work in (self._tell(key, elsewhere), self._hear())]
        try:
            waited: list[asyncio.Future[Any]] = [*works, ended]
            await asyncio.wait(waited, return_when=asyncio.FIRST_COMPLETED)
        finally:
            leave()
            await _stopped(works)
        if ended.done():
            with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # it may have gone by itself
                await self._socket.close(CODES[ended.result()])
        else:
            self._viewings.end(self._viewing.id, "closed")

    async def _tell(self, key: StreamKey, elsewhere: str | None) -> None:
        if elsewhere is not None:
            await self._say(type="elsewhere", kind="hls", url=elsewhere)
            await asyncio.Event().wait()  # the connection stands for the viewing
        async with self._gateway.watch(key) as viewer:
            while True:
                await self._send(await viewer.next())

    async def _send(self, one: Message) -> None:
        async with asyncio.timeout(STALLED_S):
            match one:
                case Fragment():
                    await self._socket.send_bytes(one.data)
                case Init():
                    await self._say(type="init", codec=one.codec, width=one.width, height=one.height)
                    await self._socket.send_bytes(one.data)
                case Waiting():
                    await self._say(type="waiting", why=one.why, reason=one.reason)
                case Stills():
                    await self._say(type="pictures", why=one.why, every_s=EVERY_S)
                case Unplayable():
                    size = {"width": one.width, "height": one.height}
                    await self._say(type="unplayable", codec=one.codec, **size, instead=self._instead(one))

    async def _say(self, **words: object) -> None:
        await self._socket.send_text(orjson.dumps(words).decode())

    async def _hear(self) -> None:
        """Nothing is asked over the socket; what is heard is that the viewer has gone."""
        while (await self._socket.receive())["type"] != "websocket.disconnect":
            pass


async def _stopped(works: Sequence[asyncio.Future[None]]) -> None:
    for work in works:
        work.cancel()
    for outcome in await asyncio.gather(*works, return_exceptions=True):
        gone = isinstance(outcome, WebSocketDisconnect | RuntimeError | TimeoutError | asyncio.CancelledError)
        if isinstance(outcome, BaseException) and not gone:
            raise outcome
