"""Incidents with sensible defaults, for tests."""

from datetime import UTC, datetime
from typing import Any

from layers.incidents.model import Incident
from layers.incidents.states import begun

NOON = datetime(2026, 5, 1, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""


def an_incident(id_: str = "i1", **over: Any) -> Incident:
    """A fire in the middle of the flat scene, just reported."""
    values: dict[str, Any] = {
        "id": id_,
        "source": "119",
        "number": id_,
        "category": "fire",
        "lon": 106.8,
        "lat": 39.6,
        "reported_at": NOON,
    }
    return begun(values | over, by="local")
