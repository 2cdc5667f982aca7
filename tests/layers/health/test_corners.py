"""A turn told by points: how far, that it stays nothing where nothing turned, and that bare ground says nothing."""

import numpy as np
import pytest

from layers.health.corners import shifts


def wall(cols: int = 900) -> np.ndarray:
    """Blocks of many sizes, wider than a picture."""
    rng = np.random.default_rng(5)
    out = np.full((360, cols, 3), 120, np.uint8)
    for _ in range(500):
        y, x = rng.integers(0, 340), rng.integers(0, cols - 30)
        out[y : y + rng.integers(4, 40), x : x + rng.integers(4, 60)] = rng.integers(20, 225, 3)
    return out


def test_a_turn_is_as_far_as_it_is():
    [found] = shifts([wall()[:, 164:804]], wall()[:, 100:740])
    assert found.across == pytest.approx(-0.1, abs=0.002)
    assert found.down == pytest.approx(0, abs=0.002)
    assert found.alike_with > 0.8 > found.alike_without


def test_what_has_not_turned_has_stayed():
    [found] = shifts([wall()[:, 100:740]], wall()[:, 100:740])
    assert found.share == 0
    assert found.alike_without == 1


def test_points_of_another_place_agree_on_nothing():
    assert shifts([np.flipud(wall())[:, 200:840][::1, ::-1].copy()], wall()[:, 100:740]) == [None]


def test_bare_ground_says_nothing():
    bare = np.full((360, 640, 3), 130, np.uint8)
    assert shifts([bare], wall()[:, 100:740]) == [None]
    assert shifts([wall()[:, 100:740]], bare) == [None]
    assert shifts([], bare) == []
