"""Where a unit stood."""

import numpy as np
import pytest

from layers.tracks.stops import stops
from layers.tracks.track import Track, fixes_of
from tests.layers.tracks.test_track import NORTH_M, straight


def standing(seconds: int, begin_s: int, lat: float, noise_m: float = 5.0, seed: int = 1) -> list[tuple[float, ...]]:
    """A fix a second, a few metres around a place."""
    draw = np.random.default_rng(seed)
    off = draw.uniform(-noise_m, noise_m, (seconds, 2)) / NORTH_M
    return [(int(1e12 + (begin_s + i) * 1e3), 106.8 + off[i, 0], lat + off[i, 1]) for i in range(seconds)]


def test_who_drives_does_not_stop() -> None:
    assert stops(straight(600)) == []
    assert stops(straight(1)) == []
    assert stops(straight(0)) == []


def test_a_stop_is_found_where_and_as_long_as_it_was() -> None:
    drive = straight(101)
    end = float(drive.fixes["lat"][-1])
    stay = fixes_of(standing(300, 101, end))
    on = straight(100).fixes.copy()
    on["time_ms"] += 401_000
    on["lat"] += end - 39.6 + 10 / NORTH_M
    (found,) = stops(Track.of("car", np.concatenate([drive.fixes, stay, on])))
    assert found.seconds == pytest.approx(300, abs=8)
    assert found.lat == pytest.approx(end, abs=5 / NORTH_M)


def test_a_short_wait_is_no_stop() -> None:
    assert stops(Track.of("car", fixes_of(standing(119, 0, 39.6)))) == []
    assert len(stops(Track.of("car", fixes_of(standing(122, 0, 39.6))))) == 1


def test_a_gap_ends_a_stop() -> None:
    rows = [*standing(200, 0, 39.6), *standing(200, 800, 39.6)]
    assert len(stops(Track.of("car", fixes_of(rows)))) == 2
    assert len(stops(Track.of("car", fixes_of(rows)), gap_s=3_600)) == 1
