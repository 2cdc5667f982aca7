"""A name in a picture, and the choice of those that are worth telling."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

from layers.cameras.naming.gazetteer import Title
from layers.cameras.naming.onlooker import Onlooker
from tiles.geodesy import Floats

MOST_AREAS = 4


class Point(NamedTuple):
    """A point (3,) of the metric frame, its place (2,) in the picture, and how large the thing is there."""

    place_m: Floats
    pixel: Floats
    size: float


@dataclass(frozen=True, slots=True)
class Sighted:
    """Something that is seen, and where it is named.

    Attributes
    ----------
    u, v : parts of the picture's width and height, from its top left
    angle_deg : of a road in the picture, clockwise from level, −90 to 90; None for all else
    size : about the part of the picture's width that it takes, for what comes first
    lon, lat, height_m : the point that is named; the ground itself, a wall or a roof
    building : number of the building that the point belongs to, −1 for none
    """

    title: Title
    u: float
    v: float
    angle_deg: float | None
    size: float
    distance_m: float
    lon: float
    lat: float
    height_m: float
    building: int = -1

    @classmethod
    def at(cls, look: Onlooker, title: Title, point: Point, angle: float | None = None, owner: int = -1) -> Self:
        """From a point that is seen."""
        (lon,), (lat,) = look.lonlat(point.place_m[None])
        u, v = (float(value) for value in point.pixel)
        height, away = float(point.place_m[2]), look.distance_m(point.place_m)
        return cls(title, u, v, angle, point.size, away, float(lon), float(lat), height, owner)


def best(found: Iterable[Sighted], limit: int) -> list[Sighted]:
    """The largest in the picture, the nearer of equals first; of areas no more than a few."""
    ranked = sorted(found, key=lambda one: (-round(one.size, 4), one.distance_m, one.title.id))
    areas = [one for one in ranked if one.title.kind == "area"][:MOST_AREAS]
    return [one for one in ranked if one.title.kind != "area" or one in areas][:limit]
