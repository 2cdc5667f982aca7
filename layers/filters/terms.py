"""A filter as values: operands, and the conditions made of them. They say what is asked for, not how it is found.

A filter is typed: whoever makes one (``layers.filters.reading``) has seen to it that what is compared can be compared.
Logic is that of SQL: what compares with nothing is neither true nor false, and only what is true matches.
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import shapely

Sort = Literal["text", "number", "boolean", "time", "texts", "geometry"]
CompareOp = Literal["=", "<>", "<", ">", "<=", ">="]
SpatialOp = Literal[
    "s_intersects", "s_disjoint", "s_contains", "s_within", "s_touches", "s_crosses", "s_overlaps", "s_equals"
]
TemporalOp = Literal[
    "t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedBy", "t_finishes",
    "t_intersects", "t_meets", "t_metBy", "t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts",
]  # fmt: skip
ArrayOp = Literal["a_contains", "a_containedBy", "a_equals", "a_overlaps"]
SumOp = Literal["+", "-", "*", "/", "^", "%", "div"]
FoldOp = Literal["casei", "accenti"]
GEOMETRY = "geometry"
"""The name of a record's geometry among its fields."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the record that is looked at.

    ``nullable`` : it may say nothing
    ``indexed`` : stores have an index of its values
    """

    name: str
    sort: Sort
    nullable: bool = True
    indexed: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A text that is given."""

    value: str


@dataclass(frozen=True, slots=True)
class Number:
    """A finite number that is given."""

    value: float


@dataclass(frozen=True, slots=True)
class Truth:
    """True or false, as given."""

    value: bool


@dataclass(frozen=True, slots=True)
class Time:
    """A stretch of time that is given: an instant is one microsecond of it, a date its whole day in UTC.

    ``first``, ``last`` : microseconds since 1970, both within it
    """

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts that are given, as a set."""

    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Shape:
    """A valid geometry that is given, in degrees, WGS 84, without heights."""

    value: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Folded:
    """A field's text without the difference of cases, or without accents."""

    op: FoldOp
    of: "Field | Folded"


@dataclass(frozen=True, slots=True)
class Sum:
    """Two numbers reckoned into one; what cannot be reckoned is nothing."""

    op: SumOp
    left: "Value"
    right: "Value"


@dataclass(frozen=True, slots=True)
class Span:
    """From one time to another; an end that is None is open.

    ``is_open`` : so is a field that says nothing; else it is not known when that is
    """

    first: "Field | Time | None"
    last: "Field | Time | None"
    is_open: bool = True


Value: TypeAlias = Field | Text | Number | Truth | Time | Folded | Sum


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values of one sort compared; a date equals all of its day."""

    op: CompareOp
    left: Value
    right: Value


@dataclass(frozen=True, slots=True)
class Like:
    """A text fits a pattern: % stands for any letters, _ for one, and a backslash before these for themselves."""

    text: Value
    pattern: str


@dataclass(frozen=True, slots=True)
class OneOf:
    """A value equals one of several."""

    of: Value
    among: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Missing:
    """A field says nothing."""

    of: Field


@dataclass(frozen=True, slots=True)
class Spatial:
    """Two geometries stand in a relation, in the plane of longitude and latitude."""

    op: SpatialOp
    left: Field | Shape
    right: Field | Shape


@dataclass(frozen=True, slots=True)
class Temporal:
    """Two stretches of time stand in a relation."""

    op: TemporalOp
    left: Span
    right: Span


@dataclass(frozen=True, slots=True)
class Arrays:
    """Two sets of texts stand in a relation."""

    op: ArrayOp
    left: Field | Texts
    right: Field | Texts


@dataclass(frozen=True, slots=True)
class Both:
    """All of several conditions."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Either:
    """Any of several conditions."""

    parts: "tuple[Condition, ...]"


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary of a condition."""

    of: "Condition"


@dataclass(frozen=True, slots=True)
class Always:
    """A condition that does not depend on the record."""

    value: bool | None


Condition: TypeAlias = Compare | Like | OneOf | Missing | Spatial | Temporal | Arrays | Both | Either | Not | Always
