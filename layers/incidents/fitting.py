"""Which vehicles a kind of incident is for: what is offered first, and nothing that binds anybody."""

from collections.abc import Mapping
from types import MappingProxyType

from layers.incidents.model import Category
from layers.vehicles import VehicleType

_POLICE: tuple[VehicleType, ...] = ("patrol",)
FITTING: Mapping[Category, tuple[VehicleType, ...]] = MappingProxyType(
    {
        "fire": ("fire",),
        "rescue": ("fire",),
        "hazardous-material": ("fire",),
        "medical": ("ambulance",),
        "traffic-accident": ("patrol", "ambulance"),
        "traffic-jam": _POLICE,
        "theft": _POLICE,
        "robbery": _POLICE,
        "assault": _POLICE,
        "dispute": _POLICE,
        "disturbance": _POLICE,
        "missing-person": _POLICE,
        "fraud": _POLICE,
        "suspicious": _POLICE,
        "false-alarm": _POLICE,
        "help": _POLICE,
    }
)
"""Category → types of vehicles; what is not here is for all of them."""


def fitting(category: Category) -> tuple[VehicleType, ...]:
    """The types of vehicles that are offered first; empty: all alike."""
    return FITTING.get(category, ())
