"""Incidents: reported, listed, moved on, counted, written out."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field
from starlette.responses import Response

from geoserver import incidents
from geoserver.accounts.asking import CallerDep
from geoserver.accounts.caller import Caller
from geoserver.api import incidents_models as models
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.deps import GEOJSON, MAX_LISTED, Bbox, GeoJson, Id, LangDep, SeenDep, ServicesDep, address_of, answer
from geoserver.api.exporting_models import FILES, FormName, as_file
from geoserver.api.origin import FromHere
from geoserver.boxes import read_bbox
from geoserver.exporting import written
from geoserver.incident_answers import (
    areas_under,
    heat_answer,
    incident_detail,
    incident_feature,
    statistics_answer,
    zone_of,
)
from geoserver.incident_board import Board, MaySee, Wanted
from geoserver.incident_export import as_csv, as_geojson
from layers.incidents.model import Category, Incident, Source, State
from layers.incidents.states import Action
from layers.incidents.statistics import RESOLUTIONS, Level
from layers.record import Moment

router = APIRouter(prefix="/api/incidents", tags=["incidents"])


async def _board(request: Request) -> Board:
    board: Board = request.app.state.incidents
    return board


BoardDep = Annotated[Board, Depends(_board)]


def _seen(caller: Caller) -> MaySee:
    return caller.sees(incidents.KIND).covers_record


@dataclass(frozen=True)
class Filter:
    """Which incidents; several values of a parameter are alternatives."""

    bbox: Bbox = None
    state: Annotated[list[State] | None, Query(max_length=6)] = None
    category: Annotated[list[Category] | None, Query(max_length=20)] = None
    severity: Annotated[list[Annotated[int, Field(ge=1, le=4)]] | None, Query(max_length=4)] = None
    source: Annotated[list[Source] | None, Query(max_length=6)] = None
    unit: Annotated[str | None, Query(max_length=200)] = None
    area: Annotated[str | None, Query(max_length=40, description="code of an area at any level")] = None
    since: Annotated[Moment | None, Query(description="reported then or later")] = None
    until: Annotated[Moment | None, Query(description="reported before")] = None
    supervised: Annotated[bool, Query(description="only those marked or past their deadline")] = False
    exercise: Annotated[bool | None, Query(description="only exercises, or only what is real")] = None
    q: Annotated[str, Query(max_length=200, description="part of number, address or description")] = ""


def _wanted(services: ServicesDep, given: Annotated[Filter, Depends()]) -> Wanted:
    return Wanted(
        now=datetime.now(UTC),
        bbox=read_bbox(given.bbox),
        states=frozenset(given.state or ()),
        categories=frozenset(given.category or ()),
        severities=frozenset(given.severity or ()),
        sources=frozenset(given.source or ()),
        unit=given.unit,
        areas=areas_under(services.now.town, given.area) if given.area else None,
        since=given.since,
        until=given.until,
        watched=given.supervised,
        exercise=given.exercise,
        text=given.q,
    )


WantedDep = Annotated[Wanted, Depends(_wanted)]


def _counted(wanted: WantedDep) -> Wanted:
    """Exercises are in no figures, unless somebody asks for just them."""
    return wanted if wanted.exercise is not None else replace(wanted, exercise=False)


CountedDep = Annotated[Wanted, Depends(_counted)]


@router.get("", response_model=models.Incidents, response_class=GeoJson)
def list_(
    store: SeenDep,
    caller: CallerDep,
    board: BoardDep,
    wanted: WantedDep,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = 100,
    after: Annotated[str | None, Query(max_length=200, description="id at which the page before ended")] = None,
) -> Response:
    """Incidents, newest first, page by page."""
    last = incidents.kept_incident(store, after) if after else None
    page = board.page(wanted, limit, last, _seen(caller))
    return answer(
        {
            "type": "FeatureCollection",
            "seq": page.seq,
            "matched": page.matched,
            "returned": len(page.incidents),
            "next": page.next,
            "features": [incident_feature(one, wanted.now) for one in page.incidents],
        },
        media_type=GEOJSON,
    )


@router.get("/statistics", response_model=models.IncidentStatistics)
def statistics(
    services: ServicesDep, caller: CallerDep, board: BoardDep, wanted: CountedDep, level: Level = "district"
) -> Response:
    """How many there were, by area, category and hour; exercises are left out unless they are asked for."""
    return answer(statistics_answer(services.now.town, board.select(wanted, _seen(caller)), level))


@router.get("/heat", response_model=models.IncidentHeat, response_class=GeoJson)
def heat(
    caller: CallerDep,
    board: BoardDep,
    wanted: CountedDep,
    resolution: Annotated[int, Query(ge=RESOLUTIONS.start, le=RESOLUTIONS.stop - 1, description="of H3")] = 9,
) -> Response:
    """How many there were in each hexagon; exercises are left out unless they are asked for."""
    return answer(heat_answer(board.select(wanted, _seen(caller)), resolution), media_type=GEOJSON)


@router.get("/export", response_class=Response, responses=FILES)
def export(
    services: ServicesDep,
    caller: CallerDep,
    board: BoardDep,
    wanted: WantedDep,
    f: FormName = "csv",
) -> Response:
    """All that were asked for and may be exported, as a file. It goes into the journal."""
    may = caller.permissions.reach("export", incidents.KIND)
    if may.is_empty:
        raise caller.refused("export", incidents.KIND)
    seen = _seen(caller)
    found = list(board.select(wanted, lambda one: seen(one) and may.covers_record(one)))
    noted = {"deed": "export", "format": f, "count": len(found), "bbox": list(wanted.bbox) if wanted.bbox else None}
    services.looks.note(caller.name, incidents.KIND, "*", noted)
    if f == "csv":
        return as_file(as_csv(found, zone_of(services.now.town)), "incidents", f)
    content = as_geojson(found, wanted.now) if f == "geojson" else written(found, "incidents", f)
    return as_file(content, "incidents", f)


@router.get("/{id}", response_model=models.IncidentDetail, response_class=GeoJson)
def one(id: Id, services: ServicesDep, caller: CallerDep, store: SeenDep, board: BoardDep, lang: LangDep) -> Response:
    """One incident with the best cameras of each tier, the nearest checkpoints, who answers for the place, and
    others that may tell the same event."""  # fmt: skip
    found = incidents.kept_incident(store, id)
    detail = incident_detail(services, board, found, caller, lang)
    return answer(detail, media_type=GEOJSON, headers={"ETag": f'"{found.version}"'})


@router.post("", response_model=models.Incident, response_class=GeoJson, status_code=201, dependencies=[FromHere])
def report(body: models.NewIncident, services: ServicesDep, ask: AskDep) -> Response:
    """Report an incident. A repeated one, told by its source's number or the request's key, answers 200."""
    found, new = incidents.report(services, body.model_dump(), ask)
    response = _incident(found)
    response.status_code = 201 if new else 200
    response.headers["Location"] = address_of("/api/incidents", found.id)
    return response


@router.patch("/{id}", response_model=models.Incident, response_class=GeoJson, dependencies=[FromHere])
def correct(
    id: Id,
    body: models.IncidentPatch,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Correct what is known of an incident. Names the version that was read."""
    given = body.model_dump(exclude_unset=True)
    seen = version_seen(if_match, given.pop("version", None), incidents.KIND, id)
    return _incident(incidents.correct(services, id, given, seen, ask))


@router.post("/{id}/note", response_model=models.Incident, response_class=GeoJson, dependencies=[FromHere])
def note(id: Id, body: models.NoteWanted, services: ServicesDep, ask: AskDep) -> Response:
    """Add a note. No version is named: notes of two people are both kept."""
    return _incident(incidents.note(services, id, body.text, ask))


@router.post("/{id}/supervise", response_model=models.Incident, response_class=GeoJson, dependencies=[FromHere])
def supervise(
    id: Id,
    body: models.SuperviseWanted,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Mark an incident for attention, or take the mark away."""
    seen = version_seen(if_match, body.version, incidents.KIND, id)
    return _incident(incidents.supervise(services, id, body.on, seen, ask))


@router.post("/{id}/{action}", response_model=models.Incident, response_class=GeoJson, dependencies=[FromHere])
def move(
    id: Id,
    action: Action,
    body: models.MoveWanted,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Move an incident on: accept it, dispatch a unit, say that it is there, resolve, close."""
    seen = version_seen(if_match, body.version, incidents.KIND, id)
    given = body.model_dump(exclude={"version"})
    return _incident(incidents.move(services, id, action, given, seen, ask))


def _incident(found: Incident) -> Response:
    feature = incident_feature(found, datetime.now(UTC))
    return answer(feature, media_type=GEOJSON, headers={"ETag": f'"{found.version}"'})
