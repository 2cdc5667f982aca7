"""The few that are enough: against every choice there is, and by a slow and simple greedy."""

import itertools

import numpy as np
import pytest

from layers.routes.cover import few


def table(rng: np.random.Generator, rows: int, columns: int) -> np.ndarray:
    """Stretches, as cameras along a route have them; some columns stay empty."""
    has = np.zeros((rows, columns), bool)
    for row in range(rows):
        first = int(rng.integers(0, columns - 1))
        has[row, first : first + int(rng.integers(1, columns // 2))] = True
        has[row, rng.random(columns) < 0.1] = False
    has[:, rng.random(columns) < 0.08] = False
    return has


def smallest(has: np.ndarray) -> int:
    """How many rows are needed at least: every choice tried."""
    wanted = has.any(axis=0)
    rows = range(len(has))
    for count in range(len(has) + 1):
        for some in itertools.combinations(rows, count):
            if (has[list(some)].any(axis=0) >= wanted).all():
                return count
    raise AssertionError("all rows together have what any has")


def slow(has: np.ndarray, worth: np.ndarray, rounds: list[np.ndarray]) -> list[int]:
    """Greedily, every row looked at anew in every step."""
    open_, chosen = has.any(axis=0), []
    for rows in rounds:
        while len(rows):
            gains = [(int((has[row] & open_).sum()), float(worth[row]), -int(row)) for row in rows]
            gain, _, row = max(gains)
            if gain == 0:
                break
            chosen.append(-row)
            open_ = open_ & ~has[-row]
    for row in sorted(chosen, key=lambda one: (worth[one], -one)):
        others = [one for one in chosen if one != row]
        if (has[others].any(axis=0) >= has[row]).all():
            chosen = others
    return sorted(chosen)


@pytest.mark.parametrize("seed", range(30))
def test_all_that_is_seen_is_covered_by_few(seed: int) -> None:
    rng = np.random.default_rng(seed)
    has, worth = table(rng, 9, 24), rng.random(9).round(1)
    rows = np.arange(9)
    off = rng.random(9) < 0.25
    rounds = [rows[~off], rows[off]]
    chosen = few(has, worth, rounds)
    assert chosen == slow(has, worth, rounds)
    assert (has[chosen].any(axis=0) == has.any(axis=0)).all()
    for row in chosen:
        others = [one for one in chosen if one != row]
        assert not (has[others].any(axis=0) >= has[row]).all(), "each is needed"
    if not off.any():
        assert len(chosen) <= smallest(has) + 1


def test_what_is_off_is_taken_only_for_what_is_left() -> None:
    has = np.array([[1, 1, 1, 1, 1, 1], [1, 1, 1, 0, 0, 0], [0, 0, 0, 1, 1, 0]], bool)
    worth = np.ones(3)
    assert few(has, worth, [np.array([0, 1, 2])]) == [0]
    # Row 0 is off: it comes for the last column, and makes the others needless then.
    assert few(has[:, :5], worth, [np.array([1, 2]), np.array([0])]) == [1, 2]


def test_nobody_sees_anything() -> None:
    assert few(np.zeros((0, 5), bool), np.zeros(0), [np.arange(0)]) == []
    assert few(np.zeros((3, 5), bool), np.zeros(3), [np.arange(3)]) == []
