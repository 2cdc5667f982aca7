"""The Embree judge itself, on scenes whose answers are known."""

from pathlib import Path

import numpy as np
import pytest
from quantized_mesh_tile import encode

from tests.judges.embree import BUILDING, NONE, TERRAIN, EmbreeCity
from tiles.buildings import make_buildings
from tiles.footprints import ATTRIBUTES, Footprints
from tiles.geodesy import CityFrame, geodetic_to_ecef
from tiles.grid import HeightGrid
from tiles.prisms import Prisms
from tiles.sight import sight_lines

FRAME = CityFrame(106.82, 39.66)
GROUND_M = 1040.0
SCALE = 1 + GROUND_M / 6.37e6
"""A metre of the frame, which is at height 0, is longer up here."""


def at(x: object, y: object, height_m: object) -> np.ndarray:
    x, y, height_m = np.broadcast_arrays(np.asarray(x, float), y, height_m)
    return geodetic_to_ecef(*FRAME.to_lonlat(x, y), height_m)


def blocks(boxes: list[tuple[float, float, float, float, float]]) -> Footprints:
    """West, south, east, north and height of each building."""
    corners = np.concatenate([[(w, s), (e, s), (e, n), (w, n)] for w, s, e, n, _ in boxes]).astype(float)
    count = len(boxes)
    words = dict.fromkeys(ATTRIBUTES, ("",) * count) | {"storeys": (0,) * count}
    return Footprints(
        corners,
        np.arange(0, 4 * count + 1, 4),
        np.arange(count, dtype=np.int32),
        np.full(count, GROUND_M - 0.5),
        GROUND_M + np.array([box[4] for box in boxes], float),
        tuple(f"b{i}" for i in range(count)),
        words,
    )


def flat_terrain(folder: Path) -> None:
    """Tiles of the ground at one height around the frame's centre, by quantized-mesh-tile's own encoder."""
    z, step = 13, 180.0 / 2**13
    x0, y0 = int((FRAME.lon0 + 180) / step), int((FRAME.lat0 + 90) / step)
    for x in range(x0 - 1, x0 + 2):
        for y in range(y0 - 1, y0 + 2):
            west, south = -180 + x * step, -90 + y * step
            fine = np.linspace(0, step, 9)
            squares = [(west + a, south + b) for a in fine[:-1] for b in fine[:-1]]
            d = fine[1]
            rings = []
            for lon, lat in squares:
                sw, se, ne, nw = ((lon + i, lat + j, GROUND_M) for i, j in ((0, 0), (d, 0), (d, d), (0, d)))
                rings += [(sw, se, ne), (sw, ne, nw)]
            tile = encode([list(ring) for ring in rings], bounds=[west, south, west + step, south + step])
            (folder / str(z) / str(x)).mkdir(parents=True, exist_ok=True)
            tile.toFile(str(folder / str(z) / str(x) / f"{y}.terrain"))


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> EmbreeCity:
    folder = tmp_path_factory.mktemp("embree")
    footprints = blocks([(100, -20, 120, 20, 30), (300, -20, 320, 20, 10)])
    make_buildings(footprints, FRAME, folder / "b", workers=1, progress=lambda done, total: None)
    flat_terrain(folder / "t")
    return EmbreeCity(folder / "b" / "tileset.json", folder / "t")


def test_known_lines(city: EmbreeCity) -> None:
    eyes = at([0, 0, 0, 200, 0], [0, 0, 30, 0, 0], GROUND_M + np.array([5, 40, 5, 5, 5]))
    targets = at([200, 200, 200, 310, 80], [0, 0, 30, 0, 0], GROUND_M + np.array([5, 35, 5, 10.0, -3]))
    hits = city.between(eyes, targets)
    assert hits.kind.tolist() == [BUILDING, NONE, NONE, BUILDING, TERRAIN]
    assert hits.building.tolist() == ["b0", "", "", "b1", ""]
    np.testing.assert_allclose(
        hits.distance_m[[0, 3]], SCALE * np.array([100.0, 100 * np.hypot(1, 5 / 110)]), atol=0.002
    )
    assert city.visible(eyes, targets).tolist() == [False, True, True, False, False]


def test_a_target_on_a_wall_is_seen_from_its_own_side_only(city: EmbreeCity) -> None:
    wall = at(100, 0, GROUND_M + 15)
    eyes = at([0, 250], [0, 0], GROUND_M + 20)
    assert city.visible(eyes, np.array([wall, wall])).tolist() == [True, False]


def test_first_hits_name_what_is_met(city: EmbreeCity) -> None:
    eye, up = at(0, 0, GROUND_M + 5), at(0, 0, GROUND_M + 6) - at(0, 0, GROUND_M + 5)
    east = at(1, 0, GROUND_M + 5) - eye
    hits = city.first_hits(np.array([eye] * 3), np.array([east / np.linalg.norm(east), -up, up]), 1000.0)
    assert hits.kind.tolist() == [BUILDING, TERRAIN, NONE]
    np.testing.assert_allclose(hits.distance_m[:2], [SCALE * 100.0, 5.0], atol=0.002)


def test_the_earth_bends_away(tmp_path: Path) -> None:
    """A low roof 3 km out hides what the level surface has dropped behind it, less the refraction."""
    footprints = blocks([(2990, -200, 3010, 200, 10.0)])
    make_buildings(footprints, FRAME, tmp_path, workers=1, progress=lambda done, total: None)
    judge = EmbreeCity(tmp_path / "tileset.json", None)
    sag = 3000.0 * 3000.0 * (1 - 0.13) / (2 * 6371008.8)  # midway on a 6 km line: 0.61 m
    eyes = at([0, 0], 0, GROUND_M + 10 + sag + np.array([-0.05, 0.05]))
    targets = at([6000, 6000], 0, GROUND_M + 10 + sag + np.array([-0.05, 0.05]))
    assert judge.visible(eyes, targets).tolist() == [False, True]


def test_it_agrees_with_the_exact_sight_line(tmp_path: Path) -> None:
    """Random lines over random blocks: the same verdict, or the line passes within centimetres of an edge."""
    random = np.random.default_rng(3)
    corner = random.uniform(-1500, 1500, (400, 2))
    sides, heights = random.uniform(10, 50, (400, 2)), random.uniform(4, 60, 400)
    boxes = [(*a, *(a + s), h) for a, s, h in zip(corner, sides, heights, strict=True)]
    footprints = blocks(boxes)
    make_buildings(footprints, FRAME, tmp_path, workers=1, progress=lambda done, total: None)
    judge = EmbreeCity(tmp_path / "tileset.json", None)
    prisms = Prisms.build(
        footprints.vertices_m, footprints.ring_offsets, footprints.ring_building, footprints.base_m, footprints.roof_m
    )
    count = 3000
    eyes = np.column_stack([random.uniform(-1500, 1500, (count, 2)), GROUND_M + random.uniform(3, 70, count)])
    targets = np.column_stack([random.uniform(-1500, 1500, (count, 2)), GROUND_M + random.uniform(1, 40, count)])
    free = (prisms.building_at(eyes[:, 0], eyes[:, 1]) < 0) & (prisms.building_at(targets[:, 0], targets[:, 1]) < 0)
    eyes, targets = eyes[free], targets[free]
    ground = HeightGrid(np.full((401, 401), GROUND_M - 20, np.float32), -2000.0, 2000.0, 10.0)
    lines = sight_lines(ground, ground, prisms, eyes, targets, carrier=None, mount_m=None, target_building=None)
    seen = judge.visible(at(*eyes.T), at(*targets.T))
    assert 0.1 < seen.mean() < 0.9
    odd = np.flatnonzero(seen != lines.clear)
    for lift in (-0.05, 0.05):  # the verdict of the odd ones turns within five centimetres
        raised = sight_lines(
            ground, ground, prisms, eyes[odd] + (0, 0, lift), targets[odd] + (0, 0, lift),
            carrier=None, mount_m=None, target_building=None,
        )  # fmt: skip
        odd = odd[raised.clear == lines.clear[odd]]
    assert len(odd) == 0
    assert (seen == lines.clear).mean() > 0.999
