"""Hands what is asked of a camera's streams to the server process that has them."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qs, unquote

import orjson
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geoserver.accounts.guard import MEDIA
from geoserver.processes.door import HANDED
from geoserver.processes.peers import Peers
from geoserver.processes.relay import Away, Relay
from geoserver.streams.media_server import entry_of

MOST_BODY: Final = 64 * 1024
"""What is asked of streams is smaller; more is refused here as everywhere."""
_PATH: Final = re.compile(r"/api/(?:streams|media)/(?P<camera>[^/]+)(?:/(?P<rest>[^/]*))?$")


@dataclass(frozen=True)
class Handing:
    """Passes requests under ``/api/streams/``, and a media server's questions, to another process where they are its.

    A ticket and a viewing session carry the name of the process that gave them; what says neither goes to the process
    that has the camera. One that does not answer has ended: this one answers in its place.
    """

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, to the application here or to another process."""
        state = scope["app"].state if scope["type"] in ("http", "websocket") else None
        peers: Peers | None = getattr(state, "peers", None)
        asked = _PATH.match(scope.get("path", ""))
        if peers is None or asked is None or scope.get(HANDED):
            await self.app(scope, receive, send)
            return
        body = b""
        if scope["type"] == "http":
            try:
                body = await _body(scope, receive)
            except ClientDisconnect:
                return
            receive = _again(body, receive)
        relay: Relay = scope["app"].state.relay
        said = _said(scope, asked, body)
        name = peers.has(unquote(asked["camera"])) if said is None else said
        if name == peers.me or name not in peers.alive():
            await self.app(scope, receive, send)
            return
        try:
            await relay.pass_on(peers.door(name), scope, body, receive, send)
        except Away:
            await self.app(scope, receive, send)


def _said(scope: Scope, asked: re.Match[str], body: bytes) -> str | None:
    """The name of a process in a session or a ticket; an empty one where a session is meant that names none."""
    if scope["path"] == MEDIA:
        entry = entry_of(Headers(scope=scope), body)
        return _name(entry.token) if entry else ""
    session = parse_qs(scope["query_string"].decode("latin-1")).get("session")
    if session:
        return _name(session[0])
    if asked["camera"] != "sessions":
        return None
    if asked["rest"]:
        return _name(unquote(asked["rest"]))
    try:
        ticket = orjson.loads(body)["ticket"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return ""
    return _name(ticket) if isinstance(ticket, str) else ""


def _name(secret: str) -> str:
    return secret.partition(".")[0]


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The body of a request, as far as it can be one of ours."""
    body = b""
    async for chunk in Request(scope, receive).stream():
        body += chunk
        if len(body) > MOST_BODY:
            break
    return body


def _again(body: bytes, receive: Receive) -> Receive:
    """A body that was read, to be read once more."""
    given = False

    async def once_more() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return once_more
