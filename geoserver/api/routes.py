"""Routes: the cameras along a road or a drawn line."""

from fastapi import APIRouter
from starlette.responses import Response

from geoserver.accounts.asking import CallerDep
from geoserver.accounts.caller import Caller
from geoserver.api import routes_models as models
from geoserver.api.deps import FleetDep, NoteDep, NowDep, ServicesDep, answer
from geoserver.faults import BadParameter, NotAllowed
from geoserver.route_answers import line_asked, road_asked, route_answer
from geoserver.services import Now
from layers.roads import NamedRoad
from layers.routes.route import Route
from layers.routes.watched import Wish

router = APIRouter(prefix="/api/routes", tags=["routes"])


@router.post("/cameras", response_model=models.RouteCameras)
def cameras(
    asked: models.RouteQuestion, services: ServicesDep, now: NowDep, fleet: FleetDep, caller: CallerDep, note: NoteDep
) -> Response:
    """The cameras that see a route, in the order in which they see it best, with the few that are enough, and what
    nobody sees. It goes into the journal.

    The route is looked at on the ground every 10 m, or every 20 m where it is longer than 10 km; each time the link
    says who sees it.
    """
    if fleet.reach.is_empty:
        raise NotAllowed(action="see", kind="camera", approval=False)
    road, route = _route(asked, now, caller)
    found = route_answer(services, now, route, Wish(asked.density, asked.tiers, asked.turning), fleet.reach)
    lon, lat = found["lines"][0][0]
    where = {"lon": lon, "lat": lat, "area": now.town.areas.smallest(lon, lat)}
    name = road.name if road else ""
    note("place", f"{lon:.6f},{lat:.6f}", deed="route", length_m=found["length_m"], road=name, **where)
    return answer({"name": name, "name_en": (road.name_en if road else "") or name, **found})


def _route(asked: models.RouteQuestion, now: Now, caller: Caller) -> tuple[NamedRoad | None, Route]:
    if (asked.line is None) == (asked.road is None):
        detail = "Give either a line or a road."
        raise BadParameter(parameter="line", value=None, reason="line-or-road", detail=detail)
    if asked.road is not None:
        return road_asked(now.town, asked.road, caller.permissions)
    return None, line_asked(now.town, [list(point) for point in asked.line or ()])
