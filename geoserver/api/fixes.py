"""Fixes of the city's own vehicles, in batches."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep
from geoserver.api.deps import LangDep, answer
from geoserver.api.origin import FromHere
from geoserver.api.vehicles_models import FixesSent, FixesTaken, FixSent
from geoserver.vehicles.taking import FIX_KIND, Row, Taking
from geoserver.words import say

router = APIRouter(tags=["vehicles"])


@router.post("/api/fixes", response_model=FixesTaken, dependencies=[FromHere])
def take(body: FixesSent, request: Request, caller: CallerDep, lang: LangDep) -> Response:
    """Keep fixes, and show the latest of each vehicle live.

    A fix is known by its vehicle and its time: what is sent again changes nothing, what is late finds its place. When
    the answer comes, all that it does not refuse is on the disk.
    """
    taking: Taking = request.app.state.taking
    if caller.permissions.reach("create", FIX_KIND).is_empty:
        raise caller.refused("create", FIX_KIND)
    vehicles = [one.vehicle for one in body.fixes]
    done = taking.take(vehicles, [_row(one) for one in body.fixes], caller)
    values = {"days": taking.keep_days}
    refused = [{"row": one.row, "reason": one.why, "detail": say(lang, "fix", one.why, values)} for one in done.refused]
    may_see = caller.sees("crossing").covers_record
    crossings = [
        {"id": one.id, "zone": one.zone, "mover": one.mover, "way": one.way} for one in done.crossings if may_see(one)
    ]
    return answer({"taken": done.taken, "repeated": done.repeated, "refused": refused, "crossings": crossings})


def _row(one: FixSent) -> Row:
    time_ms = round(one.at.timestamp() * 1e3)
    return time_ms, one.lon, one.lat, one.height_m, one.heading_deg, one.speed_m_s
