"""What happens around every request: host check, security headers, compression, counting."""

import gzip
import ipaddress
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geoserver.errors import problem_response, unexpected
from geoserver.faults import Unencrypted, UnknownHost
from geoserver.metrics import Meter
from geoserver.words import language

# Cesium compiles WebAssembly and starts its workers from blobs; Ant Design writes its styles into the page.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "worker-src 'self' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "connect-src 'self' data: blob:",
        "media-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
SECURITY = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}


METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_RAW = tuple((name.lower().encode(), value.encode()) for name, value in SECURITY.items())


@dataclass(frozen=True)
class SecurityHeaders:
    """Headers that keep a page of ours from loading or sending anything elsewhere."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every answer."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = list(message.get("headers", ()))
                given = {name for name, _ in headers}
                headers += [header for header in _RAW if header[0] not in given]
                message["headers"] = headers
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


@dataclass(frozen=True)
class KnownHosts:
    """Refuses requests that name a foreign host: a page elsewhere could point its own name at this server."""

    app: ASGIApp
    allowed: frozenset[str]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what names this server."""
        if scope["type"] in ("http", "websocket"):
            headers = Headers(scope=scope)
            host = headers.get("host", "")
            name = host if host.endswith("]") else host.rsplit(":", 1)[0]
            if name.lower() not in self.allowed:
                fault = UnknownHost(host=host or "?")
                await problem_response(fault, language(headers.get("accept-language")))(scope, receive, send)
                return
        await self.app(scope, receive, send)


@dataclass(frozen=True)
class Encrypted:
    """Refuses what another machine sends without TLS: a proxy that is gone around, or does not say that it has it."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what came over TLS, or from this machine."""
        if scope["type"] in ("http", "websocket") and scope["scheme"] in ("http", "ws"):
            peer = scope.get("client")
            if peer is None or not _is_loopback(peer[0]):
                lang = language(Headers(scope=scope).get("accept-language"))
                await problem_response(Unencrypted(), lang)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


@dataclass(frozen=True)
class Unexpected:
    """Answers what no one foresaw with a problem document, and keeps the server up."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; answer in the place of what failed, if nothing was sent yet."""
        started = False

        async def watching(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self.app(scope, receive, watching)
        except Exception as error:
            if scope["type"] != "http" or started:
                raise
            lang = language(Headers(scope=scope).get("accept-language"))
            await unexpected(scope["method"], scope["path"], error, lang)(scope, receive, send)


@dataclass(frozen=True)
class Timing:
    """Counts requests and how long they took, by route."""

    app: ASGIApp
    meter: Meter

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Measure until the answer has been sent."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = time.perf_counter(), 500

        async def watching(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watching)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            # A method may be any word, and each would be counted apart for ever.
            method = scope["method"] if scope["method"] in METHODS else "other"
            self.meter.count(method, route, status, time.perf_counter() - start)


@dataclass(frozen=True)
class CompressJson:
    """gzip for JSON and text above 1 kB, where the caller takes it; tiles are compressed already."""

    app: ASGIApp
    minimum: int = 1024
    kinds: tuple[str, ...] = field(default=("json", "text/", "javascript"))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Compress answers that come in one piece."""
        if scope["type"] != "http" or "gzip" not in Headers(scope=scope).get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        start: Message | None = None

        async def compressing(message: Message) -> None:
            nonlocal start
            if message["type"] == "http.response.start":
                start = message
                return
            if start is not None:
                first, start = start, None
                if not message.get("more_body"):
                    message = self._compress(first, message)
                await send(first)
            await send(message)

        await self.app(scope, receive, compressing)

    def _compress(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(scope=start)
        body = message.get("body", b"")
        kind = headers.get("content-type", "")
        if len(body) < self.minimum or "content-encoding" in headers or not any(k in kind for k in self.kinds):
            return message
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers["Content-Encoding"] = "gzip"
        headers["Content-Length"] = str(len(body))
        headers.add_vary_header("Accept-Encoding")
        return {**message, "body": body}
