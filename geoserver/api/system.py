"""The server's own pages: the city, health, metrics, the list of operations, what problems mean."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response

from geoserver import pages
from geoserver.api import models
from geoserver.api.deps import FleetDep, Id, LangDep, NowDep, ServicesDep, answer
from geoserver.api.ptz import StreamsDep
from geoserver.api.system_models import Readiness
from geoserver.city_answers import city_answer
from geoserver.condition import Prober
from geoserver.faults import CityWide
from geoserver.health.figures import health_figures
from geoserver.operating import Flow, operating_figures
from geoserver.version import VERSION

router = APIRouter()


async def _flow(request: Request) -> Flow:
    """Counted in the event loop, which alone knows."""
    state = request.app.state
    streams = state.streams
    return Flow(
        clients=state.feed.count,
        streams=streams.gateway.stats(),
        viewings=len(streams.viewings),
        looks=state.services.looks.waiting,
        coverage=state.coverage.progress,
    )


async def _prober(request: Request) -> Prober:
    prober: Prober = request.app.state.prober
    return prober


FlowDep = Annotated[Flow, Depends(_flow)]
ProberDep = Annotated[Prober, Depends(_prober)]


@router.get("/api/city", tags=["city"], response_model=models.City)
def city(now: NowDep, fleet: FleetDep, lang: LangDep) -> Response:
    """What a client needs before it shows the city."""
    return answer(city_answer(now, fleet.count, lang))


@router.get("/health", tags=["system"], response_model=models.Health)
def health(now: NowDep) -> Response:
    """That the server answers, with which city: for who watches over it, and needs no account."""
    town = now.town
    return answer({"status": "ok", "server": VERSION, "city": town.name, "city_version": town.scene.version})


@router.get("/health/ready", tags=["system"], response_model=Readiness)
def ready(prober: ProberDep) -> Response:
    """Whether people can work with it: 200, or 503 while the database is away or the disk is full. No account."""
    now = prober.look()
    said = {"status": "ready" if now.is_ready else "not-ready", "database": now.has_database, "disk": now.has_room}
    return answer(said, status=200 if now.is_ready else 503)


@router.get("/metrics", tags=["system"], response_class=PlainTextResponse)
def metrics(  # what is measured
    request: Request, services: ServicesDep, fleet: FleetDep, streams: StreamsDep, flow: FlowDep, prober: ProberDep
) -> Response:
    """Counters for Prometheus, of the whole city: for who may see all its cameras."""
    if not fleet.reach.is_everything:
        raise CityWide(action="see", kind="camera", approval=False)
    text: str = request.app.state.meter.text(services.now, streams.reencoders)
    text += health_figures(services, request.app.state.checker.rounds)
    text += operating_figures(prober.look(), flow)
    return PlainTextResponse(text, media_type="text/plain; version=0.0.4; charset=utf-8")


@router.get("/docs", tags=["system"], response_class=HTMLResponse)
def operations(request: Request, lang: LangDep) -> Response:
    """The operations of this server, readable, from /openapi.json; nothing is fetched from elsewhere."""
    return HTMLResponse(pages.operations(request.app.openapi(), lang))


@router.get("/problems/{code}", tags=["system"], response_class=HTMLResponse)
def problem(code: Id, lang: LangDep) -> Response:
    """What a problem means and what helps."""
    return HTMLResponse(pages.problem(code, lang))
