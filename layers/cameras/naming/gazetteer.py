"""All that has a name in a city, ready to be looked for in pictures."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Self

import numpy as np
import shapely
from numpy.typing import NDArray

from layers.areas import AreaIndex
from layers.lines import middles, places_at
from tiles.geodesy import Floats
from tiles.scene import Scene

Kind = Literal["road", "building", "place", "area"]
ALONG_M = 5.0
"""Roads are looked at every so many metres."""


@dataclass(frozen=True, slots=True)
class Title:
    """What a thing is called; ``name_en`` is the name where there is no other."""

    kind: Kind
    id: str
    name: str
    name_en: str


@dataclass(frozen=True, slots=True)
class NamedLine:
    """A road with a name, all its pieces in degrees; pieces that meet are one."""

    title: Title
    shape: Any


@dataclass(frozen=True, slots=True)
class NamedSpot:
    """A point with a name, in degrees."""

    title: Title
    lon: float
    lat: float


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """Names of a city in its metric frame.

    Attributes
    ----------
    roads, places, areas : titles; those of areas by their codes
    along_m : float64 (n, 3), places every 5 m along the roads, in order, on the ground
    road, line : int64 (n,), the road of each, and a number that changes from one unbroken line to the next
    spots_m : float64 (p, 3), of the places
    spot_building : int32 (p,), the building that stands there, −1 for none
    buildings : titles of the buildings that have a name, by number in the scene
    """

    scene: Scene
    roads: tuple[Title, ...]
    places: tuple[Title, ...]
    areas: dict[str, Title]
    area_index: AreaIndex
    along_m: Floats = field(repr=False)
    road: NDArray[np.int64] = field(repr=False)
    line: NDArray[np.int64] = field(repr=False)
    spots_m: Floats = field(repr=False)
    spot_building: NDArray[np.int32] = field(repr=False)
    buildings: dict[int, Title] = field(repr=False)

    @classmethod
    def of(
        cls,
        scene: Scene,
        roads: Sequence[NamedLine],
        places: Sequence[NamedSpot],
        buildings: dict[int, Title],
        areas: tuple[AreaIndex, dict[str, Title]],
    ) -> Self:
        """Work out where all of it is."""
        along, road, line = _along(scene, [one.shape for one in roads])
        lonlat = np.array([(one.lon, one.lat) for one in places], float).reshape(-1, 2)
        spots = _on_ground(scene, np.stack(scene.to_metric(lonlat[:, 0], lonlat[:, 1]), axis=1))
        return cls(
            scene,
            tuple(one.title for one in roads),
            tuple(one.title for one in places),
            areas[1],
            areas[0],
            along,
            road,
            line,
            spots,
            np.asarray(scene.prisms.building_at(spots[:, 0], spots[:, 1]), np.int32).reshape(len(spots)),
            buildings,
        )


def _on_ground(scene: Scene, places_m: Floats) -> Floats:
    """Places (n, 2) with the ground's height, (n, 3)."""
    return np.column_stack([places_m, scene.ground.clamped(places_m[:, 0], places_m[:, 1])])


def _along(scene: Scene, shapes: Sequence[Any]) -> tuple[Floats, NDArray[np.int64], NDArray[np.int64]]:
    """Places along lines, the number of the shape of each, and of its unbroken line."""
    places: list[Floats] = []
    owner: list[int] = []
    for number, shape in enumerate(shapes):
        metric = shapely.transform(shape, lambda p: np.stack(scene.to_metric(p[:, 0], p[:, 1]), axis=1))
        for one in shapely.get_parts(shapely.line_merge(metric)):
            line = shapely.get_coordinates(one)
            places.append(places_at(line, middles(float(one.length), ALONG_M)))
            owner.append(number)
    if not places:
        return np.zeros((0, 3)), np.zeros(0, np.int64), np.zeros(0, np.int64)
    sizes = [len(one) for one in places]
    lines, owners, all_ = (
        np.repeat(np.arange(len(places)), sizes),
        np.repeat(np.array(owner), sizes),
        np.concatenate(places),
    )
    # What runs through a building is under its roof, and a line does not go on across it.
    free = np.asarray(scene.prisms.building_at(all_[:, 0], all_[:, 1])) < 0
    lines = lines * len(all_) + np.cumsum(~free)
    return _on_ground(scene, all_[free]), owners[free], lines[free]
