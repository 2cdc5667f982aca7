"""Pixel to place with its uncertainty, against what a thousand disturbed cameras say; and place to pixel."""

import numpy as np
import pytest

from layers.cameras.model import PtzAim, Uncertainty
from layers.cameras.pictures.locate import FACE_M, locate, project, sigmas_of
from layers.errors import BadInput
from layers.place import resolve_place
from tests.layers.scenes import a_camera, box
from tiles.geodesy import enu_rotation, geodetic_to_ecef
from tiles.grid import HeightGrid
from tiles.obstacles import Obstacles
from tiles.scene import Scene

KNOWN = Uncertainty(
    pairs=8, rms_px=1.0, heading_deg=0.2, pitch_deg=0.1, roll_deg=0.1, hfov_deg=0.3, place_m=0.5, height_m=0.3
)


@pytest.fixture(scope="module")
def scene():
    return Scene.flat(buildings=[(box(0, 60, 40, 20), 1039.0, 1070.0)], half_m=600)


def looking_north(scene, **over):
    return a_camera(scene, 0.0, 0.0, 12.0, pitch_deg=-12.0, hfov_deg=70.0, **over)


def test_what_is_hit_is_told_with_its_building(scene):
    camera = looking_north(scene)
    wall = locate(camera, scene, 960, 300)
    ground = locate(camera, scene, 960, 1000)
    assert (wall.hit, wall.building) == ("facade", 0)
    assert (ground.hit, ground.building) == ("ground", -1)
    x, y = scene.to_metric(wall.lon, wall.lat)
    assert y == pytest.approx(50.0, abs=0.02)
    assert wall.distance_m == pytest.approx(50.0, rel=0.02)
    assert wall.density_px_m == pytest.approx(960 / np.tan(np.radians(35)) / 50.0, rel=0.05)
    assert ground.height_m == pytest.approx(1040.0, abs=0.02)
    assert abs(x) < 0.1


def test_sky_ground_beyond_reach_and_no_picture_are_answers(scene):
    assert locate(looking_north(scene), scene, 5, 0).hit == "sky"
    # Past the edge of this small world the ray goes down and meets nothing.
    high = a_camera(scene, 0.0, 0.0, 300.0, pitch_deg=-5.0, hfov_deg=10.0)
    assert locate(high, scene, 960, 540).hit == "beyond"
    fisheye = looking_north(scene, lens="fisheye", image_width_px=1000, image_height_px=1000)
    fisheye = fisheye.model_copy(update={"hfov_deg": 180.0, "distortion": (-0.12, 0.0, 0.0, 0.0)})
    corner = locate(fisheye, scene, 1, 1)
    assert corner.hit == "no-picture"
    assert not corner.found


def test_a_pixel_outside_the_picture_is_refused(scene):
    with pytest.raises(BadInput):
        locate(looking_north(scene), scene, 1921, 5)


@pytest.mark.parametrize("pixel", [(960.0, 300.0), (300.0, 500.0), (960.0, 1000.0), (1700.0, 620.0)])
def test_the_uncertainty_is_what_disturbed_cameras_scatter(scene, pixel):
    camera = looking_north(scene, calibration=KNOWN)
    found = locate(camera, scene, *pixel)
    spread = found.spread
    rng = np.random.default_rng(1)
    at = geodetic_to_ecef(found.lon, found.lat, found.height_m)
    enu = enu_rotation(found.lon, found.lat)
    scattered = []
    from layers.cameras.pictures.locate import CLICK_PX
    from layers.cameras.pictures.sighting import Sighting

    for _ in range(1200):
        heading, pitch, roll, hfov, east, north, up, du, dv = rng.normal(size=9)
        lon, lat = scene.to_lonlat(0.5 * east, 0.5 * north)
        moved = camera.model_copy(
            update={
                "heading_deg": 0.2 * heading,
                "pitch_deg": -12.0 + 0.1 * pitch,
                "roll_deg": 0.1 * roll,
                "hfov_deg": 70.0 + 0.3 * hfov,
                "lon": float(lon),
                "lat": float(lat),
                "height_m": camera.height_m + 0.3 * up,
            }
        )
        seen = Sighting.of(moved, scene)
        cast = seen.cast(pixel[0] + CLICK_PX * du, pixel[1] + CLICK_PX * dv)
        # The other end of the same ray, with the face itself out of place.
        ray = cast.points_m[0] - seen.served.start(seen.eye)
        ray /= np.linalg.norm(ray)
        along = rng.normal() * FACE_M / abs(float(ray @ cast.normals[0]))
        if cast.building[0] == found.building:
            place = seen.served.frame.to_ecef(cast.points_m[0] + ray * along)
            scattered.append(enu @ (place - at))
    scattered = np.array(scattered)
    assert len(scattered) > 1000
    covariance = np.cov(scattered.T)
    major, minor = np.sqrt(np.linalg.eigvalsh(covariance[:2, :2])[::-1])
    assert spread.major_m == pytest.approx(major, rel=0.12)
    assert spread.minor_m == pytest.approx(minor, rel=0.12, abs=0.02)
    assert spread.up_m == pytest.approx(np.sqrt(covariance[2, 2]), rel=0.12, abs=0.01)


def test_grazing_rays_are_less_sure_along_than_across(scene):
    camera = looking_north(scene)
    near, far = (locate(camera, scene, u, v).spread for u, v in ((300, 1000), (60, 330)))
    assert far.along_m > 3 * near.along_m
    assert far.along_m > 2 * far.across_m
    assert far.bearing_deg == pytest.approx(locate(camera, scene, 60, 330).bearing_deg % 180, abs=8)


def test_what_was_assumed_is_doubted_more(scene):
    plain, assumed = looking_north(scene), looking_north(scene, assumed=("heading_deg",))
    assert sigmas_of(assumed).heading_deg == 3 * sigmas_of(plain).heading_deg
    assert sigmas_of(plain).source == "assumed"
    assert sigmas_of(looking_north(scene, calibration=KNOWN)).source == "calibration"


def test_trees_before_a_place_are_told():
    heights = np.full((121, 121), 1040.0, np.float32)
    ground = HeightGrid(heights, -600.0, 600.0, 10.0)
    grown = heights.copy()
    grown[50:54, :] = 1050.0  # a hedge some 80 m north
    scene = Scene.of(Scene.flat().frame, ground, [], obstacle=HeightGrid(grown, -600.0, 600.0, 10.0))
    camera = a_camera(scene, 0.0, 0.0, 6.0, pitch_deg=-2.0, hfov_deg=40.0)
    behind = locate(camera, scene, 960, 540)
    assert behind.hit == "ground"
    assert 50 < behind.trees_m < behind.distance_m
    assert locate(camera, scene, 960, 1079).trees_m is None


def test_a_place_has_its_pixel_and_links_verdict(scene):
    camera = looking_north(scene)
    wall = locate(camera, scene, 700, 350)
    there = project(camera, scene, Obstacles.of(scene), resolve_place(scene, wall.lon, wall.lat, wall.height_m))
    assert there.linked.visible
    assert there.pixel == pytest.approx((700, 350), abs=1.5)
    lon, lat = scene.to_lonlat(0.0, 90.0)
    hidden = project(camera, scene, Obstacles.of(scene), resolve_place(scene, lon, lat))
    assert hidden.pixel is not None
    assert hidden.linked.reason.code == "blocked-by-building"


def test_a_turned_camera_puts_the_place_where_it_is_turned(scene):
    camera = looking_north(scene, type="ptz", hfov_tele_deg=3.0)
    lon, lat = scene.to_lonlat(60.0, 0.0)
    place = resolve_place(scene, lon, lat)
    home = project(camera, scene, Obstacles.of(scene), place)
    assert home.pixel is None
    assert home.linked.visible
    move = home.linked.aim
    turned = project(camera, scene, Obstacles.of(scene), place, PtzAim(pan=move.pan, tilt=move.tilt, zoom=1.0))
    # Link centres what it looks at, 1.5 m above the ground.
    assert turned.pixel[0] == pytest.approx(960, abs=1)
    assert 540 < turned.pixel[1] < 620
