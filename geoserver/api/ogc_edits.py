"""OGC API - Features, Part 4: items created, replaced, updated and deleted, through the same journal as all else."""

from typing import Annotated, Any

import anyio.to_thread
from fastapi import APIRouter, Header, Request
from starlette.responses import Response

from geoserver import ogc_documents, ogc_items
from geoserver.api import ogc_boxes
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.bodies import bounded
from geoserver.api.deps import GEOJSON, JSON, GeoJson, Id, NowDep, ServicesDep, address_of, answer
from geoserver.api.ogc_hands import HANDS, Hand, Task, checked, kept, settable
from geoserver.api.origin import FromHere
from geoserver.api.privacy_models import Removed
from geoserver.editing import Ask
from geoserver.faults import BadParameter, WrongMethod
from geoserver.ogc_crs import Frame, offered, read_frame
from geoserver.ogc_edits import (
    MOST_BYTES,
    Sent,
    WrongMedia,
    changed_fields,
    merged,
    new_fields,
    read_body,
    read_feature,
)
from geoserver.services import Services
from layers.catalogue import Kind

MERGE = "application/merge-patch+json"
FEATURES = (GEOJSON, JSON)
ContentCrs = Annotated[str | None, Header(description="<identifier> of the system of the coordinates")]
router = APIRouter(prefix="/ogc", tags=["ogc-edits"], default_response_class=GeoJson)


def _body(*forms: str) -> dict[str, Any]:
    """What the OpenAPI document says of a body."""
    return {"requestBody": {"required": True, "content": {form: {"schema": {"type": "object"}} for form in forms}}}


async def _frame(now: NowDep, given: ContentCrs) -> Frame:
    uri = given.strip().removeprefix("<").removesuffix(">") if given else None
    return read_frame("Content-Crs", uri, offered(now.town.scene.extent))


@router.post(
    "/collections/{collection}/items",
    status_code=201,
    responses={200: {"description": "It was there: a repeated report", "content": {GEOJSON: {}}}},
    dependencies=[FromHere],
    openapi_extra=_body(*FEATURES),
)
async def create(
    request: Request,
    collection: Id,
    services: ServicesDep,
    ask: AskDep,
    now: NowDep,
    content_crs: ContentCrs = None,
) -> Response:
    """Create an item of a GeoJSON feature. What is left out is assumed as for those made by hand."""
    kind, hand = _hand(request, collection)
    document, frame = await _document(request, *FEATURES), await _frame(now, content_crs)

    def made() -> tuple[str, bool]:
        sent = read_feature(document, hand.where, frame)
        fields = new_fields(sent, settable(kind.name, hand.new))
        given = checked(kind.name, hand.new, fields | _place(hand, sent))
        if sent.id is not None and hand.new.model_fields.keys().isdisjoint({"id"}) and hand.where != "Polygon":
            raise BadParameter(parameter="id", value=sent.id, reason="read-only", detail="cannot be set.")
        return hand.create(Task(services, ask, request), given, sent.id)

    id_, new = await anyio.to_thread.run_sync(made)
    response = await anyio.to_thread.run_sync(_item, request, services, ask, kind, id_)
    response.status_code = 201 if new else 200
    response.headers["Location"] = address_of(f"{_here(request, kind)}/items", id_)
    return response


@router.put("/collections/{collection}/items/{id}", dependencies=[FromHere], openapi_extra=_body(*FEATURES))
async def replace(
    request: Request,
    collection: Id,
    id: Id,
    services: ServicesDep,
    ask: ChangeDep,
    now: NowDep,
    if_match: IfMatch = None,
    content_crs: ContentCrs = None,
) -> Response:
    """Replace an item: what is left out falls back. If-Match names the version that was read."""
    kind, hand = _hand(request, collection)
    document, frame = await _document(request, *FEATURES), await _frame(now, content_crs)
    seen = version_seen(if_match, None, kind.name, id)
    await anyio.to_thread.run_sync(_set, Task(services, ask, request), (kind, hand, id, seen), document, frame)
    return await anyio.to_thread.run_sync(_item, request, services, ask, kind, id)


@router.patch("/collections/{collection}/items/{id}", dependencies=[FromHere], openapi_extra=_body(MERGE))
async def update(
    request: Request,
    collection: Id,
    id: Id,
    services: ServicesDep,
    ask: ChangeDep,
    now: NowDep,
    if_match: IfMatch = None,
    content_crs: ContentCrs = None,
) -> Response:
    """Update an item by a merge patch (RFC 7396). If-Match names the version that was read."""
    kind, hand = _hand(request, collection)
    patch, frame = await _document(request, MERGE), await _frame(now, content_crs)
    seen = version_seen(if_match, None, kind.name, id)
    await anyio.to_thread.run_sync(_patch, Task(services, ask, request), (kind, hand, id, seen), patch, frame)
    return await anyio.to_thread.run_sync(_item, request, services, ask, kind, id)


@router.delete("/collections/{collection}/items/{id}", response_model=Removed, dependencies=[FromHere])
def delete(
    request: Request, collection: Id, id: Id, services: ServicesDep, ask: ChangeDep, if_match: IfMatch = None
) -> Response:
    """Delete an item; the answer names the row of the journal that brings it back when undone."""
    kind, hand = _hand(request, collection)
    if hand.remove is None:
        raise WrongMethod(path=request.url.path, method=request.method, allowed=_allowed(kind, of_item=True))
    seen = version_seen(if_match, None, kind.name, id)
    return answer({"id": id, "seq": hand.remove(Task(services, ask, request), id, seen)})


@router.options("/collections/{collection}/items", include_in_schema=False)
def options_of_items(collection: Id) -> Response:
    """What may be done with the items of a collection."""
    kind = ogc_documents.kind_of(collection)
    return Response(status_code=204, headers={"Allow": _allowed(kind, of_item=False)})


@router.options("/collections/{collection}/items/{id}", include_in_schema=False)
def options_of_item(collection: Id) -> Response:
    """What may be done with an item, be it there or not."""
    kind = ogc_documents.kind_of(collection)
    patched = {"Accept-Patch": MERGE} if kind.name in HANDS else {}
    return Response(status_code=204, headers={"Allow": _allowed(kind, of_item=True), **patched})


def _set(task: Task, what: tuple[Kind, Hand, str, int], document: dict[str, Any], frame: Frame) -> None:
    """Have an item be as a feature says."""
    kind, hand, id_, seen = what
    record = kept(task.ask.seen(task.services), kind.name, id_)
    sent = read_feature(document, hand.where, frame)
    if sent.id not in (None, id_):
        raise BadParameter(parameter="id", value=sent.id, reason="other-id", detail="is another id.")
    fields = changed_fields(record, sent, settable(kind.name, hand.patch), is_fresh=seen == record.version)
    if hand.where is None and {"lon", "lat", "height_m"} & fields.keys():
        raise BadParameter(parameter="geometry", value=None, reason="read-only", detail="cannot be set.")
    hand.change(task, id_, checked(kind.name, hand.patch, fields), seen)


def _patch(task: Task, what: tuple[Kind, Hand, str, int], patch: dict[str, Any], frame: Frame) -> None:
    kind, _, id_, _ = what
    document = ogc_items.feature(kept(task.ask.seen(task.services), kind.name, id_))
    # What is kept is in no other system, whatever is said of what is sent.
    given = patch.get("geometry")
    if not (isinstance(given, dict) and "coordinates" in given):
        frame = Frame()
    _set(task, what, merged(document, patch), frame)


def _place(hand: Hand, sent: Sent) -> dict[str, Any]:
    """Where a new record is to be."""
    if sent.coordinates is None or hand.where is None:
        return {}
    if hand.where == "Polygon":
        return {"rings": [[tuple(corner[:2]) for corner in ring] for ring in sent.coordinates]}
    return dict(zip(("lon", "lat", "height_m"), sent.coordinates, strict=False))


async def _document(request: Request, *taken: str) -> dict[str, Any]:
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in taken:
        raise WrongMedia(given=kind or "-", taken=", ".join(taken))
    return read_body(await bounded(request, MOST_BYTES))


def _hand(request: Request, collection: str) -> tuple[Kind, Hand]:
    kind = ogc_documents.kind_of(collection)
    if kind.name not in HANDS:
        of_item = not request.url.path.endswith("/items")
        raise WrongMethod(path=request.url.path, method=request.method, allowed=_allowed(kind, of_item=of_item))
    return kind, HANDS[kind.name]


def _allowed(kind: Kind, *, of_item: bool) -> str:
    hand = HANDS.get(kind.name)
    if hand is None:
        return "GET, OPTIONS"
    if not of_item:
        return "GET, OPTIONS, POST"
    return f"{'DELETE, ' if hand.remove else ''}GET, OPTIONS, PATCH, PUT"


def _here(request: Request, kind: Kind) -> str:
    return f"{ogc_boxes.base(request)}/collections/{kind.plural}"


def _item(request: Request, services: Services, ask: Ask, kind: Kind, id_: str) -> Response:
    found = ogc_items.one(ask.seen(services), kind, id_, _here(request, kind))
    tag = f'"{found["properties"]["version"]}"'
    return answer(found, media_type=GEOJSON, headers=ogc_boxes.told({**Frame().header, "ETag": tag}))
