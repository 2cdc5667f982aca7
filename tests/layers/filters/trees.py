"""Random trees of CQL2 over the queryables of a kind, as JSON has them; made for records that ``records`` makes."""

from typing import Any

from hypothesis import strategies as st

from layers.filters.queryables import queryables
from layers.filters.terms import GEOMETRY

TEXTS = [
    "",
    "a",
    "A",
    "ab",
    "%",
    "_",
    "\\",
    "É",
    "é",
    "ß",
    "SS",
    "ſ",
    "北门",
    "北",
    "x y",
    "a'b",
    "black",
    "110",
    "fault",
]
TIMES = ["2026-04-30T23:59:59.999999Z", "2026-05-01T00:00:00Z", "2026-05-01T12:00:00Z", "2026-05-01T20:00:00+08:00",
         "2026-05-02T00:00:00Z", "1969-07-16T05:32:00Z"]  # fmt: skip
DATES = ["2026-04-30", "2026-05-01", "2026-05-02"]
LONS, LATS = [106.795, 106.8, 106.80125, 106.81], [39.595, 39.6, 39.60125, 39.61]
"""Steps of binary fractions of a degree are exact in every engine; the others are not on any border."""


def props(kind: str, *sorts: str) -> st.SearchStrategy[Any]:
    """A property of one of some sorts."""
    names = [name for name, one in queryables(kind).items() if one.field.sort in sorts]
    return st.sampled_from(names).map(lambda name: {"property": name}) if names else st.nothing()


def moments() -> st.SearchStrategy[Any]:
    """A timestamp or a date."""
    return st.sampled_from([{"timestamp": one} for one in TIMES] + [{"date": one} for one in DATES])


def shapes() -> st.SearchStrategy[Any]:
    """A geometry, or a box."""
    point = st.tuples(st.sampled_from(LONS), st.sampled_from(LATS)).map(list)
    box = st.tuples(point, point).map(lambda ends: {"bbox": [*map(min, *ends), *map(max, *ends)]})
    ring = [[106.79, 39.59], [106.8005, 39.59], [106.8005, 39.6005], [106.79, 39.6005], [106.79, 39.59]]
    return st.one_of(
        point.map(lambda one: {"type": "Point", "coordinates": one}),
        st.lists(point, min_size=1, max_size=3).map(lambda some: {"type": "MultiPoint", "coordinates": some}),
        box,
        st.just({"type": "Polygon", "coordinates": [ring]}),
        st.just({"type": "GeometryCollection", "geometries": [
            {"type": "Polygon", "coordinates": [ring]}, {"type": "Point", "coordinates": [106.81, 39.61]}]}),
    )  # fmt: skip


def numbers(kind: str, deep: int = 1) -> st.SearchStrategy[Any]:
    """A number, a property that is one, or what is reckoned of such."""
    plain = st.one_of(st.sampled_from([-1, 0, 0.5, 1, 2, 3, 3.0, 30, 1e300]), props(kind, "number"))
    if not deep:
        return plain
    sums = st.tuples(st.sampled_from("+-*/^%"), numbers(kind, 0), numbers(kind, 0))
    return st.one_of(plain, plain, sums.map(lambda one: {"op": one[0], "args": [one[1], one[2]]}))


def texts(kind: str) -> st.SearchStrategy[Any]:
    """A text, a property that is one, or either folded."""
    plain = st.one_of(st.sampled_from(TEXTS), props(kind, "text"))
    return st.one_of(plain, plain, st.tuples(st.sampled_from(["casei", "accenti"]), plain).map(
        lambda one: {"op": one[0], "args": [one[1]]}
    ))  # fmt: skip


def patterns() -> st.SearchStrategy[Any]:
    """A pattern of LIKE."""
    letters = st.lists(st.sampled_from(["%", "_", "\\%", "\\_", "a", "A", "b", "北", "é", " "]), max_size=5)
    plain = letters.map("".join)
    return st.one_of(plain, plain.map(lambda one: {"op": "casei", "args": [one]}))


def comparisons(kind: str) -> st.SearchStrategy[Any]:
    """A condition without others in it."""
    op = st.sampled_from(["=", "<>", "<", ">", "<=", ">="])
    span = st.one_of(props(kind, "time"), moments(), st.just({"interval": ["2026-05-01", ".."]}),
                     st.just({"interval": ["..", "2026-05-01T12:00:00Z"]}),
                     st.just({"interval": [{"property": "valid_from"}, {"property": "valid_to"}]}))  # fmt: skip
    relation = st.sampled_from(["t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals",
                                "t_finishedBy", "t_finishes", "t_intersects", "t_meets", "t_metBy",
                                "t_overlappedBy", "t_overlaps", "t_startedBy", "t_starts"])  # fmt: skip
    place = st.sampled_from(["s_intersects", "s_disjoint", "s_contains", "s_within", "s_touches", "s_crosses",
                             "s_overlaps", "s_equals"])  # fmt: skip
    own = st.just({"property": GEOMETRY})
    either_way = st.one_of(st.tuples(own, shapes()), st.tuples(shapes(), own))
    listed = st.lists(st.sampled_from(TEXTS), max_size=3)
    sets = st.one_of(props(kind, "texts"), listed)
    of_sets = st.sampled_from(["a_contains", "a_containedBy", "a_equals", "a_overlaps"])
    made = [
        st.tuples(op, texts(kind), texts(kind)),
        st.tuples(op, numbers(kind), numbers(kind)),
        st.tuples(op, st.one_of(props(kind, "time"), moments()), st.one_of(props(kind, "time"), moments())),
        st.tuples(st.just("like"), texts(kind), patterns()),
        st.tuples(st.just("in"), texts(kind), st.lists(texts(kind), min_size=1, max_size=4)),
        st.tuples(st.just("in"), numbers(kind), st.lists(numbers(kind, 0), min_size=1, max_size=4)),
        st.tuples(st.just("between"), numbers(kind), numbers(kind), numbers(kind)),
        st.tuples(st.just("isNull"), props(kind, "text", "number", "time", "boolean", "texts")),
        st.tuples(place, either_way).map(lambda one: (one[0], *one[1])),
        st.tuples(relation, span, span),
    ]
    if any(one.field.sort == "texts" for one in queryables(kind).values()):
        made.append(st.tuples(of_sets, sets, sets))
    if any(one.field.sort == "boolean" for one in queryables(kind).values()):
        made.append(st.tuples(st.sampled_from(["=", "<>"]), props(kind, "boolean"), st.booleans()))
    return st.one_of(made).map(lambda one: {"op": one[0], "args": list(one[1:])})


def trees(kind: str) -> st.SearchStrategy[Any]:
    """A filter."""
    return st.recursive(
        comparisons(kind),
        lambda inner: st.one_of(
            st.lists(inner, min_size=2, max_size=3).map(lambda some: {"op": "and", "args": some}),
            st.lists(inner, min_size=2, max_size=3).map(lambda some: {"op": "or", "args": some}),
            inner.map(lambda one: {"op": "not", "args": [one]}),
        ),
        max_leaves=6,
    )
