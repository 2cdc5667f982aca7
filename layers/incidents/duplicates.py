"""Which incidents may tell the same event: near in place and time, and of a category that fits."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from layers.incidents.model import Category, Incident
from layers.record import Record

NEAR_M = 300.0
"""Two calls about one event name places no farther apart than this, besides what is unknown of the places."""
UNKNOWN_AT_MOST_M = 1_000.0
"""A place that is known less well than this says nothing about nearness beyond it."""
SOON = timedelta(minutes=30)
_METRES_PER_DEGREE = 111_320.0

RELATED: tuple[frozenset[Category], ...] = (
    frozenset({"fire", "hazardous-material", "rescue", "false-alarm"}),
    frozenset({"traffic-accident", "medical", "rescue", "traffic-jam"}),
    frozenset({"assault", "dispute", "disturbance", "medical", "robbery"}),
    frozenset({"theft", "robbery", "suspicious"}),
    frozenset({"missing-person", "help"}),
)
"""Categories under which two callers may report one event."""


@dataclass(frozen=True, slots=True)
class Duplicate:
    """An incident that may tell the same event.

    Attributes
    ----------
    apart_m, apart_s : distance of the places, seconds between the reports
    reasons : codes: near, same-address, same-time, same-category, related-category, unclear-category
    score : 0 to 1, how likely
    """

    id: str
    apart_m: float
    apart_s: float
    reasons: tuple[str, ...]
    score: float


def duplicates(one: Incident, others: Iterable[Incident], limit: int = 5) -> list[Duplicate]:
    """Those of the others that may tell the same event, the likeliest first. Each has a reason for all three:
    place, time and category. An exercise is no double of what is real."""  # fmt: skip
    found = [duplicate for other in others if (duplicate := _compared(one, other)) is not None]
    return sorted(found, key=lambda duplicate: (-duplicate.score, duplicate.id))[:limit]


def _compared(one: Incident, other: Incident) -> Duplicate | None:
    if other.id == one.id or other.duplicate_of == one.id or other.exercise != one.exercise:
        return None
    apart_s = abs((other.reported_at - one.reported_at).total_seconds())
    if apart_s > SOON.total_seconds():
        return None
    category, fits = _category(one.category, other.category)
    if not category:
        return None
    apart_m = metres_between(one, other)
    unknown_m = (one.within_m or 0.0) + (other.within_m or 0.0)
    near = apart_m <= NEAR_M + min(unknown_m, UNKNOWN_AT_MOST_M)
    address = one.address.strip().casefold()
    same_address = bool(address) and address == other.address.strip().casefold()
    if not near and not (same_address and apart_m <= 10 * NEAR_M):
        return None
    reasons = ("near",) * near + ("same-address",) * same_address + ("same-time", category)
    closeness = 1.0 if same_address else 1.0 - apart_m / (NEAR_M + UNKNOWN_AT_MOST_M)
    doubt = 1.0 - 0.5 * min(unknown_m, UNKNOWN_AT_MOST_M) / UNKNOWN_AT_MOST_M
    score = fits * max(closeness, 0.0) * doubt * (1.0 - 0.5 * apart_s / SOON.total_seconds())
    return Duplicate(other.id, round(apart_m, 1), apart_s, reasons, round(score, 3))


def _category(one: Category, other: Category) -> tuple[str, float]:
    if one == other:
        return "same-category", 1.0
    if any({one, other} <= family for family in RELATED):
        return "related-category", 0.7
    return ("unclear-category", 0.5) if "other" in (one, other) else ("", 0.0)


def metres_between(one: Record, other: Record) -> float:
    """Distance of two places, good to a part in a hundred within a city."""
    east = (other.lon - one.lon) * math.cos(math.radians((one.lat + other.lat) / 2))
    return _METRES_PER_DEGREE * math.hypot(east, other.lat - one.lat)
