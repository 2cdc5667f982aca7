"""Places: areas, search, link, sight lines, heights, buildings."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import anyio.to_thread
from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from geoserver import place_answers
from geoserver.accounts.asking import CallerDep
from geoserver.api import models
from geoserver.api.deps import (
    GEOJSON,
    MAP,
    Density,
    FleetDep,
    GeoJson,
    Height,
    Id,
    LangDep,
    Lat,
    Limit,
    Lon,
    NoteDep,
    Noting,
    NowDep,
    ServicesDep,
    TierFilter,
    answer,
    asked_as,
)
from geoserver.faults import NotAllowed, UnknownId
from geoserver.incident_search import found_by_number
from geoserver.link_answers import link_answer
from geoserver.seen_fleet import SeenFleet
from geoserver.services import Now
from geoserver.words import Lang

router = APIRouter(prefix="/api")
SHORT = 50
"""Cameras of a list that is made at once."""


@dataclass(frozen=True)
class AskedLink:
    """Which place is to be seen, how well, and by which cameras."""

    lon: Lon
    lat: Lat
    height: Height = None
    density: Density = 12.5
    tier: TierFilter = None
    limit: Limit = 20


@router.get("/areas", tags=["areas"], response_model=models.Areas)
def list_(now: NowDep, caller: CallerDep) -> Response:
    """The administrative areas that one sees, and those that they lie in, without their outlines."""
    seen = now.town.areas_within(caller.sees("area"))
    return answer({"areas": [row for row in now.town.area_rows if row["code"] in seen]})


@router.get("/areas/{code}", tags=["areas"], response_model=models.AreaFeature, response_class=GeoJson)
def one(code: Id, now: NowDep, caller: CallerDep) -> Response:
    """One area with its outline, as GeoJSON."""
    if code not in now.town.areas_within(caller.sees("area")):
        raise UnknownId(kind="area", id=code)
    return answer(now.town.area_feature(code), media_type=GEOJSON)


@router.get("/search", tags=["search"], response_model=models.SearchAnswer)
def find(
    request: Request,
    now: NowDep,
    caller: CallerDep,
    lang: LangDep,
    q: Annotated[str, Query(min_length=1, max_length=200)],
    limit: Limit = 20,
) -> Response:
    """Everything that has a place: by name or address, incidents by number, and coordinates."""
    may_see = caller.sees("incident").covers_record
    incidents = found_by_number(request.app.state.incidents, now.town, q, lang, may_see)
    found = place_answers.search(now, q, limit, lang, caller.permissions)
    return answer(found | {"results": [*incidents, *found["results"]][:limit]})


@router.get("/link", tags=["link"], response_model=models.LinkAnswer)
async def ask(
    services: ServicesDep,
    now: NowDep,
    fleet: FleetDep,
    note: NoteDep,
    lang: LangDep,
    asked: Annotated[AskedLink, asked_as(AskedLink)],
) -> Response:
    """The cameras that see a place, best first; then those that do not, with the reason. It goes into the journal."""
    if fleet.reach.is_empty:
        raise NotAllowed(action="see", kind="camera", approval=False)
    # It takes about a millisecond; to have it done in a thread would take as long again. Long lists are worth that.
    if asked.limit <= SHORT:
        return _linked(now, fleet, note, lang, asked, services.health.online)
    return await anyio.to_thread.run_sync(_linked, now, fleet, note, lang, asked, services.health.online)


def _linked(
    now: Now, fleet: SeenFleet, note: Noting, lang: Lang, asked: AskedLink, online: Mapping[str, bool]
) -> Response:
    lon, lat = asked.lon, asked.lat
    place = lon, lat, asked.height
    found = link_answer(now, place, asked.density, asked.tier, asked.limit, lang, seen=fleet.reach, online=online)
    area = now.town.areas.smallest(lon, lat)
    # Which cameras were found is left out: whoever reads the journal of a place need not see all of them.
    note("place", f"{lon:.6f},{lat:.6f}", deed="link", lon=lon, lat=lat, area=area, tier=asked.tier)
    return answer(found)


@router.get("/sight", tags=["sight"], response_model=models.SightAnswer, dependencies=[MAP])
def line(
    now: NowDep,
    lang: LangDep,
    from_lon: Lon,
    from_lat: Lat,
    to_lon: Lon,
    to_lat: Lat,
    from_height: Height = None,
    to_height: Height = None,
) -> Response:
    """Whether one place sees another, and what stands between them."""
    start, end = (from_lon, from_lat, from_height), (to_lon, to_lat, to_height)
    return answer(place_answers.sight_answer(now, start, end, lang))


@router.get("/height", tags=["heights"], response_model=models.HeightAnswer, dependencies=[MAP])
def at(now: NowDep, lon: Lon, lat: Lat) -> Response:
    """Ground and top at a place, and the building that stands there."""
    return answer(place_answers.height_answer(now, lon, lat))


@router.post("/heights", tags=["heights"], response_model=models.HeightsAnswer, dependencies=[MAP])
def many(now: NowDep, question: models.HeightsQuestion) -> Response:
    """Ground and top at many places; null outside the city."""
    return answer(place_answers.heights_answer(now, question.points))


@router.get("/buildings/{id}", tags=["buildings"], response_model=models.Building)
def building(id: Id, now: NowDep, caller: CallerDep) -> Response:
    """What is known of one building."""
    return answer(place_answers.building_answer(now, id, caller.sees("building")))
