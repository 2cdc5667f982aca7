"""A query in PostgreSQL's words."""

import json
from collections.abc import Sequence
from typing import Any

from geoserver.storage.filter_sql import filter_sql
from geoserver.storage.postgres_filter import PostgresDialect
from geoserver.storage.store import ANY_OF, Query
from layers.areas import beginnings
from layers.catalogue import KINDS

Conditions = tuple[str, list[Any]]
NUL = "\x00"
"""A character that the engine takes in no text, so what is asked for with it is not there."""


def where(query: Query) -> Conditions:
    """The conditions of a query on ``record r``, and their values.

    Raises
    ------
    KeyError
        No such kind, or a field that its row of the catalogue does not list.
    """
    # The kind as a word of the statement: only so an index over one kind is known to be of use.
    parts: list[str] = [f"r.kind = '{KINDS[query.kind].name}'"]
    values: list[Any] = []
    asked = (_fields(query), _times(query), _areas(query.areas), _box(query.bbox), _matching(query)[:2])
    for condition, some in asked:
        if condition:
            parts.append(condition)
            values += some
    if any(isinstance(value, str) and NUL in value for value in values):
        return "false", []
    return " AND ".join(parts), values


def _fields(query: Query) -> Conditions:
    parts: list[str] = []
    values: list[Any] = []
    if query.after is not None:
        parts.append("r.id > %s")
        values.append(query.after)
    for name, value in query.equal.items():
        if name not in KINDS[query.kind].indexed:
            raise KeyError(name)
        wanted = list(value) if isinstance(value, ANY_OF) else [value]
        # Nothing equals nothing; and what holds the character NUL is nowhere.
        texts = [one for one in wanted if one is not None and not (isinstance(one, str) and NUL in one)]
        if name == "area":
            parts.append("r.area = ANY(%s::text[])")
            values.append([str(one) for one in texts])
        else:
            parts.append(f"r.document -> '{name}' = ANY(%s::jsonb[])")
            values.append([json.dumps(one) for one in texts])
    return " AND ".join(parts), values


def says_all(query: Query) -> bool:
    """Whether the conditions say all of a query's filter; else what they let through has to be sifted."""
    return _matching(query)[2]


def _matching(query: Query) -> tuple[str, list[Any], bool]:
    return ("", [], True) if query.matching is None else filter_sql(query.matching, PostgresDialect(query.kind))


def _times(query: Query) -> Conditions:
    parts: list[str] = []
    values: list[Any] = []
    start, end = query.at or (None, None)
    if end is not None:
        parts.append("(r.valid_from IS NULL OR r.valid_from <= %s)")
        values.append(end)
    if start is not None:
        parts.append("(r.valid_to IS NULL OR r.valid_to >= %s)")
        values.append(start)
    return " AND ".join(parts), values


def _areas(areas: Sequence[str] | None) -> Conditions:
    if areas is None:
        return "", []
    condition = (
        "(r.area = ANY(%s) OR EXISTS (SELECT 1 FROM unnest(%s::text[]) b WHERE r.area >= b AND r.area < b || ':'))"
    )
    return condition, [[code for code in areas if NUL not in code], beginnings(areas)]


def _box(bbox: tuple[float, float, float, float] | None) -> Conditions:
    """The index finds candidates (its boxes are rounded outwards); the exact place decides."""
    if bbox is None:
        return "", []
    west, south, east, north = bbox
    if west > east:
        left, left_values = _box((west, south, 180.0, north))
        right, right_values = _box((-180.0, south, east, north))
        return f"({left} OR {right})", left_values + right_values
    exact = "r.lon BETWEEN %s AND %s AND r.lat BETWEEN %s AND %s"
    box = "r.place && ST_MakeEnvelope(%s, %s, %s, %s, 4326)"
    return f"({exact} AND {box})", [west, east, south, north, west, south, east, north]
