"""Fixes in order: repeats, gaps, lengths, and where a unit was at a time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.tracks.track import FIX, Track, fixes_of

NORTH_M = 111_132.9
"""A degree of latitude there, m, to a few metres (WGS 84, 39.7 degrees north)."""


def straight(count: int, step_s: float = 1.0, speed_m_s: float = 10.0, unit: str = "car") -> Track:
    """Northwards."""
    rows = [
        (int(1e12 + i * step_s * 1e3), 106.8, 39.6 + i * step_s * speed_m_s / NORTH_M, None, 0.0, speed_m_s)
        for i in range(count)
    ]
    return Track.of(unit, fixes_of(rows))


def test_the_length_is_that_of_the_way() -> None:
    assert straight(101).length_m() == pytest.approx(1_000, rel=2e-3)
    assert straight(1).length_m() == 0
    assert straight(0).length_m() == 0


@given(st.permutations(range(40)), st.lists(st.integers(0, 39), max_size=20))
def test_order_and_repeats_change_nothing(order: list[int], again: list[int]) -> None:
    clean = straight(40)
    given_ = np.concatenate([clean.fixes[order], clean.fixes[again]])
    assert Track.of("car", given_).fixes.tobytes() == clean.fixes.tobytes()


def test_of_two_fixes_of_one_time_the_first_counts() -> None:
    fixes = fixes_of([(1000, 1.0, 1.0), (1000, 2.0, 2.0), (500, 0.0, 0.0)])
    assert Track.of("car", fixes).fixes["lon"].tolist() == [0.0, 1.0]


def test_what_lies_in_a_gap_is_not_counted() -> None:
    first, second = straight(11), straight(11)
    later = second.fixes.copy()
    later["time_ms"] += 600_000
    later["lat"] += 0.1
    track = Track.of("car", np.concatenate([first.fixes, later]))
    assert track.gaps() == [(int(first.fixes["time_ms"][-1]), int(later["time_ms"][0]))]
    assert [len(piece) for piece in track.pieces()] == [11, 11]
    assert track.length_m() == pytest.approx(200, rel=2e-3)
    between = int(first.fixes["time_ms"][-1]) + 300_000
    assert track.at(between) is None


def test_between_two_fixes_it_goes_straight_and_turns_the_short_way() -> None:
    track = Track.of("car", fixes_of([(0, 106.0, 39.0, 1000.0, 350.0, 5.0), (10_000, 106.2, 39.4, 1010.0, 20.0, 7.0)]))
    found = track.at(5_000)
    assert found is not None
    lon, lat, height, heading, speed = (float(found[name][0]) for name in (FIX.names or ())[1:])
    assert (lon, lat, height, speed) == pytest.approx((106.1, 39.2, 1005.0, 5.0))
    assert heading == pytest.approx(5.0, abs=1e-4)
    assert track.at(-1) is None
    assert track.at(10_001) is None
    exact = track.at(10_000)
    assert exact is not None
    assert float(exact["lon"][0]) == 106.2


def test_a_window_counts_both_its_ends() -> None:
    track = straight(10)
    times = track.fixes["time_ms"]
    assert len(track.within(int(times[2]), int(times[5]))) == 4
    assert len(track.within(int(times[9]) + 1, int(times[9]) + 2)) == 0
