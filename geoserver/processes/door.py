"""Where the other server processes of this machine ask this one: a Unix socket that no other user can open."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import orjson
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

HANDED: Final = "geoserver.handed"
"""Stands in the scope of a request that another process has passed on: it is answered here whatever it is."""
ASKED_FROM: Final = b"x-geoserver-asked-from"
"""The header in which another process says from where a request came to it, and how. Believed on this socket alone."""
STARTED_S: Final = 10.0
IDLE_S: Final = 75
"""How long an unused connection stays open: longer than those who ask keep theirs."""


class _Server(uvicorn.Server):
    """A server beside another one in the same process, which is the one that hears of signals."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals to the other."""
        yield


@dataclass(frozen=True)
class Handed:
    """Has the application see who asked another process as if they had come here."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, with the client and the scheme that were told."""
        told = orjson.loads(next((value for name, value in scope["headers"] if name == ASKED_FROM), b"{}"))
        headers = [one for one in scope["headers"] if one[0] != ASKED_FROM]
        client = told.get("client")
        seen = {
            **scope,
            "headers": headers,
            "client": tuple(client) if client else None,
            "scheme": told.get("scheme", scope["scheme"]),
            HANDED: True,
        }
        await self.app(seen, receive, send)


@contextlib.asynccontextmanager
async def answering(app: ASGIApp, path: str) -> AsyncIterator[None]:
    """Answer other processes at a path, until left.

    Raises
    ------
    OSError
        The socket cannot be made.
    """
    config = uvicorn.Config(
        Handed(app),
        uds=path,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="off",
        timeout_graceful_shutdown=1,
        timeout_keep_alive=IDLE_S,
        ws_max_size=64 * 1024,
        ws_per_message_deflate=False,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(STARTED_S):
            while not server.started and not serving.done():
                await asyncio.sleep(0.01)
        if not server.started:
            raise OSError(f"nothing can be answered at {path}")
        yield
    finally:
        server.should_exit = True
        with contextlib.suppress(SystemExit):
            await serving
        Path(path).unlink(missing_ok=True)
