"""Names over a picture: each stands where its point is, every one is seen by rays of another make, none is missed."""

import math
import time
from functools import cache

import numpy as np
import pytest
import shapely
from shapely.geometry import Polygon

from layers.areas import AreaIndex
from layers.cameras.model import Camera, PtzAim
from layers.cameras.naming.gazetteer import Gazetteer, NamedLine, NamedSpot, Title
from layers.cameras.naming.names import names_in
from layers.cameras.naming.roads import angle_of
from layers.cameras.naming.sighted import Sighted
from layers.cameras.pictures.locate import project
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.view import View
from layers.place import resolve_place
from tests.layers.cameras import link_twin
from tests.layers.scenes import a_camera, box, boxes_city
from tiles.obstacles import Obstacles
from tiles.scene import Scene

STREETS = [-600.0, -300.0, 0.0, 300.0, 600.0]


def lonlat(scene: Scene, shape):
    return shapely.transform(shape, lambda p: np.stack(scene.to_lonlat(p[:, 0], p[:, 1]), axis=1))


def titled(kind: str, id_: str) -> Title:
    return Title(kind, id_, f"名 {id_}", f"name {id_}")


def gazetteer_of(scene: Scene, lines, spots=()) -> Gazetteer:
    """Streets as given, every building named, two areas: west and east of the middle."""
    halves = {"west": box(-2000, 0, 4000, 8000), "east": box(2000, 0, 4000, 8000)}
    shapes = {code: lonlat(scene, Polygon(ring)) for code, ring in halves.items()}
    index = AreaIndex.build([(code, code, "community", "", shape) for code, shape in shapes.items()])
    roads = [
        NamedLine(titled("road", f"r{k}"), lonlat(scene, shapely.LineString(line))) for k, line in enumerate(lines)
    ]
    places = [NamedSpot(titled("place", f"p{k}"), *scene.to_lonlat(*at)) for k, at in enumerate(spots)]
    buildings = {k: titled("building", f"b{k}") for k in range(len(scene.footprints))}
    return Gazetteer.of(scene, roads, places, buildings, (index, {code: titled("area", code) for code in shapes}))


@cache
def town() -> tuple[Scene, Gazetteer, Obstacles]:
    scene = boxes_city(120, 700.0, seed=11, hills_m=9.0)
    lines = [[(x, -690.0), (x, 690.0)] for x in STREETS] + [[(-690.0, y), (690.0, y)] for y in STREETS]
    spots = [(float(x), float(y)) for x, y in np.random.default_rng(4).uniform(-650, 650, (60, 2))]
    return scene, gazetteer_of(scene, lines, spots), Obstacles.of(scene)


def some_cameras(scene: Scene) -> list[Camera]:
    rng = np.random.default_rng(7)
    made = []
    for k in range(14):
        x, y = rng.uniform(-500, 500, 2)
        look = {"heading_deg": float(rng.uniform(0, 360)), "pitch_deg": float(rng.uniform(-25, -3))}
        made.append(a_camera(scene, x, y, float(rng.choice([6.0, 12.0, 80.0])), id=f"c{k}", **look))
    made.append(made[-1].model_copy(update={"id": "bent", "distortion": (-0.28, 0.09, 0.001, -0.001, 0.0)}))
    made.append(
        a_camera(scene, 40.0, 40.0, 30.0, lens="fisheye", hfov_deg=180.0, pitch_deg=-40.0, image_height_px=1920)
    )
    return made


def open_line(scene: Scene, camera: Camera, one: Sighted) -> bool:
    """Whether the slow, obvious sight line reaches the point that link looks at there."""
    return link_twin.clear(scene, camera, resolve_place(scene, one.lon, one.lat, one.height_m))


def test_nothing_that_is_named_is_hidden() -> None:
    scene, names, obstacles = town()
    kinds: set[str] = set()
    count = 0
    for camera in some_cameras(scene):
        for one in names_in(camera, names, obstacles):
            count += 1
            kinds.add(one.title.kind)
            assert open_line(scene, camera, one), (camera.id, one)
    assert kinds == {"road", "building", "place", "area"}
    assert count > 150


def test_rays_through_the_pixels_meet_nothing_before_the_points() -> None:
    """Another make of rays: the served triangles, from the pixel outward."""
    scene, names, obstacles = town()
    for camera in some_cameras(scene):
        sighting = Sighting.of(camera, scene)
        optics = sighting.view.optics
        for one in names_in(camera, names, obstacles):
            cast = sighting.cast([one.u * optics.width_px], [one.v * optics.height_px])
            assert cast.distance_m[0] > one.distance_m * 0.985 - 1.5, (camera.id, one, cast.kind)
            if one.title.kind == "building":
                assert cast.building[0] == one.building


def test_a_name_stands_where_the_link_projects_its_point() -> None:
    scene, names, obstacles = town()
    for camera in some_cameras(scene)[::3]:
        for one in names_in(camera, names, obstacles):
            found = project(camera, scene, obstacles, resolve_place(scene, one.lon, one.lat, one.height_m))
            assert found.pixel is not None
            size = camera.image_width_px, camera.image_height_px
            assert found.pixel == pytest.approx((one.u * size[0], one.v * size[1]), abs=0.6), one
            assert one.distance_m == pytest.approx(found.linked.distance_m, abs=1.6)


def test_no_street_that_is_plainly_seen_is_left_out() -> None:
    scene, names, obstacles = town()
    for camera in some_cameras(scene):
        told = {one.title.id for one in names_in(camera, names, obstacles, limit=1000)}
        view = View.of(camera)
        for k, title in enumerate(names.roads):
            own = names.along_m[names.road == k]
            lon, lat = scene.to_lonlat(own[:, 0], own[:, 1])
            u, v, _ = view.project(lon, lat, own[:, 2])
            inside = (u > 0) & (u < view.optics.width_px) & (v > 0) & (v < view.optics.height_px)
            for first in range(len(own) - 6):
                part = slice(first, first + 6)
                length = np.hypot(u[first + 5] - u[first], v[first + 5] - v[first]) if inside[part].all() else 0.0
                if length < 0.05 * view.optics.width_px:
                    continue
                places = [resolve_place(scene, *at) for at in zip(lon[part], lat[part], own[part, 2], strict=True)]
                if all(low_line(scene, camera, place) for place in places):
                    assert title.id in told, (camera.id, title)


def low_line(scene: Scene, camera: Camera, place) -> bool:
    """Whether even the ground itself, barely above, is in plain sight."""
    x, y = scene.to_metric(camera.lon, camera.lat)
    eye, end = np.array([x, y, camera.height_m]), np.array([place.x_m, place.y_m, place.height_m + 0.4])
    carrier, mount_m = link_twin.mount(scene, float(x), float(y))
    if place.kind != "ground":
        return False
    return not link_twin.walls_block(scene, eye, end, carrier, mount_m) and not link_twin.ground_blocks(
        scene, eye, end, mount_m
    )


def test_a_wall_takes_the_name_of_what_is_behind_it_away() -> None:
    scene = Scene.flat(buildings=[(box(0, 60, 60, 20), 1039.0, 1070.0), (box(0, 120, 20, 20), 1039.0, 1060.0)])
    names = gazetteer_of(scene, [[(-200.0, 95.0), (200.0, 95.0)], [(-200.0, 30.0), (200.0, 30.0)]])
    camera = a_camera(scene, 0.0, 0.0, 8.0, pitch_deg=-5.0, hfov_deg=50.0)
    told = {one.title.id: one for one in names_in(camera, names, Obstacles.of(scene))}
    assert "b0" in told
    assert "b1" not in told
    assert "r0" not in told
    assert told["r1"].angle_deg == pytest.approx(0.0, abs=0.5)
    assert 1039.0 < told["b0"].height_m < 1070.0
    above = camera.model_copy(update={"height_m": 1140.0, "pitch_deg": -40.0})
    assert {"b0", "b1", "r0"} <= {one.title.id for one in names_in(above, names, Obstacles.of(scene))}


def test_a_turned_camera_names_what_it_is_turned_to() -> None:
    scene = Scene.flat(buildings=[(box(0, 60, 30, 20), 1039.0, 1060.0), (box(0, -60, 30, 20), 1039.0, 1060.0)])
    names = gazetteer_of(scene, [])
    camera = a_camera(scene, 0.0, 0.0, 8.0, type="ptz", hfov_tele_deg=4.0, pitch_deg=-5.0)
    for pan, id_ in ((0.0, "b0"), (180.0, "b1")):
        told = names_in(camera, names, Obstacles.of(scene), PtzAim(pan=pan, tilt=-3.0, zoom=2.0))
        assert [one.title.id for one in told if one.title.kind == "building"] == [id_]


def test_the_largest_come_first_and_no_more_than_asked() -> None:
    scene, names, obstacles = town()
    camera = next(one for one in some_cameras(scene) if len(names_in(one, names, obstacles)) > 12)
    every = names_in(camera, names, obstacles)
    assert [one.size for one in every] == sorted((one.size for one in every), reverse=True)
    assert names_in(camera, names, obstacles, limit=5) == every[:5]


def test_words_never_stand_on_their_head() -> None:
    for degrees in range(0, 360, 15):
        turn = math.radians(degrees)
        angle = angle_of(np.array([math.cos(turn), math.sin(turn)]))
        assert -90.0 <= angle <= 90.0
        assert math.sin(turn - math.radians(angle)) == pytest.approx(0.0, abs=1e-9)


def test_names_come_quickly() -> None:
    scene, names, obstacles = town()
    cameras = some_cameras(scene)
    names_in(cameras[0], names, obstacles)
    times = []
    for camera in cameras:
        start = time.perf_counter()
        names_in(camera, names, obstacles)
        times.append(time.perf_counter() - start)
    assert float(np.median(times)) < 0.05
