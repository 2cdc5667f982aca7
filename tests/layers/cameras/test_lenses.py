"""Every lens model: there and back, OpenCV against the kernels, folds, circles and seams, reach and wedge."""

import math
from typing import Any

import cv2
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from layers.cameras.model import Camera, Preset, PtzAim
from layers.cameras.optics import Optics
from layers.cameras.view import View, Views
from tiles.geodesy import ecef_to_geodetic, enu_rotation

SOLID = settings(deadline=None, max_examples=80)

BARREL = (-0.28, 0.07, 0.0008, -0.0005)
LENSES: dict[str, dict[str, Any]] = {
    "plain": {"hfov_deg": 85.0},
    "off centre": {"hfov_deg": 60.0, "principal_px": (901.0, 575.5)},
    "barrel": {"hfov_deg": 80.0, "distortion": BARREL, "principal_px": (970.0, 533.0)},
    "barrel that folds": {"hfov_deg": 100.0, "distortion": (-0.35, 0.02, 0.0, 0.0)},
    "pincushion": {"hfov_deg": 40.0, "distortion": (0.12, 0.3, -0.002, 0.001, 0.05)},
    "rational": {"hfov_deg": 95.0, "distortion": (0.35, 0.05, 0.0003, 0.0002, 0.002, 0.62, 0.14, 0.01)},
    "fisheye 180": {"hfov_deg": 180.0, "lens": "fisheye", "image_width_px": 2048, "image_height_px": 2048},
    "fisheye 220": {
        "hfov_deg": 220.0,
        "lens": "fisheye",
        "distortion": (-0.02, 0.003, -0.0004, 0.00002),
        "image_width_px": 2048,
        "image_height_px": 2048,
    },
    "full-frame fisheye": {"hfov_deg": 160.0, "lens": "fisheye", "distortion": (0.03, -0.01, 0.0, 0.0)},
    "panorama 360": {"hfov_deg": 360.0, "lens": "panorama", "image_width_px": 4096, "image_height_px": 1024},
    "panorama 180": {"hfov_deg": 180.0, "lens": "panorama", "image_width_px": 4096, "image_height_px": 1900},
}
lenses = st.sampled_from(sorted(LENSES))
turned = st.fixed_dictionaries(
    {"heading_deg": st.floats(0, 359.9), "pitch_deg": st.floats(-90, 60), "roll_deg": st.floats(-170, 170)}
)


def a_camera(lens: str = "plain", **over: Any) -> Camera:
    base = {"id": "c", "lon": 106.8, "lat": 39.6, "height_m": 1050.0, "tier": 3, "mount_height_m": 5.0}
    return Camera(**{**base, "heading_deg": 0.0, **LENSES[lens], **over})


def out_along(camera: Camera, bearing_deg: float, elevation_deg: float, far_m: float) -> tuple[float, float, float]:
    b, e = math.radians(bearing_deg), math.radians(elevation_deg)
    local = far_m * np.array([math.sin(b) * math.cos(e), math.cos(b) * math.cos(e), math.sin(e)])
    lens = View.of(camera).pose.ecef_m
    lon, lat, height = ecef_to_geodetic(lens + local @ enu_rotation(camera.lon, camera.lat))
    return float(lon), float(lat), float(height)


@SOLID
@given(lens=lenses, turn=turned, u=st.floats(0, 1), v=st.floats(0, 1), far=st.floats(2, 3000))
def test_pixel_to_ray_to_place_to_pixel(lens: str, turn: dict[str, float], u: float, v: float, far: float) -> None:
    camera = a_camera(lens, **turn)
    view = View.of(camera)
    at = view.optics.within(u * camera.image_width_px, v * camera.image_height_px)
    bearing, elevation = view.rays(*at)
    assert np.isfinite([bearing, elevation]).all(), "inside what the lens shows every pixel has a ray"
    place = out_along(camera, float(bearing), float(elevation), far)
    u2, v2, _ = view.project(*place)
    around = 2 * np.pi * view.optics.focal_px if lens == "panorama 360" else np.inf
    off = abs(float(u2) - float(at[0]))
    # The place has its height as a double of degrees: a tenth of a micrometre, and all of a circle's seam is one.
    assert min(off, abs(around - off)) < 2e-3
    assert float(v2) == pytest.approx(float(at[1]), abs=2e-3)


@SOLID
@given(
    lens=lenses,
    turn=turned,
    bearing=st.floats(0, 360),
    elevation=st.floats(-90, 90),
    far=st.floats(1.2, 5000),
)
def test_the_kernel_says_what_opencv_says(
    lens: str, turn: dict[str, float], bearing: float, elevation: float, far: float
) -> None:
    camera = a_camera(lens, **turn)
    view, place = View.of(camera), out_along(camera, bearing, elevation, far)
    u, v, _ = view.project(*place)
    looks = Views.build([a_camera(), camera]).look(*place, rows=np.array([1]))
    edge = min(abs(float(u)), abs(float(u) - camera.image_width_px)) if np.isfinite(u) else 1.0
    assert math.isnan(looks.u_px[0]) == math.isnan(float(u))
    if np.isfinite(u) and edge > 1e-3:
        assert (looks.u_px[0], looks.v_px[0]) == pytest.approx((float(u), float(v)), abs=1e-4, rel=1e-9)
        assert bool(looks.framed[0]) == bool(view.framed(*place))
    assert looks.density_px_m[0] == pytest.approx(float(view.density_px_m(*place)), rel=1e-6, abs=1e-6)


@SOLID
@given(k=st.tuples(*[st.floats(-0.02, 0.02)] * 4), x=st.floats(-3, 3), y=st.floats(-3, 3))
def test_fisheye_is_opencvs_before_the_lens(k: tuple[float, ...], x: float, y: float) -> None:
    optics = Optics(2000, 2000, 600.0, "fisheye", k)
    u, v, shown = optics.pixels([x, y, 1.0])
    assume(bool(shown))
    matrix = np.array([[600.0, 0, 1000], [0, 600.0, 1000], [0, 0, 1]])
    theirs = cv2.fisheye.projectPoints(np.array([[[x, y, 1.0]]]), np.zeros(3), np.zeros(3), matrix, np.array(k))[0]
    assert (float(u), float(v)) == pytest.approx(theirs.ravel(), abs=1e-8)
    back = cv2.fisheye.undistortPoints(
        theirs, matrix, np.array(k), criteria=(cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 100, 1e-15)
    ).ravel()
    ours = optics.directions(u, v)
    if optics.limit > math.pi / 2 and math.hypot(float(u) - 1000, float(v) - 1000) < 600 * 1.5:
        assert (ours[0] / ours[2], ours[1] / ours[2]) == pytest.approx(back, abs=1e-6, rel=1e-6)


def test_a_fisheye_sees_behind_its_mount() -> None:
    # Under a ceiling, looking straight down, 220 degrees: 15 degrees above the horizon is still in the circle.
    camera = a_camera("fisheye 220", pitch_deg=-90.0, distortion=())
    view = View.of(camera)
    above = out_along(camera, 90.0, 15.0, 10.0)
    u, v, depth = view.project(*above)
    # Heading is at the top of the picture, so east is right of the middle, by 105 of 110 degrees.
    assert depth < 0
    assert (float(u), float(v)) == pytest.approx((1024 + 1024 * 105 / 110, 1024), abs=1e-3)
    assert bool(view.framed(*above))
    assert not bool(view.framed(*out_along(camera, 90.0, 25.0, 10.0)))
    assert Views.build([camera]).look(*above).framed.all()
    # Its corners are black: no ray, and no place comes to lie there.
    assert np.isnan(view.rays(0.0, 0.0)).all()
    assert view.bearings()[1] == 360.0


def test_a_place_beyond_the_fold_is_not_in_the_picture() -> None:
    camera = a_camera("barrel that folds")
    view = View.of(camera)
    # 1 + 3 k1 r² + 5 k2 r⁴ = 0 by hand: the picture's radius stops growing there.
    fold = math.sqrt((1.05 - math.sqrt(1.05**2 - 4 * 0.1)) / 0.2)
    assert view.optics.limit == pytest.approx(fold, rel=1e-9)
    inside, beyond = (math.degrees(math.atan(fold)) + by for by in (-1.0, 1.0))
    u, _, _ = view.project(*out_along(camera, inside, 0.0, 50.0))
    assert 0 <= u <= 1920
    # OpenCV alone would put it back into the picture.
    flat = np.array([[[math.tan(math.radians(beyond)), 0.0, 1.0]]])
    folded = cv2.projectPoints(flat, np.zeros(3), np.zeros(3), np.eye(3), view.optics.coefficients)[0].ravel()
    assert 0 <= 960 + view.optics.focal_px * folded[0] <= 1920
    place = out_along(camera, beyond, 0.0, 50.0)
    assert np.isnan(view.project(*place)[0])
    assert not Views.build([camera]).look(*place).framed.any()


def test_panorama_in_even_steps_and_over_the_seam() -> None:
    camera = a_camera("panorama 360", heading_deg=30.0)
    view = View.of(camera)
    per_degree = 4096 / 360
    for bearing in (30.0, 75.0, 205.0, 215.0, 350.0):
        u, v, _ = view.project(*out_along(camera, bearing, -12.0, 80.0))
        relative = (bearing - 30.0 + 180.0) % 360.0 - 180.0
        assert (float(u), float(v)) == pytest.approx((2048 + relative * per_degree, 512 + 12 * per_degree), abs=1e-3)
    assert view.bearings()[1] == 360.0
    # Principal point at a quarter: what would lie left of the picture is found at its other end.
    moved = View.of(camera.model_copy(update={"principal_px": (1024.0, 512.0)}))
    u, _, _ = moved.project(*out_along(camera, 30.0 - 120.0, 0.0, 80.0))
    assert float(u) == pytest.approx(1024 - 120 * per_degree + 4096, abs=1e-3)


@SOLID
@given(
    lens=lenses,
    turn=turned,
    u=st.floats(0, 1),
    v=st.floats(0, 1),
    beyond=st.floats(1.0, 3.0),
    density=st.sampled_from([12.5, 25.0, 125.0]),
)
def test_nothing_is_seen_beyond_the_reach(
    lens: str, turn: dict[str, float], u: float, v: float, beyond: float, density: float
) -> None:
    camera = a_camera(lens, **turn)
    view = View.of(camera)
    at = view.optics.within(u * camera.image_width_px, v * camera.image_height_px)
    bearing, elevation = (float(angle) for angle in view.rays(*at))
    far = float(Views.build([camera]).reach_m(density)[0]) * beyond
    assert view.density_px_m(*out_along(camera, bearing, elevation, far)) < density


@pytest.mark.parametrize("lens", sorted(LENSES))
def test_the_reach_is_not_much_more_than_needed(lens: str) -> None:
    camera = a_camera(lens, pitch_deg=0.0)
    view = View.of(camera)
    u, v = np.meshgrid(np.linspace(0, camera.image_width_px, 41), np.linspace(0, camera.image_height_px, 41))
    bearing, elevation = (a.ravel() for a in view.rays(*view.optics.within(u, v)))
    reach = float(Views.build([camera]).reach_m()[0])
    most = max(
        float(view.density_px_m(*out_along(camera, b, e, reach))) for b, e in zip(bearing, elevation, strict=True)
    )
    assert most > 12.5 / (4.0 if "folds" in lens else 1.6)


@SOLID
@given(lens=lenses, turn=turned, u=st.floats(0, 1), v=st.floats(0, 1))
def test_the_wedge_holds_every_ray(lens: str, turn: dict[str, float], u: float, v: float) -> None:
    camera = a_camera(lens, **turn)
    view = View.of(camera)
    middle, width = view.bearings()
    bearing, _ = view.rays(*view.optics.within(u * camera.image_width_px, v * camera.image_height_px))
    assert abs((float(bearing) - middle + 180.0) % 360.0 - 180.0) <= width / 2 + 1e-9


def test_the_wedge_of_a_level_camera_is_no_wider_than_its_picture() -> None:
    middle, width = View.of(a_camera(hfov_deg=60.0, heading_deg=350.0)).bearings()
    assert middle == pytest.approx(350.0, abs=1e-6)
    assert 60.0 < width < 63.0
    assert View.of(a_camera(hfov_deg=60.0, pitch_deg=-85.0)).bearings()[1] == 360.0


def test_ptz_looks_as_told_else_as_it_stands_else_home() -> None:
    ptz = a_camera(type="ptz", heading_deg=10.0, pitch_deg=-5.0, hfov_tele_deg=3.0, presets=[a_preset()])
    assert View.of(ptz).pose.heading_deg == 10.0
    aimed = ptz.model_copy(update={"aim": PtzAim(pan=100.0, tilt=-20.0, zoom=4.0)})
    view = View.of(aimed)
    assert (view.pose.heading_deg, view.pose.pitch_deg) == (100.0, -20.0)
    assert view.optics.focal_px == pytest.approx(4 * View.of(ptz).optics.focal_px)
    assert View.of(aimed, aimed.presets[0]).pose.heading_deg == 222.0
    # A fixed camera is not turned by an aim that it cannot follow.
    fixed = a_camera(heading_deg=10.0, aim=PtzAim(pan=100.0, tilt=-20.0))
    assert View.of(fixed).pose.heading_deg == 10.0
    # Direction of the mount unknown, but it says where it looks now.
    lost = a_camera(type="ptz", heading_deg=None, aim=PtzAim(pan=55.0, tilt=-1.0))
    assert View.of(lost).pose.heading_deg == 55.0


def a_preset() -> Preset:
    return Preset(name="gate", pan=222.0, tilt=-8.0, zoom=2.0)


def test_aimed_at_a_place_it_appears_at_the_principal_point() -> None:
    ptz = a_camera("barrel", type="ptz", hfov_tele_deg=3.0)
    place = out_along(ptz, 123.0, -7.0, 90.0)
    looks = Views.build([ptz]).look(*place)
    u, v, _ = View.aimed(ptz, float(looks.bearing_deg[0]), float(looks.tilt_deg[0]), 5.0).project(*place)
    assert (float(u), float(v)) == pytest.approx((970.0, 533.0), abs=1e-3)
    assert (looks.u_px[0], looks.v_px[0]) == (970.0, 533.0)


def test_unequal_focal_lengths() -> None:
    optics = Optics(2448, 2048, 2327.4, "rectilinear", (0.01, 0.0, 0.0, 0.0), (1222.0, 1020.4), 2314.5)
    u, v, _ = optics.pixels([0.2, 0.1, 1.0])
    bent = 1 + 0.01 * 0.05
    assert (float(u), float(v)) == pytest.approx((1222.0 + 2327.4 * 0.2 * bent, 1020.4 + 2314.5 * 0.1 * bent))
    assert optics.directions(u, v) == pytest.approx(np.array([0.2, 0.1, 1.0]) / math.sqrt(1.05))
