"""What may be asked of the records of a kind: derived from its model, and nothing that a feature does not tell."""

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from layers.catalogue import KINDS, Kind
from layers.filters.terms import GEOMETRY, Field, Sort
from layers.record import Record

LEFT_OUT = frozenset({"kind", "lon", "lat", "request"})
"""Fields that the collection or the geometry tells, and the server's own marks."""


@dataclass(frozen=True, slots=True)
class Queryable:
    """A field that may be asked for.

    Attributes
    ----------
    whole : its numbers are whole ones
    choices : its only values, where there are few
    """

    field: Field
    whole: bool = False
    choices: tuple[str | int, ...] = ()


@lru_cache(maxsize=64)
def queryables(kind: str) -> Mapping[str, Queryable]:
    """The fields of a kind that may be asked for, by name, in the order of its model; its geometry comes first."""
    row = KINDS[kind]
    first = {GEOMETRY: Queryable(Field(GEOMETRY, "geometry", nullable=False))}
    return MappingProxyType(first | dict(_fields(row)))


def has_outline(kind: str) -> bool:
    """Whether records of a kind have a geometry of their own, and are not points."""
    return KINDS[kind].model.geometry is not Record.geometry


def _fields(kind: Kind) -> Iterator[tuple[str, Queryable]]:
    for name, info in kind.model.model_fields.items():
        told = _told_by(info.annotation)
        if name in LEFT_OUT or told is None:
            continue
        sort, nullable, whole, choices = told
        yield name, Queryable(Field(name, sort, nullable, name in kind.indexed), whole, choices)


def _told_by(annotation: Any) -> tuple[Sort, bool, bool, tuple[str | int, ...]] | None:
    """Sort, nullable, whole and choices of an annotation; None of what is deeper than that."""
    parts = [_bare(one) for one in _alternatives(_bare(annotation))]
    nullable = type(None) in parts
    (*plain,) = (one for one in parts if one is not type(None))
    if len(plain) != 1:
        return None
    (one,) = plain
    if get_origin(one) is Literal:
        choices = get_args(one)
        return "text" if isinstance(choices[0], str) else "number", nullable, isinstance(choices[0], int), choices
    if get_origin(one) is tuple:
        return ("texts", nullable, False, ()) if _are_texts(get_args(one)) else None
    if one is bool:
        return "boolean", nullable, False, ()
    if one in (int, float):
        return "number", nullable, one is int, ()
    if one is str:
        return "text", nullable, False, ()
    return ("time", nullable, False, ()) if _is_time(one) else None


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    return get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)


def _bare(annotation: Any) -> Any:
    return _bare(get_args(annotation)[0]) if get_origin(annotation) is Annotated else annotation


def _are_texts(parts: tuple[Any, ...]) -> bool:
    """Whether a tuple is of texts, as many as there are, or of words."""
    if len(parts) != 2 or parts[1] is not Ellipsis:
        return False
    return all(
        one is str or (get_origin(one) is Literal and all(isinstance(word, str) for word in get_args(one)))
        for one in _alternatives(_bare(parts[0]))
    )


def _is_time(annotation: Any) -> bool:
    return annotation is datetime or getattr(annotation, "__name__", "") == "AwareDatetime"
