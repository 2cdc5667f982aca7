"""OGC API - Moving Features over the tracks of vehicles, for who may look at the past; that goes into the journal."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from geoserver import ogc_tracks
from geoserver.accounts.asking import CallerDep
from geoserver.accounts.caller import Caller
from geoserver.api import ogc_boxes
from geoserver.api.deps import GEOJSON, Bbox, Id, LangDep, NoteDep, NowDep, answer
from geoserver.boxes import read_bbox
from geoserver.faults import BadParameter, NotAllowed, UnknownId
from geoserver.ogc_documents import link
from geoserver.ogc_items import read_datetime
from geoserver.ogc_tracks import Asked, asked
from geoserver.vehicles.taking import Taking
from layers.vehicles import Vehicle

Datetime = Annotated[str | None, Query(max_length=100, description="instant or interval, RFC 3339")]
Leaf = Annotated[str | None, Query(max_length=4_000, description="times, rising, with commas: only what was then")]
PiecesLimit = Annotated[int, Query(ge=1, le=100)]
Offset = Annotated[int, Query(ge=0, le=1_000_000)]
SubTrajectory = Annotated[bool, Query(alias="subTrajectory", description="cut to the interval of datetime")]
SubTemporalValue = Annotated[bool, Query(alias="subTemporalValue", description="cut to the interval of datetime")]


Json = Annotated[Literal["json"] | None, Query(description="json alone")]


def _named(dependant: Any) -> Iterator[str]:
    """Names of the parameters that a route and what it depends on take."""
    yield from (one.alias for one in dependant.query_params)
    for one in dependant.dependencies:
        yield from _named(one)


async def _known(request: Request, f: Json = None) -> None:
    """The standard has unknown parameters refused."""
    known = sorted(set(_named(request.scope["route"].dependant)))
    for name in request.query_params:
        if name not in known:
            listed = ", ".join(known)
            detail = f"is not a parameter here; the parameters are {listed}."
            raise BadParameter(parameter=name, value=f or "", reason="unknown", detail=detail, known=listed)


@dataclass(frozen=True)
class Part:
    """A part of a track, and which of its pieces."""

    asked: Asked
    limit: int
    offset: int


async def _geometries(
    bbox: Bbox = None,
    datetime: Datetime = None,
    leaf: Leaf = None,
    cut: SubTrajectory = False,
    limit: PiecesLimit = 10,
    offset: Offset = 0,
) -> Part:
    return Part(asked(read_datetime(datetime), read_bbox(bbox), leaf, cut, _now_ms()), limit, offset)


async def _values(
    datetime: Datetime = None,
    leaf: Leaf = None,
    cut: SubTemporalValue = False,
    limit: PiecesLimit = 10,
    offset: Offset = 0,
) -> Part:
    return Part(asked(read_datetime(datetime), None, leaf, cut, _now_ms()), limit, offset)


HERE = f"/ogc/collections/{ogc_tracks.COLLECTION}"
ANSWERS: dict[int | str, dict[str, Any]] = {200: {"content": {GEOJSON: {}}}}
router = APIRouter(prefix=HERE, tags=["ogc-tracks"], dependencies=[Depends(_known)], responses=ANSWERS)


@router.get("")
def collection(request: Request, now: NowDep, lang: LangDep) -> Response:
    """The collection of tracks."""
    return answer(ogc_tracks.collection(ogc_boxes.base(request), now.town, lang))


@router.get("/items")
def items(
    request: Request,
    caller: CallerDep,
    bbox: Bbox = None,
    datetime: Datetime = None,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    offset: Offset = 0,
) -> Response:
    """Vehicles as moving features: those heard of in an interval, and now in a box."""
    taking, board = _taking(request), request.app.state.services.positions
    wanted = asked(read_datetime(datetime), read_bbox(bbox), None, False, _now_ms())
    span = wanted.span if datetime else None
    some = ogc_tracks.items(_tracked(taking, caller), board, taking.series, wanted.box, span)
    page, base = some[offset : offset + limit], ogc_boxes.base(request)
    told = {
        "type": "FeatureCollection",
        "features": [ogc_tracks.moving_feature(one, board, taking.series, base) for one in page],
        "timeStamp": ogc_tracks.stamp(),
        "numberMatched": len(some),
        "numberReturned": len(page),
        "links": _links(request, offset + limit if offset + limit < len(some) else None),
    }
    return answer(told, media_type=GEOJSON)


@router.get("/items/{id}")
def item(request: Request, id: Id, caller: CallerDep) -> Response:
    """A vehicle as a moving feature."""
    taking = _taking(request)
    one = _vehicle(taking, caller, id)
    board = request.app.state.services.positions
    return answer(ogc_tracks.moving_feature(one, board, taking.series, ogc_boxes.base(request)), media_type=GEOJSON)


@router.get("/items/{id}/tgsequence")
def geometries(
    request: Request, id: Id, caller: CallerDep, note: NoteDep, part: Annotated[Part, Depends(_geometries)]
) -> Response:
    """Where a vehicle was: a temporal geometry for each stretch without gaps."""
    taking = _taking(request)
    one = _vehicle(taking, caller, id)
    wanted, limit, offset = part.asked, part.limit, part.offset
    _note(note, one, wanted)
    every = (ogc_tracks.geometry_told(piece, wanted) for piece in ogc_tracks.pieces(taking.series, id, wanted.span))
    some = list(islice((told for told in every if told is not None), offset, offset + limit + 1))
    return answer(
        {
            "type": "TemporalGeometrySequence",
            "geometrySequence": some[:limit],
            "timeStamp": ogc_tracks.stamp(),
            "numberReturned": len(some[:limit]),
            "links": _links(request, offset + limit if len(some) > limit else None),
        }
    )


@router.get("/items/{id}/tgsequence/{geometry}/{query}")
def along(
    request: Request,
    id: Id,
    geometry: Id,
    query: Literal["distance", "velocity", "acceleration"],
    caller: CallerDep,
    note: NoteDep,
    datetime: Leaf = None,
) -> Response:
    """How far, how fast, or how much faster along one temporal geometry."""
    taking = _taking(request)
    one = _vehicle(taking, caller, id)
    piece = ogc_tracks.piece_named(taking.series, id, geometry)
    wanted = asked(None, None, datetime, False, _now_ms())
    _note(note, one, Asked((piece.begin_ms, piece.end_ms)))
    return answer(ogc_tracks.query_told(piece, query, wanted.leaf))


@router.get("/items/{id}/tproperties")
def properties(request: Request, id: Id, caller: CallerDep) -> Response:
    """What is known of a vehicle at times, besides where it was."""
    _vehicle(_taking(request), caller, id)
    told = [ogc_tracks.property_head(name) for name in ogc_tracks.PROPERTIES]
    return answer(
        {
            "temporalProperties": told,
            "timeStamp": ogc_tracks.stamp(),
            "numberMatched": len(told),
            "numberReturned": len(told),
            "links": _links(request, None),
        }
    )


@router.get("/items/{id}/tproperties/{name}")
def property_(
    request: Request, id: Id, name: Id, caller: CallerDep, note: NoteDep, part: Annotated[Part, Depends(_values)]
) -> Response:
    """Speed or heading of a vehicle at times."""
    taking = _taking(request)
    one = _vehicle(taking, caller, id)
    ogc_tracks.property_head(name)
    wanted, limit, offset = part.asked, part.limit, part.offset
    _note(note, one, wanted)
    every = ogc_tracks.pieces(taking.series, id, wanted.span)
    some = list(islice(every, offset, offset + limit + 1))
    told = ogc_tracks.property_told(name, (wanted.shown(piece) for piece in some[:limit]))
    return answer({**told, "links": _links(request, offset + limit if len(some) > limit else None)})


def _taking(request: Request) -> Taking:
    taking: Taking = request.app.state.taking
    return taking


def _tracked(taking: Taking, caller: Caller) -> Sequence[Vehicle]:
    """The vehicles whose past a caller may see, by their ids."""
    sees, tracks = caller.sees("vehicle"), caller.permissions.reach("track", "vehicle")
    every = taking.garage.vehicles.values()
    return sorted((one for one in every if sees.covers(one.area) and tracks.covers(one.area)), key=lambda one: one.id)


def _vehicle(taking: Taking, caller: Caller, id_: str) -> Vehicle:
    one = taking.garage.get(id_)
    if one is None or not caller.sees("vehicle").covers(one.area):
        raise UnknownId(kind="vehicle", id=id_)
    if not caller.permissions.reach("track", "vehicle").covers(one.area):
        caller.demand("track", "vehicle", area=one.area)
        raise NotAllowed(action="track", kind="vehicle", approval=False)
    return one


def _note(note: Any, one: Vehicle, wanted: Asked) -> None:
    begin, end = wanted.span
    note("vehicle", one.id, deed="track", begin_ms=begin, end_ms=end, form="mf-json", area=one.area)


def _links(request: Request, after: int | None) -> list[dict[str, str]]:
    here = f"{ogc_boxes.base(request)}{request.url.path.removeprefix('/ogc')}"
    found = [link(f"{here}?{request.url.query}".rstrip("?"), "self", "application/json", "JSON")]
    if after is not None:
        again = request.url.include_query_params(offset=after).query
        found.append(link(f"{here}?{again}", "next", "application/json", "Next page"))
    return found


def _now_ms() -> int:
    return round(time.time() * 1e3)
