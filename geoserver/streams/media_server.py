"""A media server beside this one that sends streams to viewers: where it is asked, and who it may let in.

It is linked by the template of an address, and asks here of everyone who comes to it whether they may. What it sends
is not this server's; so whoever is to see a stream covered is never sent there.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import parse_qs, quote, unquote, urlsplit

import orjson

from geoserver.faults import BadParameter
from geoserver.streams.model import StreamKey

FIELDS = ("camera", "stream", "token")
ASKS_TO_READ = frozenset({"", "read", "playback"})
"""What MediaMTX calls it; others do not say what is wanted of them."""


@dataclass(frozen=True)
class MediaServer:
    """Where a media server's low-latency HLS or HLS is, as a path of this very site (behind one proxy): so that
    browsers, who are let load nothing from elsewhere, are let load it.

    ``template`` : with ``{camera}``, ``{stream}`` and ``{token}``
    """

    template: str

    @classmethod
    def of(cls, template: str | None) -> Self | None:
        """The media server of a template; None where there is none.

        Raises
        ------
        BadParameter
        """
        if not template:
            return None
        try:
            shown = template.format(**dict.fromkeys(FIELDS, "x"))
        except (KeyError, ValueError, IndexError):
            shown = ""
        path = template.partition("?")[0]
        whole = all(f"{{{field}}}" in template for field in FIELDS) and "{camera}" in path and "{stream}" in path
        if not whole or not shown.startswith("/") or shown.startswith("//"):
            detail = (
                "is no path of this site with {camera}, {stream} and, behind a question mark, {token}: "
                "/media/{camera}/{stream}/index.m3u8?token={token}."
            )
            raise BadParameter(parameter="GEOSERVER_MEDIA_URL", value=template[:100], reason="media", detail=detail)
        return cls(template)

    def address(self, key: StreamKey, token: str) -> str:
        """Where somebody with a token is sent a stream."""
        return self.template.format(camera=_quoted(key.camera), stream=_quoted(key.stream), token=_quoted(token))

    def is_part(self, path: str, key: StreamKey) -> bool:
        """Whether a path that is asked of the media server is a stream's playlist, or lies beside it.

        Media servers name what is asked with and without their own prefix and the file's name.
        """
        folder = urlsplit(self.address(key, "")).path.rpartition("/")[0].strip("/")
        asked = unquote(urlsplit(path).path).strip("/")
        whole = unquote(folder)
        if asked == whole or asked.startswith(f"{whole}/"):
            return ".." not in asked.split("/")
        name = unquote(f"{_quoted(key.camera)}/{_quoted(key.stream)}")
        return asked == name and whole.endswith(name)


@dataclass(frozen=True)
class Entry:
    """What a media server asks about: the token that somebody showed it, and what they want."""

    token: str
    path: str


def entry_of(headers: Mapping[str, str], body: bytes) -> Entry | None:
    """What is asked, as nginx (``auth_request`` with ``X-Original-URI``), MediaMTX (``authHTTPAddress``) and ZLMediaKit
    (``on_play``) ask it; None where no token is shown or more than reading is wanted."""
    original = headers.get("x-original-uri", "")
    told: dict[str, Any] = {}
    if body:
        try:
            told = orjson.loads(body)
        except orjson.JSONDecodeError:
            return None
        if not isinstance(told, dict) or str(told.get("action", "")) not in ASKS_TO_READ:
            return None
    query = str(told.get("query") or told.get("params") or urlsplit(original).query)
    token = parse_qs(query).get("token", [""])[0] or _bearer(headers) or str(told.get("token") or "")
    path = original or str(told.get("path") or "") or "/".join(str(told.get(part, "")) for part in ("app", "stream"))
    return Entry(token, path) if token and path.strip("/") else None


def _bearer(headers: Mapping[str, str]) -> str:
    kind, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


def _quoted(text: str) -> str:
    return quote(text, safe="")
