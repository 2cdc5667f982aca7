"""World ↔ pixel against cases that our code did not make, and against itself there and back."""

import json
import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.cameras.model import Camera
from layers.cameras.optics import Optics
from layers.cameras.pose import Pose, picture_axes
from layers.cameras.view import NoDirection, View, Views, reach_m
from tests.layers.cameras import make_cases

CASES = json.loads(make_cases.FILE.read_text())["cases"]


def a_camera(**over: Any) -> Camera:
    given = {"id": "c", "lon": 106.8, "lat": 39.6, "height_m": 1050.0, "tier": 3, "mount_height_m": 5.0}
    return Camera(**{**given, "hfov_deg": 80.0, "heading_deg": 0.0, **over})


def view_of(case: dict[str, Any]) -> View:
    pose, optics = case["pose"], case["optics"]
    return View(
        Pose(pose["lon"], pose["lat"], pose["height"], pose["heading"], pose["pitch"], pose["roll"]),
        Optics.from_hfov(
            optics["width"],
            optics["height"],
            optics["hfov"],
            optics.get("lens", "rectilinear"),
            tuple(optics.get("distortion", ())),
            tuple(optics["principal"]) if "principal" in optics else None,
        ),
    )


def place_is_beyond_the_lens(case: dict[str, Any]) -> bool:
    return bool(case["optics"].get("distortion")) or case["optics"].get("lens") == "fisheye"


def test_the_fixture_is_what_its_maker_makes() -> None:
    for stored, made in zip(CASES, make_cases.cases(), strict=True):
        assert stored["name"] == made["name"]
        assert stored["expected"]["bearing"] == pytest.approx(made["expected"]["bearing"], abs=1e-7)
        assert stored["expected"]["pixel"] == (
            None if made["expected"]["pixel"] is None else pytest.approx(made["expected"]["pixel"], abs=1e-3)
        )


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_places_appear_where_they_must(case: dict[str, Any]) -> None:
    view, place, wanted = view_of(case), case["place"], case["expected"]
    u, v, depth = view.project(place["lon"], place["lat"], place["height"])
    if wanted["pixel"] is None:
        assert depth <= 0 or place_is_beyond_the_lens(case)
        assert math.isnan(u)
        return
    assert [float(u), float(v)] == pytest.approx(wanted["pixel"], abs=1e-3)
    bearing, elevation = view.rays(u, v)
    assert float(bearing) == pytest.approx(wanted["bearing"], abs=1e-6)
    assert float(elevation) == pytest.approx(wanted["elevation"], abs=1e-6)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_all_cameras_at_once_say_the_same(case: dict[str, Any]) -> None:
    pose, optics, place, wanted = case["pose"], case["optics"], case["place"], case["expected"]
    camera = a_camera(
        lon=pose["lon"],
        lat=pose["lat"],
        height_m=pose["height"],
        heading_deg=pose["heading"],
        pitch_deg=pose["pitch"],
        roll_deg=pose["roll"],
        image_width_px=optics["width"],
        image_height_px=optics["height"],
        hfov_deg=optics["hfov"],
        lens=optics.get("lens", "rectilinear"),
        distortion=optics.get("distortion", ()),
        principal_px=optics.get("principal"),
    )
    looks = Views.build([a_camera(), camera]).look(place["lon"], place["lat"], place["height"])
    assert looks.distance_m[1] == pytest.approx(wanted["distance"], abs=1e-5)
    assert looks.bearing_deg[1] == pytest.approx(wanted["bearing"], abs=1e-6)
    assert looks.tilt_deg[1] == pytest.approx(wanted["elevation"], abs=1e-6)
    assert bool(looks.framed[1]) is wanted["in_picture"]
    if wanted["pixel"] is not None:
        assert [looks.u_px[1], looks.v_px[1]] == pytest.approx(wanted["pixel"], abs=1e-3)
        alone = View.of(camera).density_px_m(place["lon"], place["lat"], place["height"])
        assert looks.density_px_m[1] == pytest.approx(alone, rel=1e-9)


def test_density_is_pixels_between_the_ends_of_a_horizontal_metre() -> None:
    # 1920 px over 90 degrees at 5 m straight ahead: 192 px/m (a published check value).
    view = View.of(a_camera(hfov_deg=90.0))
    north_5_m = 39.6 + 5 / 111_031.0
    assert view.density_px_m(106.8, north_5_m, 1050.0) == pytest.approx(192.0, rel=2e-3)
    # Off the axis the metre lies at an angle to the picture: 45 degrees off, 1 / cos of that and no more.
    bearing, far = math.radians(44.0), 50.0
    lon = 106.8 + far * math.sin(bearing) / (111_320 * math.cos(math.radians(39.6)))
    lat = 39.6 + far * math.cos(bearing) / 111_031.0
    off_axis = view.density_px_m(lon, lat, 1050.0)
    u0, v0, _ = view.project(*_beside(lon, lat, -0.5, bearing), 1050.0)
    u1, v1, _ = view.project(*_beside(lon, lat, +0.5, bearing), 1050.0)
    assert off_axis == pytest.approx(math.hypot(float(u1 - u0), float(v1 - v0)), rel=1e-3)
    assert off_axis == pytest.approx(960 / (far * math.cos(bearing) ** 2), rel=5e-3)


def _beside(lon: float, lat: float, by_m: float, bearing: float) -> tuple[float, float]:
    east, north = by_m * math.cos(bearing), -by_m * math.sin(bearing)
    return lon + east / (111_320 * math.cos(math.radians(lat))), lat + north / 111_031.0


@settings(deadline=None, max_examples=60)
@given(
    heading=st.floats(0, 359.9),
    pitch=st.floats(-89, 89),
    roll=st.floats(-179, 179),
    u=st.floats(0, 1920),
    v=st.floats(0, 1080),
    far=st.floats(1, 8000),
)
def test_a_ray_followed_outward_comes_back_to_its_pixel(
    heading: float, pitch: float, roll: float, u: float, v: float, far: float
) -> None:
    from tiles.geodesy import ecef_to_geodetic, enu_rotation

    view = View(Pose(106.8, 39.6, 1050.0, heading, pitch, roll), Optics.from_hfov(1920, 1080, 75.0))
    bearing, elevation = (math.radians(float(a)) for a in view.rays(u, v))
    local = far * np.array(
        [math.sin(bearing) * math.cos(elevation), math.cos(bearing) * math.cos(elevation), math.sin(elevation)]
    )
    lon, lat, h = ecef_to_geodetic(view.pose.ecef_m + local @ enu_rotation(106.8, 39.6))
    u2, v2, _ = view.project(lon, lat, h)
    assert (float(u2), float(v2)) == pytest.approx((u, v), abs=1e-3)


@settings(deadline=None, max_examples=60)
@given(heading=st.floats(0, 360), pitch=st.floats(-90, 90), roll=st.floats(-180, 180))
def test_axes_are_square_to_each_other(heading: float, pitch: float, roll: float) -> None:
    axes = picture_axes(heading, pitch, roll)
    assert axes @ axes.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(axes) == pytest.approx(1.0)


@settings(deadline=None, max_examples=80)
@given(
    hfov=st.floats(1, 150),
    u=st.floats(0, 1),
    v=st.floats(0, 1),
    pitch=st.floats(-80, 10),
    beyond=st.floats(1.0, 3.0),
)
def test_nothing_is_seen_beyond_the_reach(hfov: float, u: float, v: float, pitch: float, beyond: float) -> None:
    from tiles.geodesy import ecef_to_geodetic, enu_rotation

    camera = a_camera(hfov_deg=hfov, pitch_deg=pitch)
    view = View.of(camera)
    # A flat picture magnifies most in its corner: by 1 / cos² of the angle there.
    focal = view.optics.focal_px
    far = (focal / 12.5 * (1 + (math.hypot(960, 540) / focal) ** 2) + 1.0) * beyond
    assert reach_m(camera) == pytest.approx(far / beyond)
    bearing, elevation = (math.radians(float(a)) for a in view.rays(u * 1920, v * 1080))
    local = far * np.array(
        [math.sin(bearing) * math.cos(elevation), math.cos(bearing) * math.cos(elevation), math.sin(elevation)]
    )
    lon, lat, h = ecef_to_geodetic(view.pose.ecef_m + local @ enu_rotation(106.8, 39.6))
    assert view.density_px_m(float(lon), float(lat), float(h)) < 12.5


def test_ptz_reach() -> None:
    ptz = a_camera(type="ptz", heading_deg=350.0, pan_range_deg=60.0, tilt_min_deg=-30.0, hfov_tele_deg=2.0)
    views = Views.build([ptz, a_camera(type="ptz", heading_deg=None), a_camera(heading_deg=None)])
    place = (106.8, 39.6 + 100 / 111_031.0, 1049.0)
    looks = views.look(*place)
    assert looks.framed.tolist() == [True, True, False]
    assert looks.known.tolist() == [True, True, False]
    tele = Optics.from_hfov(1920, 1080, 2.0).focal_px
    assert looks.density_px_m[0] == pytest.approx(tele / looks.distance_m[0])
    assert views.look(106.8, 39.6 - 0.001, 1049.0).framed.tolist() == [False, True, False]
    assert not views.look(106.8, 39.6 + 2 / 111_031.0, 1045.0).framed[0]
    unknown = a_camera(type="ptz", heading_deg=None, pan_range_deg=180.0)
    assert not Views.build([unknown]).look(*place).known[0]


def test_a_view_without_direction_is_refused() -> None:
    with pytest.raises(NoDirection) as refused:
        View.of(a_camera(heading_deg=None))
    assert refused.value.values == {"camera": "c"}


def test_seven_thousand_cameras_are_put_to_a_place_quickly() -> None:
    rng = np.random.default_rng(7)
    views = Views.build(
        [
            a_camera(lon=float(x), lat=float(y), heading_deg=float(h))
            for x, y, h in rng.uniform((106.7, 39.5, 0), (106.9, 39.7, 360), (7000, 3))
        ]
    )
    views.look(106.8, 39.6, 1040.0)
    took = []
    for _ in range(20):
        begun = time.perf_counter()
        views.look(106.8, 39.6, 1040.0)
        took.append(time.perf_counter() - begun)
    assert min(took) < 0.005  # about 0.5 ms on a quiet machine
