"""Where alerts are: shapes, codes, and what of them lies in the city."""

import math

import numpy as np
import pytest
import shapely

from layers.incidents.cap.alert import Area, Circle
from layers.incidents.cap.place import CORNERS, MOST_M, MOST_OF_RING, MOST_POINTS, spot_of
from layers.incidents.cap.read import BadAlert
from tests.layers.incidents.cap.builders import DISTRICT, TOWN

EXTENT = TOWN.extent
OUTLINE = TOWN.areas.outline


def ring(west: float, south: float, east: float, north: float) -> tuple[tuple[float, float], ...]:
    return (west, south), (east, south), (east, north), (west, north), (west, south)


def test_a_circle_is_taken_as_it_stands() -> None:
    spot = spot_of([Area(circles=(Circle(centre=(106.81234567, 39.61), radius_m=707.25),))], EXTENT, OUTLINE)
    assert (spot.lon, spot.lat, spot.within_m) == (106.81234567, 39.61, 707.25)
    point = spot_of([Area(circles=(Circle(centre=(106.8, 39.6), radius_m=0),))], EXTENT, OUTLINE)
    assert point.within_m is None


def test_the_reach_holds_all_that_is_drawn() -> None:
    areas = [Area(polygons=(ring(106.79, 39.59, 106.80, 39.60), ring(106.82, 39.62, 106.83, 39.63)))]
    spot = spot_of(areas, EXTENT, OUTLINE)
    assert spot.within_m is not None
    for west_east in (106.79, 106.83):
        for south_north in (39.59, 39.63):
            if (west_east < 106.8) == (south_north < 39.6):
                east = (west_east - spot.lon) * 111_320 * math.cos(math.radians(39.6))
                assert math.hypot(east, (south_north - spot.lat) * 111_320) <= spot.within_m * 1.001


def test_a_spot_lies_in_what_is_drawn() -> None:
    hook = ((106.75, 39.55), (106.85, 39.55), (106.85, 39.65), (106.84, 39.65), (106.84, 39.56), (106.75, 39.56),
            (106.75, 39.55))  # fmt: skip
    spot = spot_of([Area(polygons=(hook,))], EXTENT, OUTLINE)
    assert shapely.Polygon(hook).buffer(1e-9).contains(shapely.Point(spot.lon, spot.lat))


def test_of_a_province_only_the_city_counts() -> None:
    spot = spot_of([Area(polygons=(ring(97, 37, 126, 53),))], EXTENT, OUTLINE)
    assert (spot.lon, spot.lat) == (pytest.approx(106.8), pytest.approx(39.6))
    assert spot.within_m is not None
    assert 10_000 < spot.within_m < 20_000
    # Its middle is far away and its edge reaches in.
    beside = spot_of([Area(circles=(Circle(centre=(105.0, 39.6), radius_m=150_000),))], EXTENT, OUTLINE)
    assert 106.7 <= beside.lon < 106.8


def test_a_code_stands_for_its_area_where_nothing_is_drawn() -> None:
    spot = spot_of([Area(geocodes=(("UGC", "MTZ014"), ("GB/T 2260", "150302")))], EXTENT, OUTLINE)
    middle = DISTRICT.centroid
    assert (spot.lon, spot.lat) == (pytest.approx(middle.x), pytest.approx(middle.y))
    drawn = spot_of([Area(geocodes=(("x", "150302"),), circles=(Circle(centre=(106.75, 39.55), radius_m=0),))],
                    EXTENT, OUTLINE)  # fmt: skip
    assert drawn.lon == 106.75


@pytest.mark.parametrize(
    ("area", "reason"),
    [
        (Area(), "cap-no-place"),
        (Area(geocodes=(("UGC", "MTZ014"),)), "cap-no-place"),
        (Area(circles=(Circle(centre=(10, 10), radius_m=1_000),)), "cap-outside"),
        (Area(polygons=(ring(10, 10, 11, 11),)), "cap-outside"),
    ],
)
def test_what_is_nowhere_here_is_refused(area: Area, reason: str) -> None:
    with pytest.raises(BadAlert) as bad:
        spot_of([area], EXTENT, OUTLINE)
    assert bad.value.reason == reason


def test_shapes_without_an_inside_are_points() -> None:
    flat = ((106.8, 39.6), (106.81, 39.6), (106.8, 39.6), (106.8, 39.6))
    spot = spot_of([Area(polygons=(flat,))], EXTENT, OUTLINE)
    assert 106.8 <= spot.lon <= 106.81
    crossed = ((106.75, 39.55), (106.85, 39.65), (106.85, 39.55), (106.75, 39.65), (106.75, 39.55))
    assert spot_of([Area(polygons=(crossed,))], EXTENT, OUTLINE).within_m is not None
    world = spot_of([Area(circles=(Circle(centre=(106.8, 39.6), radius_m=9_000_000),))], EXTENT, OUTLINE)
    assert world.within_m == MOST_M


def scribble(corners: int) -> tuple[tuple[float, float], ...]:
    """A ring that crosses itself as often as it can."""
    places = np.random.default_rng(1).uniform((106.75, 39.55), (106.85, 39.65), (corners - 1, 2)).tolist()
    return tuple((lon, lat) for lon, lat in [*places, places[0]])


@pytest.mark.timeout(20)
@pytest.mark.parametrize("corners", [400, MOST_OF_RING, MOST_POINTS])
def test_a_ring_that_crosses_itself_is_its_hull(corners: int) -> None:
    drawn = scribble(corners)
    spot = spot_of([Area(polygons=(drawn,))], EXTENT, OUTLINE)
    middle = shapely.MultiPoint(drawn).convex_hull.centroid
    assert (spot.lon, spot.lat) == (pytest.approx(middle.x), pytest.approx(middle.y))


@pytest.mark.timeout(20)
def test_shapes_laid_across_each_other_are_not_joined() -> None:
    def comb(teeth: int) -> list[tuple[float, float]]:
        at = np.linspace(0, 0.1, 4 * teeth)
        up = np.resize([0.001, 0.1, 0.1, 0.001], 4 * teeth)
        return [(0.1, 0.0), (0.0, 0.0), *zip(at.tolist(), up.tolist(), strict=True), (0.1, 0.0)]

    one = [(106.75 + x, 39.55 + y) for x, y in comb(480)]
    other = [(106.75 + y, 39.55 + x) for x, y in comb(480)]
    assert shapely.Polygon(one).is_valid
    spot = spot_of([Area(polygons=(tuple(one), tuple(other)) * 5)], EXTENT, OUTLINE)
    assert (spot.lon, spot.lat) == (pytest.approx(106.8, abs=0.01), pytest.approx(39.6, abs=0.01))


@pytest.mark.parametrize(
    "area",
    [
        Area(polygons=(scribble(MOST_POINTS + 1),)),
        Area(circles=(Circle(centre=(106.8, 39.6), radius_m=500),) * (MOST_POINTS // CORNERS + 1)),
    ],
)
def test_too_many_points_are_refused(area: Area) -> None:
    with pytest.raises(BadAlert) as bad:
        spot_of([area], EXTENT, OUTLINE)
    assert bad.value.reason == "cap-many-points"
