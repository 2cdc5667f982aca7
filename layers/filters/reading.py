"""A filter's tree, as CQL2 writes it in JSON (OGC 21-065r2), read into conditions over the fields of a kind.

Strict: every operation has its operands, every operand its sort, every name is one that may be asked for.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, get_args

from layers.filters.faults import refused
from layers.filters.literals import Placing, instant, interval_end, number_of, shape_of
from layers.filters.matching import matches
from layers.filters.queryables import Queryable, queryables
from layers.filters.reckoning import FOLDS
from layers.filters.terms import (
    Always,
    ArrayOp,
    Arrays,
    Both,
    Compare,
    CompareOp,
    Condition,
    Either,
    Field,
    Folded,
    Like,
    Missing,
    Not,
    Number,
    OneOf,
    Shape,
    Sort,
    Span,
    Spatial,
    SpatialOp,
    Sum,
    SumOp,
    Temporal,
    TemporalOp,
    Text,
    Texts,
    Time,
    Truth,
    Value,
)

MOST_NODES, MOST_DEPTH = 1_000, 40
MOST_PATTERN = 400
"""Letters of a pattern of LIKE."""
SCALARS: Mapping[type, Sort] = {Text: "text", Folded: "text", Number: "number", Sum: "number", Truth: "boolean",
                                Time: "time"}  # fmt: skip


def read_filter(tree: Any, kind: str, placing: Placing) -> Condition:
    """The conditions that a tree asks for; ``placing`` brings its geometries to WGS 84.

    Raises
    ------
    BadFilter
    """
    return _Reader(queryables(kind), placing).condition(tree, "", 0)


@dataclass
class _Reader:
    known: Mapping[str, Queryable]
    placing: Placing
    nodes: int = field(default=0)

    def condition(self, node: Any, at: str, depth: int) -> Condition:
        self._count(at, depth)
        if isinstance(node, bool):
            return Always(node)
        op, args = self._operation(node, at)
        if op in ("and", "or"):
            _demand(len(args) > 1, "operands", at, node, op=op, count="2+")
            parts = tuple(self.condition(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args))
            return Both(parts) if op == "and" else Either(parts)
        if op == "not":
            _demand(len(args) == 1, "operands", at, node, op=op, count="1")
            return Not(self.condition(args[0], f"{at}/args/0", depth + 1))
        for names, count, read in self._plain:
            if op in names:
                _demand(len(args) == count, "operands", at, node, op=op, count=str(count))
                return read(op, args, at, depth)
        raise refused("operation", at, node, op=op, known=", ".join(sorted(_OPERATIONS)))

    @property
    def _plain(self) -> tuple[tuple[tuple[str, ...], int, Callable[..., Condition]], ...]:
        """Operations that take so many operands, and what reads them."""
        return (
            (get_args(CompareOp), 2, self._compare),
            (("like",), 2, self._like),
            (("between",), 3, self._between),
            (("in",), 2, self._one_of),
            (("isNull",), 1, self._missing),
            (get_args(SpatialOp), 2, self._spatial),
            (get_args(TemporalOp), 2, self._temporal),
            (get_args(ArrayOp), 2, self._arrays),
        )

    def _compare(self, op: CompareOp, args: list[Any], at: str, depth: int) -> Condition:
        left, right = (self._scalar(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args))
        self._alike(left, (right,), at, args)
        if sort_of(left) == "boolean" and op not in ("=", "<>"):
            raise refused("no-order", at, args[0])
        return _settled(Compare(op, left, right), left, right)

    def _between(self, _op: str, args: list[Any], at: str, depth: int) -> Condition:
        value, low, high = (self._scalar(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args))
        self._alike(value, (low, high), at, args)
        if sort_of(value) == "boolean":
            raise refused("no-order", at, args[0])
        return Both(
            (
                _settled(Compare(">=", value, low), value, low),
                _settled(Compare("<=", value, high), value, high),
            )
        )

    def _one_of(self, _op: str, args: list[Any], at: str, depth: int) -> Condition:
        _demand(isinstance(args[1], list) and bool(args[1]), "list", f"{at}/args/1", args[1])
        value = self._scalar(args[0], f"{at}/args/0", depth + 1)
        among = tuple(self._scalar(one, f"{at}/args/1/{i}", depth + 1) for i, one in enumerate(args[1]))
        self._alike(value, among, at, [args[0], *args[1]])
        return _settled(OneOf(value, among), value, *among)

    def _like(self, _op: str, args: list[Any], at: str, depth: int) -> Condition:
        text, pattern = (self._scalar(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args))
        self._alike(text, (pattern,), at, args)
        _demand(sort_of(text) == "text" and isinstance(pattern, Text), "pattern", f"{at}/args/1", args[1])
        value = pattern.value if isinstance(pattern, Text) else ""
        _demand(len(value) <= MOST_PATTERN, "pattern-length", f"{at}/args/1", args[1], most=MOST_PATTERN)
        ending = len(value) - len(value.rstrip("\\"))
        _demand(ending % 2 == 0, "pattern-end", f"{at}/args/1", args[1])
        return _settled(Like(text, value), text)

    def _missing(self, _op: str, args: list[Any], at: str, depth: int) -> Condition:
        found = self._property(args[0], f"{at}/args/0")
        self._count(at, depth + 1)
        return Missing(found) if found.nullable else Always(False)

    def _spatial(self, op: SpatialOp, args: list[Any], at: str, depth: int) -> Condition:
        left, right = (self._geometry(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args))
        if isinstance(left, Field) and isinstance(right, Field):
            return Always(op in ("s_intersects", "s_contains", "s_within", "s_equals"))  # it is one and the same
        return _settled(Spatial(op, left, right), left, right)

    def _geometry(self, node: Any, at: str, depth: int) -> Field | Shape:
        self._count(at, depth)
        if isinstance(node, dict) and "property" in node:
            found = self._property(node, at)
            _demand(found.sort == "geometry", "sort", at, node, name=found.name, sort=found.sort, expected="geometry")
            return found
        return shape_of(node, at, self.placing)

    def _temporal(self, op: TemporalOp, args: list[Any], at: str, depth: int) -> Condition:
        spans = [self._span(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args)]
        if op == "t_equals" and not any(_is_interval(arg) for arg in args):
            left, right = spans[0].first, spans[1].first
            assert left is not None
            assert right is not None
            return _settled(Compare("=", left, right), left, right)
        ends = [end for span in spans for end in (span.first, span.last)]
        return _settled(Temporal(op, spans[0], spans[1]), *ends)

    def _span(self, node: Any, at: str, depth: int) -> Span:
        self._count(at, depth)
        if not _is_interval(node):
            one = self._time(node, at)
            return Span(one, one, is_open=False)
        ends = node["interval"]
        _demand(set(node) == {"interval"} and isinstance(ends, list) and len(ends) == 2, "interval", at, node)
        first, last = (
            self._time(end, f"{at}/interval/{i}") if isinstance(end, dict) else interval_end(end, f"{at}/interval/{i}")
            for i, end in enumerate(ends)
        )
        if isinstance(first, Time) and isinstance(last, Time) and first.first > last.last:
            raise refused("interval-order", at, node)
        return Span(first, last)

    def _time(self, node: Any, at: str) -> Field | Time:
        if isinstance(node, dict) and "property" in node:
            found = self._property(node, at)
            _demand(found.sort == "time", "sort", at, node, name=found.name, sort=found.sort, expected="time")
            return found
        return instant(node, at)

    def _arrays(self, op: ArrayOp, args: list[Any], at: str, depth: int) -> Condition:
        left, right = (self._texts(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args))
        return _settled(Arrays(op, left, right), left, right)

    def _texts(self, node: Any, at: str, depth: int) -> Field | Texts:
        self._count(at, depth)
        if isinstance(node, list):
            self.nodes += len(node)
            self._count(at, depth)
            for i, one in enumerate(node):
                _demand(isinstance(one, str) and "\0" not in one, "texts", f"{at}/{i}", one)
            return Texts(frozenset(node))
        found = self._property(node, at)
        _demand(found.sort == "texts", "sort", at, node, name=found.name, sort=found.sort, expected="texts")
        return found

    def _scalar(self, node: Any, at: str, depth: int) -> Value:
        self._count(at, depth)
        if isinstance(node, bool):
            return Truth(node)
        if isinstance(node, str):
            _demand("\0" not in node, "nul", at, node)
            return Text(node)
        if isinstance(node, int | float):
            return Number(number_of(node, at))
        if isinstance(node, dict) and "property" in node:
            found = self._property(node, at)
            _demand(found.sort in SCALARS.values(), "no-scalar", at, node, name=found.name, sort=found.sort)
            return found
        if isinstance(node, dict) and ({"timestamp", "date"} & node.keys()):
            return instant(node, at)
        if isinstance(node, dict) and "op" in node:
            return self._worked_out(node, at, depth)
        raise refused("scalar", at, node)

    def _worked_out(self, node: Any, at: str, depth: int) -> Value:
        op, args = self._operation(node, at)
        if op in FOLDS:
            _demand(len(args) == 1, "operands", at, node, op=op, count="1")
            of = self._scalar(args[0], f"{at}/args/0", depth + 1)
            if isinstance(of, Text):
                return Text(FOLDS[op](of.value))
            _demand(sort_of(of) == "text", "not-text", at, node, op=op)
            assert isinstance(of, Field | Folded)
            return Folded(op, of)  # type: ignore[arg-type]
        if op in get_args(SumOp):
            _demand(len(args) == 2, "operands", at, node, op=op, count="2")
            left, right = (self._scalar(arg, f"{at}/args/{i}", depth + 1) for i, arg in enumerate(args))
            _demand(sort_of(left) == sort_of(right) == "number", "not-numbers", at, node, op=op)
            return Sum(op, left, right)  # type: ignore[arg-type]
        raise refused("function", at, node, op=op)

    def _property(self, node: Any, at: str) -> Field:
        name = node.get("property") if isinstance(node, dict) and len(node) == 1 else None
        _demand(isinstance(name, str), "property", at, node)
        if name not in self.known:
            raise refused("unknown-property", at, node, name=name, known=", ".join(self.known))
        return self.known[str(name)].field

    def _operation(self, node: Any, at: str) -> tuple[str, list[Any]]:
        fine = isinstance(node, dict) and set(node) == {"op", "args"} and isinstance(node["args"], list)
        _demand(fine and isinstance(node["op"], str), "not-a-condition", at, node)
        return node["op"], node["args"]

    def _count(self, at: str, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES:
            raise refused("too-many", at, most=MOST_NODES)
        if depth > MOST_DEPTH:
            raise refused("too-deep", at[:60], most=MOST_DEPTH)

    def _alike(self, value: Value, others: tuple[Value, ...], at: str, nodes: list[Any]) -> None:
        """Refuse values of different sorts; what is named is one that is given, where there is one."""
        for i, other in enumerate(others, 1):
            if sort_of(value) != sort_of(other):
                told, wanted, node = (value, other, nodes[0]) if isinstance(other, Field) else (other, value, nodes[i])
                raise refused("sorts", at, node, sort=sort_of(told), expected=sort_of(wanted), name=_name(wanted))


_OPERATIONS = {
    "and", "or", "not", "like", "between", "in", "isNull",
    *get_args(CompareOp), *get_args(SpatialOp), *get_args(TemporalOp), *get_args(ArrayOp),
}  # fmt: skip


def sort_of(value: Value) -> Sort:
    """The sort of a value."""
    return value.sort if isinstance(value, Field) else SCALARS[type(value)]


def _name(value: Value) -> str:
    return value.name if isinstance(value, Field) else _name(value.of) if isinstance(value, Folded) else "-"


def _is_interval(node: Any) -> bool:
    return isinstance(node, dict) and "interval" in node


def _has_field(value: Any) -> bool:
    if isinstance(value, Sum):
        return _has_field(value.left) or _has_field(value.right)
    return isinstance(value, Field | Folded)


def _settled(condition: Condition, *values: Any) -> Condition:
    """A condition; where it does not depend on the record, what it is."""
    return condition if any(map(_has_field, values)) else Always(matches(condition, None))  # type: ignore[arg-type]


def _demand(fine: bool, reason: str, at: str, node: Any, **values: Any) -> None:
    if not fine:
        raise refused(reason, at, node, **values)
