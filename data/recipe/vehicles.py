"""Vehicles of the units, parked where these are housed. Plates, call signs and numbers are made up."""

from typing import Any

import numpy as np

from data.recipe.sources import Sources
from data.recipe.units import Answering

_FLEETS: dict[str, tuple[tuple[str, int], ...]] = {
    "ZH": (("patrol", 6), ("repair", 10)),
    "GA": (("patrol", 14), ("repair", 3)),
    "JJ": (("patrol", 12),),
    "XF": (("fire", 12),),
    "PC": (("patrol", 4),),
    "JZ": (("ambulance", 3),),
}
"""Letters of a unit -> type of vehicle, and how many it has."""
_NAMES = {
    "patrol": ("巡逻车", "Patrol", "警", 5),
    "fire": ("消防车", "Fire engine", "应急", 6),
    "ambulance": ("救护车", "Ambulance", "", 4),
    "repair": ("抢修车", "Repair van", "", 3),
}
"""Type -> name in two languages, last letters of a plate, seats."""
_OFF = 0.12
"""So large a share is off duty."""


def make_vehicles(sources: Sources, units: list[Answering]) -> list[dict[str, Any]]:
    """Rows of a vehicle list. Their ids say that they are simulated."""
    rng = sources.plan.rng("vehicles")
    rows: list[dict[str, Any]] = []
    counts: dict[str, int] = {}
    for unit in units:
        lon, lat = sources.degrees(unit.at_m)
        for kind, many in _FLEETS.get(unit.id.partition("-")[0], ()):
            for _ in range(many):
                number = counts[kind] = counts.get(kind, 0) + 1
                rows.append(_row(rng, len(rows) + 1, unit, kind, number) | {"lon": lon, "lat": lat})
    return rows


def _row(rng: np.random.Generator, serial: int, unit: Answering, kind: str, number: int) -> dict[str, Any]:
    name, name_en, ending, seats = _NAMES[kind]
    return {
        "id": f"SIM-{serial:03d}",
        "name": f"{name} {number:03d}",
        "name_en": f"{name_en} {number:03d}",
        "type": kind,
        "plate": f"蒙C·{'X' if ending == '应急' else 'D'}{serial:04d}{ending}",
        "call_sign": f"{unit.id[:2]} {serial:03d}",
        "phone": f"0473-001 {serial:04d}",
        "unit": unit.id,
        "duty": "off-duty" if rng.random() < _OFF else "free",
        "seats": seats,
    }
