"""Filters in SQLite's words. What it has no words for it asks of functions of ours: all of a filter is said."""

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import orjson
import shapely

from geoserver.storage.filter_sql import FilterTooSlow, Words
from layers.filters.queryables import has_outline
from layers.filters.reckoning import (
    FOLDS,
    OPEN_END,
    OPEN_START,
    RELATIONS,
    SETS,
    fits,
    microseconds,
    reckoned,
)
from layers.filters.terms import GEOMETRY, Arrays, Field, Folded, Like, OneOf, Shape, Spatial, Sum, Texts, Time, Value

COLUMNS = frozenset({"id", "area"})
"""Fields that stand beside the document and are asked for there."""
LONGEST_S = 10.0
"""A filter has so long to find its records."""
STEPS = 10_000
"""Steps of the engine after which it is looked whether the time is over."""
_REACH = ("s_disjoint",)
"""Relations that hold for what lies elsewhere."""


class SqliteDialect:
    """How SQLite says the plain parts of a filter over one kind."""

    truths: Mapping[bool | None, str] = MappingProxyType({True: "1", False: "0", None: "NULL"})

    def __init__(self, kind: str) -> None:
        self._has_outline = has_outline(kind)

    def value(self, value: Value) -> Words:
        """A field or what is given, but for times."""
        if isinstance(value, Field):
            return _column(value), []
        if isinstance(value, Folded):
            words, values = self.value(value.of)
            return f"filter_{value.op}({words})", values
        if isinstance(value, Sum):
            (left, some), (right, more) = self.value(value.left), self.value(value.right)
            return f"filter_sum(?, {left}, {right})", [value.op, *some, *more]
        assert not isinstance(value, Time)
        return "?", [value.value]

    def time(self, one: Field | Time | None, *, end: bool, is_open: bool) -> Words:
        """The first or the last moment of a field or of what is given."""
        if isinstance(one, Time):
            return "?", [one.last if end else one.first]
        edge = OPEN_END if end else OPEN_START
        if one is None:
            return str(edge), []
        words = f"filter_moment({_column(one)})"
        return (f"coalesce({words}, {edge})" if is_open else words), []

    def quickly(self, one: OneOf) -> Words | None:
        """A field that equals one of some given values."""
        if isinstance(one.of, Field) and one.of.sort != "time" and all(map(_is_given, one.among)):
            marks = ",".join("?" * len(one.among))
            return f"({_column(one.of)} IN ({marks}))", [value for other in one.among for value in self.value(other)[1]]
        return None

    def like(self, one: Like) -> Words:
        """A pattern."""
        words, values = self.value(one.text)
        return f"filter_like({words}, ?)", [*values, one.pattern]

    def missing(self, field: Field) -> str:
        """A field that says nothing."""
        return _column(field)

    def spatial(self, one: Spatial) -> Words:
        """A spatial relation; of places, the box is looked at first, without asking anybody."""
        turned = isinstance(one.left, Shape)
        given = one.left if isinstance(one.left, Shape) else one.right
        assert isinstance(given, Shape)
        asked = [one.op, int(turned), shapely.to_wkb(given.value)]
        if self._has_outline:
            return "filter_outline(?, ?, ?, json_extract(r.document, '$.rings'))", asked
        words = "filter_place(?, ?, ?, r.lon, r.lat)"
        if one.op in _REACH:
            return words, asked
        west, south, east, north = (float(edge) for edge in shapely.bounds(given.value))
        return (
            f"(CASE WHEN r.lon BETWEEN ? AND ? AND r.lat BETWEEN ? AND ? THEN {words} ELSE 0 END)",
            [west, east, south, north, *asked],
        )

    def arrays(self, one: Arrays) -> Words:
        """A relation of sets."""
        (left, some), (right, more) = self._set(one.left), self._set(one.right)
        return f"filter_sets(?, {left}, {right})", [one.op, *some, *more]

    def _set(self, one: Field | Texts) -> Words:
        return (_column(one), []) if isinstance(one, Field) else ("?", [orjson.dumps(sorted(one.values)).decode()])


def _column(field: Field) -> str:
    assert field.name != GEOMETRY
    return f"r.{field.name}" if field.name in COLUMNS else f"json_extract(r.document, '$.{field.name}')"


def _is_given(value: Value) -> bool:
    return not isinstance(value, Field | Folded | Sum)


def with_functions(connection: sqlite3.Connection) -> sqlite3.Connection:
    """A connection that knows the functions that filters ask for."""
    for name, count, function in (
        ("filter_casei", 1, _folding("casei")),
        ("filter_accenti", 1, _folding("accenti")),
        ("filter_sum", 3, reckoned),
        ("filter_moment", 1, _moment),
        ("filter_like", 2, lambda text, pattern: None if text is None else fits(text, pattern)),
        ("filter_place", 5, _place),
        ("filter_outline", 4, _outline),
        ("filter_sets", 3, _sets),
    ):
        connection.create_function(name, count, function, deterministic=True)
    return connection


@contextmanager
def in_time(connection: sqlite3.Connection) -> Iterator[None]:
    """Stop what a connection is asked after a while.

    Raises
    ------
    FilterTooSlow
    """
    end = time.monotonic() + LONGEST_S
    over = False

    def look() -> int:
        nonlocal over
        over = time.monotonic() > end
        return int(over)

    connection.set_progress_handler(look, STEPS)
    try:
        yield
    except sqlite3.OperationalError:
        if not over:
            raise
        raise FilterTooSlow(seconds=round(LONGEST_S)) from None
    finally:
        connection.set_progress_handler(None, 0)


def _folding(op: str) -> Any:
    fold = FOLDS[op]
    return lambda text: None if text is None else fold(text)


def _moment(text: str | None) -> int | None:
    return None if text is None else microseconds(datetime.fromisoformat(text))


@lru_cache(maxsize=64)
def _given(wkb: bytes) -> Any:
    shape = shapely.from_wkb(wkb)
    shapely.prepare(shape)
    return shape


@lru_cache(maxsize=4_096)
def _rings(text: str) -> Any:
    rings = orjson.loads(text)
    return shapely.Polygon(rings[0], rings[1:])


def _place(op: str, turned: int, wkb: bytes, lon: float, lat: float) -> bool:
    return _related(op, turned, _given(wkb), shapely.points(lon, lat))


def _outline(op: str, turned: int, wkb: bytes, rings: str) -> bool:
    return _related(op, turned, _given(wkb), _rings(rings))


def _related(op: str, turned: int, given: Any, own: Any) -> bool:
    return bool(RELATIONS[op](given, own) if turned else RELATIONS[op](own, given))


def _sets(op: str, left: str | None, right: str | None) -> bool | None:
    if left is None or right is None:
        return None
    return SETS[op](frozenset(orjson.loads(left)), frozenset(orjson.loads(right)))
