"""What routes are handed: the city as it is now, the caller's language, checked parameters."""

from typing import Annotated, Any
from urllib.parse import quote

import orjson
from fastapi import Depends, Path, Query, Request
from starlette.responses import Response

from geoserver.services import Now, Services
from geoserver.words import Lang, language

JSON = "application/json"
GEOJSON = "application/geo+json"
MAX_CAMERAS = 100_000
MAX_LISTED = 1_000


# Coroutines, though nothing is awaited: a plain function would be sent to a thread and back for a mere look-up.
async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _now(request: Request) -> Now:
    services: Services = request.app.state.services
    return services.now


async def _lang(request: Request) -> Lang:
    return language(request.headers.get("accept-language"))


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


def answer(value: Any, *, media_type: str = JSON, headers: dict[str, str] | None = None) -> Response:
    """JSON made by orjson; NaN becomes null."""
    body = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY)
    return Response(body, media_type=media_type, headers=headers)


def address_of(collection: str, id_: str) -> str:
    """The address of a record, as a header can carry it: ids may hold any letters."""
    return f"{collection}/{quote(id_, safe='')}"


IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


def answer_bytes(
    request: Request,
    body: bytes,
    *,
    etag: str,
    media_type: str = JSON,
    cache: str = REVALIDATE,
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
