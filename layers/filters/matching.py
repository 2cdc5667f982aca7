"""Whether a record matches a filter: the plain meaning of every condition, which stores must agree with."""

from datetime import datetime
from functools import singledispatch
from typing import Any

import shapely

from layers.filters.reckoning import (
    COMPARED,
    ENDS,
    FOLDS,
    OPEN_END,
    OPEN_START,
    RELATIONS,
    SETS,
    fits,
    microseconds,
    reckoned,
)
from layers.filters.terms import (
    GEOMETRY,
    Always,
    Arrays,
    Both,
    Compare,
    Condition,
    Either,
    Field,
    Folded,
    Like,
    Missing,
    Not,
    OneOf,
    Span,
    Spatial,
    Sum,
    Temporal,
    Texts,
    Time,
)
from layers.record import Record


def matches(condition: Condition, record: Record) -> bool | None:
    """Whether a record matches; None where it cannot be said."""
    return _holds(condition, record)


@singledispatch
def _holds(condition: Any, _record: Any) -> bool | None:
    raise TypeError(type(condition))


@_holds.register
def _(one: Always, _record: Any) -> bool | None:
    return one.value


@_holds.register
def _(one: Not, record: Any) -> bool | None:
    found = _holds(one.of, record)
    return None if found is None else not found


@_holds.register
def _(one: Both, record: Any) -> bool | None:
    found = [_holds(part, record) for part in one.parts]
    return False if False in found else None if None in found else True


@_holds.register
def _(one: Either, record: Any) -> bool | None:
    found = [_holds(part, record) for part in one.parts]
    return True if True in found else None if None in found else False


@_holds.register
def _(one: Missing, record: Any) -> bool | None:
    return value_of(one.of, record) is None


@_holds.register
def _(one: Compare, record: Any) -> bool | None:
    return _compared(one.op, value_of(one.left, record), value_of(one.right, record))


@_holds.register
def _(one: OneOf, record: Any) -> bool | None:
    value = value_of(one.of, record)
    found = [_compared("=", value, value_of(other, record)) for other in one.among]
    return True if True in found else None if None in found else False


@_holds.register
def _(one: Like, record: Any) -> bool | None:
    text = value_of(one.text, record)
    return None if text is None else fits(text, one.pattern)


@_holds.register
def _(one: Spatial, record: Any) -> bool | None:
    return bool(RELATIONS[one.op](value_of(one.left, record), value_of(one.right, record)))


@_holds.register
def _(one: Arrays, record: Any) -> bool | None:
    left, right = value_of(one.left, record), value_of(one.right, record)
    return None if left is None or right is None else SETS[one.op](left, right)


@_holds.register
def _(one: Temporal, record: Any) -> bool | None:
    left, right = _ends(one.left, record), _ends(one.right, record)
    if left is None or right is None:
        return None
    ends = dict(zip(("a1", "a2", "b1", "b2"), (*left, *right), strict=True))
    if one.op == "t_disjoint":
        return not _related("t_intersects", ends)
    return _related(one.op, ends)


def _related(op: str, ends: dict[str, int]) -> bool:
    return all(COMPARED[how](ends[left], ends[right]) for left, how, right in ENDS[op])


def _ends(span: Span, record: Any) -> tuple[int, int] | None:
    """First and last microsecond of a stretch of time; None where it is not known."""
    first, last = (None if end is None else value_of(end, record) for end in (span.first, span.last))
    if not span.is_open and None in (first, last):
        return None
    return OPEN_START if first is None else first.first, OPEN_END if last is None else last.last


def _compared(op: str, left: Any, right: Any) -> bool | None:
    if left is None or right is None:
        return None
    if isinstance(left, Time):
        return times_compared(op, left, right)
    return COMPARED[op](left, right)


def times_compared(op: str, left: Time, right: Time) -> bool:
    """Two stretches of time compared: equal where they meet, before where one ends before the other begins."""
    if op == "<":
        return left.last < right.first
    if op == ">":
        return left.first > right.last
    if op in ("=", "<>"):
        return (left.first <= right.last and left.last >= right.first) is (op == "=")
    return left.first <= right.last if op == "<=" else left.last >= right.first


def value_of(one: Any, record: Record) -> Any:
    """What an operand is, of a record: text, number, truth, ``Time``, set of texts, geometry, or None."""
    if isinstance(one, Field):
        return _field(one, record)
    if isinstance(one, Folded):
        text = value_of(one.of, record)
        return None if text is None else FOLDS[one.op](text)
    if isinstance(one, Sum):
        return reckoned(one.op, value_of(one.left, record), value_of(one.right, record))
    if isinstance(one, Time):
        return one
    return one.values if isinstance(one, Texts) else one.value


def _field(field: Field, record: Record) -> Any:
    if field.name == GEOMETRY:
        return shapely.force_2d(shapely.geometry.shape(record.geometry))
    value = getattr(record, field.name)
    if isinstance(value, datetime):
        return Time(microseconds(value), microseconds(value))
    return frozenset(value) if isinstance(value, tuple) else value
