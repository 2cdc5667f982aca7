"""Where streets meet: the shared vertices of the road network and the arms that leave them."""

from dataclasses import dataclass

import numpy as np

from data.recipe.plan import Floats
from data.recipe.roads import Road


@dataclass(frozen=True)
class Arm:
    """One road leaving a junction: its names, width, and bearing (grid degrees) away from the junction."""

    name: str
    name_en: str
    width_m: float
    bearing_deg: float


@dataclass(frozen=True)
class Junction:
    """A place (metres) where at least three arms of two differently named roads meet."""

    at_m: tuple[float, float]
    arms: tuple[Arm, ...]

    @property
    def names(self) -> tuple[tuple[str, str], tuple[str, str]]:
        """The two widest roads, each in Chinese and in English."""
        widest = sorted((-arm.width_m, arm.name, arm.name_en) for arm in self.arms)
        names = list(dict.fromkeys((name, name_en) for _, name, name_en in widest))
        return names[0], names[1]

    @property
    def weight(self) -> float:
        """How much road meets here, metres of width."""
        return sum(arm.width_m for arm in self.arms)


def _bearing(step: Floats) -> float:
    return float(np.degrees(np.arctan2(step[0], step[1])) % 360)


def _shared(roads: list[Road]) -> set[tuple[int, int]]:
    """Decimetre places of the vertices that occur more than once."""
    places, count = np.unique(
        np.round(np.vstack([road.points_m for road in roads]) * 10).astype(np.int64), axis=0, return_counts=True
    )
    return {(x, y) for x, y in places[count > 1].tolist()}


def find_junctions(roads: list[Road]) -> list[Junction]:
    """All junctions, from the west to the east; motorways pass over, and drives count for nothing."""
    arms: dict[tuple[int, int], list[Arm]] = {}
    places: dict[tuple[int, int], tuple[float, float]] = {}
    joining = [road for road in roads if road.road_class != "motorway" and road.name]
    shared = _shared(joining)
    for road in joining:
        points = road.points_m
        for i, point in enumerate(points):
            key = (round(float(point[0]) * 10), round(float(point[1]) * 10))
            if key not in shared:
                continue
            places.setdefault(key, (float(point[0]), float(point[1])))
            here = arms.setdefault(key, [])
            if i > 0:
                here.append(Arm(road.name, road.name_en, road.width_m, _bearing(points[i - 1] - point)))
            if i < len(points) - 1:
                here.append(Arm(road.name, road.name_en, road.width_m, _bearing(points[i + 1] - point)))
    return [
        Junction(places[key], tuple(here))
        for key, here in sorted(arms.items())
        if len(here) > 2 and len({arm.name for arm in here}) > 1
    ]
