"""Checkpoints over the widest junctions, spread over the city: lanes and directions as the streets lie."""

from typing import Any

import numpy as np

from data.recipe.junctions import Arm, Junction
from data.recipe.sources import Sources

COUNT = 30
_APART_M = (1_200.0, 600.0, 250.0, 120.0)
"""Tried in this order, until there are enough."""
_LANE_M = 3.5
_WINDS = ("北", "东北", "东", "东南", "南", "西南", "西", "西北")


def make_checkpoints(sources: Sources) -> list[dict[str, Any]]:
    """Rows of a checkpoint list."""
    chosen = _spread(sorted(sources.junctions, key=lambda one: (-one.weight, one.at_m)))
    chosen.sort(key=lambda one: (-one.at_m[1], one.at_m[0]))
    return [_row(sources, number, one) for number, one in enumerate(chosen, 1)]


def _spread(junctions: list[Junction]) -> list[Junction]:
    found: list[Junction] = []
    for apart in _APART_M:
        for one in junctions:
            near = (np.hypot(one.at_m[0] - other.at_m[0], one.at_m[1] - other.at_m[1]) for other in found)
            if len(found) < COUNT and all(away >= apart for away in near):
                found.append(one)
    return found


def _row(sources: Sources, number: int, junction: Junction) -> dict[str, Any]:
    (name, name_en), (other, other_en) = junction.names
    lon, lat = sources.degrees(junction.at_m)
    directions = [_direction(arm) for arm in junction.arms]
    return {
        "id": f"KK{number:03d}",
        "name": f"{name}与{other}路口卡口",
        "name_en": f"{name_en} and {other_en} checkpoint",
        "lon": lon,
        "lat": lat,
        "road": name,
        "lanes": sum(one["lanes"] for one in directions),
        "directions": directions,
        "status": "fault" if number % 13 == 0 else "in-service",
        "owner": "交警支队",
    }


def _direction(arm: Arm) -> dict[str, Any]:
    """Travel along an arm towards the junction: half of its width is for it."""
    heading = (arm.bearing_deg + 180) % 360
    to = round(heading / 45) % 8
    lanes = max(1, int(arm.width_m / 2 // _LANE_M))
    name = f"{arm.name}由{_WINDS[(to + 4) % 8]}向{_WINDS[to]}"
    return {"name": name, "heading_deg": round(heading, 1) % 360, "lanes": lanes}
