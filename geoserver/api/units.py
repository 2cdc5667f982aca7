"""Units: organisations that own cameras or answer incidents; listed, made, changed, removed."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from geoserver.api import checkpoints_models as models
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.deps import MAX_LISTED, Bbox, GeoJson, Id, SeenDep, ServicesDep
from geoserver.api.kept import add_removal, created, kept, listed
from geoserver.api.origin import FromHere
from geoserver.records import change_record, create_record, kept_record, remove_record
from layers.responsible import Unit

router = APIRouter(prefix="/api/units", tags=["units"])


@router.get("", response_model=models.Units, response_class=GeoJson)
def list_(
    store: SeenDep,
    bbox: Bbox = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = MAX_LISTED,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """All units, or those in a box."""
    return listed(store, "unit", bbox, (limit, offset))


@router.get("/{id}", response_model=models.Unit, response_class=GeoJson)
def one(id: Id, store: SeenDep) -> Response:
    """One unit."""
    return kept(kept_record(store, Unit, id))


@router.post("", response_model=models.Unit, response_class=GeoJson, status_code=201, dependencies=[FromHere])
def create(body: models.NewUnit, services: ServicesDep, ask: AskDep) -> Response:
    """Make a unit."""
    made = create_record(services, Unit, body.model_dump(), ask)
    return created(made, "/api/units")


@router.patch("/{id}", response_model=models.Unit, response_class=GeoJson, dependencies=[FromHere])
def change(
    id: Id,
    body: models.UnitPatch,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Set fields of a unit. Names the version that was read."""
    given = body.model_dump(exclude_unset=True)
    seen = version_seen(if_match, given.pop("version", None), "unit", id)
    return kept(change_record(services, Unit, id, given, seen, ask))


add_removal(router, "unit", lambda services, id_, seen, ask: remove_record(services, Unit, id_, seen, ask))
