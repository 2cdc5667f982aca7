"""Runs the server process: takes the port, opens and warms the city, then answers."""

import contextlib
import errno
import gc
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from geoserver.app import create_app
from geoserver.faults import BadFile, PortTaken
from geoserver.notifying import answering
from geoserver.openid.opening import demand_usable
from geoserver.services import Services, open_services
from geoserver.settings import Settings, service_manager_from_environment
from geoserver.warming import warm, warm_pictures

Opened = Callable[[Services], None]
Ready = Callable[[str], None]
SWITCH_S = 0.0005
"""So long one thread may keep others waiting: coverage is counted in the background while people click."""
IDLE_S = 75
"""So long an unused connection stays open: longer than proxies (60 s) and clients (5 s) keep theirs, so that it is
never the server that closes one in the moment in which it is used again."""


class _Server(uvicorn.Server):
    """Says when it answers."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def main_loop(self) -> None:
        async with answering(service_manager_from_environment()):
            await super().main_loop()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


def run(settings: Settings, opened: Opened, ready: Ready) -> None:
    """Serve until stopped.

    ``opened`` is called with the city open and warm; ``ready`` with the address, once it is answered.
    """
    if settings.tls is not None:
        _read_certificate(*settings.tls)
    demand_usable(settings.openid)
    listener = _take_port(settings.host, settings.port)
    sys.setswitchinterval(SWITCH_S)
    with contextlib.closing(listener), open_services(settings) as services:
        warm(services.now)
        if settings.simulated:
            warm_pictures(services.now, settings)
        # What is open now stays: the collector need not walk through it again in the middle of an answer.
        gc.collect()
        gc.freeze()
        opened(services)
        app = create_app(settings, lambda _: contextlib.nullcontext(services))
        host = f"[{settings.host}]" if ":" in settings.host else settings.host
        scheme = "http" if settings.tls is None else "https"
        address = f"{scheme}://{host}:{listener.getsockname()[1]}/"
        # uvicorn hands the signal on once it has stopped in good order; to stop a server so is no fault.
        with contextlib.suppress(KeyboardInterrupt):
            _Server(configured(app, settings), lambda: ready(address)).run(sockets=[listener])


def configured(app: FastAPI, settings: Settings) -> uvicorn.Config:
    """How an application is served."""
    certificate, key = settings.tls or (None, None)
    return uvicorn.Config(
        app,
        # Nobody else is believed about who asks: addresses are what attempts to sign in are counted by.
        proxy_headers=settings.behind_proxy is not None,
        forwarded_allow_ips=settings.behind_proxy or "",
        ssl_certfile=certificate,
        ssl_keyfile=key,
        log_config=None,
        access_log=False,
        server_header=False,
        lifespan="on",
        timeout_graceful_shutdown=3,
        timeout_keep_alive=IDLE_S,
        ws_max_size=64 * 1024,
        # Positions hardly compress, and every client would have a compressor of its own to feed.
        ws_per_message_deflate=False,
    )


def _read_certificate(certificate: Path, key: Path) -> None:
    """Refuse a certificate that cannot be used before the city is opened.

    Raises
    ------
    BadFile
    """
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key, password=lambda: "")
    except (OSError, ValueError) as error:
        remedy = "Give PEM files of a certificate and of its own key, without a passphrase."
        why = getattr(error, "strerror", None) or error
        detail = f"with the key {key} cannot be used ({why})."
        raise BadFile(file=str(certificate), detail=detail, remedy=remedy) from None


def _take_port(host: str, port: int) -> socket.socket:
    """Take the port before anything long is done, so that a taken one is told at once."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(512)
    except OSError as error:
        listener.close()
        if error.errno in (errno.EADDRINUSE, errno.EACCES):
            raise PortTaken(port=port) from None
        raise
    return listener
