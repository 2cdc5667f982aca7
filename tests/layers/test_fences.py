"""Geofences: each crossing once, not at every shake, not for what is late, and as the zone wants it told."""

import numpy as np
import pytest
import shapely

from layers.fences import MARGIN_M, Crossed, Fences, Fix, Standing
from layers.zones import Watch, Zone

D = 0.001
NORTH_M = 111_320.0


def a_zone(id_: str = "z", watch: Watch = "both", lon: float = 106.8) -> Zone:
    ring = ((lon, 39.6), (lon + D, 39.6), (lon + D, 39.6 + D), (lon, 39.6 + D), (lon, 39.6))
    return Zone(id=id_, name=id_, watch=watch, rings=(ring,), lon=0, lat=0)


def run(
    fences: Fences, places: list[tuple[float, float]], times: list[float] | None = None
) -> list[tuple[str, str, float]]:
    standing: Standing | None = None
    told: list[Crossed] = []
    for number, (lon, lat) in enumerate(places):
        time_s = times[number] if times else float(number)
        standing, crossed = fences.crossed(Fix(("car", "a"), lon, lat, time_s), standing)
        told += crossed
    return [(one.fence.zone.id, one.way, one.fix.time_s) for one in told]


OUT, IN = (106.799, 39.6005), (106.8005, 39.6005)


@pytest.mark.parametrize(
    ("watch", "told"),
    [
        ("both", [("z", "enter", 1.0), ("z", "leave", 3.0)]),
        ("enter", [("z", "enter", 1.0)]),
        ("leave", [("z", "leave", 3.0)]),
        ("none", []),
    ],
)
def test_each_crossing_is_told_once_as_the_zone_wants_it(watch: Watch, told: list) -> None:
    assert run(Fences.of([a_zone(watch=watch)]), [OUT, IN, IN, OUT, OUT]) == told


def test_where_a_thing_is_first_heard_of_is_no_crossing() -> None:
    assert run(Fences.of([a_zone()]), [IN, IN]) == []
    assert run(Fences.of([a_zone()]), [IN, OUT]) == [("z", "leave", 1.0)]


def test_what_shakes_at_the_border_crosses_it_once() -> None:
    rng = np.random.default_rng(1)
    shaking = [(106.8005, 39.6 + float(off_m) / NORTH_M) for off_m in rng.uniform(-0.9 * MARGIN_M, MARGIN_M, 400)]
    far = (106.8005, 39.6 - 1.2 * MARGIN_M / NORTH_M)
    told = run(Fences.of([a_zone()]), [far, (106.8005, 39.6001), *shaking, far])
    assert [one[1] for one in told] == ["enter", "leave"]


def test_late_and_repeated_fixes_change_nothing() -> None:
    fences = Fences.of([a_zone()])
    assert run(fences, [OUT, IN, OUT, IN], [0, 10, 5, 10]) == [("z", "enter", 10.0)]


def test_from_one_fence_straight_into_the_next() -> None:
    fences = Fences.of([a_zone("a"), a_zone("b", lon=106.8 + D)])
    told = run(fences, [(106.8005, 39.6005), (106.8015, 39.6005), (106.81, 39.6005)])
    assert told == [("a", "leave", 1.0), ("b", "enter", 1.0), ("b", "leave", 2.0)]


def test_a_fence_that_is_taken_away_is_left_by_nobody() -> None:
    before, _ = Fences.of([a_zone()]).crossed(Fix(("car", "a"), *IN, 1.0), None)
    after, told = Fences.of([]).crossed(Fix(("car", "a"), *OUT, 2.0), before)
    assert (after.within, told) == (frozenset(), [])


def test_many_walkers_against_the_polygons_themselves() -> None:
    """Without a margin to speak of: steps are far longer. Every change of being inside is told, and nothing else."""
    rng = np.random.default_rng(2)
    zones = [a_zone(f"z{i}", lon=106.78 + 0.004 * i) for i in range(10)]
    shapes = [shapely.Polygon(zone.rings[0]) for zone in zones]
    fences = Fences.of(zones)
    for _ in range(20):
        walk = np.column_stack([rng.uniform(106.77, 106.83, 60), rng.uniform(39.599, 39.602, 60)])
        inside = np.array([shapely.contains_xy(shape, walk[:, 0], walk[:, 1]) for shape in shapes])
        near = np.array([shapely.dwithin(shape.boundary, shapely.points(walk), 2e-4) for shape in shapes])
        keep = ~near.any(axis=0)
        walk, inside = walk[keep], inside[:, keep]
        expected = {
            (f"z{i}", "enter" if inside[i, k] else "leave", float(k))
            for i in range(10)
            for k in range(1, len(walk))
            if inside[i, k] != inside[i, k - 1]
        }
        told = run(fences, [(float(x), float(y)) for x, y in walk])
        assert len(told) == len(set(told))
        assert set(told) == expected
