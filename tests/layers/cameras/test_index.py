"""The index in place: after any changes it answers as one that is made anew, and no question sees half of one."""

import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from layers.cameras.linking.cells import make_cells, put_in, reaching, take_out, with_room
from layers.cameras.linking.index import CameraIndex
from layers.cameras.linking.kernels import SEES, earth
from layers.cameras.linking.link import link
from layers.cameras.model import Camera
from layers.cameras.view import Views
from layers.place import Target, resolve_place
from tests.layers.cameras import link_twin
from tests.layers.scenes import PLAIN_M, a_camera, boxes_city, cameras_of
from tiles.geodesy import enu_rotation, geodetic_to_ecef
from tiles.kernels.near_walls import hidden, skyline
from tiles.obstacles import Obstacles
from tiles.scene import Scene


def places(scene: Scene, count: int, seed: int) -> list[Target]:
    rng = np.random.default_rng(seed)
    found, half = [], 0.9 * scene.ground.bounds_m[2]
    for _ in range(count):
        lon, lat = scene.to_lonlat(*rng.uniform(-half, half, 2))
        found.append(resolve_place(scene, float(lon), float(lat), float(PLAIN_M + rng.choice([0, 5, 15]))))
    return found


def seen(index: CameraIndex, place: Target, density: float = 12.5) -> set[str]:
    cameras = index.cameras
    return {cameras[row].id for row in index.seeing(place, density)}


def changed(scene: Scene, camera: Camera, rng: np.random.Generator) -> Camera:
    """The camera elsewhere, turned, with another lens or reach."""
    x, y = rng.uniform(-600, 600, 2)
    lens = str(rng.choice(["rectilinear", "fisheye", "panorama"])) if camera.type == "fixed" else "rectilinear"
    over = {
        "heading_deg": float(rng.uniform(0, 360)),
        "lens": lens,
        "hfov_deg": {"rectilinear": 60.0, "fisheye": 180.0, "panorama": 360.0}[lens],
        "range_m": float(rng.choice([30, 90, 400, 3000])),
        "status": str(rng.choice(["in-service", "fault", "retired"])),
        "hfov_tele_deg": None,
        "image_width_px": 8000,
        "image_height_px": 4500,
    }
    moved = a_camera(scene, float(x), float(y), float(rng.uniform(4, 40)), id=camera.id, type=camera.type, **over)
    return moved.model_copy(update={"tier": camera.tier})


def test_after_changes_it_answers_as_one_made_anew() -> None:
    scene = boxes_city(80, 600.0, seed=4, hills_m=5.0)
    cameras = {camera.id: camera for camera in cameras_of(scene, (6, 20, 200), seed=8)}
    index = CameraIndex.build(list(cameras.values()), scene)
    rng = np.random.default_rng(3)
    asked = places(scene, 25, 5)
    found = 0
    for turn in range(12):
        gone = rng.choice(sorted(cameras), 5, replace=False).tolist()
        index.remove([*gone, "never there"])
        for id_ in gone:
            del cameras[id_]
        some = [changed(scene, cameras[id_], rng) for id_ in rng.choice(sorted(cameras), 40, replace=False)]
        some += [changed(scene, a_camera(scene, 0, 0, id=f"new-{turn}-{k}"), rng) for k in range(60)]
        cameras |= {camera.id: camera for camera in some}
        index.put(some)
        anew = CameraIndex.build(list(cameras.values()), scene)
        assert len(index) == len(anew) == len(cameras)
        for place in asked:
            assert seen(index, place) == seen(anew, place)
            one, other = (link(which, place, limit=1000) for which in (index, anew))
            assert {(x.camera.id, x.reason.code, x.distance_m) for x in one.cameras} == {
                (x.camera.id, x.reason.code, x.distance_m) for x in other.cameras
            }
            found += one.visible_count
    assert found > 500


def test_every_lens_is_found_as_the_slow_twin_finds_it() -> None:
    scene = boxes_city(40, 700.0, seed=6)
    rng = np.random.default_rng(7)
    cameras = [changed(scene, a_camera(scene, 0, 0, id=f"c{k}"), rng) for k in range(300)]
    index = CameraIndex.build(cameras, scene)
    total = 0
    for place in places(scene, 16, 2):
        wanted = link_twin.visible(scene, cameras, place, 12.5)
        assert seen(index, place) == wanted
        total += len({c.lens for c in cameras if c.id in wanted})
    assert total > 20


def test_a_card_says_what_the_whole_look_says() -> None:
    """Ranges, densities and tilts that end right at the place, and cameras that turn within limits."""
    scene = boxes_city(40, 700.0, seed=6)
    rng = np.random.default_rng(12)
    plain = [changed(scene, a_camera(scene, 0, 0, id=f"c{k}"), rng) for k in range(200)]
    yes = no = 0
    for place in places(scene, 12, 3):
        looks = Views.build(plain).look(place.lon, place.lat, place.aim_height_m)
        cameras = []
        for k, camera in enumerate(plain):
            edges: list[dict[str, float]] = [
                {"range_m": float(looks.distance_m[k])},
                {"tilt_min_deg": float(np.clip(looks.tilt_deg[k] + rng.choice([-1e-8, 0.0, 1e-8]), -90, 89))},
                {"pan_range_deg": 200.0},
            ]
            update = edges[k % 3] | ({"type": "ptz", "tilt_max_deg": 90.0} if k % 3 else {})
            cameras.append(camera.model_copy(update=update))
        index = CameraIndex.build(cameras, scene)
        for asked in (12.5, float(np.median(looks.density_px_m))):
            judged = index.judged(place, asked)
            wanted = judged.rows[judged.verdicts == SEES].tolist()
            assert index.seeing(place, asked).tolist() == wanted
            yes, no = yes + len(wanted), no + len(judged.rows) - len(wanted)
    assert yes > 50
    assert no > 50


def test_cells_hold_what_a_plain_search_finds() -> None:
    rng = np.random.default_rng(1)
    n = 3000
    at, reach = rng.uniform(-4000, 4000, (n, 2)), rng.choice([20, 100, 300, 900, 2500, 9000.0], n)
    cells = make_cells(at, reach, n, (-4000.0, -4000.0, 4000.0, 4000.0))
    alive = np.ones(n, bool)
    for turn in range(6):
        for i in rng.integers(0, n, 400):
            take_out(cells, i)
            alive[i] = turn % 2 == 0 or rng.random() < 0.7
            # Many into one cell, and some beyond the rim.
            at[i] = rng.normal(0, 30, 2) if rng.random() < 0.5 else rng.uniform(-9000, 9000, 2)
            reach[i] = rng.choice([20, 100, 300, 900, 2500, 9000.0])
            if alive[i] and not put_in(cells, i, at[i, 0], at[i, 1], reach[i]):
                cells = with_room(cells, n)
                assert put_in(cells, i, at[i, 0], at[i, 1], reach[i])
        for x, y in [*rng.uniform(-5000, 5000, (40, 2)), (0.0, 0.0), (20000.0, -20000.0)]:
            wanted = np.flatnonzero(alive & (np.hypot(at[:, 0] - x, at[:, 1] - y) <= reach))
            assert np.sort(reaching(cells, x, y)).tolist() == wanted.tolist()


def test_a_full_row_of_slots_is_lengthened() -> None:
    cells = make_cells(np.zeros((1, 2)), np.array([50.0]), 1, (-100.0, -100.0, 100.0, 100.0))
    cells = with_room(cells._replace(rows=cells.rows[:2], discs=cells.discs[:2]), 500)
    short = cells._replace(rows=cells.rows[:6].copy(), discs=cells.discs[:6].copy())
    put = [put_in(short, i, 0.0, 0.0, 50.0) for i in range(1, 20)]
    assert not all(put)
    assert len(reaching(short, 1.0, 1.0)) == 1 + sum(put)


def test_what_the_walls_nearby_hide_is_blocked() -> None:
    """The skyline around a place only ever speaks of lines that the exact ones call blocked."""
    rng = np.random.default_rng(11)
    told = 0
    for seed in range(3):
        scene = boxes_city(200, 500.0, seed=seed, hills_m=4.0)
        walls = Obstacles.of(scene).walls
        for place in places(scene, 40, seed):
            slopes = skyline(walls, place.aim_m)
            turn, far = rng.uniform(0, 2 * np.pi, 300), rng.uniform(85, 2000, 300)
            eyes = np.array(place.aim_m) + np.stack(
                [far * np.cos(turn), far * np.sin(turn), rng.normal(20, 60, 300)], 1
            )
            mount = rng.choice([3.0, 30.0], 300)
            carrier = rng.integers(-1, scene.prisms.count, 300)
            lines = scene.sight_lines(eyes, np.array([place.aim_m]), carrier=carrier, mount_m=mount)
            hides = np.array(
                [hidden(slopes, *(eye - place.aim_m), m) for eye, m in zip(eyes, mount, strict=True)], bool
            )
            assert not (hides & lines.clear).any()
            told += int(hides.sum())
    assert told > 3000


def test_a_moved_camera_is_never_seen_half_moved() -> None:
    scene = Scene.flat(height_m=PLAIN_M, half_m=1500)
    here = a_camera(scene, -400, 0, 6.0, heading_deg=0.0, range_m=200.0, name="here", image_width_px=9000)
    there = a_camera(scene, 400, 0, 6.0, heading_deg=180.0, range_m=200.0, name="there", image_width_px=9000)
    others = [a_camera(scene, float(x), -700.0, 6.0, id=f"o{x}") for x in range(-600, 600, 4)]
    index = CameraIndex.build([here, *others], scene)
    targets = {}
    for name, (x, y) in {"here": (-400, 100), "there": (400, -100)}.items():
        lon, lat = scene.to_lonlat(x, y)
        targets[name] = resolve_place(scene, float(lon), float(lat))
    done = threading.Event()
    counts = {"here": 0, "there": 0}

    def ask(name: str) -> None:
        while not done.is_set():
            for one in link(index, targets[name], limit=1000).cameras:
                if one.camera.id == "c" and one.visible:
                    assert one.camera.name == name
                    assert one.distance_m == pytest.approx(100.2, abs=0.5)
                    counts[name] += 1

    with ThreadPoolExecutor(4) as pool:
        askers = [pool.submit(ask, name) for name in ("here", "there") * 2]
        for turn in range(400):
            index.put([there if turn % 2 == 0 else here])
        done.set()
        for asker in askers:
            asker.result()
    assert min(counts.values()) > 0


def test_the_kernel_s_earth_is_the_geodesy_s() -> None:
    rng = np.random.default_rng(0)
    for lon, lat, height in rng.uniform((-180, -89, -100), (180, 89, 9000), (50, 3)):
        at, up = earth(lon, lat, height)
        assert np.abs(np.array(at) - geodetic_to_ecef(lon, lat, height)).max() < 1e-8
        assert np.abs(np.array(up) - enu_rotation(lon, lat)[2]).max() < 1e-15


def test_an_empty_index_answers() -> None:
    scene = Scene.flat(height_m=PLAIN_M, half_m=300)
    index = CameraIndex.build([], scene)
    place = places(scene, 1, 0)[0]
    assert index.seeing(place).size == 0
    assert index.nearest(0.0, 0.0, 5).size == 0
    index.put([a_camera(scene, 0, 0, 6.0)])
    assert index.nearest(0.0, 0.0, 5).tolist() == [0]
    index.remove(["c"])
    assert len(index) == 0
    assert index.candidates(0.0, 0.0).size == 0
