"""Leaving pictures out of a live stream that work on it does not keep up with."""

import itertools

from geoserver.streams.model import TICKS_S
from geoserver.streams.pace import LATE_S, Pace

FPS, GROUP = 25, 50


class Clock:
    """Time that passes when it is said to."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def worked_on(seconds: int, each_s: float, *, rate: float = 1.0, jump_s: float = 0.0) -> tuple[list[int], float]:
    """Which pictures of a stream are taken where each takes so long, and how late the last one is.

    ``rate``: how fast the camera's clock goes; ``jump_s``: it is set by so much after half of the pictures.
    """
    clock = Clock()
    pace, taken, began = Pace(clock), [], clock.now_s
    count = seconds * FPS
    for i in range(count):
        came_s = began + i / FPS
        clock.now_s = max(clock.now_s, came_s)
        shown_s = i / FPS * rate + (jump_s if i >= count // 2 else 0.0)
        if pace.takes(round((5000 + shown_s) * TICKS_S), key=i % GROUP == 0):
            taken.append(i)
            clock.now_s += each_s
    return taken, clock.now_s - (began + (count - 1) / FPS)


def test_who_keeps_up_is_given_all() -> None:
    taken, late_s = worked_on(120, 0.035)
    assert len(taken) == 120 * FPS
    assert late_s < 0.1


def test_who_is_too_slow_is_given_whole_groups_and_never_lags() -> None:
    for each_s in (0.05, 0.1, 0.5):
        taken, late_s = worked_on(120, each_s)
        assert late_s < LATE_S + 2 * each_s + 0.1
        assert len(taken) > 0.6 * 120 / each_s, "it works nearly all the time"
        gaps = [b for a, b in itertools.pairwise(taken) if b != a + 1]
        assert gaps
        assert all(i % GROUP == 0 for i in gaps), "it goes on with key pictures"


def test_a_clock_that_is_wrong_or_set_costs_one_group_at_most() -> None:
    for rate in (0.9995, 1.0005):
        assert len(worked_on(3 * 3600, 0.01, rate=rate)[0]) == 3 * 3600 * FPS
    for jump_s in (-3600.0, -3.0, 3.0, 3600.0):
        assert len(worked_on(60, 0.01, jump_s=jump_s)[0]) >= 60 * FPS - GROUP
