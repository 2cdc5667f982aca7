"""Places: areas, search, link, sight lines, heights, buildings."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from geoserver import place_answers
from geoserver.api import models
from geoserver.api.deps import GEOJSON, Density, Height, Id, LangDep, Lat, Limit, Lon, NowDep, TierFilter, answer
from geoserver.link_answers import link_answer

router = APIRouter(prefix="/api")


@router.get("/areas", tags=["areas"], response_model=models.Areas)
def list_(now: NowDep) -> Response:
    """All administrative areas, without their outlines."""
    return answer({"areas": now.town.area_rows})


@router.get("/areas/{code}", tags=["areas"], response_model=models.AreaFeature)
def one(code: Id, now: NowDep) -> Response:
    """One area with its outline, as GeoJSON."""
    return answer(now.town.area_feature(code), media_type=GEOJSON)


@router.get("/search", tags=["search"], response_model=models.SearchAnswer)
def find(
    now: NowDep, lang: LangDep, q: Annotated[str, Query(min_length=1, max_length=200)], limit: Limit = 20
) -> Response:
    """Places of every kind: cameras, roads, junctions, buildings by address, areas, coordinates."""
    return answer(place_answers.search(now, q, limit, lang))


@router.get("/link", tags=["link"], response_model=models.LinkAnswer)
def ask(
    now: NowDep,
    lang: LangDep,
    lon: Lon,
    lat: Lat,
    height: Height = None,
    density: Density = 12.5,
    tier: TierFilter = None,
    limit: Limit = 20,
) -> Response:
    """The cameras that see a place, best first; then those that do not, with the reason."""
    return answer(link_answer(now, (lon, lat, height), density, tier, limit, lang))


@router.get("/sight", tags=["sight"], response_model=models.SightAnswer)
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


@router.get("/height", tags=["heights"], response_model=models.HeightAnswer)
def at(now: NowDep, lon: Lon, lat: Lat) -> Response:
    """Ground and top at a place, and the building that stands there."""
    return answer(place_answers.height_answer(now, lon, lat))


@router.post("/heights", tags=["heights"], response_model=models.HeightsAnswer)
def many(now: NowDep, question: models.HeightsQuestion) -> Response:
    """Ground and top at many places; null outside the city."""
    return answer(place_answers.heights_answer(now, question.points))


@router.get("/buildings/{id}", tags=["buildings"], response_model=models.Building)
def building(id: Id, now: NowDep) -> Response:
    """What is known of one building."""
    return answer(place_answers.building_answer(now, id))
