"""A query in SQLite's words."""

import json
from collections.abc import Sequence
from typing import Any

from geoserver.storage.journal import moment
from geoserver.storage.store import ANY_OF, Query
from layers.areas import beginnings
from layers.catalogue import KINDS

Conditions = tuple[str, list[Any]]
FEW = 50
"""So many values are listed one by one, which lets an index be used."""


def where(query: Query) -> Conditions:
    """The conditions of a query on ``record r``, and their values.

    Raises
    ------
    KeyError
        No such kind, or a field that its row of the catalogue does not list.
    """
    # The kind as a word of the statement: only so an index over one kind is known to be of use.
    kind = f"r.kind = '{KINDS[query.kind].name}'"
    # Where fields are asked for, their index is the better one than that of the kind.
    parts: list[str] = [f"likely({kind})" if query.equal else kind]
    values: list[Any] = []
    for condition, some in (_fields(query), _times(query), _areas(query.areas), _box(query.bbox)):
        if condition:
            parts.append(condition)
            values += some
    return " AND ".join(parts), values


def _fields(query: Query) -> Conditions:
    parts, values = [], []
    if query.after is not None:
        parts.append("r.id > ?")
        values.append(query.after)
    for name, value in query.equal.items():
        if name not in KINDS[query.kind].indexed:
            raise KeyError(name)
        field = "r.area" if name == "area" else f"json_extract(r.document, '$.{name}')"
        if isinstance(value, ANY_OF) and len(value) <= FEW:
            parts.append(f"{field} IN ({','.join('?' * len(value))})")
            values += value
        elif isinstance(value, ANY_OF):
            parts.append(f"{field} IN (SELECT value FROM json_each(?))")
            values.append(json.dumps(list(value)))
        else:
            parts.append(f"{field} = ?")
            values.append(value)
    return " AND ".join(parts), values


def _times(query: Query) -> Conditions:
    parts, values = [], []
    start, end = query.at or (None, None)
    if end is not None:
        parts.append("(r.valid_from IS NULL OR r.valid_from <= ?)")
        values.append(moment(end))
    if start is not None:
        parts.append("(r.valid_to IS NULL OR r.valid_to >= ?)")
        values.append(moment(start))
    return " AND ".join(parts), values


def _areas(areas: Sequence[str] | None) -> Conditions:
    if areas is None:
        return "", []
    within = beginnings(areas)
    if len(areas) + len(within) <= FEW:
        marks = ",".join("?" * len(areas))
        ranges = "".join(" OR (r.area >= ? AND r.area < ?)" for _ in within)
        return f"(r.area IN ({marks}){ranges})", [*areas, *(edge for one in within for edge in (one, one + ":"))]
    # Lists as JSON: a condition of thousands of codes is no deeper than one of one.
    condition = (
        "(r.area IN (SELECT value FROM json_each(?)) OR EXISTS"
        " (SELECT 1 FROM json_each(?) b WHERE r.area >= b.value AND r.area < b.value || ':'))"
    )
    return condition, [json.dumps(list(areas)), json.dumps(within)]


def _box(bbox: tuple[float, float, float, float] | None) -> Conditions:
    """The R*Tree finds candidates (its boxes are rounded outwards); the exact place decides."""
    if bbox is None:
        return "", []
    west, south, east, north = bbox
    if west > east:
        left, left_values = _box((west, south, 180.0, north))
        right, right_values = _box((-180.0, south, east, north))
        return f"({left} OR {right})", left_values + right_values
    condition = (
        "(r.lon BETWEEN ? AND ? AND r.lat BETWEEN ? AND ? AND r.number IN"
        " (SELECT number FROM record_box WHERE west <= ? AND east >= ? AND south <= ? AND north >= ?))"
    )
    return condition, [west, east, south, north, east, west, north, south]
