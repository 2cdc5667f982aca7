"""What the routes of plainly kept kinds (checkpoints, zones, units) answer with."""

from collections.abc import Mapping
from typing import Any

from starlette.responses import Response

from geoserver.accounts.seen import Seen
from geoserver.api.deps import GEOJSON, address_of, answer
from geoserver.boxes import read_bbox
from geoserver.ogc_items import feature
from geoserver.storage.store import Query
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
