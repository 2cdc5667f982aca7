"""A network between cameras and a server that can be cut, frozen or garbled: a TCP relay in this event loop."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

GARBLED_EVERY = 40_000
"""One byte in so many is another one, while it garbles."""


class Wire:
    """Relays connections to a port of this machine; ``port`` is where it listens."""

    def __init__(self, to: int) -> None:
        self.port = 0
        self.garbles = False
        self._to = to
        self._flows = asyncio.Event()
        self._flows.set()
        self._away = False
        self._open: set[asyncio.StreamWriter] = set()
        self._rng = random.Random(5)

    def cut(self) -> None:
        """Every connection breaks off; new ones are taken."""
        for one in tuple(self._open):
            one.transport.abort()

    def away(self, is_away: bool) -> None:
        """Nobody answers: what is open breaks off, what is new is closed at once."""
        self._away = is_away
        if is_away:
            self.cut()

    def freeze(self, frozen: bool) -> None:
        """Connections stay, and nothing comes."""
        if frozen:
            self._flows.clear()
        else:
            self._flows.set()

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._away:
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        both = {writer, far_writer}
        self._open |= both
        works = [
            asyncio.ensure_future(self._carry(reader, far_writer, False)),
            asyncio.ensure_future(self._carry(far_reader, writer, True)),
        ]
        await asyncio.wait(works, return_when=asyncio.FIRST_COMPLETED)
        for work in works:
            work.cancel()
        await asyncio.gather(*works, return_exceptions=True)
        self._open -= both
        for one in both:
            one.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, down: bool) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(65_536):
                await self._flows.wait()
                writer.write(self._garbled(data) if down and self.garbles else data)
                await writer.drain()

    def _garbled(self, data: bytes) -> bytes:
        changed = bytearray(data)
        for _ in range(1 + len(changed) // GARBLED_EVERY):
            changed[self._rng.randrange(len(changed))] ^= self._rng.randrange(1, 256)
        return bytes(changed)


@asynccontextmanager
async def wire(to: int) -> AsyncIterator[Wire]:
    """A wire, until left."""
    made = Wire(to)
    server = await asyncio.start_server(made._take, "127.0.0.1", 0)
    made.port = server.sockets[0].getsockname()[1]
    try:
        yield made
    finally:
        made.freeze(False)
        server.close()
        made.cut()
