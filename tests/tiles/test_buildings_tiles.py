"""Building tiles: every id once, corners where the prisms' corners are, roofs that cover the footprint."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest
import shapely

from tests.judges.tiles_reader import read_buildings, walk
from tiles.building_mesh import make_mesh, roof_triangles, tile_to_ecef
from tiles.building_tree import LEAF, plan_tree
from tiles.buildings import make_buildings
from tiles.footprints import ATTRIBUTES, Footprints
from tiles.geodesy import CityFrame, ecef_to_geodetic, geodetic_to_ecef
from tiles.sources.outlines import rings

FRAME = CityFrame(106.82, 39.66)


def town(count: int = 3000, half_m: float = 4000.0, seed: int = 11) -> Footprints:
    """Rectangles, L shapes and courtyards at random places and turns."""
    random = np.random.default_rng(seed)
    shapes = []
    for i in range(count):
        width, depth = random.uniform(8, 60, 2)
        shape = shapely.box(0, 0, width, depth)
        if i % 3 == 1:
            shape = shape.difference(shapely.box(width / 2, depth / 2, width + 1, depth + 1))
        if i % 3 == 2:
            shape = shape.difference(shapely.box(width * 0.3, depth * 0.3, width * 0.6, depth * 0.6))
        turned = shapely.affinity.rotate(shape, random.uniform(0, 90), origin=(0, 0))
        shapes.append(shapely.affinity.translate(turned, *random.uniform(-half_m, half_m, 2)))
    cut = rings(np.array(shapes, dtype=object))
    base = random.uniform(1030, 1060, count)
    words = {name: tuple(f"{name}-{i}楼" for i in range(count)) for name in ATTRIBUTES}
    words["storeys"] = tuple(int(v) for v in random.integers(1, 40, count))
    return Footprints(
        cut.vertices_m,
        cut.ring_offsets,
        cut.ring_building,
        base,
        base + random.uniform(3, 120, count),
        tuple(f"b{i}" for i in range(count)),
        words,
    )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Footprints, Path]:
    footprints = town()
    out = tmp_path_factory.mktemp("buildings")
    seen: list[tuple[int, int]] = []
    make_buildings(footprints, FRAME, out, workers=1, progress=lambda done, total: seen.append((done, total)))
    assert seen
    assert seen[-1][0] == seen[-1][1]
    return footprints, out / "tileset.json"


def test_every_building_is_in_one_tile_with_its_facts(made: tuple[Footprints, Path]) -> None:
    footprints, tileset = made
    facts = [
        dict(zip(part.table, row, strict=True))
        for part in read_buildings(tileset)
        for row in zip(*part.table.values(), strict=True)
    ]
    assert sorted(fact["id"] for fact in facts) == sorted(footprints.ids)
    for fact in facts:
        i = footprints.index[fact["id"]]
        for name in ATTRIBUTES:
            assert fact[name] == footprints.attributes[name][i]
        assert fact["height"] == pytest.approx(footprints.heights_m[i], abs=1e-4)


def test_corners_stand_where_the_prisms_do(made: tuple[Footprints, Path]) -> None:
    """Every prism corner, at base and at roof, is a vertex to within 2 mm, and nothing else is."""
    footprints, tileset = made
    for part in read_buildings(tileset):
        for row, identity in enumerate(part.table["id"]):
            i = footprints.index[identity]
            a, b = footprints.building_offsets[i : i + 2]
            lon, lat = FRAME.to_lonlat(*footprints.vertices_m[a:b].T)
            corners = np.concatenate([geodetic_to_ecef(lon, lat, h[i]) for h in (footprints.base_m, footprints.roof_m)])
            vertices = part.vertices_ecef_m[np.unique(part.triangles[part.feature == row])]
            apart = np.linalg.norm(vertices[:, None] - corners[None], axis=2)
            assert apart.min(axis=0).max() < 0.002
            assert apart.min(axis=1).max() < 0.002


def test_roofs_cover_the_footprints_and_face_up(made: tuple[Footprints, Path]) -> None:
    footprints, tileset = made
    for part in read_buildings(tileset):
        a, b, c = (part.vertices_ecef_m[part.triangles[:, k]] for k in range(3))
        normal = np.cross(b - a, c - a)
        place = ecef_to_geodetic(a)
        up = geodetic_to_ecef(place[:, 0], place[:, 1], place[:, 2] + 1.0) - a
        rise = np.einsum("ij,ij->i", normal, up) / 2
        size = np.linalg.norm(normal, axis=1) / 2
        flat = np.abs(rise) > 0.99 * size
        assert (rise[flat] > -0.02).all()
        covered = np.bincount(part.feature[flat], weights=rise[flat], minlength=len(part.table["id"]))
        for row, identity in enumerate(part.table["id"]):
            i = footprints.index[identity]
            area = _area(footprints, i) * (1 + footprints.roof_m[i] / 6.371e6) ** 2  # the frame is at height 0
            assert covered[row] == pytest.approx(area, rel=2e-4, abs=0.01)


def _area(footprints: Footprints, i: int) -> float:
    total = 0.0
    for ring in footprints.rings(i):
        x, y = ring.T
        total += 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))
    return total


def test_walls_face_outward(made: tuple[Footprints, Path]) -> None:
    """A step off a wall along its normal leaves the footprint; a step back enters it."""
    footprints, _ = made
    few = footprints.take(np.arange(60))
    mesh = make_mesh(few, FRAME, tile_to_ecef(FRAME.lon0, FRAME.lat0, 0.0))
    corners = len(few.vertices_m)
    quads = mesh.positions_m[: 4 * corners].reshape(corners, 4, 3)
    middle, normal = quads[:, :2].mean(axis=1), mesh.normals[: 4 * corners : 4]
    building = mesh.feature[: 4 * corners : 4]
    for i in range(len(few)):
        # The frame's own origin: local east, north equal grid x, y to a millimetre over these few metres.
        outline = shapely.Polygon(few.rings(i)[0], few.rings(i)[1:])
        own = building == i
        grid = np.array([_to_grid(place) for place in middle[own]])
        outside, inside = grid + 0.05 * normal[own, :2], grid - 0.05 * normal[own, :2]
        assert not shapely.contains_xy(outline, *outside.T).any()
        assert shapely.contains_xy(outline, *inside.T).all()


def _to_grid(enu_m: np.ndarray) -> tuple[float, float]:
    to_ecef = tile_to_ecef(FRAME.lon0, FRAME.lat0, 0.0)
    lon, lat, _ = ecef_to_geodetic(to_ecef[:3, :3] @ enu_m + to_ecef[:3, 3])
    return FRAME.to_metric(lon, lat)


def test_tree_is_sound(made: tuple[Footprints, Path]) -> None:
    """Children lie within their parents, errors fall, and the largest come first."""
    _, tileset = made
    document = json.loads(tileset.read_text())
    assert document["asset"]["version"] == "1.1"
    assert document["root"]["refine"] == "ADD"
    assert document["geometricError"] >= document["root"]["geometricError"]
    for tile, to_ecef, parent in walk(tileset):
        box = np.array(tile["boundingVolume"]["box"])
        assert (np.diag(box[3:].reshape(3, 3)) > 0).all()
        if parent is not None:
            assert tile["geometricError"] < parent["geometricError"]
            above = to_ecef @ np.linalg.inv(np.array(tile["transform"]).reshape(4, 4).T)
            corners = np.array(list(product((-1, 1), repeat=3))) @ box[3:].reshape(3, 3) + box[:3]
            seen = np.linalg.solve(above[:3, :3], (to_ecef[:3, :3] @ corners.T).T.T + (to_ecef - above)[:3, 3:]).T
            outer = np.array(parent["boundingVolume"]["box"])
            assert (np.abs(seen - outer[:3]) <= np.diag(outer[3:].reshape(3, 3)) + 1e-6).all()


def test_boxes_hold_every_vertex_tightly(made: tuple[Footprints, Path]) -> None:
    _, tileset = made
    contents = [(tile, to_ecef) for tile, to_ecef, _ in walk(tileset) if "content" in tile]
    for (tile, to_ecef), part in zip(contents, read_buildings(tileset), strict=True):
        for volume in (tile["boundingVolume"], tile["content"]["boundingVolume"]):
            box = np.array(volume["box"])
            local = (part.vertices_ecef_m - to_ecef[:3, 3]) @ to_ecef[:3, :3]
            assert (np.abs(local - box[:3]) <= np.diag(box[3:].reshape(3, 3))).all()
        reach = np.abs(local - box[:3]).max(axis=0)
        assert (reach > np.diag(box[3:].reshape(3, 3)) - 0.05).all()


@pytest.mark.parametrize("error_px", [16.0, 24.0, 64.0])
def test_a_city_view_loads_two_thousand_from_few_tiles(error_px: float) -> None:
    """What CesiumJS would load at 1280x720 looking north, by its own formula for the error on the screen."""
    footprints = town(25_000, 9000.0)
    eye = np.array([0.0, -2500.0, 1700.0])
    far = 40_000 * np.tan(np.radians(30))
    seen = shapely.Polygon([(0, eye[1]), (-far, eye[1] + 40_000), (far, eye[1] + 40_000)])
    bounds = footprints.bounds_m
    loaded, tiles, stack = 0, 0, [plan_tree(footprints)]
    while stack:
        node = stack.pop()
        inside = np.concatenate([below.buildings for below in node.walk()])
        low, high = bounds[inside, :2].min(axis=0), bounds[inside, 2:].max(axis=0)
        if not shapely.box(*low, *high).intersects(seen):
            continue
        away = np.append(eye[:2] - np.clip(eye[:2], low, high), eye[2] - 100)
        loaded += len(node.buildings)
        tiles += 1
        if node.geometric_error_m * 720 / (np.linalg.norm(away) * 0.6495) > error_px:
            stack += node.children
    print(error_px, loaded, tiles)
    assert loaded >= 2000
    assert tiles <= 60


def test_coarse_tiles_hold_the_larger_buildings() -> None:
    footprints = town(5000)
    root = plan_tree(footprints)
    heights = footprints.heights_m
    assert len(root.buildings) <= LEAF
    below = np.concatenate([node.buildings for node in root.walk() if node is not root])
    assert np.median(heights[root.buildings]) > 1.5 * np.median(heights[below])


def test_a_stopped_build_goes_on_and_keeps_what_is_there(tmp_path: Path) -> None:
    footprints = town(2000)
    make_buildings(footprints, FRAME, tmp_path, workers=1, progress=lambda done, total: None)
    tiles = sorted(tmp_path.rglob("*.glb"))
    first = {tile: tile.read_bytes() for tile in tiles}
    kept = tiles[0].stat().st_mtime_ns
    tiles[1].unlink()
    (tmp_path / "tileset.json").unlink()
    make_buildings(footprints, FRAME, tmp_path, workers=1, progress=lambda done, total: None)
    assert tiles[0].stat().st_mtime_ns == kept
    assert {tile: tile.read_bytes() for tile in sorted(tmp_path.rglob("*.glb"))} == first


def test_a_city_without_buildings_has_an_empty_tileset(tmp_path: Path) -> None:
    make_buildings(Footprints.empty(), FRAME, tmp_path, workers=1, progress=lambda done, total: None)
    assert list(read_buildings(tmp_path / "tileset.json")) == []


def test_triangulation_keeps_courtyards_open() -> None:
    court = shapely.Polygon(shapely.box(0, 0, 10, 10).exterior, [shapely.box(3, 3, 6, 6).exterior.coords])
    pair = shapely.MultiPolygon([court, shapely.box(20, 0, 25, 5)])
    cut = rings(np.array([pair], dtype=object))
    words = dict.fromkeys(ATTRIBUTES, ("",)) | {"storeys": (0,)}
    one = np.zeros(1)
    footprints = Footprints(*(cut.vertices_m, cut.ring_offsets, cut.ring_building), one, one + 9, ("a",), words)
    triangles = footprints.vertices_m[roof_triangles(footprints)]
    whole = shapely.union_all(shapely.polygons(triangles))
    assert whole.symmetric_difference(pair).area < 1e-9
