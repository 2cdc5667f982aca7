"""The rendered still, its edges and the view mesh, against projected corners and brute force."""

import cv2
import numpy as np
import pytest
from scipy.spatial import KDTree

from layers.cameras.pictures.edges import edges_of
from layers.cameras.pictures.locate import locate
from layers.cameras.pictures.sighting import Sighting
from layers.cameras.pictures.still import OUTSIDE, jpeg, outlines, png, still, survey
from layers.cameras.pictures.view_mesh import view_mesh
from layers.errors import BadInput
from tests.layers.scenes import a_camera, box, boxes_city
from tiles.geodesy import ecef_to_geodetic, enu_rotation, geodetic_to_ecef
from tiles.scene import Scene

LENSES = {
    "flat": {},
    "bent": {"distortion": (-0.25, 0.06, 0.0, 0.0)},
    "fisheye": {"lens": "fisheye", "hfov_deg": 170.0, "image_width_px": 1200, "image_height_px": 1200},
    "panorama": {"lens": "panorama", "hfov_deg": 200.0, "image_width_px": 2400, "image_height_px": 800},
}


@pytest.fixture(scope="module")
def scene():
    return Scene.flat(
        buildings=[(box(0, 60, 40, 20), 1039.0, 1060.0), (box(30, 120, 20, 20), 1039.0, 1090.0)], half_m=600
    )


def camera_of(scene, **over):
    return a_camera(scene, 0.0, 0.0, 12.0, **({"pitch_deg": -6.0, "hfov_deg": 70.0} | over))


@pytest.mark.parametrize("lens", LENSES)
def test_edges_run_where_the_corners_are_projected(scene, lens):
    sighting = Sighting.of(camera_of(scene, **LENSES[lens]), scene)
    seen = survey(sighting, 600)
    edges = edges_of(sighting, seen.grid(seen.cast.building), seen.grid(seen.cast.distance_m))
    scale = 600 / sighting.view.optics.width_px
    # Along the front roof line of the nearer house, and up its front corners.
    x = np.linspace(-20, 20, 40)
    line = np.stack([x, np.full(40, 50.0), np.full(40, 1060.0)], axis=1)
    lon, lat = scene.to_lonlat(line[:, 0], line[:, 1])
    u, v, _ = sighting.view.project(lon, lat, line[:, 2])
    inside = (u > 0) & (u < sighting.view.optics.width_px) & (v > 0) & (v < sighting.view.optics.height_px)
    wanted = np.stack([u, v], axis=1)[inside] * scale
    assert inside.sum() > 20
    t = np.linspace(0, 1, 9)[None, :, None]
    drawn = (edges.pieces_px[:, :1] * (1 - t) + edges.pieces_px[:, 1:] * t)[edges.building == 0].reshape(-1, 2)
    assert KDTree(drawn).query(wanted)[0].max() < 0.75


def test_the_outline_of_a_round_tower_is_an_edge_and_its_front_is_none():
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    ring = [(float(10 * np.cos(a)), float(60 + 10 * np.sin(a))) for a in turn]
    tower = Scene.flat(buildings=[(ring, 1039.0, 1060.0)], half_m=600)
    sighting = Sighting.of(camera_of(tower), tower)
    seen = survey(sighting, 1280)
    built = seen.grid(seen.cast.building)
    pieces = edges_of(sighting, built, seen.grid(seen.cast.distance_m)).pieces_px
    row = int(np.flatnonzero((built >= 0).any(axis=1)).mean())
    left, right = np.flatnonzero(built[row] >= 0)[[0, -1]]
    crossing = pieces[(pieces[..., 1].min(axis=1) <= row) & (pieces[..., 1].max(axis=1) >= row)]
    across = crossing[..., 0].mean(axis=1)
    assert np.abs(across - left).min() < 1.5
    assert np.abs(across - right - 1).min() < 1.5
    assert not ((across > left + 5) & (across < right - 5)).any()


def test_hidden_edges_are_not_drawn(scene):
    sighting = Sighting.of(camera_of(scene, pitch_deg=8.0), scene)
    seen = survey(sighting, 800)
    edges = edges_of(sighting, seen.grid(seen.cast.building), seen.grid(seen.cast.distance_m))
    scale = 800 / 1920
    # The tower's foot stands behind the house: its corners begin where the house's roof ends.
    lon, lat = scene.to_lonlat(20.0, 110.0)
    _, low, _ = sighting.view.project(lon, lat, 1045.0)
    _, high, _ = sighting.view.project(lon, lat, 1089.0)
    tower = edges.pieces_px[edges.building == 1].reshape(-1, 2)
    assert tower[:, 1].min() == pytest.approx(float(high) * scale, abs=6)
    assert tower[:, 1].max() < float(low) * scale - 10


def test_a_still_has_sky_above_ground_below_and_faces_of_their_own_tone(scene):
    picture = still(Sighting.of(camera_of(scene), scene), 640).astype(int)
    assert picture.shape == (360, 640, 3)
    sky, ground = picture[5, 5], picture[350, 320]
    assert sky[2] > sky[0] + 20
    assert ground[0] > ground[2]
    small, large = (still(Sighting.of(camera_of(scene), scene), width) for width in (320, 1280))
    quartered = large.reshape(180, 4, 320, 4, 3).mean(axis=(1, 3))
    assert np.abs(small - quartered).mean() < 6


def test_outside_the_circle_of_a_fisheye_there_is_nothing(scene):
    over = LENSES["fisheye"] | {"hfov_deg": 180.0, "distortion": (-0.12, 0.0, 0.0, 0.0)}
    picture = still(Sighting.of(camera_of(scene, **over), scene), 300)
    assert (picture[0, 0] == OUTSIDE).all()
    assert (outlines(Sighting.of(camera_of(scene, **over), scene), 300)[0, 0] == 0).all()


def test_widths_beyond_the_bounds_are_refused(scene):
    sighting = Sighting.of(camera_of(scene), scene)
    for width in (63, 1921):
        with pytest.raises(BadInput):
            still(sighting, width)


def test_pictures_are_what_they_say(scene):
    picture = still(Sighting.of(camera_of(scene), scene), 64)
    assert jpeg(picture).startswith(b"\xff\xd8")
    assert png(picture).startswith(b"\x89PNG")


@pytest.mark.parametrize("lens", LENSES)
def test_the_view_mesh_lies_on_its_own_rays_and_shows_what_they_hit(lens):
    scene = boxes_city(80, half_m=300.0, hills_m=3.0)
    sighting = Sighting.of(camera_of(scene, **LENSES[lens]), scene)
    mesh = view_mesh(sighting)
    assert len(mesh.triangles) > 50
    lon, lat, height = mesh.origin
    ecef = mesh.positions_m @ enu_rotation(lon, lat) + geodetic_to_ecef(lon, lat, height)
    u, v, _ = sighting.view.project(*ecef_to_geodetic(ecef).T)
    optics = sighting.view.optics
    size = (optics.width_px, optics.height_px)
    assert np.abs(np.stack([u, v], axis=1) - mesh.texture * size).max() < 0.05
    # Inside its triangles too: their middles, looked at again, are met a little behind, on the same building.
    middles = mesh.positions_m[mesh.triangles].mean(axis=1)
    rays = middles / np.linalg.norm(middles, axis=1, keepdims=True)
    cast = sighting.served.cast(sighting.eye, rays @ enu_rotation(lon, lat) @ sighting.served.frame.axes.T)
    away = np.linalg.norm(middles, axis=1)
    assert (cast.building == mesh.buildings).mean() > 0.99
    same = cast.building == mesh.buildings
    assert np.quantile((cast.distance_m - away)[same], 0.01) > 0
    assert np.quantile((cast.distance_m / away)[same], 0.99) < 1.03


def test_the_view_mesh_covers_what_is_seen_and_nothing_below_its_lowest_class(scene):
    sighting = Sighting.of(camera_of(scene), scene)
    mesh = view_mesh(sighting)
    corners = mesh.texture[mesh.triangles]
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    twice = one[:, 0] * two[:, 1] - one[:, 1] * two[:, 0]
    assert (twice < 0).all()  # counter-clockwise with v down
    seen = survey(sighting, 480)
    hit = np.flatnonzero(seen.cast.kind > 0)
    density = sighting.view.density_px_m(*sighting.served.geodetic(seen.cast.points_m[hit]).T)
    share = (density >= 12.5).sum() / len(seen.cast)
    assert np.abs(twice).sum() / 2 == pytest.approx(share, rel=0.05)
    assert set(np.unique(mesh.classes)) <= set(range(6))
    for k in range(0, len(mesh.triangles), max(1, len(mesh.triangles) // 20)):
        u, v = corners[k].mean(axis=0) * (1920, 1080)
        found = locate(sighting.camera, scene, float(u), float(v))
        reached = [rung.px_m for rung in mesh.rungs if found.density_px_m >= rung.px_m]
        assert abs(len(reached) - 1 - mesh.classes[k]) <= 1


def test_the_view_mesh_has_no_gaps_where_one_class_ends_and_the_next_begins():
    scene = Scene.flat(half_m=600)
    sighting = Sighting.of(camera_of(scene), scene)
    mesh = view_mesh(sighting)
    seen = survey(sighting, 960)
    assert len(set(mesh.classes)) >= 3
    painted = np.zeros((seen.rows, seen.cols), np.uint8)
    for corners in mesh.texture[mesh.triangles] * (seen.cols, seen.rows):
        cv2.fillConvexPoly(painted, np.rint(corners * 16).astype(np.int32), 1, cv2.LINE_8, 4)
    hit = np.flatnonzero(seen.cast.kind > 0)
    density = sighting.view.density_px_m(*sighting.served.geodetic(seen.cast.points_m[hit]).T)
    surely = hit[density > 14.0]
    assert surely.size > 50_000
    assert painted.ravel()[surely].mean() > 0.999


def test_a_camera_that_sees_nothing_has_an_empty_mesh(scene):
    mesh = view_mesh(Sighting.of(camera_of(scene, pitch_deg=60.0), scene))
    assert len(mesh.triangles) == 0


@pytest.mark.parametrize("lens", LENSES)
def test_what_is_painted_on_the_view_mesh_lies_where_it_belongs_inside_its_triangles_too(lens):
    scene = boxes_city(80, half_m=300.0)
    sighting = Sighting.of(camera_of(scene, **LENSES[lens]), scene)
    mesh = view_mesh(sighting, least_px_m=2.0)
    size = np.array([sighting.view.optics.width_px, sighting.view.optics.height_px])
    lon, lat, height = mesh.origin
    shares = np.random.default_rng(7).dirichlet((1, 1, 1), len(mesh.triangles))[:, :, None]
    inside = (mesh.positions_m[mesh.triangles] * shares).sum(axis=1)
    painted = (mesh.texture[mesh.triangles] * shares).sum(axis=1) * size
    ecef = inside @ enu_rotation(lon, lat) + geodetic_to_ecef(lon, lat, height)
    u, v, _ = sighting.view.project(*ecef_to_geodetic(ecef).T)
    astray = np.hypot(*(np.stack([u, v], axis=1) - painted).T) * 1920 / size[0]
    assert np.quantile(astray, 0.99) < 1.0
    assert astray.max() < 2.0


def test_the_view_mesh_reaches_below_the_lowest_class_when_it_is_asked_to():
    scene = boxes_city(80, half_m=300.0)
    sighting = Sighting.of(camera_of(scene, pitch_deg=-8.0), scene)
    usual, wide = view_mesh(sighting), view_mesh(sighting, least_px_m=4.0)
    assert [rung.id for rung in wide.rungs][:2] == ["below", usual.rungs[0].id]
    far = np.linalg.norm(wide.positions_m, axis=1).max()
    assert far > 1.5 * np.linalg.norm(usual.positions_m, axis=1).max()
    assert (wide.classes == 0).any()
    lowest = wide.positions_m[wide.triangles[wide.classes == 0]].mean(axis=1)
    ecef = lowest @ enu_rotation(*wide.origin[:2]) + geodetic_to_ecef(*wide.origin)
    density = sighting.view.density_px_m(*ecef_to_geodetic(ecef).T)
    assert np.quantile(density, 0.01) > 3.5
    assert np.quantile(density, 0.99) < 13.5
    assert view_mesh(sighting, least_px_m=50.0).rungs == usual.rungs
