"""Ways over roads: as quick as the plainest search finds them, and driven as the roads allow."""

import math

import numpy as np
import pytest

from layers.lines import along_m
from layers.routing.network import Network, Street
from layers.routing.speeds import speed_m_s
from layers.routing.spots import NOWHERE, Spots
from layers.routing.ways import Router
from tests.layers.routing.nets import a_town, plain_seconds, some_spots


def street(*points: tuple[float, float], speed: float = 10.0, **ways: bool) -> Street:
    return Street(np.array(points, float), speed, **ways)


def spot(arc: int, at: float) -> Spots:
    return Spots(np.array([arc]), np.array([at]), np.zeros(1))


@pytest.mark.parametrize("seed", range(6))
def test_as_quick_as_the_plainest_search(seed: int) -> None:
    network = Network.of(a_town(seed))
    router = Router(network)
    spots, goals = some_spots(network, 25, seed + 100), some_spots(network, 8, seed + 200)
    reached = 0
    for g in range(len(goals)):
        ways = router.ways_to(goals.one(g))
        found = ways.seconds(spots)
        goal = int(goals.arcs[g]), float(goals.along_m[g])
        for k in range(len(spots)):
            plain = plain_seconds(network, (int(spots.arcs[k]), float(spots.along_m[k])), goal)
            path = ways.path(spots, k)
            if math.isinf(plain):
                assert math.isinf(found[k])
                assert path is None
                continue
            reached += 1
            assert found[k] == pytest.approx(plain, abs=1e-4)
            assert path is not None
            assert path.seconds == pytest.approx(plain, abs=1e-4)
            assert (np.diff(path.times_s) >= 0).all()
            # It runs over the roads, from the one spot to the other, and nowhere jumps.
            ends = np.stack([place(network, spots, k), place(network, goals, g)])
            assert path.line_m[[0, -1]] == pytest.approx(ends, abs=1e-6)
            assert path.length_m >= float(np.hypot(*(ends[1] - ends[0]))) - 1e-6
            assert path.length_m / max(path.seconds, 1e-9) <= 20.0 + 1e-6
    assert reached > 50


def place(network: Network, spots: Spots, k: int) -> np.ndarray:
    line = network.lines[int(spots.arcs[k])]
    return np.array([np.interp(spots.along_m[k], along_m(line), axis) for axis in line.T])


def test_a_one_way_is_driven_one_way() -> None:
    # A square whose southern side leads east only.
    square = [
        street((0, 0), (100, 0), backward=False),
        street((100, 0), (100, 100)),
        street((100, 100), (0, 100)),
        street((0, 100), (0, 0)),
    ]
    router = Router(Network.of(square))
    west, east = router.snap(np.array([[10.0, 0.0]])), router.snap(np.array([[90.0, 0.0]]))
    assert router.ways_to(east).seconds(west)[0] == pytest.approx(8.0)
    assert router.ways_to(west).seconds(east)[0] == pytest.approx(32.0)
    path = router.ways_to(west).path(east, 0)
    assert path is not None
    assert path.length_m == pytest.approx(320.0)


def test_the_end_of_a_road_on_another_is_a_junction() -> None:
    router = Router(Network.of([street((0, 0), (200, 0)), street((101, 1.5), (101, 80))]))
    ways = router.ways_to(router.snap(np.array([[101.0, 80.0]])))
    assert ways.seconds(router.snap(np.array([[0.0, 0.0]])))[0] == pytest.approx(18.0, abs=0.1)


def test_bridges_do_not_join_what_they_cross() -> None:
    router = Router(Network.of([street((0, 0), (200, 0)), street((100, -90), (100, 90))]))
    assert math.isinf(router.ways_to(router.snap(np.array([[100.0, 80.0]]))).seconds(spot(0, 5.0))[0])


def test_what_no_road_leads_to_is_told() -> None:
    router = Router(Network.of([street((0, 0), (200, 0)), street((5_000, 0), (5_200, 0))]))
    far = router.snap(np.array([[2_500.0, 0.0], [20.0, 40.0]]))
    assert far.arcs.tolist() == [NOWHERE, 0]
    assert np.isnan(far.away_m[0])
    assert far.away_m[1] == pytest.approx(40.0)
    ways = router.ways_to(router.snap(np.array([[5_100.0, 0.0]])))
    assert np.isinf(ways.seconds(far)).all()
    assert ways.path(far, 0) is None
    nowhere = router.ways_to(far.one(0))
    assert np.isinf(nowhere.seconds(far)).all()
    assert nowhere.path(far, 1) is None


def test_a_city_without_roads() -> None:
    router = Router(Network.of([]))
    spots = router.snap(np.array([[0.0, 0.0]]))
    assert np.isinf(router.ways_to(spots).seconds(spots)).all()


def test_rails_and_paths_are_not_driven() -> None:
    assert speed_m_s("rail") is None
    assert speed_m_s("path") is None
    assert speed_m_s("primary") == pytest.approx(50 / 3.6)
    assert speed_m_s("anything") == pytest.approx(25 / 3.6)
