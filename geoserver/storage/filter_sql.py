"""A filter in an engine's words: all that is given goes as values, and names of fields are the catalogue's own.

What an engine cannot do with the very meaning of ``layers.filters.matching`` is left open: the words then let more
through, and the caller sifts it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from geoserver.faults import ServerError
from layers.filters.reckoning import ENDS
from layers.filters.terms import (
    Always,
    Arrays,
    Both,
    Compare,
    Condition,
    Either,
    Field,
    Like,
    Missing,
    Not,
    OneOf,
    Span,
    Spatial,
    Temporal,
    Time,
    Value,
)

Words = tuple[str, list[Any]]
"""Words of SQL with marks, and the values for them."""


class FilterTooSlow(ServerError):
    """A filter took longer than it may."""

    code = "filter-too-slow"
    text = "The filter took more than {seconds} s. Narrow it: by bbox, datetime, or a field that has an index."


class CannotSay(Exception):
    """An engine has no words that mean just this."""


class Dialect(Protocol):
    """How an engine says the plain parts."""

    truths: Mapping[bool | None, str]

    def value(self, value: Value) -> Words:
        """A field or what is given, but for times."""

    def time(self, one: Field | Time | None, *, end: bool, is_open: bool) -> Words:
        """The first or the last moment of a field or of what is given; None is open."""

    def quickly(self, one: OneOf) -> Words | None:
        """A field that equals one of some given values, in the words that its index is made of."""

    def like(self, one: Like) -> Words:
        """A pattern."""

    def missing(self, field: Field) -> str:
        """A field that says nothing."""

    def spatial(self, one: Spatial) -> Words:
        """A spatial relation."""

    def arrays(self, one: Arrays) -> Words:
        """A relation of sets."""


def filter_sql(condition: Condition, dialect: Dialect) -> tuple[str, list[Any], bool]:
    """The words for a filter, their values, and whether they mean just the same; else they let more through."""
    saying = _Saying(dialect)
    words, values = saying.all_of(condition, denied=False)
    return words, values, saying.exact


@dataclass
class _Saying:
    dialect: Dialect
    exact: bool = True

    def all_of(self, condition: Condition, *, denied: bool) -> Words:
        """The words for a condition; ``denied`` : it stands under an odd number of nots, and lets less through."""
        if isinstance(condition, Always):
            return self.dialect.truths[condition.value], []
        if isinstance(condition, Not):
            words, values = self.all_of(condition.of, denied=not denied)
            return f"(NOT {words})", values
        if isinstance(condition, Both | Either):
            parts = [self.all_of(part, denied=denied) for part in condition.parts]
            return _joined(" AND " if isinstance(condition, Both) else " OR ", parts)
        try:
            return self._plain(condition)
        except CannotSay:
            self.exact = False
            return self.dialect.truths[not denied], []

    def _plain(self, one: Any) -> Words:
        if isinstance(one, Compare):
            return self._compare(one)
        if isinstance(one, OneOf):
            return self._one_of(one)
        if isinstance(one, Temporal):
            return self._temporal(one)
        if isinstance(one, Missing):
            return f"({self.dialect.missing(one.of)} IS NULL)", []
        said: Mapping[type, Callable[[Any], Words]] = {
            Like: self.dialect.like, Spatial: self.dialect.spatial, Arrays: self.dialect.arrays
        }  # fmt: skip
        return said[type(one)](one)

    def _compare(self, one: Compare) -> Words:
        if _is_time(one.left):
            return self._times(one)
        if one.op == "=" and (quick := self.dialect.quickly(OneOf(one.left, (one.right,)))):
            return quick
        return _between(self.dialect.value(one.left), one.op, self.dialect.value(one.right))

    def _one_of(self, one: OneOf) -> Words:
        if quick := self.dialect.quickly(one):
            return quick
        return _joined(" OR ", [self._compare(Compare("=", one.of, other)) for other in one.among])

    def _times(self, one: Compare) -> Words:
        """A date is a stretch, so both ends count: see ``layers.filters.matching.times_compared``."""
        left, right = one.left, one.right
        if one.op in ("=", "<>"):
            before, after = self._end(left, right, "<="), self._end(right, left, "<=")
            words, values = _joined(" AND ", [before, after])
            return (words if one.op == "=" else f"(NOT {words})"), values
        if one.op in ("<=", ">="):
            return self._end(left, right, "<=") if one.op == "<=" else self._end(right, left, "<=")
        first, second = (left, right) if one.op == "<" else (right, left)
        return _between(self._moment(first, end=True), "<", self._moment(second, end=False))

    def _end(self, left: Any, right: Any, op: str) -> Words:
        return _between(self._moment(left, end=False), op, self._moment(right, end=True))

    def _moment(self, one: Any, *, end: bool) -> Words:
        return self.dialect.time(one, end=end, is_open=False)

    def _temporal(self, one: Temporal) -> Words:
        ends = {
            "a1": self._edge(one.left, end=False),
            "a2": self._edge(one.left, end=True),
            "b1": self._edge(one.right, end=False),
            "b2": self._edge(one.right, end=True),
        }
        op = "t_intersects" if one.op == "t_disjoint" else one.op
        words, values = _joined(" AND ", [_between(ends[left], how, ends[right]) for left, how, right in ENDS[op]])
        return (f"(NOT {words})" if one.op == "t_disjoint" else words), values

    def _edge(self, span: Span, *, end: bool) -> Words:
        return self.dialect.time(span.last if end else span.first, end=end, is_open=span.is_open)


def _is_time(value: Any) -> bool:
    return isinstance(value, Time) or (isinstance(value, Field) and value.sort == "time")


def _between(left: Words, op: str, right: Words) -> Words:
    return f"({left[0]} {op} {right[0]})", [*left[1], *right[1]]


def _joined(word: str, parts: list[Words]) -> Words:
    return f"({word.join(words for words, _ in parts)})", [value for _, values in parts for value in values]
