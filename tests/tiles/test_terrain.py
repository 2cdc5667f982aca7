import json

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tests.tiles.meshes import bounds_of, decode, interpolate
from tiles.geodesy import CityFrame, ecef_to_geodetic, enu_rotation, geodetic_to_ecef
from tiles.grid import HeightGrid
from tiles.terrain import About, deepest_zoom, make_terrain

EXTENT = (106.78, 39.585, 106.82, 39.615)
FRAME = CityFrame(106.8, 39.6)


def _ground(cell_m=10.0):
    rng = np.random.default_rng(4)
    shape = (341, 351)
    relief = 60 * 40 * gaussian_filter(rng.normal(size=shape), 40) + 15 * 12 * gaussian_filter(
        rng.normal(size=shape), 8
    )
    relief[:, 200:] += np.linspace(0, 300, 151)
    return HeightGrid((1050 + relief).astype(np.float32), -1750.0, 1700.0, cell_m)


@pytest.fixture(scope="module")
def ground():
    return _ground()


@pytest.fixture(scope="module")
def pyramid(ground, tmp_path_factory):
    folder = tmp_path_factory.mktemp("terrain")
    ground.save(folder / "ground")
    made = make_terrain(folder / "ground", FRAME, EXTENT, folder / "out", about=About("x", "© us", "v7"), workers=1)
    tiles = {}
    for path in sorted((folder / "out").rglob("*.terrain")):
        zoom, x, y = int(path.parts[-3]), int(path.parts[-2]), int(path.stem)
        tiles[zoom, x, y] = decode(path)
    assert made.tiles == len(tiles)
    assert made.vertices == sum(len(t.u) for t in tiles.values())
    return folder / "out", tiles, made


def test_levels_follow_the_cell_size():
    assert deepest_zoom(10.0) == 14
    assert deepest_zoom(2.0) == 16
    assert deepest_zoom(1.0) == 17


def test_layer_json_lists_exactly_the_tiles_that_are_there(pyramid):
    folder, tiles, made = pyramid
    layer = json.loads((folder / "layer.json").read_text())
    assert layer["format"] == "quantized-mesh-1.0"
    assert layer["scheme"] == "tms"
    assert layer["projection"] == "EPSG:4326"
    assert layer["tiles"] == ["{z}/{x}/{y}.terrain?v=v7"]
    assert layer["attribution"] == "© us"
    assert layer["extensions"] == ["octvertexnormals"]
    assert layer["maxzoom"] == made.max_zoom == 14
    listed = {
        (zoom, x, y)
        for zoom, ranges in enumerate(layer["available"])
        for r in ranges
        for x in range(r["startX"], r["endX"] + 1)
        for y in range(r["startY"], r["endY"] + 1)
    }
    assert listed == set(tiles)
    assert {(0, 0, 0), (0, 1, 0)} <= listed
    assert all((z - 1, x // 2, y // 2) in listed for z, x, y in listed if z)
    # The deepest tiles cover the city.
    deepest = [bounds_of(*key) for key in listed if key[0] == 14]
    assert min(b[0] for b in deepest) < EXTENT[0] - 0.005
    assert max(b[3] for b in deepest) > EXTENT[3] + 0.005


def test_meshes_cover_their_tile_once_and_face_outward(pyramid):
    for tile in pyramid[1].values():
        u, v = tile.u[tile.triangles], tile.v[tile.triangles]
        twice = (u[:, 1] - u[:, 0]) * (v[:, 2] - v[:, 0]) - (u[:, 2] - u[:, 0]) * (v[:, 1] - v[:, 0])
        assert (twice > 0).all()
        assert twice.sum() == 2 * 32767 * 32767
        lon, lat = tile.lonlat
        ecef = geodetic_to_ecef(lon, lat, tile.heights_m)[tile.triangles]
        outward = np.cross(ecef[:, 1] - ecef[:, 0], ecef[:, 2] - ecef[:, 0])
        flat = np.linalg.norm(outward, axis=1) < 1e-3  # triangles at a pole have no area
        assert ((outward * ecef.mean(axis=1)).sum(axis=1) > 0)[~flat].all()


def _edge(tile, side):
    """(place along the edge, height, normal) of one edge's vertices, by the tile's own edge list."""
    listed = np.array(tile.edges[side])
    along = (tile.v, tile.u)[side % 2][listed]
    order = np.argsort(along)
    listed = listed[order]
    return along[order], tile.heights_m[listed], tile.normals[listed]


def test_neighbours_have_the_same_edges(pyramid):
    tiles = pyramid[1]
    west, south, east, north = range(4)
    pairs = 0
    for zoom, x, y in tiles:
        for other, mine, theirs in (((zoom, x + 1, y), east, west), ((zoom, x, y + 1), north, south)):
            if other not in tiles:
                continue
            for one, two in zip(_edge(tiles[zoom, x, y], mine), _edge(tiles[other], theirs), strict=True):
                assert np.array_equal(one, two)
            pairs += 1
    assert pairs > 100


def test_edge_lists_are_the_vertices_on_the_edges(pyramid):
    for tile in pyramid[1].values():
        on = [np.flatnonzero(line == at) for line, at in ((tile.u, 0), (tile.v, 0), (tile.u, 32767), (tile.v, 32767))]
        for listed, found in zip(tile.edges, on, strict=True):
            assert sorted(listed) == found.tolist()


@pytest.mark.parametrize(("zoom", "bound_m"), [(14, 0.3), (13, 1.3), (12, 3.5)])
def test_heights_are_those_of_the_ground_grid(pyramid, ground, zoom, bound_m):
    rng = np.random.default_rng(8)
    worst = 0.0
    asked = 0
    for key, tile in pyramid[1].items():
        if key[0] != zoom:
            continue
        u, v = rng.uniform(0, 32767, (2, 150 if zoom == 14 else 2000))
        west, south, east, north = tile.bounds
        x, y = FRAME.to_metric(west + (east - west) * u / 32767, south + (north - south) * v / 32767)
        expected = ground.sample(x, y)
        known = np.isfinite(expected)
        worst = max(worst, np.abs(interpolate(tile, u[known], v[known]) - expected[known]).max(initial=0))
        asked += known.sum()
    assert asked > 500
    assert 0.05 < worst <= bound_m


def test_normals_are_unit_and_those_of_the_ground(pyramid, ground):
    seen = 0
    for key, tile in pyramid[1].items():
        assert np.allclose(np.linalg.norm(tile.normals, axis=1), 1, atol=1e-6)
        lon, lat = tile.lonlat
        east, north, up = np.einsum("nij,nj->in", enu_rotation(lon, lat), tile.normals)
        assert (up > 0.3).all()
        if key[0] != 14:
            continue
        x, y = FRAME.to_metric(lon, lat)
        slope_e = (ground.sample(x + 10, y) - ground.sample(x - 10, y)) / 20
        slope_n = (ground.sample(x, y + 10) - ground.sample(x, y - 10)) / 20
        known = np.isfinite(slope_e + slope_n)
        # Two bytes hold a normal to about a degree and a half; the ground has kinks.
        assert np.percentile(np.abs(-east / up - slope_e)[known], 95, method="lower") < 0.1 if known.any() else True
        assert np.percentile(np.abs(-north / up - slope_n)[known], 95, method="lower") < 0.1 if known.any() else True
        seen += known.sum()
    assert seen > 1000


def test_headers_bound_their_tiles(pyramid):
    radii = np.array([6378137.0, 6378137.0, 6356752.3142451793])
    for key, tile in pyramid[1].items():
        head = tile.header
        lon, lat = tile.lonlat
        points = geodetic_to_ecef(lon, lat, tile.heights_m)
        centre = [head["boundingSphereCenterX"], head["boundingSphereCenterY"], head["boundingSphereCenterZ"]]
        away = np.linalg.norm(points - centre, axis=1)
        assert away.max() <= head["boundingSphereRadius"] * (1 + 1e-9) + 1e-6
        place = ecef_to_geodetic([head["centerX"], head["centerY"], head["centerZ"]])
        assert place[0] == pytest.approx((tile.bounds[0] + tile.bounds[2]) / 2, abs=1e-6)
        occluder = np.array([head[f"horizonOcclusionPoint{axis}"] for axis in "XYZ"])
        assert np.isfinite(occluder).all()
        if key[0] < 4:
            continue
        # Seen from anywhere: when some vertex is above the horizon, so is the occlusion point.
        rng = np.random.default_rng(key[1])
        aim = occluder / np.linalg.norm(occluder)
        for _ in range(40):
            eye = aim + rng.normal(size=3) * rng.uniform(0.001, 1.0)
            eye *= rng.uniform(1.00005, 1.5) / np.linalg.norm(eye)
            if _above_horizon(eye, points / radii).any():
                assert _above_horizon(eye, occluder[None]).all()


def _above_horizon(eye, points):
    """CesiumJS's EllipsoidalOccluder, in radii."""
    limit = eye @ eye - 1
    to = points - eye
    down = -(to @ eye)
    hidden = (down > limit) & (down * down / (to * to).sum(axis=1) > limit)
    return ~hidden


def test_beyond_the_city_the_ground_goes_on_without_a_cliff(pyramid, ground):
    _, tiles, _ = pyramid
    for (zoom, _, _), tile in tiles.items():
        if zoom < 8:
            continue
        lon, lat = tile.lonlat
        x, y = FRAME.to_metric(lon, lat)
        away = np.hypot(np.maximum(np.abs(x) - 1750, 0), np.maximum(np.abs(y) - 1700, 0))
        low, high = float(ground.heights_m.min()), float(ground.heights_m.max())
        near = away < 20_000
        assert (tile.heights_m[near] > low * 0.9).all()
        assert (tile.heights_m <= high + 1).all()
        assert (np.abs(tile.heights_m[away > 170_000]) < 0.1).all()
        corners = tile.triangles
        for a, b in ((0, 1), (1, 2), (2, 0)):
            a, b = corners[:, a], corners[:, b]
            run = np.hypot(x[a] - x[b], y[a] - y[b])
            rise = np.abs(tile.heights_m[a] - tile.heights_m[b])
            outside = (away[a] > 0) & (away[b] > 0)
            assert (rise[outside] <= 0.9 * run[outside] + 1).all()


def test_the_root_is_a_globe(pyramid):
    for x in (0, 1):
        tile = pyramid[1][0, x, 0]
        assert len(tile.triangles) > 60
        lon, lat = tile.lonlat
        corners = geodetic_to_ecef(lon, lat, tile.heights_m)[tile.triangles]
        assert np.linalg.norm(corners.mean(axis=1), axis=1).min() > 6.0e6


def test_a_stopped_pyramid_goes_on_where_it_was(pyramid, ground, tmp_path):
    folder, tiles, _ = pyramid
    victims = sorted(folder.rglob("*.terrain"))[::7]
    kept = {path: path.read_bytes() for path in victims}
    stays = folder / "0" / "0" / "0.terrain"
    before = stays.stat().st_mtime_ns
    for path in victims:
        if path != stays:
            path.unlink()
    ground.save(tmp_path / "ground")
    make_terrain(tmp_path / "ground", FRAME, EXTENT, folder, about=About("x", "© us", "v7"), workers=1)
    assert all(path.read_bytes() == data for path, data in kept.items())
    assert stays.stat().st_mtime_ns == before
    assert len(list(folder.rglob("*.terrain"))) == len(tiles)
