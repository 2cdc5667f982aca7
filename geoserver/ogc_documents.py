"""The documents of OGC API - Features, made from the catalogue of kinds: nothing is written by hand twice."""

from collections.abc import Mapping, Sequence
from typing import Any

from geoserver.faults import UnknownId
from geoserver.ogc_crs import CRS84, CRS84H, offered
from geoserver.town import Town
from geoserver.words import Lang
from layers.catalogue import COLLECTIONS, Kind

CLASSES = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/queryables-query-parameters",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/filter",
    "http://www.opengis.net/spec/ogcapi-features-3/1.0/conf/features-filter",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/create-replace-delete",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/update",
    "http://www.opengis.net/spec/ogcapi-features-4/1.0/conf/optimistic-locking-etags",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-text",
    "http://www.opengis.net/spec/cql2/1.0/conf/cql2-json",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-cql2",
    "http://www.opengis.net/spec/cql2/1.0/conf/advanced-comparison-operators",
    "http://www.opengis.net/spec/cql2/1.0/conf/case-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/accent-insensitive-comparison",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/basic-spatial-functions-plus",
    "http://www.opengis.net/spec/cql2/1.0/conf/spatial-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/temporal-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/array-functions",
    "http://www.opengis.net/spec/cql2/1.0/conf/property-property",
    "http://www.opengis.net/spec/cql2/1.0/conf/arithmetic",
)
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
_ABOUT: Mapping[Lang, str] = {
    "en": f"What lies over a city in 3D: {', '.join(kind.title.lower() for kind in COLLECTIONS.values())}.",
    "zh": f"三维城市之上：{'、'.join(kind.title_zh for kind in COLLECTIONS.values())}。",
}
HIDDEN = frozenset({"kind", "valid_from", "valid_to", "lon", "lat", "rings"})
"""Fields of a record that a feature tells elsewhere: in its geometry, or by its collection."""


def kind_of(collection: str) -> Kind:
    """The kind of a collection."""
    if collection not in COLLECTIONS:
        raise UnknownId(kind="collection", id=collection)
    return COLLECTIONS[collection]


def link(href: str, rel: str, media_type: str, title: str) -> dict[str, str]:
    """A link."""
    return {"href": href, "rel": rel, "type": media_type, "title": title}


def landing(base: str, town: Town, lang: Lang) -> dict[str, Any]:
    """The landing page."""
    city = town.build["city"]
    name = (city["name"] if lang == "zh" else city["name_en"]) or "GeoServer"
    return {
        "title": name,
        "description": _ABOUT[lang],
        "links": [
            link(f"{base}/?f=json", "self", "application/json", "JSON"),
            link(f"{base}/?f=html", "alternate", "text/html", "HTML"),
            link(f"{base}/api", "service-desc", OPENAPI, "OpenAPI 3.0"),
            link(f"{base}/api?f=html", "service-doc", "text/html", "API"),
            link(f"{base}/conformance", "conformance", "application/json", "Conformance classes"),
            link(f"{base}/collections", "data", "application/json", "Collections"),
        ],
    }


def conformance(more: Sequence[str] = ()) -> dict[str, Any]:
    """The classes of the standards that are met; ``more``: by what else is served here."""
    return {"conformsTo": [*CLASSES, *more]}


def collections(base: str, town: Town, lang: Lang) -> dict[str, Any]:
    """All collections."""
    return {
        "links": [
            link(f"{base}/collections?f=json", "self", "application/json", "JSON"),
            link(f"{base}/collections?f=html", "alternate", "text/html", "HTML"),
        ],
        "collections": [collection(base, kind, town, lang) for kind in COLLECTIONS.values()],
    }


def collection(base: str, kind: Kind, town: Town, lang: Lang) -> dict[str, Any]:
    """One collection."""
    here = f"{base}/collections/{kind.plural}"
    return {
        "id": kind.plural,
        "title": kind.title_zh if lang == "zh" else kind.title,
        "extent": {"spatial": {"bbox": [list(town.scene.extent)], "crs": CRS84}},
        "itemType": "feature",
        "crs": list(offered(town.scene.extent)),
        "storageCrs": CRS84H,
        "links": [
            link(f"{here}?f=json", "self", "application/json", "JSON"),
            link(f"{here}?f=html", "alternate", "text/html", "HTML"),
            link(f"{here}/items?f=json", "items", "application/geo+json", "Items"),
            link(f"{here}/items?f=html", "items", "text/html", "Items"),
            link(
                f"{here}/queryables",
                "http://www.opengis.net/def/rel/ogc/1.0/queryables",
                "application/schema+json",
                "Queryables",
            ),
        ],
    }
