"""Passes a request or a WebSocket on to another server process of this machine, by its Unix socket."""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterable
from typing import Any, Final

import httpx
import orjson
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from geoserver.errors import problem_response
from geoserver.faults import NoPictureYet
from geoserver.processes.door import ASKED_FROM
from geoserver.words import language

CONNECT_S: Final = 2.0
ANSWER_S: Final = 180.0
"""A clip is encoded in so long at most."""
RESTARTED: Final = 1012
"""Why a picture ends whose process has gone (RFC 6455 §7.4, IANA): to be opened anew."""
NOT_SENT: Final = frozenset({1005, 1006, 1015})
"""Codes that say that none was sent."""
HOP: Final = frozenset({b"connection", b"keep-alive", b"transfer-encoding", b"upgrade", b"te", b"trailer"})
"""Headers of one connection (RFC 9110 §7.6.1)."""


class Away(Exception):
    """The other process does not answer; nothing was sent to who asks."""


class Relay:
    """Passes on what is asked; who is asked takes it as if it had come there. Used from one event loop."""

    def __init__(self) -> None:
        self._clients: dict[str, httpx.AsyncClient] = {}

    async def close(self) -> None:
        """Let go of all connections."""
        for one in self._clients.values():
            await one.aclose()
        self._clients.clear()

    async def pass_on(self, door: str, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        """Have the process behind a door answer.

        Raises
        ------
        Away
        """
        if scope["type"] == "http":
            await self._request(door, scope, body, receive, send)
        else:
            await self._socket(door, scope, receive, send)

    async def _request(self, door: str, scope: Scope, body: bytes, receive: Receive, send: Send) -> None:
        # Made without a client, which would ask for more than was asked.
        asked = httpx.Request(scope["method"], _address("http", scope), headers=_headers(scope), content=body)
        try:
            answer = await self._client(door).send(asked, stream=True)
        except httpx.ConnectError as error:
            raise Away from error
        except httpx.TransportError:
            # It may have been done there, so it is not done again here.
            lang = language(Headers(scope=scope).get("accept-language"))
            await problem_response(NoPictureYet(state="reconnecting"), lang)(scope, receive, send)
            return
        try:
            headers = [(name.lower(), value) for name, value in answer.headers.raw if name.lower() not in HOP]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
            async for chunk in answer.aiter_raw():
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await answer.aclose()

    async def _socket(self, door: str, scope: Scope, receive: Receive, send: Send) -> None:
        socket = WebSocket(scope, receive, send)
        try:
            other = await unix_connect(
                door,
                _address("ws", scope),
                additional_headers=Headers(raw=_headers(scope, socket=True)),
                user_agent_header=None,
                compression=None,
                max_size=None,
                ping_interval=None,
                open_timeout=CONNECT_S,
                close_timeout=1,
            )
        except InvalidStatus as refused:
            said = refused.response
            kept = {name: value for name, value in said.headers.raw_items() if name.lower() == "content-type"}
            await socket.send_denial_response(Response(said.body, said.status_code, kept))
            return
        except (OSError, InvalidHandshake) as error:
            raise Away from error
        async with other:
            await socket.accept()
            await _until_one_ends(_down(other, socket), _up(socket, other), other.wait_closed())
        if other.close_code is None:
            return  # who asked has gone
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):  # they may have gone by themselves
            await socket.close(RESTARTED if other.close_code in NOT_SENT else other.close_code)

    def _client(self, door: str) -> httpx.AsyncClient:
        if door not in self._clients:
            timeout = httpx.Timeout(ANSWER_S, connect=CONNECT_S)
            transport = httpx.AsyncHTTPTransport(uds=door, limits=httpx.Limits(max_keepalive_connections=8))
            self._clients[door] = httpx.AsyncClient(transport=transport, timeout=timeout, trust_env=False)
        return self._clients[door]


async def _down(other: ClientConnection, socket: WebSocket) -> None:
    """What the other process sends. It is read no faster than it is taken, so that a slow viewer is slow there too."""
    with contextlib.suppress(ConnectionClosed):
        async for message in other:
            if isinstance(message, bytes):
                await socket.send_bytes(message)
            else:
                await socket.send_text(message)


async def _up(socket: WebSocket, other: ClientConnection) -> None:
    """What the viewer sends, until they go."""
    with contextlib.suppress(ConnectionClosed):
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            await other.send(message.get("bytes") or message.get("text") or "")


async def _until_one_ends(*works: Coroutine[Any, Any, None]) -> None:
    tasks = [asyncio.create_task(work) for work in works]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in tasks:
            one.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            gone = isinstance(outcome, WebSocketDisconnect | RuntimeError | asyncio.CancelledError)
            if isinstance(outcome, BaseException) and not gone:
                raise outcome


def _address(scheme: str, scope: Scope) -> str:
    """What was asked, of the host that was named: it is checked there as here."""
    query = scope["query_string"].decode("latin-1")
    host = Headers(scope=scope).get("host", "localhost")
    return f"{scheme}://{host}{scope['raw_path'].decode('latin-1')}{'?' if query else ''}{query}"


def _headers(scope: Scope, *, socket: bool = False) -> list[tuple[bytes, bytes]]:
    """The headers of a request, and from where and how it came."""
    own = HOP | {b"content-length", ASKED_FROM} | ({b"host"} if socket else set())
    kept: Iterable[tuple[bytes, bytes]] = (
        (name, value) for name, value in scope["headers"] if name not in own and not name.startswith(b"sec-websocket")
    )
    client = scope.get("client")
    told = orjson.dumps({"client": list(client) if client else None, "scheme": scope["scheme"]})
    return [*kept, (ASKED_FROM, told)]
