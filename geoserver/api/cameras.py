"""Cameras: the list, one, its coverage and its cone."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from geoserver.api import models
from geoserver.api.deps import (
    GEOJSON,
    MAX_CAMERAS,
    Bbox,
    FleetDep,
    GeoJson,
    Height,
    Id,
    LangDep,
    NowDep,
    ServicesDep,
    TierFilter,
    answer,
    answer_bytes,
)
from geoserver.api.trial import TrialDep
from geoserver.boxes import read_bbox
from geoserver.camera_views import camera_facts, cone_of
from geoserver.coverage_answers import coverage_answer
from geoserver.faults import BadParameter
from layers.cameras.aiming import aimed_as

router = APIRouter(prefix="/api", tags=["cameras"])
OptionalLon = Annotated[float | None, Query(ge=-180, le=180, allow_inf_nan=False)]
OptionalLat = Annotated[float | None, Query(gt=-90, lt=90, allow_inf_nan=False)]


@router.get("/cameras", response_model=models.Cameras)
def list_(  # noqa: PLR0913  # the parameters of a list
    request: Request,
    fleet: FleetDep,
    services: ServicesDep,
    bbox: Bbox = None,
    tier: TierFilter = None,
    owner: Annotated[str | None, Query(max_length=200)] = None,
    area: Annotated[str | None, Query(max_length=40, description="code of an area at any level")] = None,
    q: Annotated[str | None, Query(max_length=200, description="part of a name or id")] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_CAMERAS)] = MAX_CAMERAS,
) -> Response:
    """All cameras, or those in a box, of a tier, an owner, an area, or with a text in their name."""
    if bbox is None and tier is None and not owner and not area and not q and limit >= fleet.count:
        if not services.health.seq:
            return answer_bytes(request, fleet.listing, etag=fleet.etag)
        rows = [services.health.told(row) for row in fleet.rows]
        whole = answer({"version": fleet.fleet.version, "count": len(rows), "cameras": rows})
        return answer_bytes(request, bytes(whole.body), etag=f"{fleet.etag}-h{services.health.seq}")
    rows = fleet.select(read_bbox(bbox), tier=tier, owner=owner, area=area, text=q)
    told = [services.health.told(row) for row in rows[:limit]]
    return answer({"version": fleet.fleet.version, "count": len(rows), "cameras": told})


@router.get("/cameras/{id}", response_model=models.Camera)
def one(id: Id, now: NowDep, fleet: FleetDep, services: ServicesDep, lang: LangDep) -> Response:
    """All that is known of one camera, with what had to be assumed."""
    return answer(services.health.told(camera_facts(now, fleet.camera(id).id, lang)))


@router.get("/cameras/{id}/coverage", response_model=models.Coverage, response_class=GeoJson)
def coverage(
    id: Id,
    now: NowDep,
    fleet: FleetDep,
    lang: LangDep,
    trial: TrialDep,
    ladder: Annotated[Literal["2014", "2025"], Query(description="edition of IEC 62676-4")] = "2014",
    aim: Annotated[str, Query(max_length=100, description="reach, now, or preset:NAME; PTZ")] = "reach",
    preview: Annotated[bool, Query(description="quickly, with coarser cells far out: while dragging")] = False,
) -> Response:
    """What the camera sees of ground and facades, one GeoJSON feature per class of the ladder for each.

    A PTZ camera is shown with all that it reaches at full zoom, or held still at an aim.
    """
    camera = trial.of(fleet.camera(id), now)
    found = coverage_answer(now, camera, ladder, lang, aim=aim, preview=preview)
    return answer(found, media_type=GEOJSON)


@router.get("/cameras/{id}/cone", response_model=models.Cone)
def cone(
    id: Id,
    now: NowDep,
    fleet: FleetDep,
    trial: TrialDep,
    toward_lon: OptionalLon = None,
    toward_lat: OptionalLat = None,
    toward_height: Height = None,
    aim: Annotated[
        str, Query(max_length=100, description="reach (the same as now), now, or preset:NAME; PTZ")
    ] = "reach",
) -> Response:
    """The view cone cut by what stands in the way; a PTZ camera may be aimed at a place, or as a preset has it."""
    if (toward_lon is None) != (toward_lat is None):
        missing = "toward_lat" if toward_lat is None else "toward_lon"
        raise BadParameter(parameter=missing, value=None, reason="missing", detail="is missing.")
    toward = None if toward_lon is None or toward_lat is None else (toward_lon, toward_lat, toward_height)
    camera = trial.of(fleet.camera(id), now)
    if aim.startswith("preset:"):
        camera = aimed_as(camera, aim)
    return answer(cone_of(now, id, toward, camera))
