"""What routes are handed: the city as it is now, the caller's language, checked parameters."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import Depends, Path, Query, Request
from starlette.responses import JSONResponse, Response

from geoserver.accounts.asking import caller_of
from geoserver.accounts.caller import Caller
from geoserver.accounts.seen import Seen
from geoserver.faults import NotAllowed
from geoserver.seen_fleet import SeenFleet, seen_fleet
from geoserver.services import Now, Services
from geoserver.words import Lang, language

JSON = "application/json"
IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
PRIVATE = "private, no-cache"
PRIVATE_IMMUTABLE = "private, max-age=31536000, immutable"
"""What depends on who asks is kept by nobody between the server and them."""
GEOJSON = "application/geo+json"
MAX_CAMERAS = 100_000
MAX_LISTED = 1_000


# Coroutines, though nothing is awaited: a plain function would be sent to a thread and back for a mere look-up.
# Each takes the request and nothing else: one that depends on others costs as much again for each of them.
async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _now(request: Request) -> Now:
    services: Services = request.app.state.services
    return services.now


async def _lang(request: Request) -> Lang:
    return language(request.headers.get("accept-language"))


async def _fleet(request: Request) -> SeenFleet:
    services: Services = request.app.state.services
    return seen_fleet(services.now.fleet, caller_of(request).sees("camera"))


async def _store(request: Request) -> Seen:
    services: Services = request.app.state.services
    return Seen(services.store, caller_of(request).permissions)


async def _map(request: Request) -> None:
    if not caller_of(request).permissions.may("see", "building"):
        raise NotAllowed(action="see", kind="building", approval=False)


def asked_as(kind: Callable[..., Any]) -> Any:
    """What is asked for as one value, from the parameters of its class; made where it is needed, not in a thread."""

    async def made(**values: Any) -> Any:
        return kind(**values)

    made.__signature__ = inspect.signature(kind)  # type: ignore[attr-defined]  # what the framework reads
    return Depends(made)


class Noting:
    """Has what the caller looks at noted in the journal, within a second."""

    def __init__(self, services: Services, caller: Caller) -> None:
        self._services, self._name = services, caller.name

    def __call__(self, kind: str, id_: str, **detail: Any) -> None:
        """Note a look at a thing; ``deed`` says which."""
        self._services.looks.note(self._name, kind, id_, detail)


async def _noting(request: Request) -> Noting:
    return Noting(request.app.state.services, caller_of(request))


NoteDep = Annotated[Noting, Depends(_noting)]
MAP = Depends(_map)
"""The map itself (ground, buildings, basemap) is one for all who see a building anywhere."""
FleetDep = Annotated[SeenFleet, Depends(_fleet)]
"""The cameras that the caller sees."""
SeenDep = Annotated[Seen, Depends(_store)]
"""The records that the caller sees."""
ServicesDep = Annotated[Services, Depends(_services)]
NowDep = Annotated[Now, Depends(_now)]
LangDep = Annotated[Lang, Depends(_lang)]

Lon = Annotated[float, Query(ge=-180, le=180, allow_inf_nan=False, description="longitude, degrees")]
Lat = Annotated[float, Query(gt=-90, lt=90, allow_inf_nan=False, description="latitude, degrees; not a pole")]
Height = Annotated[
    float | None,
    Query(ge=-1000, le=100_000, allow_inf_nan=False, description="ellipsoidal height, metres"),
]
Density = Annotated[
    float, Query(ge=12.5, le=100_000, allow_inf_nan=False, description="pixels per metre wanted at the place")
]
TierFilter = Annotated[int | None, Query(ge=1, le=3)]
Bbox = Annotated[
    str | None,
    Query(
        max_length=400,
        description="west,south,east,north or west,south,low,east,north,high in degrees (and metres)",
        examples=["106.7,39.6,106.9,39.7"],
    ),
]
Limit = Annotated[int, Query(ge=1, le=MAX_LISTED)]
Id = Annotated[str, Path(min_length=1, max_length=200)]


class GeoJson(JSONResponse):
    """What a route names as its kind of answer in the OpenAPI document."""

    media_type = GEOJSON


def answer(value: Any, *, media_type: str = JSON, headers: dict[str, str] | None = None, status: int = 200) -> Response:
    """JSON made by orjson, for the one who asked; NaN becomes null."""
    body = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    held = {"Cache-Control": PRIVATE, **(headers or {})}
    return Response(body, status_code=status, media_type=media_type, headers=held)


def address_of(collection: str, id_: str) -> str:
    """The address of a record, as a header can carry it: ids may hold any letters."""
    return f"{collection}/{quote(id_, safe='')}"


def answer_bytes(
    request: Request,
    body: bytes,
    *,
    etag: str,
    media_type: str = JSON,
    cache: str = PRIVATE,
    encoding: str | None = None,
) -> Response:
    """Bytes with an ETag; 304 where the caller has them already."""
    tag = f'"{etag}"'
    headers = {"ETag": tag, "Cache-Control": cache}
    if encoding:
        headers["Content-Encoding"] = encoding
        headers["Vary"] = "Accept-Encoding"
    if has_already(request, tag):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=media_type, headers=headers)


def has_already(request: Request, tag: str) -> bool:
    """Whether If-None-Match names the tag (weakly compared)."""
    known = request.headers.get("if-none-match", "")
    return known == "*" or tag in {part.strip().removeprefix("W/") for part in known.split(",")}
