"""Has a server process share the streams of cameras with the others of its machine, where there can be others."""

import contextlib
import logging
from collections.abc import AsyncIterator, Iterator

from fastapi import FastAPI

from geoserver.processes.door import answering
from geoserver.processes.peers import Peers, folder_of
from geoserver.processes.relay import Relay
from geoserver.settings import Settings

log = logging.getLogger("geoserver")


@contextlib.contextmanager
def meeting(settings: Settings) -> Iterator[Peers | None]:
    """Be known to the other processes; None where there are none, or they cannot be met, which is logged."""
    folder = folder_of(settings)
    with contextlib.ExitStack() as stack:
        peers = None
        if folder is not None:
            try:
                peers = stack.enter_context(Peers.joined(folder))
            except OSError as error:
                log.warning("streams are not shared with other processes: %s; name a folder with GEOSERVER_RUN", error)
        yield peers


@contextlib.asynccontextmanager
async def sharing(app: FastAPI, peers: Peers | None) -> AsyncIterator[None]:
    """Hand what is asked of streams to the process that has them, and answer what others hand to this one."""
    app.state.peers = None
    if peers is None:
        yield
        return
    relay = Relay()
    async with answering(app, peers.door(peers.me)):
        app.state.relay, app.state.peers = relay, peers
        try:
            yield
        finally:
            app.state.peers = None
            await relay.close()
