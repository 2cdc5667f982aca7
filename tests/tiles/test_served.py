"""Rays through the served triangles: against every triangle tried by hand, the sight lines, and foreign decoders."""

import warnings
from pathlib import Path

import numpy as np
import pytest
from quantized_mesh_tile.terrain import TerrainTile

from tests.judges.embree import EmbreeCity
from tests.judges.tiles_reader import read_buildings as judge_buildings
from tests.layers.scenes import boxes_city
from tiles.formats.glb_reading import UnreadableTile
from tiles.formats.glb_reading import read_buildings as read_glb
from tiles.formats.quantized_mesh_reading import read_terrain
from tiles.geodesy import geodetic_to_ecef
from tiles.scene import Scene
from tiles.served import Eye, Served
from tiles.served_blocks import Block, BlockCache
from tiles.served_plain import plain_mesh
from tiles.sight import ROOF, TERRAIN


def by_hand(corners, start, rays):
    """Distance to the nearest of all triangles (t, 3, 3) and its number, for each ray (Möller and Trumbore)."""
    distance, number = np.full(len(rays), np.inf), np.full(len(rays), -1)
    one, two = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    back = start - corners[:, 0]
    for i, ray in enumerate(rays):
        p = np.cross(ray, two)
        scale = np.einsum("ij,ij->i", one, p)
        with np.errstate(divide="ignore", invalid="ignore"):
            u = np.einsum("ij,ij->i", back, p) / scale
            q = np.cross(back, one)
            v = q @ ray / scale
            t = np.einsum("ij,ij->i", two, q) / scale
            t = np.where((u >= 0) & (v >= 0) & (u + v <= 1) & (t > 1e-6), t, np.inf)
        number[i] = np.argmin(t)
        distance[i] = t[number[i]]
    return distance, np.where(np.isfinite(distance), number, -1)


def some_rays(count, seed=4, steep=40.0):
    rng = np.random.default_rng(seed)
    return rng.uniform(0, 360, count), rng.uniform(-steep, 10, count)


@pytest.mark.parametrize("hills_m", [0.0, 12.0])
def test_rays_meet_what_every_triangle_by_hand_says(hills_m):
    scene = boxes_city(60, half_m=400.0, hills_m=hills_m)
    served = Served(scene)
    lon, lat = scene.to_lonlat(13.0, -40.0)
    eye = Eye(lon, lat, float(scene.top_m(lon, lat)) + 9.0)
    rays = served.directions(eye, *some_rays(400))
    cast = served.cast(eye, rays)
    positions, triangles, owner = plain_mesh(scene)
    distance, number = by_hand(served.frame.from_ecef(positions)[triangles], served.start(eye), rays)
    met = np.isfinite(distance)
    assert 0.5 < met.mean() < 1.0
    assert (np.isfinite(cast.distance_m) == met).all()
    assert np.abs(cast.distance_m[met] - distance[met]).max() < 2e-3
    assert (cast.building[met] == owner[number[met]]).all()
    assert np.allclose(np.linalg.norm(cast.normals[met], axis=1), 1)
    assert (np.einsum("ij,ij->i", cast.normals[met], rays[met]) <= 0).all()


def test_rays_and_sight_lines_meet_the_same():
    scene = boxes_city(100, half_m=600.0, hills_m=8.0)
    served = Served(scene)
    lon, lat = (float(v) for v in scene.to_lonlat(5.0, 5.0))
    x, y = scene.to_metric(lon, lat)
    height = float(scene.top_m(lon, lat)) + 14.0
    bearings, elevations = some_rays(3000)
    cast = served.cast(
        Eye(lon, lat, height), served.directions(Eye(lon, lat, height), bearings, elevations), reach_m=500
    )
    turn = float(scene.frame.convergence_deg(lon, lat))
    hits = scene.first_hits([[x, y, height]], (bearings - turn) % 360, elevations, np.full(3000, 500.0))
    assert (cast.kind == hits.kind).mean() > 0.995
    same = (cast.kind == hits.kind) & (hits.kind > 0)
    assert (cast.building[same] == hits.building[same]).mean() > 0.998
    built = same & (hits.building >= 0) & (cast.building == hits.building)
    # The metric frame measures on the ellipsoid, a kilometre below: it is shorter by height over radius.
    longer = hits.distance_m[built] * (1 + height / 6_371_000)
    assert np.quantile(np.abs(cast.distance_m[built] - longer), 0.999) < 0.03


def test_the_carrier_does_not_blind_within_the_mount_and_blocks_beyond():
    house = [(-20.0, -20.0), (20.0, -20.0), (20.0, 20.0), (-20.0, 20.0)]
    scene = Scene.flat(buildings=[(house, 1039.0, 1060.0)], half_m=500)
    served = Served(scene)
    lon, lat = scene.to_lonlat(0.0, 19.0)
    blind = Eye(lon, lat, 1050.0)
    seeing = Eye(lon, lat, 1050.0, carrier=0, mount_m=3.0)
    rays = served.directions(blind, [0.0, 180.0], [-10.0, 0.0])
    assert served.cast(blind, rays).building.tolist() == [0, 0]
    cast = served.cast(seeing, rays)
    assert cast.kind[0] == TERRAIN
    assert cast.distance_m[0] == pytest.approx(10 / np.sin(np.radians(10)), abs=0.05)
    assert cast.building[1] == 0
    assert cast.distance_m[1] == pytest.approx(3.0, abs=1e-3)


def test_a_lens_on_a_roof_sees_the_roof_under_it_and_past_its_rim():
    house = [(-20.0, -20.0), (20.0, -20.0), (20.0, 20.0), (-20.0, 20.0)]
    scene = Scene.flat(buildings=[(house, 1039.0, 1060.0)], half_m=500)
    served = Served(scene)
    lon, lat = scene.to_lonlat(0.0, 19.0)
    eye = Eye(lon, lat, 1061.0, carrier=0, mount_m=3.0)
    # North past the rim; south through the roof and out of nothing within the mount; south beyond the mount.
    cast = served.cast(eye, served.directions(eye, [0.0, 180.0, 180.0], [-30.0, -30.0, -10.0]))
    assert cast.kind.tolist() == [TERRAIN, ROOF, ROOF]
    assert cast.distance_m[1:] == pytest.approx([1 / np.sin(np.radians(30)), 1 / np.sin(np.radians(10))], rel=1e-3)
    assert np.abs(served.geodetic(cast.points_m[1:])[:, 2] - 1060.0).max() < 2e-3


def test_a_built_city_answers_as_foreign_decoders_do(village: Path):
    scene = Scene.open(village)
    served = Served(scene)
    judge = EmbreeCity(
        village / scene.facts["parts"]["buildings"] / "tileset.json", village / scene.facts["parts"]["terrain"]
    )
    rng = np.random.default_rng(8)
    kinds = []
    for _ in range(6):
        x, y = rng.uniform(-400, 400, 2) + np.median(scene.centres_m, axis=0)
        lon, lat = (float(v) for v in scene.to_lonlat(x, y))
        eye = Eye(lon, lat, float(scene.top_m(lon, lat)) + rng.uniform(3, 60))
        rays = served.directions(eye, *some_rays(2000, seed=int(abs(x))))
        cast = served.cast(eye, rays, reach_m=3000)
        start = np.broadcast_to(geodetic_to_ecef(eye.lon, eye.lat, eye.height_m), rays.shape)
        hits = judge.first_hits(start, rays @ served.frame.axes, 3000.0)
        met = hits.kind > 0
        assert (np.isfinite(cast.distance_m) == met).mean() > 0.999
        both = met & np.isfinite(cast.distance_m)
        assert np.quantile(np.abs(cast.distance_m[both] - hits.distance_m[both]), 0.999) < 0.02
        ids = [scene.footprints.ids[i] if i >= 0 else "" for i in cast.building[both]]
        assert (np.array(ids) == hits.building[both]).mean() > 0.999
        kinds.append(np.bincount(cast.kind, minlength=5))
    assert (np.sum(kinds, axis=0)[[TERRAIN, 3, ROOF]] > 20).all()


def test_coarser_ground_far_away_stays_within_the_tolerance(village: Path):
    scene = Scene.open(village)
    served = Served(scene)
    lon, lat = (float(v) for v in scene.to_lonlat(*np.median(scene.centres_m, axis=0)))
    eye = Eye(lon, lat, float(scene.top_m(lon, lat)) + 80.0)
    rays = served.directions(eye, *some_rays(3000, steep=25.0))
    exact, coarse = served.cast(eye, rays), served.cast(eye, rays, tolerance_rad=2e-4)
    ground = (exact.kind == TERRAIN) & (coarse.kind == TERRAIN)
    assert ground.sum() > 500
    moved = np.abs(coarse.points_m - exact.points_m)[ground, 2]
    # The limit of a level holds at its own lattice; between its nodes the ground may be twice as far.
    assert np.quantile(moved / exact.distance_m[ground], 0.99) < 4e-4
    assert (exact.kind == coarse.kind).mean() > 0.995


def test_tiles_are_read_as_foreign_decoders_read_them(village: Path):
    parts = Scene.open(village).facts["parts"]
    judged = {part.table["id"][0]: part for part in judge_buildings(village / parts["buildings"] / "tileset.json")}
    files = list((village / parts["buildings"]).rglob("*.glb"))
    assert len(files) == len(judged)
    for file in files:
        mesh = read_glb(file.read_bytes())
        part = judged[mesh.ids[0]]
        assert mesh.ids == part.table["id"]
        assert (mesh.triangles == part.triangles).all()
        assert (mesh.feature[mesh.triangles[:, 0]] == part.feature).all()
    terrain = max((village / parts["terrain"]).glob("*/*/*.terrain"))
    tile = TerrainTile(west=0, south=0, east=1, north=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tile.fromFile(str(terrain))
    mesh = read_terrain(terrain.read_bytes())
    assert np.allclose(
        np.array(tile.getVerticesCoordinates()), np.stack([mesh.u, mesh.v, mesh.heights_m], axis=1), atol=1e-3
    )
    assert (np.array(tile.indices).reshape(-1, 3) == mesh.triangles).all()


def test_what_is_no_tile_is_refused_with_its_name():
    with pytest.raises(UnreadableTile, match=r"x\.glb"):
        read_glb(b"glTF" + b"\0" * 40, "x.glb")
    with pytest.raises(UnreadableTile, match=r"y\.terrain"):
        read_terrain(b"\0" * 20, "y.terrain")


def test_the_cache_holds_no_more_than_it_may():
    def block():
        corners = np.random.default_rng(0).uniform(0, 10, (300, 3))
        return Block.make(corners, np.arange(300).reshape(-1, 3), np.full(100, -1, np.int32))

    one = block()
    cache = BlockCache(3 * one.nbytes)
    made = []
    for key in (1, 2, 3, 1, 4, 1, 2):
        cache.get(key, lambda key=key: made.append(key) or block())
    assert made == [1, 2, 3, 4, 2]
    assert cache.nbytes == 3 * one.nbytes
    assert cache.held(3) is None
