"""Frozen or quiet: what moves in one spot only, and a clock that is laid over a frozen picture."""

import numpy as np

from layers.health.stillness import still_s

QUIET_SHARE = 0.27
TIMES_S = np.arange(30) / 5


def smooth(count: int = 30) -> np.ndarray:
    """The same dense picture over and over, all noise smoothed away."""
    one = np.kron(np.random.default_rng(2).uniform(40, 200, (45, 80)), np.ones((4, 4))).astype(np.float32)
    return one[None].repeat(count, axis=0)


def test_the_same_picture_is_frozen_all_the_time():
    assert still_s(smooth(), TIMES_S, QUIET_SHARE) == TIMES_S[-1]


def test_where_a_car_drives_far_below_it_is_not_frozen():
    luma = smooth()
    for k, frame in enumerate(luma):
        frame[100:104, 20 + 6 * k : 30 + 6 * k] = 230
    assert still_s(luma, TIMES_S, QUIET_SHARE) < 1.0


def test_a_clock_over_a_frozen_picture_does_not_make_it_live():
    luma = smooth()
    for k, frame in enumerate(luma):
        frame[6:18, 250:300] = 40 + 30 * (k // 5 % 5)
    assert still_s(luma, TIMES_S, QUIET_SHARE) == TIMES_S[-1]
