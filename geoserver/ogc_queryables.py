"""What may be asked of a collection, as JSON Schema and as parameters: made from the model of its kind."""

from collections.abc import Mapping
from typing import Any

from geoserver.faults import BadParameter
from geoserver.ogc_crs import Frame
from geoserver.ogc_filters import InFrame
from geoserver.words import Lang, say
from layers.catalogue import Kind
from layers.filters.faults import BadFilter
from layers.filters.queryables import Queryable, has_outline, queryables
from layers.filters.reading import read_filter
from layers.filters.terms import Condition

RESERVED = frozenset(
    {"f", "bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "filter", "filter-lang", "filter-crs"}
)
"""Parameters that are no fields, whatever a field may be called."""
ROLES: Mapping[str, str] = {
    "id": "id",
    "geometry": "primary-geometry",
    "valid_from": "primary-interval-start",
    "valid_to": "primary-interval-end",
}
FORMS: Mapping[str, Mapping[str, Any]] = {
    "text": {"type": "string"},
    "boolean": {"type": "boolean"},
    "time": {"type": "string", "format": "date-time"},
    "texts": {"type": "array", "items": {"type": "string"}},
}


def document(base: str, kind: Kind, lang: Lang) -> dict[str, Any]:
    """The queryables of a collection as a JSON Schema."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"{base}/collections/{kind.plural}/queryables",
        "title": kind.title_zh if lang == "zh" else kind.title,
        "type": "object",
        "properties": {name: schema(one, lang, kind) | _roles(name) for name, one in queryables(kind.name).items()},
        "additionalProperties": False,
    }


def schema(one: Queryable, lang: Lang, kind: Kind | None = None) -> dict[str, Any]:
    """One field; with its title in both languages where its kind is given."""
    if one.field.sort == "geometry":
        outline = kind is not None and has_outline(kind.name)
        form: dict[str, Any] = {"format": "geometry-polygon" if outline else "geometry-point"}
    elif one.field.sort == "number":
        form = {"type": "integer" if one.whole else "number"}
    else:
        form = dict(FORMS[one.field.sort])
    form |= {"enum": list(one.choices)} if one.choices else {}
    titles = {told: say(told, "field", one.field.name, {}) for told in ("en", "zh")}
    if kind is None:
        return form
    return {"title": titles[lang], **form, "x-title-en": titles["en"], "x-title-zh": titles["zh"]}


def parameters(kind: Kind) -> dict[str, Queryable]:
    """The fields that are parameters too: each asks for what equals its value."""
    return {
        name: one
        for name, one in queryables(kind.name).items()
        if one.field.sort not in ("geometry", "texts") and name not in RESERVED
    }


def equal(kind: Kind, given: Mapping[str, str]) -> tuple[dict[str, Any], list[Condition]]:
    """Values of parameters: of fields with an index, in their types, and conditions for all others.

    Raises
    ------
    BadParameter
    """
    known = parameters(kind)
    indexed = {name: _choice(known[name], text) for name, text in given.items() if name in kind.indexed}
    return indexed, [_condition(kind, known[name], text) for name, text in given.items() if name not in kind.indexed]


def _choice(one: Queryable, text: str) -> Any:
    if not one.choices:
        return text
    for choice in one.choices:
        if str(choice) == text:
            return choice
    known = ", ".join(map(str, one.choices))
    detail = f"is none of {known}."
    raise BadParameter(parameter=one.field.name, value=text, reason="choice", detail=detail, expected=known)


def _condition(kind: Kind, one: Queryable, text: str) -> Condition:
    name = one.field.name
    tree = {"op": "=", "args": [{"property": name}, _value(one, text)]}
    try:
        return read_filter(tree, kind.name, InFrame(Frame()))
    except BadFilter as bad:
        reason = "datetime_parsing" if one.field.sort == "time" else "wrong"
        raise BadParameter(parameter=name, value=text, reason=reason, detail=str(bad.values["reason"])) from None


def _value(one: Queryable, text: str) -> Any:
    if one.field.sort == "number":
        try:
            return float(text)
        except ValueError:
            detail = "is not a number."
            raise BadParameter(parameter=one.field.name, value=text, reason="float_parsing", detail=detail) from None
    if one.field.sort == "boolean":
        if text not in ("true", "false"):
            known = "true, false"
            detail = f"is none of {known}."
            raise BadParameter(parameter=one.field.name, value=text, reason="choice", detail=detail, expected=known)
        return text == "true"
    if one.field.sort == "time":
        return {"date" if len(text) == 10 else "timestamp": text}
    return _choice(one, text)


def _roles(name: str) -> dict[str, str]:
    return {"x-ogc-role": ROLES[name]} if name in ROLES else {}
