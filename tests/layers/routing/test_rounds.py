"""Rounds are driven on the roads, at their speeds, and the same each time."""

import numpy as np
import pytest
import shapely

from layers.routing.network import Network
from layers.routing.rounds import Beats, Leg, Rounds, sampled
from layers.routing.ways import Router
from tests.layers.routing.nets import a_town

BEGAN = 1_700_000_000.0
STATIONS = np.array([[100.0, 100.0], [480.0, 520.0]])


@pytest.fixture(scope="module")
def router() -> Router:
    return Router(Network.of(a_town(3)))


def driven(router: Router, id_: str = "SIM-001", hours: float = 1.0) -> list[Leg]:
    return list(Rounds(id_, Beats(router, STATIONS), 0, BEGAN).drive(BEGAN + hours * 3_600))


def test_on_the_roads_and_no_faster_than_they_allow(router: Router) -> None:
    legs = driven(router)
    assert len(legs) > 10
    times = np.arange(BEGAN, BEGAN + 3_600, 1.0)
    told = sampled(legs, times)
    roads = shapely.union_all(router.network.shapes)
    assert shapely.distance(shapely.points(told[:, :2]), roads).max() < 1e-6
    steps = np.hypot(*np.diff(told[:, :2], axis=0).T)
    assert steps.max() <= 20.0 + 1e-6
    assert (told[:, 3] <= 20.0 + 1e-6).all()
    assert 0.05 < (told[:, 3] > 0).mean() < 0.95


def test_the_heading_is_where_it_goes(router: Router) -> None:
    legs = driven(router)
    times = np.arange(BEGAN, BEGAN + 1_800, 0.5)
    told = sampled(legs, times)
    step = np.diff(told[:, :2], axis=0)
    steady = (told[:-1, 3] > 0) & (told[1:, 3] > 0) & (np.abs(np.diff(told[:, 2])) < 1e-6)
    way = np.degrees(np.arctan2(step[:, 0], step[:, 1])) % 360
    assert steady.sum() > 100
    assert (np.abs((way - told[:-1, 2] + 180) % 360 - 180)[steady] < 0.5).all()


def test_the_same_each_time_and_another_for_another(router: Router) -> None:
    times = np.arange(BEGAN, BEGAN + 3_600, 10.0)
    once, again = (sampled(driven(router), times) for _ in range(2))
    assert np.array_equal(once, again)
    assert not np.array_equal(once, sampled(driven(router, "SIM-002"), times))


def test_sent_it_goes_there_and_stays_until_called_back(router: Router) -> None:
    one = Rounds("SIM-003", Beats(router, STATIONS), 0, BEGAN)
    one.at(BEGAN + 900)
    goal = tuple(router.network.nodes_m[-1].tolist())
    one.send((goal[0], goal[1]), BEGAN + 900)
    x, y, _, speed = one.at(BEGAN + 5_000)
    assert (x, y) == pytest.approx(goal, abs=0.5)
    assert speed == 0
    one.send(None, BEGAN + 5_000)
    x, y, _, _ = one.at(BEGAN + 5_600)
    assert (x, y) != pytest.approx(goal, abs=0.5)


def test_fences_are_seldom_crossed(router: Router) -> None:
    fence = shapely.LineString([(-100, 310), (900, 310)])

    def crossings(*fences: shapely.LineString) -> int:
        legs = [
            leg
            for k in range(6)
            for leg in Rounds(f"SIM-{k}", Beats(router, STATIONS, fences), 0, BEGAN).drive(BEGAN + 7_200)
        ]
        return sum(len(leg.path.line_m) > 1 and shapely.LineString(leg.path.line_m).intersects(fence) for leg in legs)

    without, with_it = crossings(), crossings(fence)
    assert 0 < with_it < without / 3


def test_where_no_road_is_nothing_is_told(router: Router) -> None:
    far = Rounds("SIM-004", Beats(router, np.array([[9_000.0, 9_000.0]])), 0, BEGAN)
    assert np.isnan(far.at(BEGAN + 600)[0])
