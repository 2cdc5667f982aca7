"""OGC API - Features over the catalogue of kinds: landing page, conformance, collections, items."""

from dataclasses import dataclass, replace
from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import HTMLResponse, Response

from geoserver import ogc_documents, ogc_items, ogc_openapi, ogc_pages, ogc_queryables, ogc_tracks
from geoserver.api import ogc_boxes
from geoserver.api.deps import GEOJSON, JSON, Bbox, Id, LangDep, NowDep, SeenDep, answer, has_already
from geoserver.api.ogc_hands import METHODS
from geoserver.boxes import Box
from geoserver.faults import BadParameter, NotAccepted
from geoserver.ogc_crs import Frame, offered, read_box, read_frame
from geoserver.ogc_filters import LANGUAGES, MOST_LETTERS, conditions, read_language
from geoserver.words import Lang
from layers.filters.terms import Condition

Format = Annotated[str | None, Query(alias="f", description="json or html; else Accept decides")]
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
SCHEMA = "application/schema+json"
Crs = Annotated[str | None, Query(max_length=200, description="identifier of the system of the coordinates")]
BboxCrs = Annotated[str | None, Query(alias="bbox-crs", max_length=200, description="the same for bbox")]
FORMS = ("text/html", GEOJSON, OPENAPI, SCHEMA)
ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {form: {} for form in FORMS}}}
router = APIRouter(prefix="/ogc", tags=["ogc"], responses=ANSWERS)


@dataclass(frozen=True)
class Paging:
    """How many items, from where on."""

    limit: int
    offset: int


@dataclass(frozen=True)
class Filter:
    """A filter as it is given; whoever reads it takes a while."""

    text: str | None
    language: str | None
    frame: Frame

    def read(self, kind: str) -> Condition | None:
        """What it asks of the records of a kind."""
        return None if self.text is None else conditions(self.text, self.language, self.frame, kind)


@dataclass(frozen=True)
class Where:
    """Which box and filter, and the reference system of the answer."""

    box: Box | None
    frame: Frame
    filter: Filter


# Coroutines, though nothing is awaited: plain functions and classes would be sent to a thread and back.
async def _frame(now: NowDep, crs: Crs = None) -> Frame:
    return read_frame("crs", crs, offered(now.town.scene.extent))


FrameDep = Annotated[Frame, Depends(_frame)]


async def _paging(
    limit: Annotated[int, Query(ge=1, le=ogc_boxes.MAX_ITEMS)] = 100,
    offset: Annotated[int, Query(ge=0, le=100_000_000)] = 0,
) -> Paging:
    return Paging(limit, offset)


async def _filter(
    now: NowDep,
    text: Annotated[str | None, Query(alias="filter", max_length=MOST_LETTERS, description="CQL2")] = None,
    language: Annotated[str | None, Query(alias="filter-lang", max_length=40, examples=list(LANGUAGES))] = None,
    crs: Annotated[str | None, Query(alias="filter-crs", max_length=200, description="of its geometries")] = None,
) -> Filter:
    return Filter(text, read_language(language), read_frame("filter-crs", crs, offered(now.town.scene.extent)))


async def _where(
    now: NowDep,
    frame: FrameDep,
    asked: Annotated[Filter, Depends(_filter)],
    bbox: Bbox = None,
    bbox_crs: BboxCrs = None,
) -> Where:
    known = offered(now.town.scene.extent)
    return Where(read_box(bbox, read_frame("bbox-crs", bbox_crs, known)), frame, asked)


@router.get("", include_in_schema=False)
@router.get("/")
def landing(request: Request, now: NowDep, lang: LangDep, f: Format = None) -> Response:
    """The landing page."""
    _only(request, "f")
    return _answer(request, f, ogc_documents.landing(ogc_boxes.base(request), now.town, lang), lang)


@router.get("/conformance")
def conformance(request: Request, lang: LangDep, f: Format = None) -> Response:
    """The classes of the standard that are met."""
    _only(request, "f")
    return _answer(request, f, ogc_documents.conformance(ogc_tracks.CLASSES), lang)


@router.get("/api")
def definition(request: Request, lang: LangDep, f: Format = None) -> Response:
    """This part of the server as an OpenAPI 3.0 document."""
    _only(request, "f")
    document = ogc_openapi.openapi(ogc_boxes.base(request), ogc_boxes.MAX_ITEMS, METHODS)
    return _answer(request, f, document, lang, media_type=OPENAPI)


@router.get("/collections")
def collections(request: Request, now: NowDep, lang: LangDep, f: Format = None) -> Response:
    """The collections: one for each kind of the catalogue."""
    _only(request, "f")
    base = ogc_boxes.base(request)
    document = ogc_documents.collections(base, now.town, lang)
    document["collections"].append(ogc_tracks.collection(base, now.town, lang))
    return _answer(request, f, document, lang)


@router.get("/collections/{collection}")
def collection(request: Request, collection: Id, now: NowDep, lang: LangDep, f: Format = None) -> Response:
    """One collection."""
    _only(request, "f")
    kind = ogc_documents.kind_of(collection)
    return _answer(request, f, ogc_documents.collection(ogc_boxes.base(request), kind, now.town, lang), lang)


@router.get("/collections/{collection}/queryables")
def queryables(request: Request, collection: Id, lang: LangDep, f: Format = None) -> Response:
    """The properties that items may be filtered by, as a JSON schema."""
    _only(request, "f")
    document = ogc_queryables.document(ogc_boxes.base(request), ogc_documents.kind_of(collection), lang)
    return _answer(request, f, document, lang, media_type=SCHEMA)


@router.get("/collections/{collection}/items")
async def items(
    request: Request,
    collection: Id,
    store: SeenDep,
    lang: LangDep,
    paging: Annotated[Paging, Depends(_paging)],
    where: Annotated[Where, Depends(_where)],
    datetime: Annotated[str | None, Query(max_length=100, description="instant or interval, RFC 3339")] = None,
    f: Format = None,
) -> Response:
    """Items of a collection as GeoJSON, page by page."""
    kind = ogc_documents.kind_of(collection)
    _only(request, *sorted(ogc_queryables.RESERVED), *sorted(ogc_items.filters(kind)))
    wanted = ogc_items.Wanted(
        bbox=where.box,
        when=ogc_items.read_datetime(datetime),
        limit=paging.limit,
        offset=paging.offset,
        equal={name: request.query_params[name] for name in ogc_items.filters(kind) & set(request.query_params)},
    )
    here, query = f"{ogc_boxes.base(request)}/collections/{kind.plural}", request.url.query
    if not _wants_html(request, f) and where.frame.is_stored and wanted.is_box and where.filter.text is None:
        return await ogc_boxes.answered(request, kind, wanted, store.permissions.sees(kind.name))

    def found() -> dict[str, Any]:
        full = replace(wanted, matching=where.filter.read(kind.name))
        return ogc_items.page(store, kind, full, here, query)

    page = await anyio.to_thread.run_sync(found)
    where.frame.place(page["features"])
    return _answer(request, f, page, lang, media_type=GEOJSON, headers=where.frame.header)


@router.get("/collections/{collection}/items/{id}")
def item(
    request: Request, collection: Id, id: Id, store: SeenDep, lang: LangDep, frame: FrameDep, f: Format = None
) -> Response:
    """One item as GeoJSON."""
    _only(request, "f", "crs")
    kind = ogc_documents.kind_of(collection)
    feature = ogc_items.one(store, kind, id, f"{ogc_boxes.base(request)}/collections/{kind.plural}")
    if _wants_html(request, f):
        return _answer(request, f, feature, lang, headers=frame.header)
    headers = {**frame.header, "ETag": f'"{feature["properties"]["version"]}"'}
    if has_already(request, headers["ETag"]):
        return Response(status_code=304, headers=ogc_boxes.told(headers))
    frame.place([feature])
    return _answer(request, f, feature, lang, media_type=GEOJSON, headers=headers)


def _only(request: Request, *known: str) -> None:
    """The standard has unknown parameters refused."""
    for name in request.query_params:
        if name not in known:
            detail = f"is not a parameter here; the parameters are {', '.join(known)}."
            raise BadParameter(
                parameter=name,
                value=request.query_params[name],
                reason="unknown",
                detail=detail,
                known=", ".join(known),
            )


def _answer(
    request: Request,
    f: str | None,
    document: dict[str, Any],
    lang: Lang,
    *,
    media_type: str = JSON,
    headers: dict[str, str] | None = None,
) -> Response:
    told = ogc_boxes.told(headers or {})
    if _wants_html(request, f):
        return HTMLResponse(ogc_pages.page(document, lang), headers=told)
    return answer(document, media_type=media_type, headers=told)


def _wants_html(request: Request, f: str | None) -> bool:
    if f is not None:
        if f not in ("json", "html"):
            raise NotAccepted(value=f)
        return f == "html"
    accept = request.headers.get("accept", "")
    return "text/html" in accept and "json" not in accept.split("text/html")[0]
