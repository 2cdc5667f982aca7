"""How fast the city's vehicles drive on each class of road, where nobody has measured it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

SPEED_KMH: Mapping[str, float] = MappingProxyType(
    {
        "motorway": 90.0,
        "trunk": 70.0,
        "primary": 50.0,
        "secondary": 42.0,
        "tertiary": 35.0,
        "residential": 25.0,
        "service": 15.0,
        "track": 15.0,
    }
)
"""By canonical class of road (``tiles.vectors``), lights and turns included; what is not here is not driven on."""
OTHER_KMH: Final = 25.0
NOT_DRIVEN: Final = frozenset({"path", "rail"})


def speed_m_s(road_class: str) -> float | None:
    """Speed on a class of road; None where vehicles do not go."""
    if road_class in NOT_DRIVEN:
        return None
    return SPEED_KMH.get(road_class, OTHER_KMH) / 3.6
