"""Units: organisations that own cameras or answer incidents; listed, made, changed, removed."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from geoserver.api import checkpoints_models as models
from geoserver.api.deps import MAX_LISTED, Bbox, Id, ServicesDep, answer
from geoserver.api.editing import IfMatch, Key, keyed, version_seen
from geoserver.api.kept import created, kept, listed
from geoserver.api.origin import FromHere
from geoserver.api.privacy_models import Removed
from geoserver.editing import Ask
from geoserver.records import change_record, create_record, kept_record, remove_record
from layers.responsible import Unit

router = APIRouter(prefix="/api/units", tags=["units"])


@router.get("", response_model=models.Units)
def list_(
    services: ServicesDep,
    bbox: Bbox = None,
    limit: Annotated[int, Query(ge=1, le=MAX_LISTED)] = MAX_LISTED,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
) -> Response:
    """All units, or those in a box."""
    return listed(services, "unit", bbox, (limit, offset))


@router.get("/{id}", response_model=models.Unit)
def one(id: Id, services: ServicesDep) -> Response:
    """One unit."""
    return kept(kept_record(services, Unit, id))


@router.post("", response_model=models.Unit, status_code=201, dependencies=[FromHere])
def create(body: models.NewUnit, request: Request, services: ServicesDep, key: Key = None) -> Response:
    """Make a unit."""
    made = create_record(services, Unit, body.model_dump(), Ask(keyed(request, key)))
    return created(made, "/api/units")


@router.patch("/{id}", response_model=models.Unit, dependencies=[FromHere])
def change(
    id: Id,
    body: models.UnitPatch,
    request: Request,
    services: ServicesDep,
    if_match: IfMatch = None,
    key: Key = None,
) -> Response:
    """Set fields of a unit. Names the version that was read."""
    given = body.model_dump(exclude_unset=True)
    seen = version_seen(if_match, given.pop("version", None), "unit", id)
    ask = Ask(keyed(request, key), strict=if_match is not None)
    return kept(change_record(services, Unit, id, given, seen, ask))


@router.delete("/{id}", response_model=Removed, dependencies=[FromHere])
def remove(
    id: Id,
    request: Request,
    services: ServicesDep,
    version: Annotated[int | None, Query(ge=1)] = None,
    if_match: IfMatch = None,
    key: Key = None,
) -> Response:
    """Remove a unit; the answer names the row of the journal that brings it back when undone."""
    seen = version_seen(if_match, version, "unit", id)
    ask = Ask(keyed(request, key), strict=if_match is not None)
    return answer({"id": id, "seq": remove_record(services, Unit, id, seen, ask)})
