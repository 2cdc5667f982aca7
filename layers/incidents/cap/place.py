"""Where an alert's areas lie in a city: one spot, and how far they reach from it."""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from layers.incidents.cap.alert import Area, Circle, Point
from layers.incidents.cap.read import BadAlert

LEAST_M: Final = 1.0
"""What reaches no farther is a spot."""
MOST_M: Final = 100_000.0
"""An incident's doubt is no larger."""
CORNERS: Final = 64
"""Of a circle that is drawn."""
MOST_POINTS: Final = 20_000
"""In all that an alert draws, a circle counted with its corners."""
MOST_OF_RING: Final = 2_000
"""A ring of more corners is taken by its convex hull."""
_METRES_PER_DEGREE: Final = 111_320.0
Extent = tuple[float, float, float, float]
OutlineOf = Callable[[str], Any]
"""The outline (lon, lat) of an area of the city by its code; None where there is none."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in degrees; ``within_m`` as of an incident, None = a point."""

    lon: float
    lat: float
    within_m: float | None


def spot_of(areas: Sequence[Area], extent: Extent, outline_of: OutlineOf) -> Spot:
    """The spot that stands for all that the areas cover of the city.

    ``extent`` : west, south, east, north of the city, degrees

    Raises
    ------
    BadAlert
        They have no shape, too many points, or cover nothing of the city.
    """
    whole = _only_circle(areas)
    if whole is not None and _inside(whole.centre, extent):
        return _spot(whole.centre, whole.radius_m)
    _refuse_many(areas)
    shapes = [shape for area in areas for shape in _shapes(area, outline_of)]
    if not shapes:
        raise BadAlert("area", "cap-no-place")
    parts = [part for shape in shapes if not (part := _cut(shape, extent)).is_empty]
    if not parts:
        raise BadAlert("area", "cap-outside")
    # Not their union: two combs laid across each other meet as often as they have pairs of teeth.
    here = shapely.GeometryCollection(parts)
    middle = here.centroid if shapely.intersects(parts, here.centroid).any() else here.representative_point()
    place = float(middle.x), float(middle.y)
    corners = shapely.get_coordinates(here)
    return _spot(place, float(np.max(_metres(place, corners))))


def _only_circle(areas: Sequence[Area]) -> Circle | None:
    """The circle, where it is all that is given: it is taken as it stands."""
    circles = [circle for area in areas for circle in area.circles]
    return circles[0] if len(circles) == 1 and not any(area.polygons for area in areas) else None


def _refuse_many(areas: Sequence[Area]) -> None:
    drawn = sum(sum(map(len, area.polygons)) + CORNERS * len(area.circles) for area in areas)
    if drawn > MOST_POINTS:
        raise BadAlert("area", "cap-many-points", limit=MOST_POINTS)


def _spot(place: Point, reach_m: float) -> Spot:
    return Spot(*place, within_m=min(reach_m, MOST_M) if reach_m > LEAST_M else None)


def _inside(place: Point, extent: Extent) -> bool:
    west, south, east, north = extent
    return west <= place[0] <= east and south <= place[1] <= north


def _shapes(area: Area, outline_of: OutlineOf) -> Iterator[Any]:
    """Codes count only where nothing is drawn, each once."""
    yield from map(_ring, area.polygons)
    yield from map(_round, area.circles)
    if not (area.polygons or area.circles):
        codes = dict.fromkeys(code for _, code in area.geocodes)
        yield from (found for code in codes if (found := outline_of(code)) is not None)


def _ring(ring: Iterable[Point]) -> Any:
    """A polygon; what has no inside is the points that it names.

    One that crosses itself is its convex hull: no alert is lost by how it was drawn, and none is nearer than it says.
    To find the true inside takes as long as there are crossings, and strangers may draw millions of them; to tell
    whether there are any takes too long for rings that have very many corners.
    """
    corners = list(ring)
    shape: Any = shapely.Polygon(corners)
    if len(corners) > MOST_OF_RING or not shape.is_valid:
        shape = shape.convex_hull
    return shape if shape.area > 0 else shapely.MultiPoint(corners)


def _cut(shape: Any, extent: Extent) -> Any:
    """What of a shape lies in a box. Of polygons this takes time by their corners only, as no overlay does."""
    return shapely.clip_by_rect(shape, *extent) if shape.area > 0 else shape.intersection(shapely.box(*extent))


def _round(circle: Circle) -> Any:
    if circle.radius_m <= LEAST_M:
        return shapely.Point(circle.centre)
    lon, lat = circle.centre
    down = circle.radius_m / _METRES_PER_DEGREE
    across = down / max(math.cos(math.radians(lat)), 0.01)
    turn = np.linspace(0, 2 * math.pi, CORNERS, endpoint=False)
    # Around the corners, so that nothing of the circle is lost.
    wide = 1 / math.cos(math.pi / CORNERS)
    return shapely.Polygon(np.stack([lon + across * wide * np.cos(turn), lat + down * wide * np.sin(turn)], axis=-1))


def _metres(place: Point, corners: Any) -> Any:
    """From a place to others of its region, (n, 2) in degrees; good to a hundredth."""
    wide = np.cos(np.radians((place[1] + corners[:, 1]) / 2))
    return _METRES_PER_DEGREE * np.hypot((corners[:, 0] - place[0]) * wide, corners[:, 1] - place[1])
