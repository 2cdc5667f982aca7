"""Privacy volumes: windows and courtyards that no camera may show unmasked."""

from typing import Any

from fastapi import APIRouter
from starlette.responses import Response

from geoserver import privacy
from geoserver.accounts.seen import Seen
from geoserver.api.asks import AskDep, ChangeDep, IfMatch, version_seen
from geoserver.api.deps import GEOJSON, Bbox, GeoJson, Id, SeenDep, ServicesDep, address_of, answer
from geoserver.api.kept import add_removal
from geoserver.api.origin import FromHere
from geoserver.api.privacy_models import NewVolume, Volume, VolumeFields, VolumePatch, Volumes, volume
from geoserver.boxes import read_bbox
from geoserver.ogc_items import feature
from geoserver.storage import store as storage

router = APIRouter(prefix="/api/privacy-volumes", tags=["privacy"])


@router.get("", response_model=Volumes, response_class=GeoJson)
def list_(store: SeenDep, bbox: Bbox = None) -> Response:
    """All volumes, or those whose middle lies in a box."""
    found = store.find(storage.Query(privacy.KIND, read_bbox(bbox)))
    return answer(
        {"type": "FeatureCollection", "features": [volume(feature(one)) for one in found]}, media_type=GEOJSON
    )


@router.get("/{id}", response_model=Volume, response_class=GeoJson)
def one(id: Id, store: SeenDep) -> Response:
    """One volume."""
    return _volume(store, id)


@router.post("", response_model=Volume, response_class=GeoJson, status_code=201, dependencies=[FromHere])
def create(body: NewVolume, services: ServicesDep, ask: AskDep) -> Response:
    """Make a volume."""
    made = privacy.create_volume(services, body.id, body.geometry.coordinates, _fields(body.properties), ask)
    response = _volume(ask.seen(services), made)
    response.status_code = 201
    response.headers["Location"] = address_of("/api/privacy-volumes", made)
    return response


@router.patch("/{id}", response_model=Volume, response_class=GeoJson, dependencies=[FromHere])
def change(
    id: Id,
    body: VolumePatch,
    services: ServicesDep,
    ask: ChangeDep,
    if_match: IfMatch = None,
) -> Response:
    """Set fields of a volume, or its outline."""
    seen = version_seen(if_match, body.version, privacy.KIND, id)
    rings = body.geometry.coordinates if body.geometry else None
    privacy.change_volume(services, id, rings, _fields(body.properties), seen, ask)
    return _volume(ask.seen(services), id)


def _fields(given: VolumeFields) -> dict[str, Any]:
    names = {"base": "base_m", "top": "top_m"}
    return {names.get(name, name): value for name, value in given.model_dump(exclude_unset=True).items()}


def _volume(store: Seen, id_: str) -> Response:
    found = volume(feature(privacy.kept_volume(store, id_)))
    return answer(found, media_type=GEOJSON, headers={"ETag": f'"{found["properties"]["version"]}"'})


add_removal(router, privacy.KIND, privacy.remove_volume)
