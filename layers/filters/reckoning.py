"""What conditions are worked out with, by records and by stores that cannot do it themselves: one meaning for all.

Nothing is None, as in SQL.
"""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import shapely

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
OPEN_START, OPEN_END = -(2**62), 2**62
"""Ends of a stretch of time that are open, in microseconds since 1970."""


def microseconds(moment: datetime) -> int:
    """A time as microseconds since 1970."""
    passed = moment - EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def casei(text: str) -> str:
    """A text without the difference of cases (Unicode's full case folding)."""
    return text.casefold()


def accenti(text: str) -> str:
    """A text without accents."""
    bare = (letter for letter in unicodedata.normalize("NFD", text) if unicodedata.category(letter) != "Mn")
    return unicodedata.normalize("NFC", "".join(bare))


FOLDS: Mapping[str, Callable[[str], str]] = MappingProxyType({"casei": casei, "accenti": accenti})


@lru_cache(maxsize=256)
def like(pattern: str) -> re.Pattern[str]:
    """What a pattern of LIKE asks for.

    What stands between two % is taken where it is first found and never sought again (atomic groups), so that no
    pattern takes longer than its own length times that of the text.
    """
    parts, letters = [""], iter(pattern)
    for letter in letters:
        if letter == "%":
            parts.append("")
        else:
            parts[-1] += "." if letter == "_" else re.escape(next(letters, letter) if letter == "\\" else letter)
    first, *rest = parts
    if not rest:
        return re.compile(first, re.DOTALL)
    middle = "".join(f"(?>.*?{part})" for part in rest[:-1] if part)
    return re.compile(f"{first}{middle}.*{rest[-1]}", re.DOTALL)


def fits(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern of LIKE."""
    return like(pattern).fullmatch(text) is not None


def reckoned(op: str, left: float | None, right: float | None) -> float | None:
    """Two numbers reckoned into one; None where it is no finite number."""
    if left is None or right is None:
        return None
    try:
        found = _SUMS[op](float(left), float(right))
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if isinstance(found, float) and math.isfinite(found) else None


_SUMS: Mapping[str, Callable[[float, float], Any]] = MappingProxyType(
    {
        "+": lambda left, right: left + right,
        "-": lambda left, right: left - right,
        "*": lambda left, right: left * right,
        "/": lambda left, right: left / right,
        "^": lambda left, right: left**right,
        "%": math.fmod,
        "div": lambda left, right: float(math.trunc(left / right)),
    }
)
RELATIONS: Mapping[str, Callable[[Any, Any], Any]] = MappingProxyType(
    {
        "s_intersects": shapely.intersects,
        "s_disjoint": shapely.disjoint,
        "s_contains": shapely.contains,
        "s_within": shapely.within,
        "s_touches": shapely.touches,
        "s_crosses": shapely.crosses,
        "s_overlaps": shapely.overlaps,
        "s_equals": shapely.equals,
    }
)
ENDS: Mapping[str, tuple[tuple[str, str, str], ...]] = MappingProxyType(
    {
        "t_after": (("a1", ">", "b2"),),
        "t_before": (("a2", "<", "b1"),),
        "t_contains": (("a1", "<", "b1"), ("a2", ">", "b2")),
        "t_during": (("a1", ">", "b1"), ("a2", "<", "b2")),
        "t_equals": (("a1", "=", "b1"), ("a2", "=", "b2")),
        "t_finishedBy": (("a1", "<", "b1"), ("a2", "=", "b2")),
        "t_finishes": (("a1", ">", "b1"), ("a2", "=", "b2")),
        "t_intersects": (("a1", "<=", "b2"), ("a2", ">=", "b1")),
        "t_meets": (("a2", "=", "b1"),),
        "t_metBy": (("a1", "=", "b2"),),
        "t_overlappedBy": (("a1", ">", "b1"), ("a1", "<", "b2"), ("a2", ">", "b2")),
        "t_overlaps": (("a1", "<", "b1"), ("a2", ">", "b1"), ("a2", "<", "b2")),
        "t_startedBy": (("a1", "=", "b1"), ("a2", ">", "b2")),
        "t_starts": (("a1", "=", "b1"), ("a2", "<", "b2")),
    }
)
"""Relation → which ends (a1, a2 of the left, b1, b2 of the right) must compare how, all of them; t_disjoint is the
contrary of t_intersects."""
COMPARED: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "=": lambda left, right: bool(left == right),
        "<>": lambda left, right: bool(left != right),
        "<": lambda left, right: bool(left < right),
        ">": lambda left, right: bool(left > right),
        "<=": lambda left, right: bool(left <= right),
        ">=": lambda left, right: bool(left >= right),
    }
)
SETS: Mapping[str, Callable[[frozenset[str], frozenset[str]], bool]] = MappingProxyType(
    {
        "a_contains": lambda left, right: left >= right,
        "a_containedBy": lambda left, right: left <= right,
        "a_equals": lambda left, right: left == right,
        "a_overlaps": lambda left, right: bool(left & right),
    }
)
