"""From a clicked place to the exact point that is looked at.

The height of a click comes from a simplified mesh; it is reconciled with the ground and the buildings
here, once. What follows (link, sight line, coverage) takes the point as it stands.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from layers.errors import BadInput
from layers.outlines import outlines_of
from tiles.errors import OutsideCity
from tiles.scene import Scene

EYE_LEVEL_M = 1.5
"""Ground is looked at this high above itself."""
NEAR_M = 1.0
"""A click this close to a footprint may mean the building."""
FACADE_DEPTH_M = 1.5
"""A click inside a footprint and this close to its edge may mean the facade."""
STAND_OFF_M = 0.05
"""A point on a facade lies this far before it, one on a roof's rim this far inside."""

PlaceKind = Literal["ground", "roof", "facade"]


@dataclass(frozen=True, slots=True)
class Target:
    """A place as it is looked at.

    Attributes
    ----------
    lon, lat, height_m : the place itself, ellipsoidal height
    kind : ground, roof or facade
    building : number in the city's build, −1 for ground
    x_m, y_m : metric frame
    aim_height_m : what cameras are aimed at: 1.5 m above ground, else the place itself
    """

    lon: float
    lat: float
    height_m: float
    kind: PlaceKind
    building: int
    x_m: float
    y_m: float

    @property
    def aim_height_m(self) -> float:
        """Ellipsoidal height of the point that is looked at."""
        return self.height_m + EYE_LEVEL_M if self.kind == "ground" else self.height_m

    @property
    def aim_m(self) -> tuple[float, float, float]:
        """The point that is looked at, in the metric frame."""
        return self.x_m, self.y_m, self.aim_height_m


@dataclass(frozen=True, slots=True)
class _Surface:
    """A point on something that the click may have meant, and how far the click is from it."""

    away_m: float
    kind: PlaceKind
    building: int
    x_m: float
    y_m: float
    height_m: float


def check_lonlat(lon: float, lat: float) -> None:
    """Refuse what is no place on the earth, and the poles, where headings have no meaning."""
    for field, value, limit in (("lon", lon, 180.0), ("lat", lat, 90.0)):
        if not math.isfinite(value) or abs(value) > limit or (field == "lat" and abs(value) == limit):
            raise BadInput(
                field=field,
                value=value,
                detail="is no place of a city.",
                remedy=f"Give degrees between -{limit:g} and {limit:g}.",
            )


def resolve_place(scene: Scene, lon: float, lat: float, height_m: float | None = None) -> Target:
    """The point meant by a click: the nearest of ground, roofs and facades.

    Without a height it is the ground, or the roof where a building stands. With one, it is whichever
    surface lies nearest to the clicked point: the roof of a building that stands there or no farther
    than 1 m away, at exactly the roof's height; a facade no farther than 1 m in front and 1.5 m behind,
    on the wall itself; the ground where no building stands. Deep inside a building there is only its roof.

    Raises
    ------
    BadInput
        No number, or no place on the earth.
    OutsideCity
        Not within the city's extent.
    """
    check_lonlat(lon, lat)
    if height_m is not None and not math.isfinite(height_m):
        raise BadInput(field="height", value=height_m, detail="is no height.", remedy="Give metres, or none.")
    if not scene.inside(lon, lat):
        raise OutsideCity(lon=lon, lat=lat)
    x, y = (float(v) for v in scene.to_metric(lon, lat))
    ground = scene.ground.sample_at(x, y)
    if not math.isfinite(ground):
        raise OutsideCity(lon=lon, lat=lat)
    standing = scene.prisms.standing_at(x, y)
    if height_m is None:
        found = _roof(scene, standing, x, y, 0.0) if standing >= 0 else _Surface(0, "ground", -1, x, y, ground)
    else:
        found = min(_surfaces(scene, x, y, height_m, ground), key=lambda surface: surface.away_m)
    if (found.x_m, found.y_m) != (x, y):
        lon, lat = (float(v) for v in scene.frame.to_lonlat(found.x_m, found.y_m))
    return Target(lon, lat, found.height_m, found.kind, found.building, found.x_m, found.y_m)


def _roof(scene: Scene, building: int, x: float, y: float, away_m: float) -> _Surface:
    return _Surface(away_m, "roof", building, x, y, float(scene.prisms.roof_m[building]))


def _surfaces(scene: Scene, x: float, y: float, height: float, ground: float) -> Iterator[_Surface]:
    """All that a click at x, y and that height may have meant; at least one."""
    prisms, outlines = scene.prisms, outlines_of(scene)
    standing = prisms.standing_at(x, y)
    if standing >= 0:
        yield _roof(scene, standing, x, y, abs(height - float(prisms.roof_m[standing])))
    else:
        yield _Surface(abs(height - ground), "ground", -1, x, y, ground)
    for building in outlines.near(x, y, NEAR_M).tolist():
        edge_m, foot_x, foot_y, normal_x, normal_y = (float(v) for v in prisms.nearest_edge(x, y, building))
        roof = float(prisms.roof_m[building])
        inside = outlines.stands_on(x, y, building)
        if not inside:
            rim = foot_x - STAND_OFF_M * normal_x, foot_y - STAND_OFF_M * normal_y
            if prisms.standing_at(*rim) == building:
                yield _roof(scene, building, *rim, math.hypot(edge_m, height - roof))
        if inside and edge_m > FACADE_DEPTH_M:
            continue
        before = foot_x + STAND_OFF_M * normal_x, foot_y + STAND_OFF_M * normal_y
        on_wall = min(max(height, ground), roof)
        neighbour = prisms.standing_at(*before)
        if neighbour >= 0 and float(prisms.roof_m[neighbour]) > on_wall:
            continue  # a party wall: nobody can have clicked it
        away_m = math.hypot(edge_m, height - on_wall)
        yield _Surface(away_m, "facade", building, *before, on_wall)
