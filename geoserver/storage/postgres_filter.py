"""Filters in PostgreSQL's words. What it would do otherwise than we (folding of cases, arithmetic, collections of
geometries) is left to whoever sifts."""

import json
from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any

import shapely

from geoserver.storage.filter_sql import CannotSay, Words
from layers.filters.queryables import has_outline
from layers.filters.reckoning import EPOCH
from layers.filters.terms import (
    GEOMETRY,
    Arrays,
    Field,
    Like,
    Number,
    OneOf,
    Shape,
    Spatial,
    Text,
    Texts,
    Time,
    Truth,
    Value,
)

COLUMNS = frozenset({"id", "area"})
"""Fields that stand beside the document, in the order of their letters' codes."""
COLLECTION = 7
"""The number of the type GeometryCollection."""
LONGEST_MS = 10_000
"""A filter has so long to find its records."""
TYPES: Mapping[type, str] = MappingProxyType({Text: "text", Number: "double precision", Truth: "boolean"})
CASTS: Mapping[str, str] = MappingProxyType(
    {"number": "::double precision", "boolean": "::boolean", "time": "::timestamptz", "text": ' COLLATE "C"'}
)
FUNCTIONS: Mapping[str, str] = MappingProxyType(
    {
        "s_intersects": "ST_Intersects",
        "s_disjoint": "ST_Disjoint",
        "s_contains": "ST_Contains",
        "s_within": "ST_Within",
        "s_touches": "ST_Touches",
        "s_crosses": "ST_Crosses",
        "s_overlaps": "ST_Overlaps",
        "s_equals": "ST_Equals",
    }
)


class PostgresDialect:
    """How PostgreSQL says the plain parts of a filter over one kind."""

    truths: Mapping[bool | None, str] = MappingProxyType({True: "true", False: "false", None: "NULL::boolean"})

    def __init__(self, kind: str) -> None:
        self._geometry = "r.shape" if has_outline(kind) else "r.place"

    def value(self, value: Value) -> Words:
        """A field or what is given, but for times."""
        if isinstance(value, Field):
            return _column(value), []
        if isinstance(value, Text | Number | Truth):
            return f"%s::{TYPES[type(value)]}", [value.value]
        raise CannotSay

    def time(self, one: Field | Time | None, *, end: bool, is_open: bool) -> Words:
        """The first or the last moment of a field or of what is given."""
        if isinstance(one, Time):
            return "%s::timestamptz", [EPOCH + timedelta(microseconds=one.last if end else one.first)]
        edge = f"'{'' if end else '-'}infinity'::timestamptz"
        if one is None:
            return edge, []
        return (f"coalesce({_column(one)}, {edge})" if is_open else _column(one)), []

    def quickly(self, one: OneOf) -> Words | None:
        """A field that equals one of some given values; the index is of what stands in the document, which is never
        nothing there."""
        given = all(isinstance(other, Text | Number) for other in one.among)
        if not given or not isinstance(one.of, Field) or one.of.nullable or not one.of.indexed:
            return None
        values: list[Any] = [other.value for other in one.among]  # type: ignore[union-attr]
        if one.of.name in COLUMNS:
            return f"(r.{one.of.name} = ANY(%s::text[]))", [values]
        return f"(r.document -> '{one.of.name}' = ANY(%s::jsonb[]))", [[json.dumps(value) for value in values]]

    def like(self, one: Like) -> Words:
        """A pattern."""
        words, values = self.value(one.text)
        return f"({words} LIKE %s::text ESCAPE '\\')", [*values, one.pattern]

    def missing(self, field: Field) -> str:
        """A field that says nothing."""
        return f"(r.document ->> '{field.name}')"

    def spatial(self, one: Spatial) -> Words:
        """A spatial relation."""
        given = one.left if isinstance(one.left, Shape) else one.right
        assert isinstance(given, Shape)
        if shapely.get_type_id(given.value) == COLLECTION:
            raise CannotSay
        own, other = self._geometry, "ST_GeomFromWKB(%s, 4326)"
        left, right = (other, own) if isinstance(one.left, Shape) else (own, other)
        return f"{FUNCTIONS[one.op]}({left}, {right})", [shapely.to_wkb(given.value)]

    def arrays(self, one: Arrays) -> Words:
        """A relation of sets."""
        if one.op == "a_overlaps":
            field, other = (one.left, one.right) if isinstance(one.left, Field) else (one.right, one.left)
            if not isinstance(field, Field) or not isinstance(other, Texts):
                raise CannotSay
            return f"jsonb_exists_any(r.document -> '{field.name}', %s::text[])", [sorted(other.values)]
        (left, some), (right, more) = self._set(one.left), self._set(one.right)
        if one.op == "a_equals":
            return f"({left} @> {right} AND {left} <@ {right})", [*some, *more, *some, *more]
        return f"({left} {'@>' if one.op == 'a_contains' else '<@'} {right})", [*some, *more]

    def _set(self, one: Field | Texts) -> Words:
        if isinstance(one, Field):
            return f"(r.document -> '{one.name}')", []
        return "%s::jsonb", [json.dumps(sorted(one.values))]


def _column(field: Field) -> str:
    assert field.name != GEOMETRY
    if field.name in COLUMNS:
        return f"r.{field.name}"
    return f"((r.document ->> '{field.name}'){CASTS[field.sort]})"
