"""Checkpoints: listed, made, changed, removed; each with the cameras that see it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from geoserver.api import checkpoints_models as models
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.deps import MAX_LISTED, Bbox, FleetDep, GeoJson, Id, LangDep, SeenDep, ServicesDep
from geoserver.api.kept import add_removal, created, kept, listed
from geoserver.api.origin import FromHere
from geoserver.link_answers import link_answer
from geoserver.records import change_record, create_record, kept_record, remove_record
from layers.checkpoints import Checkpoint, Status

router = APIRouter(prefix="/api/checkpoints", tags=["checkpoints"])
CAMERAS = 12


@router.get("", response_model=models.Checkpoints, response_class=GeoJson)
def list_(
    store: SeenDep,
    bbox: Bbox = None,
    status: Status | None = None,
    road: Annotated[str | None, Query(max_length=200)] = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = MAX_LISTED,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """All checkpoints, or those in a box, in a state, of a road."""
    equal = {name: value for name, value in (("status", status), ("road", road)) if value}
    return listed(store, "checkpoint", bbox, (limit, offset), equal)


@router.get("/{id}", response_model=models.CheckpointDetail, response_class=GeoJson)
def one(id: Id, services: ServicesDep, store: SeenDep, fleet: FleetDep, lang: LangDep) -> Response:
    """One checkpoint, with the cameras that see it."""
    found = kept_record(store, Checkpoint, id)
    seen: list[dict[str, Any]] = []
    if bool(services.now.town.scene.inside(found.lon, found.lat)):
        place = (found.lon, found.lat, found.height_m)
        online = services.health.online
        told = link_answer(services.now, place, 12.5, None, CAMERAS, lang, seen=fleet.reach, online=online)
        linked = told["cameras"]
        seen = [camera for camera in linked if camera["visible"]]
    return kept(found, {"cameras": seen})


@router.post("", response_model=models.Checkpoint, response_class=GeoJson, status_code=201, dependencies=[FromHere])
def create(body: models.NewCheckpoint, services: ServicesDep, ask: AskDep) -> Response:
    """Make a checkpoint."""
    made = create_record(services, Checkpoint, body.model_dump(), ask)
    return created(made, "/api/checkpoints")


@router.patch("/{id}", response_model=models.Checkpoint, response_class=GeoJson, dependencies=[FromHere])
def change(
    id: Id,
    body: models.CheckpointPatch,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Set fields of a checkpoint. Names the version that was read."""
    given = body.model_dump(exclude_unset=True)
    seen = version_seen(if_match, given.pop("version", None), "checkpoint", id)
    return kept(change_record(services, Checkpoint, id, given, seen, ask))


add_removal(router, "checkpoint", lambda services, id_, seen, ask: remove_record(services, Checkpoint, id_, seen, ask))
