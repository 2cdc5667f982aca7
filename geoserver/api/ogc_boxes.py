"""Boxes of features, which maps ask for all the time: answered from what is at hand.

The plain question (GeoJSON, a box, a page, nothing else) has a route of its own before all others. It reads the
question itself, which the framework takes longer for than the answer needs; whatever is not plain or not right falls
through to ``geoserver.api.ogc``, which tells what is wrong with it.
"""

import re
from collections.abc import Mapping

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match
from starlette.types import Receive, Scope, Send

from geoserver import ogc_items
from geoserver.accounts.asking import FOUND
from geoserver.accounts.caller import Caller
from geoserver.api.deps import GEOJSON, PRIVATE
from geoserver.boxes import read_bbox
from geoserver.faults import BadParameter
from geoserver.ogc_crs import Frame
from geoserver.ogc_shelf import Shelves, joined
from layers.catalogue import COLLECTIONS, Kind
from layers.grants.permissions import Reach

MAX_ITEMS = 10_000
_PATH = re.compile(r"/ogc/collections/([^/]+)/items")
_QUESTION = re.compile(rb"[a-z]+=[0-9a-z.,-]+(?:&[a-z]+=[0-9a-z.,-]+)*")
_NUMBER = re.compile(r"\d{1,7}")


class PlainBoxes(BaseRoute):
    """The route of plain questions; it is none of the OpenAPI document, which describes the same one once."""

    path = "/ogc/collections/{collection}/items"

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a request is a plain question by somebody who is known."""
        if scope["type"] != "http" or scope["method"] != "GET" or FOUND not in scope:
            return Match.NONE, {}
        found = _PATH.fullmatch(scope["path"])
        kind = COLLECTIONS.get(found[1]) if found else None
        wanted = plain(scope["query_string"], Headers(scope=scope).get("accept", "")) if kind else None
        return (Match.FULL, {"route": self, "asked": (kind, wanted)}) if wanted else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer it."""
        (kind, wanted), caller = scope["asked"], scope[FOUND]
        assert isinstance(caller, Caller)
        response = await answered(Request(scope, receive), kind, wanted, caller.sees(kind.name))
        await response(scope, receive, send)


def plain(query: bytes, accept: str = "") -> ogc_items.Wanted | None:
    """What a plain query string asks for; None of another, and of one that is not right."""
    query = query.replace(b"%2C", b",")
    if not _QUESTION.fullmatch(query):
        return None
    pairs = [pair.split("=", 1) for pair in query.decode().split("&")]
    given = dict(pairs)
    if len(given) < len(pairs) or "bbox" not in given:
        return None
    if given.pop("f", "" if "text/html" in accept else "json") != "json":
        return None
    try:
        box = read_bbox(given.pop("bbox"))
    except BadParameter:
        return None
    limit, offset = given.pop("limit", "100"), given.pop("offset", "0")
    if given or not _NUMBER.fullmatch(limit) or not _NUMBER.fullmatch(offset) or not 1 <= int(limit) <= MAX_ITEMS:
        return None
    wanted = ogc_items.Wanted(bbox=box, limit=int(limit), offset=int(offset))
    return wanted if wanted.is_box else None


async def answered(request: Request, kind: Kind, wanted: ogc_items.Wanted, reach: Reach) -> Response:
    """A box of features that are at hand; nothing is sent to a thread for it, unless the kind is asked for first."""
    shelves: Shelves = request.app.state.shelves
    assert wanted.bbox is not None
    while (found := shelves.at_hand(kind.name, wanted.bbox, reach)) is None:
        await anyio.to_thread.run_sync(shelves.put_up, kind.name)
    some = found[wanted.offset : wanted.offset + wanted.limit]
    here = f"{base(request)}/collections/{kind.plural}"
    head = ogc_items.head(kind, wanted, (len(found), len(some)), here, request.url.query)
    return Response(joined(head, some), media_type=GEOJSON, headers=told(Frame().header))


def base(request: Request) -> str:
    """The address under which the collections stand."""
    return f"{str(request.base_url).rstrip('/')}/ogc"


def told(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers of every answer: it depends on what is accepted, and is kept by nobody on the way."""
    return {"Vary": "Accept, Accept-Language", "Cache-Control": PRIVATE, **headers}
