"""Replay: the situation as it was at a moment, what changed from there on, and how vehicles moved."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep, caller_of
from geoserver.api.deps import PRIVATE, Bbox, ServicesDep, answer
from geoserver.api.replay_models import ChangesThen, SituationAt
from geoserver.boxes import read_bbox
from geoserver.faults import BadParameter, PasswordDue
from geoserver.health.service import Health
from geoserver.live.asks import POSITIONS, known_topic
from geoserver.live.conditions import CONDITIONS
from geoserver.replay.answers import changes_between, situation_at
from geoserver.replay.moved import MEDIA_TYPE, moved
from geoserver.replay.noted import KIND, Noted
from geoserver.replay.past import TRACK, Past
from geoserver.services import Services
from geoserver.vehicles.garage import VEHICLE
from geoserver.vehicles.taking import Taking
from layers.catalogue import COLLECTIONS
from layers.record import Moment

router = APIRouter(tags=["replay"])
LONGEST = timedelta(minutes=60)
USUAL = f"incidents,zones,checkpoints,vehicles,{POSITIONS},{CONDITIONS}"
Kinds = Annotated[
    str,
    Query(max_length=400, description="topics of the live feed, by comma: collections, positions, conditions"),
]
When = Annotated[Moment, Query(description="with its time zone, as 2026-03-01T08:00:00+08:00")]


@router.get("/api/situation/at", response_model=SituationAt)
def at(
    time: When,
    request: Request,
    services: ServicesDep,
    caller: CallerDep,
    kinds: Kinds = USUAL,
    bbox: Bbox = None,
    standing: Annotated[bool, Query(description="without the incidents that were closed then")] = False,
) -> Response:
    """The situation at a moment that is past: records, positions of vehicles, conditions of cameras. It goes into the
    journal."""
    _demand_past("time", time)
    topics, past = _topics(kinds), _past(request, services)
    told = situation_at(past, time, topics, read_bbox(bbox), standing=standing)
    _noted(request).note(caller.name, time, vehicles=bool(told.get(POSITIONS)))
    return answer(told)


@router.get("/api/situation/changes", response_model=ChangesThen)
def changes(
    begin: When,
    end: When,
    request: Request,
    services: ServicesDep,
    caller: CallerDep,
    kinds: Kinds = "incidents,zones,checkpoints,vehicles,crossings",
    bbox: Bbox = None,
    after: Annotated[int | None, Query(ge=0, le=2**53, description="number of a row: only later ones")] = None,
) -> Response:
    """Changes of records after a time, up to and with another, as the live feed told them; in pieces."""
    _demand_span(begin, end)
    past = _past(request, services)
    first, last = past.store.last_row(begin), past.store.last_row(end)
    span = (max(first, after or 0), last)
    told = changes_between(past, span, _topics(kinds), read_bbox(bbox))
    for moment in (begin, end):
        _noted(request).note(caller.name, moment, vehicles=False)
    return answer(told)


@router.get(
    "/api/fixes/moving",
    response_class=Response,
    responses={200: {"content": {MEDIA_TYPE: {}}, "description": "columns of fixes, see docs/replay.md"}},
)
def fixes(
    begin: When, end: When, request: Request, services: ServicesDep, caller: CallerDep, bbox: Bbox = None
) -> Response:
    """Fixes of vehicles after a time, up to and with another, as columns; ``bbox``: of all that were in it."""
    _demand_span(begin, end)
    past = _past(request, services)
    if not past.may_track():
        raise caller.refused(TRACK, VEHICLE)
    span = round(begin.timestamp() * 1e3), round(end.timestamp() * 1e3)
    vehicles = past.followed_through(past.store.last_row(begin), past.store.last_row(end))
    body = moved(past.series, *span, vehicles, read_bbox(bbox)).packed()
    for moment in (begin, end):
        _noted(request).note(caller.name, moment, vehicles=True)
    return Response(body, media_type=MEDIA_TYPE, headers={"Cache-Control": PRIVATE})


def _past(request: Request, services: Services) -> Past:
    """What is kept of the past, for who asks.

    Raises
    ------
    PasswordDue
    """
    caller = caller_of(request)
    if caller.must_change:
        raise PasswordDue(action="see", kind=KIND)
    taking: Taking = request.app.state.taking
    health: Health = request.app.state.health
    return Past(services.store, taking.series, health.kept, services.now.fleet.cameras, caller)


def _noted(request: Request) -> Noted:
    noted: Noted = request.app.state.replays
    return noted


def _topics(kinds: str) -> list[str]:
    """Topics as they are asked for, each once.

    Raises
    ------
    BadParameter
    """
    others = (POSITIONS, CONDITIONS)
    known = (*COLLECTIONS, *others)
    asked = [known_topic(one.strip()) for one in kinds.split(",") if one.strip()]
    return sorted(set(asked), key=known.index)


def _demand_past(name: str, time: datetime) -> None:
    if time > datetime.now(UTC):
        detail = "it has not come yet. Give a time that is past."
        raise BadParameter(parameter=name, value=time.isoformat(), reason="in-the-future", detail=detail)


def _demand_span(begin: datetime, end: datetime) -> None:
    if not begin < end or end - begin > LONGEST:
        minutes = round(LONGEST.total_seconds() / 60)
        detail = f"is not after the beginning, or more than {minutes} minutes after it."
        raise BadParameter(parameter="end", value=end.isoformat(), reason="piece", detail=detail, minutes=minutes)
