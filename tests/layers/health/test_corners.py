"""A turn told by points: how far, that it stays nothing where nothing turned, and that bare ground says nothing."""

import numpy as np
import pytest

from layers.health.corners import moved


def wall(cols: int = 900) -> np.ndarray:
    """Blocks of many sizes, wider than a picture."""
    rng = np.random.default_rng(5)
    out = np.full((360, cols, 3), 120, np.uint8)
    for _ in range(500):
        y, x = rng.integers(0, 340), rng.integers(0, cols - 30)
        out[y : y + rng.integers(4, 40), x : x + rng.integers(4, 60)] = rng.integers(20, 225, 3)
    return out


def test_a_turn_is_as_far_as_it_is():
    found = moved([wall()[:, 164:804]], wall()[:, 100:740])
    assert found.across == pytest.approx(-0.1, abs=0.002)
    assert found.down == pytest.approx(0, abs=0.002)
    assert found.alike_with > 0.8 > found.alike_without


def test_what_has_not_turned_has_stayed():
    found = moved([wall()[:, 100:740]], wall()[:, 100:740])
    assert found.share == 0
    assert found.alike_without == 1


def test_points_of_another_place_agree_on_nothing():
    assert moved([np.flipud(wall())[:, 200:840].copy()] * 3, wall()[:, 100:740]) is None


def test_bare_ground_says_nothing():
    bare = np.full((360, 640, 3), 130, np.uint8)
    assert moved([bare], wall()[:, 100:740]) is None
    assert moved([wall()[:, 100:740]], bare) is None
    assert moved([], bare) is None


def test_frames_with_few_points_each_are_asked_together():
    """Of three places that are seen in each frame two are another in every frame: only all together are enough."""
    far = np.full((360, 640, 3), 130, np.uint8)
    spots = [(60 + 130 * (k % 4), 60 + 90 * (k // 4)) for k in range(12)]
    marks = np.random.default_rng(3).integers(20, 235, (12, 24, 24, 3), np.uint8)

    def seen(which, off):
        out = far.copy()
        for k in which:
            x, y = spots[k]
            out[y : y + 24, x + off : x + off + 24] = marks[k]
        return out

    each = [(0, 5), (6, 11), (3, 8)]
    found = moved([seen(some, 64) for some in each], seen(range(12), 0))
    assert found is not None
    assert found.across == pytest.approx(0.1, abs=0.005)


def test_what_moves_itself_is_told_with_how_much():
    found = moved([wall()[:, off : off + 640] for off in (104, 110, 116, 122, 128)], wall()[:, 100:740])
    assert found.spread == pytest.approx(24 / 640, abs=0.003)
