"""The situation in one line: what is open, how severe, what is late, who is there."""

from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from layers.incidents.model import CATEGORIES, Incident
from layers.incidents.states import overdue, watched_over


def situation_answer(incidents: Iterable[Incident], now: datetime, connected: int) -> dict[str, Any]:
    """Counts over incidents that the caller may see: open ones by category and by severity, and those to be watched.

    What is resolved and not yet closed is no longer open, but may be late or marked all the same. Exercises are in
    none of these figures: how many stand open is told beside them.
    """
    played, held = _apart(incidents)
    waiting = [one for one in held if one.open]
    kinds, severities = Counter(one.category for one in waiting), Counter(one.severity for one in waiting)
    return {
        "open": {name: kinds[name] for name in CATEGORIES if kinds[name]},
        "severity": {str(level): severities[level] for level in (1, 2, 3, 4)},
        "overdue": sum(overdue(one, now) for one in held),
        "supervised": sum(watched_over(one, now) for one in held),
        "exercises": sum(one.open for one in played),
        "connected": connected,
    }


def _apart(incidents: Iterable[Incident]) -> tuple[list[Incident], list[Incident]]:
    """Exercises, and what is real."""
    found: tuple[list[Incident], list[Incident]] = [], []
    for one in incidents:
        found[not one.exercise].append(one)
    return found
