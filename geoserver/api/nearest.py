"""The vehicles nearest to an incident, and the cameras along the way of a vehicle."""

from dataclasses import dataclass
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from geoserver import incidents
from geoserver.accounts.asking import CallerDep
from geoserver.api import nearest_models as models
from geoserver.api.deps import FleetDep, Id, NoteDep, SeenDep, ServicesDep, answer, asked_as
from geoserver.api.vehicles import MOST_FIXES, span_of
from geoserver.faults import BadParameter, NotAllowed
from geoserver.nearest_answers import NearestAsked, nearest_answer, way_to
from geoserver.records import kept_record
from geoserver.services import Services
from geoserver.vehicles.along import Timed, ahead, along_answer, driven, now_ms
from geoserver.vehicles.garage import VEHICLE
from geoserver.vehicles.taking import Taking
from layers.cameras.model import Tier
from layers.incidents.fitting import fitting
from layers.incidents.model import Incident
from layers.record import Moment
from layers.routes.watched import Wish
from layers.tracks.track import Track
from layers.vehicles import Vehicle, VehicleType

router = APIRouter(tags=["vehicles"])
MOST_NEAR = 50


async def _taking(request: Request) -> Taking:
    taking: Taking = request.app.state.taking
    return taking


TakingDep = Annotated[Taking, Depends(_taking)]


@dataclass(frozen=True)
class NearWanted:
    """Which vehicles, and how much of each."""

    only: Annotated[Literal["fitting", "all"], Query(description="fitting: types meant for such incidents")] = "fitting"
    type: Annotated[list[VehicleType] | None, Query(max_length=5, description="these types, whatever fits")] = None
    limit: Annotated[int, Query(ge=1, le=MOST_NEAR)] = 10
    routes: Annotated[bool, Query(description="with the way of each")] = False


@dataclass(frozen=True)
class AlongWanted:
    """Which way of a vehicle, and which cameras count."""

    way: Annotated[Literal["track", "ahead"], Query(description="ahead: from where it is to its incident")] = "track"
    begin: Annotated[Moment | None, Query(description="an hour before the end where it is not given")] = None
    end: Annotated[Moment | None, Query(description="now where it is not given")] = None
    tier: Annotated[list[Tier] | None, Query(max_length=3, description="only cameras of these")] = None
    turning: Annotated[bool, Query(description="PTZ cameras count with all that they can turn to")] = False


@router.get("/api/incidents/{id}/vehicles", response_model=models.NearVehicles)
def nearest(
    id: Id,
    services: ServicesDep,
    store: SeenDep,
    caller: CallerDep,
    taking: TakingDep,
    wanted: Annotated[NearWanted, asked_as(NearWanted)],
) -> Response:
    """Free vehicles by the time that each needs to an incident along the roads.

    One-ways are kept to. A vehicle not heard of lately is told apart, since it may be anywhere; one from which no
    road leads to the incident comes last, without a time.
    """
    found = incidents.kept_incident(store, id)
    may_see = caller.sees(VEHICLE).covers_record
    seen = [one for one in taking.garage.vehicles.values() if may_see(one)]
    types = wanted.type or (fitting(found.category) if wanted.only == "fitting" else ())
    asked = NearestAsked(frozenset(types), wanted.limit, wanted.routes)
    return answer(nearest_answer(services, found, seen, asked))


@router.get("/api/vehicles/{id}/cameras", response_model=models.VehicleCameras)
def cameras(
    id: Id,
    services: ServicesDep,
    fleet: FleetDep,
    store: SeenDep,
    caller: CallerDep,
    taking: TakingDep,
    note: NoteDep,
    wanted: Annotated[AlongWanted, asked_as(AlongWanted)],
) -> Response:
    """The cameras that saw a vehicle along its track, or will see it on the way to its incident, in order, with the
    times at which they do. It goes into the journal."""
    now, found = services.now, kept_record(store, Vehicle, id)
    if fleet.reach.is_empty:
        raise NotAllowed(action="see", kind="camera", approval=False)
    if wanted.way == "track":
        caller.demand("track", VEHICLE, area=found.area)
        span = span_of(wanted.begin, wanted.end)
        note(VEHICLE, id, deed="cameras", begin_ms=span[0], end_ms=span[1], area=found.area)
        fixes = taking.series.track(id, *span, MOST_FIXES + 1)
        whole = len(fixes) <= MOST_FIXES
        lines = driven(now.town, Track(id, fixes[:MOST_FIXES]))
    else:
        whole = True
        note(VEHICLE, id, deed="cameras", incident=found.incident, area=found.area)
        lines = _ahead(services, found, _errand(store.get(incidents.KIND, found.incident), id))
    wish = Wish(12.5, wanted.tier or (1, 2, 3), wanted.turning)
    told = along_answer(services, now, lines, wish, fleet.reach)
    head = {"vehicle": id, "way": wanted.way, "name": found.name, "name_en": found.name_en, "complete": whole}
    return answer({**head, **told})


def _errand(incident: object, id_: str) -> Incident:
    if isinstance(incident, Incident):
        return incident
    detail = "is on its way to no incident. Ask for its track."
    raise BadParameter(parameter="way", value=id_, reason="no-errand", detail=detail)


def _ahead(services: Services, vehicle: Vehicle, incident: Incident) -> list[Timed]:
    position = services.positions.latest(VEHICLE, vehicle.id)
    path = way_to(services.now.town, position, incident.lon, incident.lat) if position else None
    if path is None:
        detail = "has no road to its incident, or nobody knows where it is."
        raise BadParameter(parameter="way", value=vehicle.id, reason="no-way", detail=detail)
    return ahead(path, now_ms())
