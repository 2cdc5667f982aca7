"""The view cone ends where something stands in its way."""

import numpy as np
import pytest

from layers.cameras.pictures.cone import Cone, cone
from layers.cameras.view import NoDirection, View
from layers.place import resolve_place
from tests.layers.scenes import PLAIN_M, a_camera, box
from tiles.scene import Scene

WALLED = Scene.flat(height_m=PLAIN_M, half_m=600, buildings=[(box(0, 40, 30, 10), PLAIN_M - 0.5, PLAIN_M + 15)])


def grid(found: Cone) -> np.ndarray:
    return found.points.reshape(found.rows, found.cols, 3)


def spread_deg(found: Cone, eye: np.ndarray) -> float:
    """Angle between the left and the right end of the middle row."""
    left, right = (np.array(WALLED.to_metric(*grid(found)[found.rows // 2, k, :2])) - eye for k in (0, -1))
    turn = np.degrees(np.arctan2(*right) - np.arctan2(*left))
    return float(turn % 360)


def test_points_lie_on_what_is_hit_and_on_their_pixels() -> None:
    camera = a_camera(WALLED, 0, 0, 6.0, pitch_deg=-5.0)
    found = cone(camera, WALLED)
    assert len(found.points) == len(found.kinds) == len(found.buildings) == found.rows * found.cols
    assert found.aim == "heading"
    kinds = found.kinds.reshape(found.rows, found.cols)
    middle = found.cols // 2
    assert kinds[found.rows // 2, middle] == 3
    assert kinds[-1, middle] == 1
    assert kinds[0, 0] == 0
    y = WALLED.to_metric(*grid(found)[found.rows // 2, middle, :2])[1]
    assert y == pytest.approx(35.0, abs=0.01)
    assert (found.buildings[found.kinds == 3] == 0).all()
    ground = found.points[found.kinds == 1]
    assert ground[:, 2] == pytest.approx(PLAIN_M, abs=0.01)
    u, v, _ = View.of(camera).project(*found.points.T)
    wanted_u, wanted_v = np.meshgrid(np.linspace(0, 1920, found.cols), np.linspace(0, 1080, found.rows))
    hit = found.kinds > 0
    assert u[hit] == pytest.approx(wanted_u.ravel()[hit], abs=0.2)
    assert v[hit] == pytest.approx(wanted_v.ravel()[hit], abs=0.2)


def test_rays_that_meet_nothing_end_at_the_reach() -> None:
    found = cone(a_camera(WALLED, 0, 0, 6.0, pitch_deg=40.0), WALLED)
    assert (found.kinds == 0).all()
    x, y = WALLED.to_metric(found.points[:, 0], found.points[:, 1])
    slant = np.sqrt(x**2 + y**2 + (found.points[:, 2] - PLAIN_M - 6.0) ** 2)
    assert slant == pytest.approx(found.reach_m, rel=1e-3)


def test_a_ptz_camera_looks_home_or_to_a_place() -> None:
    camera = a_camera(WALLED, 0, 0, 6.0, type="ptz", heading_deg=90.0, pitch_deg=-10.0, hfov_tele_deg=3.0)
    assert cone(camera, WALLED).aim == "home"
    lon, lat = WALLED.to_lonlat(-80.0, -60.0)
    place = resolve_place(WALLED, float(lon), float(lat))
    found = cone(camera, WALLED, place, 125.0)
    assert found.aim == "place"
    centre = grid(found)[found.rows // 2, found.cols // 2]
    eye = np.array(WALLED.to_metric(*found.eye[:2]))
    aimed = np.array(WALLED.to_metric(*centre[:2])) - eye
    assert np.degrees(np.arctan2(*aimed)) % 360 == pytest.approx(np.degrees(np.arctan2(-80, -60)) % 360, abs=0.01)
    assert spread_deg(found, eye) < 20.0 < 59.0 < spread_deg(cone(camera, WALLED, place, 12.5), eye)


def test_without_direction_there_is_no_cone_unless_it_is_turned() -> None:
    with pytest.raises(NoDirection):
        cone(a_camera(WALLED, 0, 0, heading_deg=None), WALLED)
    turning = a_camera(WALLED, 0, 0, type="ptz", heading_deg=None)
    with pytest.raises(NoDirection):
        cone(turning, WALLED)
    lon, lat = WALLED.to_lonlat(-80.0, -60.0)
    assert cone(turning, WALLED, resolve_place(WALLED, float(lon), float(lat))).aim == "place"


def test_what_carries_a_camera_does_not_end_its_cone() -> None:
    camera = a_camera(WALLED, 0, 35.4, 6.0, heading_deg=180.0, pitch_deg=-10.0)
    assert (cone(camera, WALLED).kinds != 3).all()
