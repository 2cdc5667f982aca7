"""Positions of what moves: shown live, and crossings of geofences told."""

from datetime import UTC, datetime, timedelta

from fastapi import APIRouter, Request
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep
from geoserver.api.deps import ServicesDep, answer
from geoserver.api.origin import FromHere
from geoserver.api.positions_models import PositionSent, PositionsSent, PositionsTaken
from geoserver.crossings import Warden
from geoserver.faults import BadParameter
from geoserver.live.positions import Position
from layers.areas import smallest
from layers.fences import Fix

router = APIRouter(tags=["positions"])
KIND = "position"
AHEAD = timedelta(minutes=5)
"""So much clocks may differ."""


@router.post("/api/positions", response_model=PositionsTaken, dependencies=[FromHere])
def take(body: PositionsSent, request: Request, services: ServicesDep, caller: CallerDep) -> Response:
    """Where things are now. Only the latest of each is shown; late and repeated ones change nothing."""
    sent, warden = body.positions, request.app.state.warden
    assert isinstance(warden, Warden)
    _demand_past(sent)
    codes = services.now.town.areas.codes_of([one.lon for one in sent], [one.lat for one in sent])
    reach = caller.permissions.reach("create", KIND)
    if not all(reach.covers(smallest(of_place)) for of_place in codes):
        raise caller.refused("create", KIND)
    services.positions.put(_position(one) for one in sent)
    told = warden.take([Fix((one.kind, one.id), one.lon, one.lat, one.at.timestamp()) for one in sent], caller.name)
    may_see = caller.sees("crossing").covers_record
    crossings = [{"id": one.id, "zone": one.zone, "mover": one.mover, "way": one.way} for one in told if may_see(one)]
    return answer({"taken": len(sent), "crossings": crossings})


def _demand_past(sent: list[PositionSent]) -> None:
    """A clock that is far ahead would have its thing stand still for everybody until then."""
    latest = max(one.at for one in sent)
    if latest > datetime.now(UTC) + AHEAD:
        detail = "lies in the future. Set the clock that it comes from."
        raise BadParameter(parameter="at", value=latest.isoformat(), reason="future", detail=detail)


def _position(one: PositionSent) -> Position:
    seconds = one.at.timestamp()
    return Position(one.kind, one.id, one.lon, one.lat, seconds, one.height_m, one.heading_deg, one.speed_m_s)
