"""Vehicles in rendered pictures: where they drive, that they come round, and what hides them, against brute force."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
import shapely

from layers.cameras.model import PtzAim
from layers.cameras.pictures.locate import project
from layers.cameras.pictures.moving import Clip, Stage
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import painted, size_of, survey
from layers.cameras.pictures.streets import SPEED_M_S, Roads
from layers.cameras.pictures.traffic import MOST_VEHICLES, Vehicle, traffic
from layers.cameras.pictures.vehicle_look import SHADE_OUT_M
from layers.cameras.pictures.vehicles import MOST_FACES, ROOF, UNUSED, Kind, kinds
from layers.place import resolve_place
from tests.layers.cameras.test_still import LENSES
from tests.layers.scenes import a_camera, box
from tiles.obstacles import Obstacles
from tiles.scene import Scene

SECONDS, FRAMES = 8.0, 96
UP_X_M = 24.0
"""The middle of the road that runs north."""
RED = (0.9, 0.02, 0.02)


@pytest.fixture(scope="module")
def scene():
    return Scene.flat(
        buildings=[(box(-30, 60, 40, 20), 1039.0, 1060.0), (box(70, 120, 20, 20), 1039.0, 1090.0)], half_m=600
    )


@pytest.fixture(scope="module")
def roads():
    lines = [
        shapely.LineString([(UP_X_M, -400), (UP_X_M, 500)]),
        shapely.LineString([(-500, 90), (500, 90)]),
        shapely.LineString([(-80, 90), (-80, 400)]),
    ]
    return Roads.of(lines, [18.0, 14.0, 7.0], ["primary", "secondary", "residential"])


def camera_of(scene, **over):
    return a_camera(scene, 0.0, 0.0, 12.0, **({"pitch_deg": -8.0, "hfov_deg": 80.0} | over))


def staged(camera, scene, width=640, aim=None):
    seen = survey(Sighting.of(camera, scene, aim), width, even=True)
    return Stage.of(seen, painted(seen))


def block(length=4.0, width=2.0, high=1.6):
    """A vehicle that is nothing but a box."""
    planes, stuff = np.zeros((1, MOST_FACES, 4)), np.full((1, MOST_FACES), ROOF, np.int8)
    planes[..., 3] = UNUSED
    half = np.array([length / 2, width / 2, high])
    for axis in range(3):
        planes[0, 2 * axis], planes[0, 2 * axis + 1] = 0, 0
        planes[0, 2 * axis, [axis, 3]] = 1, half[axis]
        planes[0, 2 * axis + 1, [axis, 3]] = -1, half[axis] if axis < 2 else 0.0
    bounds = np.array([[half * (-1, -1, 0), half]])
    return Kind("block", (length, width, high), 2.4, planes, stuff, bounds, (RED,))


def standing(sighting, x, y, turn_deg=0.0, kind=None):
    """A vehicle that stands at a place of the metric frame for one frame."""
    scene = sighting.scene
    ground = float(scene.ground.sample(x, y))
    ahead = np.array([np.cos(np.radians(turn_deg)), np.sin(np.radians(turn_deg))])
    points = np.array([[x, y], [x + ahead[0], y + ahead[1]], [x, y]])
    lon, lat = scene.to_lonlat(*points.T)
    place = sighting.served.frame.place(lon, lat, ground + np.array([0.0, 0.0, 1.0]))
    forward, up = place[1] - place[0], place[2] - place[0]
    forward /= np.linalg.norm(forward)
    axes = np.stack([forward, np.cross(up, forward), np.cross(forward, np.cross(up, forward))])
    at = place[:1] - sighting.served.start(sighting.eye)
    return Vehicle(kind or block(), RED, at, axes[None], np.ones(1, bool))


def corners_of(vehicle, sighting, frame=0, out=0.0):
    """Corners of the box around a vehicle as lon, lat, height."""
    length, width, high = vehicle.kind.size_m
    signs = np.array([(a, b, c) for a in (-1, 1) for b in (-1, 1) for c in (0, 1)], float)
    own = signs * (length / 2 + out, width / 2 + out, high)
    places = vehicle.places_m[frame] + own @ vehicle.axes[frame] + sighting.served.start(sighting.eye)
    return sighting.served.geodetic(places)


def place_of(scene, lon, lat, height_m):
    """A place in the air as it is."""
    return replace(resolve_place(scene, lon, lat, None), height_m=height_m)


def red(picture):
    """Where a picture is red."""
    wide = picture.astype(int)
    return (wide[..., 0] > 60) & (wide[..., 0] > 3 * wide[..., 1]) & (wide[..., 0] > 3 * wide[..., 2])


@pytest.mark.parametrize("lens", LENSES)
def test_a_vehicle_appears_where_the_link_projects_it(scene, lens):
    camera = camera_of(scene, **LENSES[lens])
    stage = staged(camera, scene, 1280)
    optics = stage.seen.sighting.view.optics
    scale = np.array([stage.seen.cols / optics.width_px, stage.seen.rows / optics.height_px])
    for x, y, turn in ((24, 40, 90), (20, 70, 30), (-2, 35, 0), (14, 160, 75)):
        vehicle = standing(stage.seen.sighting, x, y, turn)
        picture, windows = Clip.of(stage, (vehicle,)).frame(0)
        assert len(windows) == 1
        targets = [place_of(scene, *corner) for corner in corners_of(vehicle, stage.seen.sighting)]
        pixels = np.array([project(camera, scene, Obstacles.of(scene), target).pixel for target in targets]) * scale
        row, col = np.nonzero(red(picture))
        drawn = np.array([[col.min(), row.min()], [col.max() + 1, row.max() + 1]])
        wanted = np.array([pixels.min(axis=0), pixels.max(axis=0)])
        assert np.abs(drawn - wanted).max() < 1.0


@pytest.mark.parametrize("lens", LENSES)
def test_nothing_changes_but_where_vehicles_are(scene, roads, lens):
    stage = staged(camera_of(scene, **LENSES[lens]), scene)
    sighting = stage.seen.sighting
    optics = sighting.view.optics
    vehicles = traffic(stage.seen, roads, SECONDS, FRAMES)
    clip = Clip.of(stage, vehicles)
    moved = 0
    for number in (0, 17, 50, 95):
        picture, _ = clip.frame(number)
        changed = (picture != stage.still).any(axis=-1)
        free = np.zeros(changed.shape, np.uint8)
        for vehicle in vehicles:
            if not vehicle.there[number]:
                continue
            u, v, _ = sighting.view.project(*corners_of(vehicle, sighting, number, SHADE_OUT_M).T)
            if not np.isfinite(u).all():
                free[:] = 1
                continue
            pixels = np.stack([u * stage.seen.cols / optics.width_px, v * stage.seen.rows / optics.height_px], axis=1)
            hull = cv2.convexHull(pixels.astype(np.float32)).round().astype(np.int32)
            cv2.fillConvexPoly(free, hull, 1)
        around = cv2.dilate(free, np.ones((5, 5), np.uint8)).astype(bool)
        assert not (changed & ~around).any()
        moved += int(changed.sum())
    assert moved > 200


def test_a_vehicle_behind_a_building_is_not_drawn_and_one_before_it_is(scene):
    stage = staged(camera_of(scene), scene)
    sighting = stage.seen.sighting
    for x, y, there in ((-30, 90, False), (-30, 44, True), (24, 90, True)):
        picture, windows = Clip.of(stage, (standing(sighting, x, y),)).frame(0)
        assert bool(windows) == there
        assert bool((picture != stage.still).any()) == there


def test_what_hides_a_vehicle_hides_it_pixel_by_pixel(scene):
    # It sticks out from behind the corner of the house, seen from the camera.
    stage = staged(camera_of(scene, hfov_deg=40.0, heading_deg=352.0), scene, 960)
    sighting = stage.seen.sighting
    vehicle = standing(sighting, -10.0 * 75 / 70 - 0.3, 75.0, 0.0, block(8.0, 2.0, 1.6))
    picture, _ = Clip.of(stage, (vehicle,)).frame(0)
    # Every ray against the box by itself: where it goes in, if it does.
    way = stage.seen.rays @ vehicle.axes[0].T
    eye = -vehicle.axes[0] @ vehicle.places_m[0]
    half = np.array([4.0, 1.0, 0.8])
    with np.errstate(divide="ignore"):
        sides = np.stack([(side * half + (0, 0, 0.8) - eye) / way for side in (-1, 1)])
    enter, leave = sides.min(axis=0).max(axis=1), sides.max(axis=0).min(axis=1)
    met = (enter < leave) & (enter > 0)
    hidden = stage.seen.grid(met & (stage.seen.cast.distance_m < enter))
    shown = stage.seen.grid(met & (stage.seen.cast.distance_m > enter))
    assert hidden.sum() > 100
    assert shown.sum() > 100
    assert not (red(picture) & hidden).any()
    inner = cv2.erode(shown.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    assert red(picture)[inner].all()


def test_vehicles_keep_right_at_the_speed_of_their_road(scene, roads):
    stage = staged(camera_of(scene, heading_deg=10.0), scene)
    sighting = stage.seen.sighting
    judged = 0
    for vehicle in traffic(stage.seen, roads, SECONDS, FRAMES):
        places = sighting.served.geodetic(vehicle.places_m + sighting.served.start(sighting.eye))
        x, y = scene.to_metric(*places[:, :2].T)
        assert np.abs(places[vehicle.there, 2] - 1040.0).max() < 0.05
        step = np.stack([np.diff(x), np.diff(y)]) * FRAMES / SECONDS
        straight = vehicle.there[1:] & vehicle.there[:-1] & (np.abs(x[1:] - UP_X_M) < 9.1) & (np.abs(y[1:] - 90) > 30)
        straight &= y[1:] < 450  # the road ends at 500, and they turn back
        if straight.sum() < 5:
            continue
        judged += 1
        assert ((x[1:] - UP_X_M) * np.sign(step[1]))[straight].min() > 0.9  # to the right of the middle
        assert np.hypot(*step)[straight].max() < SPEED_M_S["primary"] + 0.1
    assert judged >= 2


def test_the_clip_goes_on_with_its_beginning(scene, roads):
    stage = staged(camera_of(scene), scene)
    vehicles = traffic(stage.seen, roads, SECONDS, FRAMES)
    clip = Clip.of(stage, vehicles)
    pictures = np.stack([clip.frame(number)[0] for number in range(FRAMES)]).astype(np.int16)
    steps = np.abs(np.diff(pictures, axis=0)).mean(axis=(1, 2, 3))
    seam = np.abs(pictures[-1] - pictures[0]).mean()
    assert steps.min() > 0
    assert seam <= np.quantile(steps, 0.9)
    # Who is seen at the end is seen at the beginning, one step further on.
    first = [(v.kind.name, v.paint, v.places_m[0]) for v in vehicles if v.there[0]]
    shown = [k for k, v in enumerate(vehicles) if v.there[-1] and clip.windows[k][-1] and stage_hits(stage, v, -1)]
    assert shown
    for k in shown:
        vehicle = vehicles[k]
        ahead = vehicle.places_m[-1] + vehicle.places_m[-1] - vehicle.places_m[-2]
        same = [
            np.linalg.norm(at - ahead)
            for name, paint, at in first
            if (name, paint) == (vehicle.kind.name, vehicle.paint)
        ]
        assert min(same) < 0.4


def stage_hits(stage, vehicle, frame):
    """Whether anything of a vehicle is to be seen at a frame."""
    number = frame % len(vehicle.there)
    window = stage.windows(vehicle)[number]
    return window is not None and stage.draw(stage.still.copy(), vehicle, number, window) > 0


def test_no_two_vehicles_are_ever_in_one_place(scene, roads):
    vehicles = traffic(staged(camera_of(scene), scene).seen, roads, SECONDS, FRAMES)
    assert 2 <= len(vehicles) <= MOST_VEHICLES
    for number, one in enumerate(vehicles):
        for other in vehicles[number + 1 :]:
            both = one.there & other.there
            assert (np.linalg.norm(one.places_m - other.places_m, axis=1)[both] > 2.0).all()


def test_the_same_camera_has_the_same_traffic_and_another_has_its_own(scene, roads):
    def made(id_):
        return traffic(staged(camera_of(scene, id=id_), scene).seen, roads, SECONDS, FRAMES)

    one, again, other = made("a"), made("a"), made("b")
    assert len(one) == len(again)
    assert all((x.places_m == y.places_m).all() and x.paint == y.paint for x, y in zip(one, again, strict=True))
    assert [v.paint for v in one] != [v.paint for v in other] or any(
        (x.places_m != y.places_m).any() for x, y in zip(one, other, strict=True)
    )


def test_a_camera_turned_elsewhere_sees_other_streets(scene, roads):
    camera = camera_of(scene, type="ptz", hfov_deg=40.0)
    east, west = (
        traffic(staged(camera, scene, aim=PtzAim(pan=pan, tilt=-8.0)).seen, roads, SECONDS, FRAMES) for pan in (30, 320)
    )
    assert east
    assert [v.places_m[0].tolist() for v in east] != [v.places_m[0].tolist() for v in west]


def test_without_roads_or_ground_nothing_drives(scene, roads):
    assert traffic(staged(camera_of(scene), scene).seen, Roads.of([], [], []), SECONDS, FRAMES) == ()
    up = staged(camera_of(scene, pitch_deg=60.0, hfov_deg=40.0), scene)
    assert traffic(up.seen, roads, SECONDS, FRAMES) == ()
    picture, windows = Clip.of(up, ()).frame(0)
    assert (picture == up.still).all()
    assert windows == []


def test_vehicles_smaller_than_a_pixel_are_not_drawn(scene):
    stage = staged(camera_of(scene, hfov_deg=90.0, height_m=1340.0, mount_height_m=300.0, pitch_deg=-25.0), scene, 64)
    assert stage.windows(standing(stage.seen.sighting, 10.0, 550.0)) == [None]
    assert stage.windows(standing(stage.seen.sighting, 10.0, 550.0, 0.0, block(40.0, 10.0, 8.0))) != [None]


def test_kinds_have_true_sizes_and_close_around_their_bodies():
    sizes = {kind.name: kind.size_m for kind in kinds()}
    assert sizes["saloon"] == pytest.approx((4.5, 1.8, 1.5), abs=0.11)
    assert sizes["bus"][0] == pytest.approx(12, abs=0.5)
    for kind in kinds():
        # A body is closed: from its middle every way out meets a face within the vehicle's own box.
        for planes, (low, high) in zip(kind.planes, kind.bounds, strict=True):
            used = planes[planes[:, 3] < UNUSED]
            inside = np.random.default_rng(1).uniform(low, high, (4000, 3))
            inside = inside[(inside @ used[:, :3].T <= used[:, 3]).all(axis=1)]
            assert len(inside) > 100
            ways = np.random.default_rng(2).normal(size=(200, 3))
            slope = used[:, :3] @ ways.T
            reach = np.where(slope > 0, (used[:, 3:] - used[:, :3] @ inside[:1].T) / np.maximum(slope, 1e-9), np.inf)
            ends = inside[0] + ways * reach.min(axis=0)[:, None]
            assert (ends >= low - 0.01).all()
            assert (ends <= high + 0.01).all()


def test_even_sizes_are_the_nearest_and_scale_each_axis(scene):
    sighting = Sighting.of(camera_of(scene, image_width_px=1001, image_height_px=563), scene)
    cols, rows = size_of(sighting, 641, even=True)
    assert (cols, rows) == (640, 360)
    seen = survey(sighting, 641, even=True)
    assert (seen.cols, seen.rows) == (640, 360)
    # The ray of a pixel's middle comes back to that middle, scaled by each axis's own size.
    optics = sighting.view.optics
    turn = sighting.served.frame.axes @ sighting.view.pose.rotation.T
    u, v, _ = optics.pixels(seen.rays @ turn)
    row, col = np.divmod(np.arange(len(u)), cols)
    assert np.abs(u * cols / 1001 - col - 0.5).max() < 1e-6
    assert np.abs(v * rows / 563 - row - 0.5).max() < 1e-6


def test_a_train_that_no_frame_shows_is_none(scene, roads):
    # A slit of a view, and so few frames that most trains pass between them.
    stage = staged(camera_of(scene, hfov_deg=6.0, heading_deg=15.0), scene)
    for number in range(12):
        sighting = Sighting.of(camera_of(scene, hfov_deg=6.0, heading_deg=15.0, id=f"c{number}"), scene)
        seen = replace(stage.seen, sighting=sighting)
        for vehicle in traffic(seen, roads, SECONDS, 2):
            assert vehicle.there.any()
