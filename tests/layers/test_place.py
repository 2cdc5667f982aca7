"""A click becomes the point that is looked at."""

import math

import pytest

from layers.errors import BadInput
from layers.place import EYE_LEVEL_M, Target, resolve_place
from tests.layers.scenes import PLAIN_M, box
from tiles.errors import OutsideCity
from tiles.scene import Scene

ROOF = PLAIN_M + 20.0
LOW = PLAIN_M + 8.0
SCENE = Scene.flat(
    height_m=PLAIN_M,
    half_m=500,
    buildings=[
        (box(0, 0, 40, 20), PLAIN_M - 0.5, ROOF),
        (box(30, 0, 20, 20), PLAIN_M - 0.5, LOW),  # shares the wall at x = 20
        ([box(0, 100, 60, 60), box(0, 100, 30, 30)[::-1]], PLAIN_M - 0.5, ROOF),  # with a courtyard
    ],
)


def at(x: float, y: float, height_m: float | None = None) -> Target:
    lon, lat = SCENE.to_lonlat(x, y)
    return resolve_place(SCENE, float(lon), float(lat), height_m)


def test_without_height_it_is_the_ground() -> None:
    target = at(100.0, 100.0)
    assert (target.kind, target.building) == ("ground", -1)
    assert target.height_m == pytest.approx(PLAIN_M)
    assert target.aim_height_m == pytest.approx(PLAIN_M + EYE_LEVEL_M)
    assert target.aim_m == pytest.approx((100, 100, PLAIN_M + 1.5), abs=1e-6)


def test_without_height_it_is_the_roof_where_a_building_stands() -> None:
    target = at(-5.0, 3.0)
    assert (target.kind, target.building, target.height_m) == ("roof", 0, ROOF)
    assert target.aim_height_m == ROOF
    assert at(0.0, 100.0).kind == "ground"  # the courtyard
    assert at(0.0, 122.0).kind == "roof"


@pytest.mark.parametrize("off", [-0.79, -0.3, 0.0, 0.6, 30.0])
def test_a_roof_is_at_exactly_its_height(off: float) -> None:
    target = at(-5.0, 3.0, ROOF + off)
    assert (target.kind, target.building, target.height_m) == ("roof", 0, ROOF)
    assert (target.x_m, target.y_m) == pytest.approx((-5, 3), abs=1e-6)


def test_deep_inside_there_is_only_the_roof() -> None:
    assert at(0.0, 0.0, PLAIN_M + 3).kind == "roof"
    assert at(0.0, 8.4, PLAIN_M + 3).kind == "roof"
    assert at(0.0, 8.6, PLAIN_M + 3).kind == "facade"


@pytest.mark.parametrize("y", [9.2, 9.95, 10.0, 10.05, 10.8])
def test_a_facade_point_stands_five_centimetres_before_the_wall(y: float) -> None:
    target = at(-3.0, y, PLAIN_M + 7.0)
    assert (target.kind, target.building) == ("facade", 0)
    assert (target.x_m, target.y_m) == pytest.approx((-3.0, 10.05), abs=1e-6)
    assert target.height_m == target.aim_height_m == pytest.approx(PLAIN_M + 7.0)
    assert SCENE.to_metric(target.lon, target.lat) == pytest.approx((-3.0, 10.05), abs=1e-6)


def test_beside_the_wall_the_pavement_stays_ground() -> None:
    assert at(-3.0, 10.7, PLAIN_M + 0.2).kind == "ground"
    assert at(-3.0, 11.5, PLAIN_M + 5.0).kind == "ground"


def test_just_outside_at_the_roofs_height_is_the_rim() -> None:
    target = at(-3.0, 10.6, ROOF + 0.3)
    assert (target.kind, target.building, target.height_m) == ("roof", 0, ROOF)
    assert target.y_m == pytest.approx(9.95, abs=1e-6)


def test_over_a_low_roof_the_taller_neighbours_wall_is_meant() -> None:
    target = at(20.3, 2.0, LOW + 6.0)
    assert (target.kind, target.building) == ("facade", 0)
    assert target.x_m == pytest.approx(20.05, abs=1e-6)


def test_a_party_wall_cannot_be_meant() -> None:
    target = at(20.3, 2.0, LOW - 3.0)
    assert (target.kind, target.building) == ("roof", 1)


def test_courtyard_walls_face_the_courtyard() -> None:
    target = at(0.0, 114.8, PLAIN_M + 5.0)
    assert (target.kind, target.building) == ("facade", 2)
    assert target.y_m == pytest.approx(114.95, abs=1e-6)


@pytest.mark.parametrize(
    ("lon", "lat", "height"),
    [
        (math.nan, 39.6, None),
        (106.8, math.inf, None),
        (106.8, 90.0, None),
        (106.8, -90.0, None),
        (181.0, 39.6, None),
        (106.8, 39.6, math.nan),
        (39.6, 106.8, None),
    ],
)
def test_what_is_no_place_is_refused(lon: float, lat: float, height: float | None) -> None:
    with pytest.raises(BadInput):
        resolve_place(SCENE, lon, lat, height)


def test_outside_the_city_is_said() -> None:
    with pytest.raises(OutsideCity):
        resolve_place(SCENE, 106.9, 39.6)
    with pytest.raises(OutsideCity):
        resolve_place(SCENE, 0.0, 0.0, 10.0)
