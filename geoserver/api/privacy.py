"""Privacy volumes: windows and courtyards that no camera may show unmasked."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from geoserver import privacy
from geoserver.api.deps import GEOJSON, Bbox, Id, ServicesDep, address_of, answer
from geoserver.api.editing import IfMatch, Key, keyed, version_seen
from geoserver.api.origin import FromHere
from geoserver.api.privacy_models import NewVolume, Removed, Volume, VolumeFields, VolumePatch, Volumes, volume
from geoserver.boxes import read_bbox
from geoserver.editing import Ask
from geoserver.ogc_items import feature
from geoserver.services import Services
from geoserver.storage import store as storage

router = APIRouter(prefix="/api/privacy-volumes", tags=["privacy"])


@router.get("", response_model=Volumes)
def list_(services: ServicesDep, bbox: Bbox = None) -> Response:
    """All volumes, or those whose middle lies in a box."""
    found = services.store.find(storage.Query(privacy.KIND, read_bbox(bbox)))
    return answer(
        {"type": "FeatureCollection", "features": [volume(feature(one)) for one in found]}, media_type=GEOJSON
    )


@router.get("/{id}", response_model=Volume)
def one(id: Id, services: ServicesDep) -> Response:
    """One volume."""
    return _volume(services, id)


@router.post("", response_model=Volume, status_code=201, dependencies=[FromHere])
def create(body: NewVolume, request: Request, services: ServicesDep, key: Key = None) -> Response:
    """Make a volume."""
    ask = Ask(keyed(request, key))
    made = privacy.create_volume(services, body.id, body.geometry.coordinates, _fields(body.properties), ask)
    response = _volume(services, made)
    response.status_code = 201
    response.headers["Location"] = address_of("/api/privacy-volumes", made)
    return response


@router.patch("/{id}", response_model=Volume, dependencies=[FromHere])
def change(
    id: Id,
    body: VolumePatch,
    request: Request,
    services: ServicesDep,
    if_match: IfMatch = None,
    key: Key = None,
) -> Response:
    """Set fields of a volume, or its outline."""
    seen = version_seen(if_match, body.version, privacy.KIND, id)
    rings = body.geometry.coordinates if body.geometry else None
    ask = Ask(keyed(request, key), strict=if_match is not None)
    privacy.change_volume(services, id, rings, _fields(body.properties), seen, ask)
    return _volume(services, id)


@router.delete("/{id}", response_model=Removed, dependencies=[FromHere])
def remove(
    id: Id,
    request: Request,
    services: ServicesDep,
    version: Annotated[int | None, Query(ge=1)] = None,
    if_match: IfMatch = None,
    key: Key = None,
) -> Response:
    """Remove a volume; the answer names the row of the journal that brings it back when undone."""
    seen = version_seen(if_match, version, privacy.KIND, id)
    ask = Ask(keyed(request, key), strict=if_match is not None)
    return answer({"id": id, "seq": privacy.remove_volume(services, id, seen, ask)})


def _fields(given: VolumeFields) -> dict[str, Any]:
    names = {"base": "base_m", "top": "top_m"}
    return {names.get(name, name): value for name, value in given.model_dump(exclude_unset=True).items()}


def _volume(services: Services, id_: str) -> Response:
    found = volume(feature(privacy.kept_volume(services, id_)))
    return answer(found, media_type=GEOJSON, headers={"ETag": f'"{found["properties"]["version"]}"'})
