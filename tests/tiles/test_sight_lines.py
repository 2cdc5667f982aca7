"""Exact sight lines: hand-made cases, and equality with the plain twin on random worlds."""

import numpy as np
import pytest

from tests.tiles.sight_twin import plain_line, small_world
from tiles.geodesy import bend_m
from tiles.grid import HeightGrid
from tiles.prisms import Prisms
from tiles.sight import BadSightLine, sight_lines


def flat(size: int = 41, cell_m: float = 10.0, height_m: float = 0.0) -> HeightGrid:
    half = (size - 1) / 2 * cell_m
    return HeightGrid(np.full((size, size), height_m, np.float32), -half, half, cell_m)


def block(west: float, south: float, east: float, north: float, roof: float) -> Prisms:
    ring = [(west, south), (east, south), (east, north), (west, north)]
    return Prisms.build(ring, [0, 4], [0], [0.0], [roof])


def look(prisms, eye, target, ground=None, obstacle=None, **rules):
    ground = ground or flat()
    lines = sight_lines(ground, obstacle or ground, prisms, eye, target, **rules)
    return int(lines.kind[0]), int(lines.building[0]), float(lines.distance_m[0])


@pytest.mark.parametrize("seed", range(6))
def test_lines_equal_the_plain_twin(seed):
    world = small_world(seed)
    rng = np.random.default_rng(100 + seed)
    n, count = 700, world.prisms.count
    west, south, east, north = world.ground.bounds_m
    ends = []
    for _ in range(2):
        x, y = rng.uniform(west - 40, east + 40, n), rng.uniform(south - 40, north + 40, n)
        near = rng.random(n) < 0.5
        shape = rng.integers(count, size=n)
        ring = np.searchsorted(world.prisms.ring_building, shape)
        corner = world.prisms.vertices_m[world.prisms.ring_offsets[ring]] + rng.normal(0, 2, (n, 2))
        x, y = np.where(near, corner[:, 0], x), np.where(near, corner[:, 1], y)
        h = 1000 + np.where(near, rng.uniform(0, 35, n), rng.uniform(-10, 60, n))
        ends.append((np.stack([x, y, h], axis=-1), np.where(rng.random(n) < 0.7, shape, -1)))
    (eyes, carrier), (targets, target) = ends
    mount = rng.choice([0.0, 1.5, 6.0, 30.0], n)
    got = sight_lines(
        world.ground,
        world.obstacle,
        world.prisms,
        eyes,
        targets,
        carrier=carrier,
        mount_m=mount,
        target_building=target,
    )
    cases = zip(eyes, targets, carrier, mount, target, strict=True)
    kind, building, distance = (np.array(v) for v in zip(*(plain_line(world, *c) for c in cases), strict=True))
    assert min(np.bincount(kind, minlength=4)) > 6, "every kind of verdict must occur"
    np.testing.assert_array_equal(got.kind, kind)
    np.testing.assert_array_equal(got.building, building)
    np.testing.assert_allclose(got.distance_m, distance, rtol=1e-9)
    np.testing.assert_array_equal(got.clear, kind == 0)


def test_a_building_blocks_below_its_roof_only():
    tower = block(-5, -5, 5, 5, 20)
    assert look(tower, (-50, 0, 10), (50, 0, 10)) == (3, 0, pytest.approx(45))
    assert look(tower, (-50, 0, 21), (50, 0, 21))[0] == 0
    assert look(tower, (-50, 7, 10), (50, 7, 10))[0] == 0


def test_the_carrier_is_excused_near_the_eye_only():
    house = block(-5, -5, 5, 5, 20)
    street, yard = (-40, 0, 1.5), (40, 0, 1.5)
    inside_the_wall = (-4.5, 0, 10)
    assert look(house, inside_the_wall, street)[0] == 3
    assert look(house, inside_the_wall, street, carrier=0, mount_m=1.0)[0] == 0
    assert look(house, inside_the_wall, yard, carrier=0, mount_m=1.0)[0] == 3
    assert look(house, (-5.2, 0, 10), yard, carrier=0, mount_m=1.0)[0] == 3


def test_the_carrier_hides_what_lies_behind_it_even_above_the_far_wall():
    """The far wall is crossed above the roof; the line still runs up through the house."""
    house = block(-5, -5, 5, 5, 20)
    assert look(house, (-5.1, 0, 10), (45, 0, 200), carrier=0, mount_m=1.0)[:2] == (3, 0)
    assert look(house, (-5.1, 0, 21), (45, 0, 200), carrier=0, mount_m=1.0)[0] == 0


def test_a_facade_is_seen_from_its_front_only():
    house = block(-5, -5, 5, 5, 20)
    facade = (-4.95, 0, 18)
    assert look(house, (-60, 0, 10), facade)[0] == 3
    assert look(house, (-60, 0, 10), facade, target_building=0)[0] == 0
    assert look(house, (60, 0, 10), facade, target_building=0)[0] == 3
    # From high behind, the line enters through the roof and crosses only the facade itself.
    assert look(house, (25, 0, 41), (-5.05, 0, 16), target_building=0)[:2] == (3, 0)


def test_trees_near_the_camera_do_not_blind_it():
    ground = flat()
    heights = ground.heights_m.copy()
    heights[20, 21] = heights[20, 30] = 12.0
    trees = HeightGrid(heights, ground.x0_m, ground.y0_m, ground.cell_m)
    assert look(Prisms.none(), (0, 0, 6), (50, 0, 1.5), obstacle=trees)[0] == 0
    assert look(Prisms.none(), (0, 0, 6), (150, 0, 1.5), obstacle=trees) == (
        2,
        -1,
        pytest.approx(100, rel=1e-3),
    )
    assert look(Prisms.none(), (0, 0, 6), (150, 0, 1.5), ground=trees) == (1, -1, pytest.approx(10, abs=0.1))


def test_the_earth_curves():
    plain = flat(size=1001, cell_m=20)
    assert look(Prisms.none(), (-9000, 0, 5), (9000, 0, 5), ground=plain)[0] == 1
    mid = float(bend_m(9000))
    assert look(Prisms.none(), (-9000, 0, mid + 0.1), (9000, 0, mid + 0.1), ground=plain)[0] == 0
    assert look(Prisms.none(), (-9000, 0, mid - 0.1), (9000, 0, mid - 0.1), ground=plain)[0] == 1


def test_a_line_of_no_length_and_straight_up_is_clear():
    assert look(block(-5, -5, 5, 5, 20), (0, 0, 30), (0, 0, 30))[0] == 0
    assert look(block(-5, -5, 5, 5, 20), (0, 0, 21), (0, 0, 90), carrier=0)[0] == 0


def test_bad_lines_are_refused_with_the_value():
    ground = flat()
    for eye, rules, word in (
        ((np.nan, 0, 1), {}, "eyes_m = nan"),
        ((0, 0), {}, "eyes_m"),
        ((0, 0, 1), {"carrier": 5}, "carrier"),
        ((0, 0, 1), {"mount_m": -1.0}, "mount_m = -1.0"),
    ):
        with pytest.raises(BadSightLine, match=word):
            sight_lines(ground, ground, Prisms.none(), eye, (1, 1, 1), **rules)
    with pytest.raises(BadSightLine, match="obstacle"):
        sight_lines(ground, flat(size=11), Prisms.none(), (0, 0, 1), (1, 1, 1))
