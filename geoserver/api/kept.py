"""What the routes of plainly kept kinds (checkpoints, zones, units) have in common."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from fastapi import APIRouter
from fastapi import Query as Asked
from starlette.responses import Response

from geoserver.accounts.seen import Seen
from geoserver.api.asks import ChangeDep, IfMatch, version_seen
from geoserver.api.deps import GEOJSON, Id, ServicesDep, address_of, answer
from geoserver.api.origin import FromHere
from geoserver.api.privacy_models import Removed
from geoserver.boxes import read_bbox
from geoserver.editing import Ask
from geoserver.ogc_items import feature
from geoserver.services import Services
from geoserver.storage.store import Query
from layers.catalogue import KINDS
from layers.record import Record


def listed(
    store: Seen, kind: str, bbox: str | None, page: tuple[int, int], equal: Mapping[str, Any] | None = None
) -> Response:
    """Records of a kind as GeoJSON; ``page`` is limit and offset, ``matched`` counts all of them."""
    box, (limit, offset) = read_bbox(bbox), page
    matched = store.count(Query(kind, box, equal or {}))
    some = store.find(Query(kind, box, equal or {}, limit=limit, offset=offset))
    features = [feature(one) for one in some]
    return answer({"type": "FeatureCollection", "matched": matched, "features": features}, media_type=GEOJSON)


def kept(record: Record, more: Mapping[str, Any] | None = None) -> Response:
    """One record as a feature, with its version as ETag."""
    return answer(feature(record) | dict(more or {}), media_type=GEOJSON, headers={"ETag": f'"{record.version}"'})


def created(record: Record, collection: str) -> Response:
    """A record that was just made, and where it is."""
    response = kept(record)
    response.status_code = 201
    response.headers["Location"] = address_of(collection, record.id)
    return response


def add_removal(router: APIRouter, kind: str, remove_it: Callable[[Services, str, int, Ask], int]) -> None:
    """Add the route that removes a record; ``remove_it`` is given its id and the version that was read."""

    def remove(
        id: Id,
        services: ServicesDep,
        ask: ChangeDep,
        version: Annotated[int | None, Asked(ge=1)] = None,
        if_match: IfMatch = None,
    ) -> Response:
        seen = version_seen(if_match, version, kind, id)
        return answer({"id": id, "seq": remove_it(services, id, seen, ask)})

    title = KINDS[kind].title.lower()
    says = f"Remove one of the {title}; the answer names the row of the journal that brings it back when undone."
    router.delete("/{id}", response_model=Removed, dependencies=[FromHere], description=says)(remove)
