"""The documents of OGC API - Features, made from the catalogue of kinds: nothing is written by hand twice."""

from collections.abc import Mapping, Sequence
from typing import Any, get_args

from geoserver.faults import UnknownId
from geoserver.ogc_crs import CRS84, CRS84H, offered
from geoserver.town import Town
from geoserver.version import VERSION
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


def queryables(base: str, kind: Kind, lang: Lang) -> dict[str, Any]:
    """What items may be filtered by: the kind's indexed fields."""
    fields = kind.model.model_fields
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base}/collections/{kind.plural}/queryables",
        "title": kind.title_zh if lang == "zh" else kind.title,
        "type": "object",
        "properties": {name: _schema(fields[name].annotation) for name in kind.indexed},
        "additionalProperties": False,
    }


def _schema(annotation: Any) -> dict[str, Any]:
    choices = get_args(annotation)
    if choices and all(isinstance(one, int | str) for one in choices):
        return {"type": "integer" if isinstance(choices[0], int) else "string", "enum": list(choices)}
    return {"type": "number" if annotation is float else "string"}


def openapi(base: str, max_items: int) -> dict[str, Any]:
    """This part of the server as OpenAPI 3.0; the rest is in /openapi.json (3.1)."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "GeoServer: OGC API - Features", "version": VERSION},
        "servers": [{"url": base}],
        "paths": {
            "/": {"get": _operation("landing", "Landing page")},
            "/conformance": {"get": _operation("conformance", "Conformance classes")},
            "/api": {"get": _operation("api", "This document", OPENAPI)},
            "/collections": {"get": _operation("collections", "Collections")},
            **{path: document for kind in COLLECTIONS.values() for path, document in _paths(kind, max_items).items()},
        },
        "components": {"schemas": {"exception": _PROBLEM}},
    }


_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}
_CRS = {"name": "crs", "in": "query", "schema": {"type": "string", "format": "uri", "default": CRS84H}}
_FORMAT = {"name": "f", "in": "query", "schema": {"type": "string", "enum": ["json", "html"]}}


def _paths(kind: Kind, max_items: int) -> dict[str, Any]:
    here, geojson = f"/collections/{kind.plural}", "application/geo+json"
    numbers = {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}}
    parameters: list[dict[str, Any]] = [
        {"name": "bbox", "in": "query", "style": "form", "explode": False, "schema": numbers},
        _CRS | {"name": "bbox-crs"},
        {"name": "datetime", "in": "query", "schema": {"type": "string"}},
        {
            "name": "limit",
            "in": "query",
            "schema": {"type": "integer", "minimum": 1, "maximum": max_items, "default": 100},
        },
        {"name": "offset", "in": "query", "schema": {"type": "integer", "minimum": 0, "default": 0}},
        *(
            {"name": name, "in": "query", "schema": _schema(kind.model.model_fields[name].annotation)}
            for name in kind.indexed
        ),
    ]
    id_ = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    return {
        here: {"get": _operation(f"{kind.name}.collection", kind.title)},
        f"{here}/queryables": {"get": _operation(f"{kind.name}.queryables", "Queryables", "application/schema+json")},
        f"{here}/items": {"get": _operation(f"{kind.name}.items", "Items", geojson, [*parameters, _CRS])},
        f"{here}/items/{{id}}": {"get": _operation(f"{kind.name}.item", "One item", geojson, [id_, _CRS])},
    }


def _operation(
    name: str, summary: str, media_type: str = "application/json", parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/exception"}}}
    contents = {media_type: {"schema": {"type": "object"}}, "text/html": {"schema": {"type": "string"}}}
    return {
        "operationId": name,
        "summary": summary,
        "tags": ["features"],
        "parameters": [*(parameters or []), _FORMAT],
        "responses": {
            "200": {"description": summary, "content": contents},
            "default": {"description": "A problem document (RFC 9457)", "content": problem},
        },
    }
