"""The OpenAPI 3.0 document of OGC API - Features, made from the catalogue of kinds; the rest is in /openapi.json."""

from collections.abc import Mapping
from typing import Any

from geoserver.ogc_crs import CRS84H
from geoserver.ogc_documents import OPENAPI
from geoserver.ogc_filters import LANGUAGES, MOST_LETTERS
from geoserver.ogc_queryables import parameters as filtering
from geoserver.ogc_queryables import schema
from geoserver.version import VERSION
from layers.catalogue import COLLECTIONS, Kind


def openapi(base: str, max_items: int, edits: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """This part of the server as OpenAPI 3.0; ``edits`` : kind → methods by which its items are changed."""
    return {
        "openapi": "3.0.3",
        "info": {"title": "GeoServer: OGC API - Features", "version": VERSION},
        "servers": [{"url": base}],
        "paths": {
            "/": {"get": _operation("landing", "Landing page")},
            "/conformance": {"get": _operation("conformance", "Conformance classes")},
            "/api": {"get": _operation("api", "This document", OPENAPI)},
            "/collections": {"get": _operation("collections", "Collections")},
            **{
                path: document
                for kind in COLLECTIONS.values()
                for path, document in _paths(kind, max_items, edits).items()
            },
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


def _paths(kind: Kind, max_items: int, edits: Mapping[str, frozenset[str]]) -> dict[str, Any]:
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
        *({"name": name, "in": "query", "schema": schema(one, "en")} for name, one in filtering(kind).items()),
        {"name": "filter", "in": "query", "schema": {"type": "string", "maxLength": MOST_LETTERS}},
        {
            "name": "filter-lang",
            "in": "query",
            "schema": {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]},
        },
        _CRS | {"name": "filter-crs"},
    ]
    id_ = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    may = edits.get(kind.name, frozenset())
    return {
        here: {"get": _operation(f"{kind.name}.collection", kind.title)},
        f"{here}/queryables": {"get": _operation(f"{kind.name}.queryables", "Queryables", "application/schema+json")},
        f"{here}/items": {
            "get": _operation(f"{kind.name}.items", "Items", geojson, [*parameters, _CRS]),
            **(
                {"post": _edit(f"{kind.name}.create", "Create an item", [_KEY], geojson, "201")}
                if "POST" in may
                else {}
            ),
        },
        f"{here}/items/{{id}}": {
            "get": _operation(f"{kind.name}.item", "One item", geojson, [id_, _CRS]),
            **{
                method.lower(): _edit(f"{kind.name}.{name}", title, [id_, _IF_MATCH, _KEY], form)
                for method, name, title, form in _EDITS
                if method in may
            },
        },
    }


_IF_MATCH = {"name": "If-Match", "in": "header", "required": True, "schema": {"type": "string"}}
_KEY = {"name": "Idempotency-Key", "in": "header", "schema": {"type": "string", "maxLength": 200}}
_EDITS = (
    ("PUT", "replace", "Replace an item", "application/geo+json"),
    ("PATCH", "update", "Update an item", "application/merge-patch+json"),
    ("DELETE", "delete", "Delete an item", None),
)


def _edit(
    name: str, summary: str, parameters: list[dict[str, Any]], body: str | None, status: str = "200"
) -> dict[str, Any]:
    found = _operation(name, summary, "application/geo+json" if body else "application/json", parameters)
    answers = found["responses"]
    answers[status] = {**answers.pop("200"), "headers": {"ETag": {"schema": {"type": "string"}}}}
    del answers[status]["content"]["text/html"]
    found["parameters"].remove(_FORMAT)
    if body:
        found["requestBody"] = {"required": True, "content": {body: {"schema": {"type": "object"}}}}
    return found


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
