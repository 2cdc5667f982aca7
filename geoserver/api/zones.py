"""Zones: polygons that people draw, some of them geofences; listed, made, changed, removed."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from geoserver.api import checkpoints_models as models
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.deps import MAX_LISTED, Bbox, GeoJson, Id, SeenDep, ServicesDep
from geoserver.api.kept import add_removal, created, kept, listed
from geoserver.api.origin import FromHere
from geoserver.api.privacy_models import Outline
from geoserver.records import change_record, create_record, kept_record, remove_record
from layers.zones import Zone

router = APIRouter(prefix="/api/zones", tags=["zones"])


@router.get("", response_model=models.Zones, response_class=GeoJson)
def list_(
    store: SeenDep,
    bbox: Bbox = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = MAX_LISTED,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """All zones, or those in a box."""
    return listed(store, "zone", bbox, (limit, offset))


@router.get("/{id}", response_model=models.Zone, response_class=GeoJson)
def one(id: Id, store: SeenDep) -> Response:
    """One zone."""
    return kept(kept_record(store, Zone, id))


@router.post("", response_model=models.Zone, response_class=GeoJson, status_code=201, dependencies=[FromHere])
def create(body: models.NewZone, services: ServicesDep, ask: AskDep) -> Response:
    """Make a zone."""
    given = {**body.properties.model_dump(), "id": body.id, "rings": _rings(body.geometry)}
    made = create_record(services, Zone, given, ask)
    return created(made, "/api/zones")


@router.patch("/{id}", response_model=models.Zone, response_class=GeoJson, dependencies=[FromHere])
def change(
    id: Id,
    body: models.ZonePatch,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Set fields of a zone, or its outline. Names the version that was read."""
    given = body.properties.model_dump(exclude_unset=True)
    given |= {"rings": _rings(body.geometry)} if body.geometry else {}
    seen = version_seen(if_match, body.version, "zone", id)
    return kept(change_record(services, Zone, id, given, seen, ask))


def _rings(outline: Outline) -> tuple[tuple[tuple[float, float], ...], ...]:
    return tuple(tuple((corner[0], corner[1]) for corner in ring) for ring in outline.coordinates)


add_removal(router, "zone", lambda services, id_, seen, ask: remove_record(services, Zone, id_, seen, ask))
