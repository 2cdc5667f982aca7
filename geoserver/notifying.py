"""Tells systemd that the server answers, and goes on telling it as long as the event loop turns (``sd_notify``)."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass

READY, ALIVE, STOPPING = b"READY=1", b"WATCHDOG=1", b"STOPPING=1"


@dataclass(frozen=True)
class ServiceManager:
    """Who started this process, if it wants to be told.

    Attributes
    ----------
    socket : path of its datagram socket; one that begins with ``@`` is abstract
    within_s : it takes the process for hung when it hears nothing for so long; None: it does not wait
    """

    socket: str
    within_s: float | None = None

    def tell(self, word: bytes) -> None:
        """Tell it something; whether it listens is its own affair."""
        address = f"\0{self.socket[1:]}" if self.socket.startswith("@") else self.socket
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(word, address)


@contextlib.asynccontextmanager
async def answering(manager: ServiceManager | None) -> AsyncIterator[None]:
    """The time in which a server answers, as its service manager is told of it."""
    if manager is None:
        yield
        return
    manager.tell(READY)
    telling = asyncio.create_task(_tell_on(manager, manager.within_s / 3)) if manager.within_s else None
    try:
        yield
    finally:
        manager.tell(STOPPING)
        if telling is not None:
            telling.cancel()


async def _tell_on(manager: ServiceManager, every_s: float) -> None:
    while True:
        manager.tell(ALIVE)
        await asyncio.sleep(every_s)
