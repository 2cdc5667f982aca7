"""A query in SQLite's words."""

import json
from collections.abc import Sequence
from typing import Any

from geoserver.storage.filter_sql import filter_sql
from geoserver.storage.journal import moment
from geoserver.storage.sqlite_filter import SqliteDialect
from geoserver.storage.store import ANY_OF, Query
from layers.areas import beginnings
from layers.catalogue import KINDS

Conditions = tuple[str, list[Any]]
Box = tuple[float, float, float, float]
FEW = 50
"""So many values are listed one by one, which lets an index be used."""
FEW_IN_BOX = 2_000
"""Records of any kind in a box that are sooner looked at one by one than those of a kind in the order of their ids."""


def counted(bbox: Box) -> Conditions:
    """The question how many records may lie in a box, of any kind; ``FEW_IN_BOX`` stands for more too."""
    boxes = " OR ".join("west <= ? AND east >= ? AND south <= ? AND north >= ?" for _ in _halves(bbox))
    values = [value for west, south, east, north in _halves(bbox) for value in (east, west, north, south)]
    return f"SELECT count(*) FROM (SELECT 1 FROM record_box WHERE {boxes} LIMIT {FEW_IN_BOX})", values


def where(query: Query, is_small: bool) -> Conditions:
    """The conditions of a query on ``record r``, and their values.

    ``is_small`` : few records lie in the query's box, so it is by the box that they are found

    Raises
    ------
    KeyError
        No such kind, or a field that its row of the catalogue does not list.
    """
    # The kind as a word of the statement: only so an index over one kind is known to be of use.
    kind = f"r.kind = '{KINDS[query.kind].name}'"
    # Where fields are asked for, their index is the better one than that of the kind; for a small box none is used.
    parts: list[str] = [f"+{kind}" if is_small else f"likely({kind})" if query.equal else kind]
    values: list[Any] = []
    asked = (_fields(query), _times(query), _areas(query.areas), _box(query.bbox, is_small), _matching(query))
    for condition, some in asked:
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


def _matching(query: Query) -> Conditions:
    if query.matching is None:
        return "", []
    words, values, exact = filter_sql(query.matching, SqliteDialect(query.kind))
    assert exact
    return words, values


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


def _box(bbox: Box | None, is_small: bool) -> Conditions:
    """The R*Tree finds candidates (its boxes are rounded outwards); the exact place decides."""
    if bbox is None:
        return "", []
    parts, values = [], []
    for west, south, east, north in _halves(bbox):
        part = "r.lon BETWEEN ? AND ? AND r.lat BETWEEN ? AND ?"
        values += [west, east, south, north]
        if is_small:
            part += (
                " AND r.number IN"
                " (SELECT number FROM record_box WHERE west <= ? AND east >= ? AND south <= ? AND north >= ?)"
            )
            values += [east, west, north, south]
        parts.append(f"({part})")
    return f"({' OR '.join(parts)})", values


def _halves(bbox: Box) -> Sequence[Box]:
    """A box over the date line is two."""
    west, south, east, north = bbox
    return [bbox] if west <= east else [(west, south, 180.0, north), (-180.0, south, east, north)]
