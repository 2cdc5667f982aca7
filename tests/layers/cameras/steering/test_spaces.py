"""Aims in devices' own spaces: there and back, by hand, and held against the picture that the view draws."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.cameras.model import PtzAim
from layers.cameras.steering.spaces import (
    Generic,
    Mount,
    clamped,
    from_generic,
    own_angles,
    to_generic,
    true_aim,
    zoom_max,
)
from layers.cameras.steering.verdict import allowed_deg, is_reached, is_still, off_deg
from layers.cameras.view import NoDirection, View
from tests.geoserver.builders import a_camera

MOUNTS = st.builds(
    Mount,
    heading_deg=st.floats(0, 359.99),
    roll_deg=st.floats(-180, 180),
    half_deg=st.floats(20, 180),
    tilt_min_deg=st.floats(-90, -10),
    tilt_max_deg=st.floats(0, 45),
    zoom_max=st.floats(1.5, 40),
)
AIMS = st.builds(PtzAim, pan=st.floats(0, 359.99), tilt=st.floats(-85, 60), zoom=st.floats(1, 40))


@given(MOUNTS, AIMS)
def test_an_aim_comes_back_from_a_mounts_own_angles(mount: Mount, aim: PtzAim) -> None:
    back = true_aim(mount, own_angles(mount, aim), aim.zoom)
    assert off_deg(aim, back) < 1e-6
    assert back.zoom == aim.zoom


@given(MOUNTS, AIMS)
def test_an_aim_comes_back_from_the_generic_space(mount: Mount, aim: PtzAim) -> None:
    inside, _ = clamped(mount, aim)
    there = to_generic(mount, inside)
    assert -1 - 1e-9 <= there.pan <= 1 + 1e-9
    assert -1 - 1e-9 <= there.tilt <= 1 + 1e-9
    assert -1e-9 <= there.zoom <= 1 + 1e-9
    back = from_generic(mount, there)
    assert off_deg(inside, back) < 1e-6
    assert back.zoom == pytest.approx(inside.zoom)


@given(MOUNTS, AIMS)
def test_what_is_within_reach_is_left_and_what_is_not_is_named(mount: Mount, aim: PtzAim) -> None:
    inside, told = clamped(mount, aim)
    own = own_angles(mount, inside)
    assert own.tilt == pytest.approx(min(max(own.tilt, mount.tilt_min_deg), mount.tilt_max_deg), abs=1e-6)
    assert inside.zoom <= mount.zoom_max + 1e-9
    assert (inside == aim) is not bool(told)
    again = clamped(mount, inside)[0]
    assert off_deg(again, inside) < 1e-5


def test_by_hand() -> None:
    camera = a_camera(
        type="ptz",
        heading_deg=350.0,
        pan_range_deg=200,
        tilt_min_deg=-60,
        tilt_max_deg=20,
        hfov_deg=60,
        hfov_tele_deg=3,
    )
    mount = Mount.of(camera)
    assert zoom_max(camera) == pytest.approx(math.tan(math.radians(30)) / math.tan(math.radians(1.5)))
    there = to_generic(mount, PtzAim(pan=40, tilt=-60, zoom=1))
    assert (there.pan, there.tilt, there.zoom) == pytest.approx((0.5, -1.0, 0.0))
    back = from_generic(mount, Generic(-1.0, 1.0, 1.0))
    assert (back.pan, back.tilt, back.zoom) == pytest.approx((250.0, 20.0, mount.zoom_max))
    aim, told = clamped(mount, PtzAim(pan=180, tilt=-80, zoom=500))
    assert told == ("pan", "tilt", "zoom")
    # 180° lies 190° to the right of the middle, which is 170° to the left: its left end is nearer.
    assert (aim.pan, aim.tilt, aim.zoom) == pytest.approx((250.0, -60.0, mount.zoom_max))


def test_a_mount_upside_down_counts_the_other_way() -> None:
    camera = a_camera(type="ptz", heading_deg=0.0, roll_deg=180.0)
    own = own_angles(Mount.of(camera), PtzAim(pan=30, tilt=-20))
    assert (own.pan, own.tilt) == pytest.approx((-30.0, 20.0))


def test_a_leaning_mount_looks_where_its_picture_does() -> None:
    # A pixel of a fixed camera with a roll lies to the right of the middle; a head on the same mount panned to it.
    camera = a_camera(heading_deg=70.0, pitch_deg=0.0, roll_deg=8.0)
    bearing, tilt = (float(value) for value in View.of(camera).rays(1700.0, 540.0))
    own = own_angles(Mount.of(camera.model_copy(update={"type": "ptz"})), PtzAim(pan=bearing, tilt=tilt))
    assert own.tilt == pytest.approx(0.0, abs=1e-6)
    assert own.pan == pytest.approx(math.degrees(math.atan((1700 - 960) / View.of(camera).optics.focal_px)))


def test_without_a_heading_there_is_no_bearing() -> None:
    with pytest.raises(NoDirection):
        Mount.of(a_camera(type="ptz", heading_deg=None))


def test_the_verdict_is_as_fine_as_the_picture() -> None:
    camera = a_camera(type="ptz", hfov_deg=60.0, hfov_tele_deg=2.0)
    wide, near = PtzAim(pan=10, tilt=-5, zoom=1), PtzAim(pan=10, tilt=-5, zoom=33)
    assert allowed_deg(camera, 1.0) == pytest.approx(0.6)
    assert allowed_deg(camera, 33.0) == pytest.approx(0.1)
    assert is_reached(camera, wide, PtzAim(pan=10.5, tilt=-5, zoom=1))
    assert not is_reached(camera, wide, PtzAim(pan=11, tilt=-5, zoom=1))
    assert not is_reached(camera, near, PtzAim(pan=10.5, tilt=-5, zoom=33))
    assert not is_reached(camera, near, PtzAim(pan=10, tilt=-5, zoom=20))
    assert is_still(wide, wide)
    assert not is_still(wide, near)


@given(AIMS, AIMS)
def test_the_angle_between_two_aims_is_a_distance(one: PtzAim, other: PtzAim) -> None:
    assert off_deg(one, other) == pytest.approx(off_deg(other, one))
    assert 0 <= off_deg(one, other) <= 180
    assert off_deg(one, one) == 0
