"""Series of fixes, in both engines: kept once, in order, whatever comes late or again, and forgotten by the day."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from geoserver.series.fixes import Batch, FixSeries
from geoserver.series.opening import open_fixes
from geoserver.series.packed import rounded
from geoserver.settings import Settings
from layers.tracks.pieces import DAY_MS
from layers.tracks.track import Fixes, Track, fixes_of
from tests.contract.conftest import Place

DAY = 20_780
BEGIN = DAY * DAY_MS
Opened = Callable[[], FixSeries]


@pytest.fixture
def opened(place: Place, tmp_path: Path) -> Iterator[Opened]:
    made: list[FixSeries] = []
    url = str(place.address) if place.engine == "postgres" else None

    def again() -> FixSeries:
        made.append(open_fixes(Settings(folder=tmp_path, database_url=url)))
        return made[-1]

    yield again
    for one in made:
        one.close()


@pytest.fixture
def series(opened: Opened) -> FixSeries:
    return opened()


def batch_of(*rows: tuple[str, float | None, float, float]) -> Batch:
    """Vehicle, seconds after the beginning, place."""
    return Batch([row[0] for row in rows], fixes_of([(BEGIN + round((row[1] or 0) * 1e3), *row[2:]) for row in rows]))


def test_what_is_late_or_comes_again_makes_the_same_tracks(series: FixSeries) -> None:
    draw = np.random.default_rng(3)
    clean = {f"v{n}": _drive(draw, 4_000) for n in range(5)}
    rows = [(name, i) for name, fixes in clean.items() for i in range(len(fixes))]
    comes = np.arange(len(rows)) + np.where(draw.random(len(rows)) < 0.1, draw.uniform(0, 5_000, len(rows)), 0)
    order = np.concatenate([np.argsort(comes), draw.choice(len(rows), len(rows) // 5)])
    order[: len(order) // 2] = draw.permutation(order[: len(order) // 2])
    fresh = sent = 0
    for first in range(0, len(order), 1_000):
        some = [rows[k] for k in order[first : first + 1_000]]
        batch = Batch([name for name, _ in some], np.concatenate([clean[name][i : i + 1] for name, i in some]))
        fresh, sent = fresh + series.put(batch), sent + len(batch)
    assert (fresh, sent) == (20_000, 24_000)
    for name, fixes in clean.items():
        found = series.track(name, 0, 2 * BEGIN, 10_000)
        assert found.tobytes() == rounded(fixes).tobytes()
        assert series.ends(name) == (fixes["time_ms"][0], fixes["time_ms"][-1])
    assert series.days() == [DAY, DAY + 1]


def test_a_part_of_a_track(series: FixSeries) -> None:
    series.put(batch_of(*(("a", i, 106.8, 39.6) for i in range(10)), ("b", 3, 1, 2)))
    some = series.track("a", BEGIN + 2_000, BEGIN + 5_000, 100)
    assert ((some["time_ms"] - BEGIN) // 1_000).tolist() == [2, 3, 4, 5]
    assert len(series.track("a", 0, 2 * BEGIN, 3)) == 3
    assert len(series.track("nobody", 0, 2 * BEGIN, 3)) == 0
    assert series.ends("nobody") is None
    assert {name: len(fixes) for name, fixes in series.moving(BEGIN, BEGIN + 3_000)} == {"a": 4, "b": 1}
    assert series.heard(BEGIN, BEGIN + 3_000) == ["a", "b"]
    assert series.heard(BEGIN + 4_000, BEGIN + 9_000) == ["a"]


def test_a_moment_over_midnight(series: FixSeries) -> None:
    late = DAY_MS / 1e3
    series.put(batch_of(("a", late - 5, 1, 1), ("a", late - 2, 2, 2), ("a", late + 3, 3, 3), ("b", late - 400, 9, 9)))
    series.put(batch_of(("c", late + 1, 5, 5), ("d", late - 1, 6, 6)))
    found = series.around(BEGIN + DAY_MS, 60_000)
    assert list(found.vehicles) == ["a", "d"]
    assert found.before["lon"].tolist() == [2, 6]
    assert found.after["lon"][0] == 3
    assert found.after["time_ms"][1] == 0


def test_around_is_what_the_tracks_say(series: FixSeries) -> None:
    draw = np.random.default_rng(7)
    tracks = {f"v{n:02}": Track.of(f"v{n:02}", rounded(_drive(draw, 300))) for n in range(20)}
    for name, track in tracks.items():
        series.put(Batch([name] * len(track), track.fixes))
    for moment in draw.integers(BEGIN + DAY_MS - 90_000_000, BEGIN + DAY_MS + 400_000, 30).tolist():
        found = series.around(moment, 30_000)
        expected = [name for name, one in tracks.items() if len(one.within(moment - 30_000, moment))]
        assert list(found.vehicles) == expected
        for i, name in enumerate(expected):
            assert found.before[i].tobytes() == tracks[name].within(moment - 30_000, moment).fixes[-1].tobytes()
            after = tracks[name].within(moment + 1, moment + 30_000).fixes
            assert found.after["time_ms"][i] == (after["time_ms"][0] if len(after) else 0)


def test_days_are_forgotten(series: FixSeries, opened: Opened) -> None:
    other = opened()
    days = [batch_of(("a", day * DAY_MS / 1e3, day, day)) for day in range(4)]
    assert [series.put(one) for one in days] == [1, 1, 1, 1]
    assert len(other.track("a", 0, 2 * BEGIN, 9)) == 4
    assert series.forget(DAY + 2) == [DAY, DAY + 1]
    for one in (series, other):
        assert one.days() == [DAY + 2, DAY + 3]
        assert one.track("a", 0, 2 * BEGIN, 9)["lon"].tolist() == [2, 3]
    assert other.put(days[0]) == 1  # what comes after all makes its day anew
    assert series.days() == [DAY, DAY + 2, DAY + 3]
    assert series.forget(DAY + 1) == [DAY]
    assert other.put(days[0]) == 1  # though it has had the day open
    assert len(series.track("a", 0, 2 * BEGIN, 9)) == 3


def test_two_who_send_the_same_keep_it_once(opened: Opened) -> None:
    here, there = opened(), opened()
    batches = [batch_of(*((f"v{i % 7}", n * 50 + i, n, i) for i in range(50))) for n in range(12)]
    with ThreadPoolExecutor(8) as pool:
        fresh = list(pool.map(lambda k: (here, there)[k % 2].put(batches[k // 2]), range(24)))
    assert sum(fresh) == 600
    assert sum(len(fixes) for _, fixes in here.moving(0, 2 * BEGIN)) == 600


def _drive(draw: np.random.Generator, count: int) -> Fixes:
    """A fix every second or so, over midnight."""
    times = BEGIN + DAY_MS - count * 500 + np.cumsum(draw.integers(700, 1_300, count))
    lon, lat = 106.8 + np.cumsum(draw.normal(0, 1e-4, count)), 39.6 + np.cumsum(draw.normal(0, 1e-4, count))
    heading, speed = draw.uniform(0, 359.9, count), draw.uniform(0, 30, count)
    known = draw.random(count) < 0.9
    return fixes_of(
        [
            (time, x, y, 1_080.5, h if ok else None, s if ok else None)
            for time, x, y, h, s, ok in zip(times.tolist(), lon, lat, heading, speed, known, strict=True)
        ]
    )
