"""Tiles of the city: terrain, buildings, basemap. Bytes with an ETag; versioned addresses cache for ever."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from starlette.responses import Response

from geoserver.api.deps import JSON, MAP, PRIVATE, PRIVATE_IMMUTABLE, NowDep, ServicesDep, answer_bytes
from geoserver.tile_files import TileFile

router = APIRouter(prefix="/tiles", tags=["tiles"], dependencies=[MAP])
Zoom = Annotated[int, Path(ge=0, le=30)]
Index = Annotated[int, Path(ge=0, le=2**31)]
Version = Annotated[str | None, Query(max_length=200, description="version; then the answer never changes")]
BYTES: dict[int | str, dict[str, Any]] = {200: {"content": {"application/octet-stream": {}}}}


@router.get("/terrain/layer.json", response_class=Response)
def terrain_layer(request: Request, now: NowDep, v: Version = None) -> Response:
    """The description of the terrain tiles (quantized-mesh)."""
    return _answer(request, now.town.tiles.terrain_layer(v))


@router.get("/terrain/{z}/{x}/{y}.terrain", response_class=Response, responses=BYTES)
def terrain(request: Request, now: NowDep, z: Zoom, x: Index, y: Index, v: Version = None) -> Response:
    """One terrain tile, quantized-mesh-1.0, rows counted from the south."""
    return _answer(request, now.town.tiles.terrain(z, x, y, v))


@router.get("/buildings/{path:path}", response_class=Response, responses=BYTES)
def buildings(
    request: Request,
    now: NowDep,
    path: Annotated[str, Path(max_length=300, description="tileset.json, or what it names")],
    v: Version = None,
) -> Response:
    """The buildings: 3D Tiles 1.1, starting at tileset.json."""
    return _answer(request, now.town.tiles.buildings(path, v))


@router.get("/basemap/{z}/{x}/{y}.png", response_class=Response, responses=BYTES)
def basemap(
    request: Request,
    services: ServicesDep,
    z: Zoom,
    x: Index,
    y: Index,
    style: Literal["dark", "light"] = "dark",
    lang: Literal["zh", "en"] = "zh",
    v: Version = None,
) -> Response:
    """One tile of the basemap, Web Mercator, rows counted from the north; drawn on first request."""
    return _answer(request, services.now.town.basemap.tile(z, x, y, style, lang, v))


def _answer(request: Request, tile: TileFile) -> Response:
    body, encoding = tile.body, tile.encoding
    if encoding == "gzip" and "gzip" not in request.headers.get("accept-encoding", ""):
        body, encoding = tile.plain(), None
    return answer_bytes(
        request,
        body,
        etag=tile.etag,
        media_type=tile.media_type or JSON,
        cache=PRIVATE_IMMUTABLE if tile.immutable else PRIVATE,
        encoding=encoding,
    )
