"""First hits: hand-made cases, and a plain fine march along each ray on random worlds."""

import numpy as np
import pytest

from tests.tiles.sight_twin import line_height, small_world
from tests.tiles.test_sight_lines import block, flat
from tiles.geodesy import bend_m
from tiles.prisms import Prisms
from tiles.sight import BadSightLine, first_hits, sight_lines


def hit(prisms, origin, bearing, elevation, reach=1000.0, **rules):
    ground = flat(size=401)
    hits = first_hits(ground, ground, prisms, origin, bearing, elevation, reach, **rules)
    return int(hits.kind[0]), int(hits.building[0]), float(hits.distance_m[0]), hits.points_m[0]


def test_a_ray_meets_ground_wall_roof_or_nothing():
    tower = block(20, -5, 30, 5, 20)
    kind, who, distance, point = hit(tower, (0, 0, 10), 90, -45)
    assert (kind, who, distance) == (1, -1, pytest.approx(10 * 2**0.5, rel=1e-4))
    np.testing.assert_allclose(point, (10, 0, 0), atol=1e-3)
    kind, who, distance, point = hit(tower, (0, 0, 10), 90, 0)
    assert (kind, who, distance) == (3, 0, pytest.approx(20))
    np.testing.assert_allclose(point, (20, 0, 10), atol=1e-3)
    kind, who, distance, point = hit(tower, (0, 0, 45), 90, -45)
    assert (kind, who) == (4, 0)
    np.testing.assert_allclose(point, (25, 0, 20), atol=1e-3)
    kind, who, distance, point = hit(tower, (0, 0, 30), 0, 10)
    assert (kind, who, distance) == (0, -1, np.inf)
    reach = 1000 * np.cos(np.radians(10))
    np.testing.assert_allclose(point, (0, reach, 30 + 1000 * np.sin(np.radians(10)) + bend_m(reach)), atol=1e-6)


def test_a_ray_straight_down_meets_the_roof_or_the_ground():
    tower = block(20, -5, 30, 5, 20)
    assert hit(tower, (24, 1, 50), 0, -90)[:3] == (4, 0, pytest.approx(30))
    assert hit(tower, (34, 1, 50), 0, -90)[:3] == (1, -1, pytest.approx(50))
    assert hit(tower, (34, 1, 50), 0, -90, 40.0)[0] == 0


def test_a_roof_reached_just_before_the_end_of_the_ray_counts():
    tower = block(20, -5, 30, 5, 20)
    assert hit(tower, (0, 0, 45), 90, -45, 25 * 2**0.5 + 1)[:2] == (4, 0)
    assert hit(tower, (0, 0, 45), 90, -45, 25 * 2**0.5 - 1)[:2] == (0, -1)


def test_a_camera_on_its_roof_sees_roof_inward_and_street_outward():
    tower = block(-15, -5, 5, 5, 20)
    rules = {"carrier": 0, "mount_m": 2.0}
    assert hit(tower, (4.5, 0, 22), 270, -20, **rules)[:2] == (4, 0)
    assert hit(tower, (4.5, 0, 22), 90, -80, **rules)[:2] == (1, -1)
    assert hit(tower, (4.5, 0, 18), 270, -20, **rules)[:2] == (3, 0)
    assert hit(tower, (4.5, 0, 18), 90, -60, **rules)[:2] == (1, -1)


def marched(world, origin, end, reach_m, step_m=0.05):
    """Distance and kind of the first step at which the ray is under a roof or the surface."""
    t = np.linspace(0, 1, int(reach_m / step_m))
    x, y = (origin[i] + t * (end[i] - origin[i]) for i in (0, 1))
    line = line_height(origin, end, t)
    far = t * np.hypot(end[0] - origin[0], end[1] - origin[1])
    low, high = world.ground.sample(x, y), world.obstacle.sample(x, y)
    who = world.prisms.building_at(x, y)
    roof = np.where(who >= 0, world.prisms.roof_m[who], -np.inf)
    under = (line < low) | ((line < high) & (far > world.ground.cell_m)) | (line < roof)
    if not under[1:].any():
        return np.inf, -1
    first = int(np.argmax(under))
    built = line[first] < roof[first]
    return float(np.hypot(far[first], line[first] - origin[2])), int(who[first]) if built else -1


@pytest.mark.parametrize("seed", [1, 2])
def test_hits_agree_with_a_fine_march(seed):
    world = small_world(seed)
    rng = np.random.default_rng(seed)
    west, south, east, north = world.ground.bounds_m
    n, reach = 250, 250.0
    origins = np.stack([rng.uniform(west, east, n), rng.uniform(south, north, n), np.empty(n)], axis=-1)
    origins[:, 2] = world.ground.sample(origins[:, 0], origins[:, 1]) + rng.uniform(20, 60, n)
    who = world.prisms.building_at(origins[:, 0], origins[:, 1])
    free = (who < 0) | (world.prisms.roof_m[who] < origins[:, 2])
    origins = origins[free]
    n = len(origins)
    bearings, elevations = rng.uniform(0, 360, n), rng.uniform(-60, 5, n)
    got = first_hits(world.ground, world.obstacle, world.prisms, origins, bearings, elevations, reach)
    flat_m = reach * np.cos(np.radians(elevations))
    ends = origins + np.stack(
        [
            flat_m * np.sin(np.radians(bearings)),
            flat_m * np.cos(np.radians(bearings)),
            reach * np.sin(np.radians(elevations)) + bend_m(flat_m),
        ],
        axis=-1,
    )
    plain = [marched(world, o, e, reach) for o, e in zip(origins, ends, strict=True)]
    distance, building = (np.array(v) for v in zip(*plain, strict=True))
    assert {0, 1, 2, 3, 4} <= set(got.kind.tolist())
    assert (got.building == building).mean() >= 0.99
    both = (got.building == building) & np.isfinite(distance) & np.isfinite(got.distance_m)
    off_m = np.abs(got.distance_m[both] - distance[both])
    open_land = building[both] < 0
    assert off_m[~open_land].max() < 0.2
    # Between grid lines the march follows the bilinear patch, the kernel a straight line over the cell.
    assert off_m[open_land].max() < 0.5 * world.ground.cell_m
    assert np.median(off_m[open_land]) < 0.1
    assert (np.isfinite(got.distance_m) == np.isfinite(distance)).mean() >= 0.99


def test_a_line_to_each_hit_is_clear():
    """What a ray shows, the exact sight line confirms."""
    world = small_world(4)
    rng = np.random.default_rng(4)
    n = 600
    west, south, east, north = world.ground.bounds_m
    origins = np.stack([rng.uniform(west, east, n), rng.uniform(south, north, n), np.full(n, 1060.0)], axis=-1)
    args = (world.ground, world.obstacle, world.prisms)
    hits = first_hits(*args, origins, rng.uniform(0, 360, n), rng.uniform(-50, -2, n), 300.0)
    met = np.flatnonzero(hits.kind)
    short = origins[met] + 0.999 * (hits.points_m[met] - origins[met])
    lines = sight_lines(*args, origins[met], short, target_building=hits.building[met])
    assert lines.clear.mean() > 0.99


def test_bad_rays_are_refused():
    with pytest.raises(BadSightLine, match="bearings_deg = nan"):
        hit(Prisms.none(), (0, 0, 1), np.nan, 0)
