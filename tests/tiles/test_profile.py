"""Skyline profiles against the exact march, and the store that keeps them."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from tests.bench.dsm import dsm
from tests.bench.exact import exact
from tiles.errors import TilesError
from tiles.geodesy import bend_m
from tiles.keyed_log import SIZE, KeyedLog, LogBusy
from tiles.profile import BadProfile, Profile, ProfileStore, skyline
from tiles.surface import Window

EYES = [(190, 210, 4.0), (230, 180, 9.0), (205, 225, 25.0), (240, 240, 60.0)]


def window_of(top, place, *, cell=1.0, building=None, ground=None, radius=None):
    """A window around a place (row, col) whose cell [0, 0] lies at (500, 900)."""
    building = np.full(top.shape, -1, np.int32) if building is None else building
    ground = top if ground is None else ground
    return Window(top, ground, building, cell, 500.0, 900.0, *place)


def metric(window, rows, cols):
    return window.x0_m + np.asarray(cols) * window.cell_m, window.y0_m - np.asarray(rows) * window.cell_m


@pytest.fixture(scope="module")
def hills():
    return dsm(seed=91, size=448)


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("target", [0.5, 1.5, 6.0])
def test_what_is_visible_agrees_with_the_exact_march(hills, record_property, eye, target):
    row, col, up = eye
    truth = exact(hills, eye, 180.0, target)
    window = window_of(hills, (row, col))
    profile = skyline(window, float(hills[row, col]) + up, radius_m=180.0, curvature=False)
    rows, cols = (n + d - 180 for n, d in zip((row, col), np.indices(truth.shape), strict=True))
    inside = truth >= 0
    seen = profile.visible(*metric(window, rows, cols), hills[rows, cols].astype(float) + target)
    assert not seen[~inside].any()
    agreed = float((seen == truth)[inside].mean())
    record_property("agreement", agreed)
    print(f"profile, mast {up} m, target {target} m: {100 * agreed:.2f} % of {inside.sum()} cells as the exact march")
    assert agreed >= (0.995 if target >= 1.5 else 0.985)


def least_by_march(top, eye, row, col, bend):
    """Least height over a cell at which the exact line to its centre is clear."""
    r0, c0, h0 = eye
    dr, dc = row - r0, col - c0
    steepest, far = -np.inf, np.hypot(dr, dc)
    for span, other, grid, fixed0, free0 in ((dr, dc, top, r0, c0), (dc, dr, top.T, c0, r0)):
        for n in range(1, abs(span)):
            t = n / abs(span)
            free = free0 + other * t
            low = int(np.floor(free))
            line = grid[fixed0 + n * np.sign(span)]
            z = line[low] + (free - low) * (line[min(low + 1, len(line) - 1)] - line[low])
            steepest = max(steepest, (z - h0 - bend * (far * t) ** 2) / (far * t))
    return h0 + steepest * far + bend * far**2


def test_the_least_visible_height_is_that_of_the_march(hills):
    row, col, up = EYES[1]
    window, bend = window_of(hills, (row, col)), float(bend_m(1.0))
    eye = float(hills[row, col]) + up
    profile = skyline(window, eye, radius_m=170.0)
    rng = np.random.default_rng(3)
    away, turn = 170 * np.sqrt(rng.uniform(0.001, 0.99, 3000)), rng.uniform(0, 2 * np.pi, 3000)
    rows, cols = np.rint(row + away * np.cos(turn)).astype(int), np.rint(col + away * np.sin(turn)).astype(int)
    far = np.hypot(rows - row, cols - col)
    rows, cols = rows[(far > 1.5) & (far <= 170)], cols[(far > 1.5) & (far <= 170)]
    expected = [
        least_by_march(hills.astype(float), (row, col, eye), r, c, bend) for r, c in zip(rows, cols, strict=True)
    ]
    off = np.abs(profile.least_visible_m(*metric(window, rows, cols)) - expected)
    assert np.median(off) <= 0.1
    assert np.mean(off <= 0.5) >= 0.9


def test_raster_and_places_agree_and_the_window_must_be_the_same(hills):
    window = window_of(hills, EYES[2][:2])
    profile = skyline(window, 250.0, bearing_deg=100, width_deg=70, radius_m=120.0)
    raster = profile.least_visible_cells(window)
    places = profile.least_visible_m(*metric(window, *np.indices(hills.shape)))
    np.testing.assert_array_equal(np.isnan(raster), np.isnan(places))
    both = np.isfinite(places)
    assert both.sum() > 5000
    np.testing.assert_allclose(raster[both], places[both] - 250.0, atol=1e-3)
    with pytest.raises(BadProfile, match="window"):
        profile.least_visible_cells(window_of(hills, (9, 9)))


def test_a_narrow_profile_is_the_circle_inside_its_edges(hills):
    window = window_of(hills, EYES[0][:2])
    eye = float(hills[EYES[0][:2]]) + 12.0
    whole = skyline(window, eye, radius_m=150.0).least_visible_cells(window)
    rows, cols = np.indices(hills.shape)
    for bearing, width in ((0, 60), (351.3, 33), (200, 180), (45, 90), (725, 271)):
        part = skyline(window, eye, bearing_deg=bearing, width_deg=width, radius_m=150.0).least_visible_cells(window)
        turn = np.degrees(np.arctan2(cols - EYES[0][1], EYES[0][0] - rows)) - bearing
        inside = (abs((turn + 180) % 360 - 180) <= width / 2 + 1e-7) & ~np.isnan(whole)
        inside[EYES[0][:2]] = True
        np.testing.assert_array_equal(~np.isnan(part), inside)
        up = hills[inside] + np.float32(1.5) - np.float32(eye)
        assert np.mean((up >= part[inside]) == (up >= whole[inside])) >= 0.995


def test_a_wall_on_a_plain_hides_what_lies_behind_it_and_is_named():
    top = np.zeros((201, 201), np.float32)
    building = np.full(top.shape, -1, np.int32)
    top[60:64, 80:121] = 8.0
    building[60:64, 80:121] = 17
    ground = np.zeros_like(top)
    top[100, 140:144] = 6.0  # trees
    window = window_of(top, (100, 100), building=building, ground=ground)
    profile = skyline(window, 4.0, radius_m=95.0, curvature=False)
    # Over the wall's near edge, 37 m away and 4 m over the eye, the line rises to 4 + 4 · 70 / 37 at 70 m.
    x, y = metric(window, 30, 100)
    assert profile.least_visible_m(x, y) == pytest.approx(4 + 4 * 70 / 37, abs=0.15)
    assert profile.visible(x, y, 12.0)
    assert not profile.visible(x, y, 11.0)
    found, far = profile.blocker([x, x], [y, y], [11.0, 12.0])
    assert found.tolist() == [17, -1]
    assert far[0] == pytest.approx(37, abs=2)
    assert far[1] == np.inf
    trees = profile.hidden(*metric(window, 100, 170), 1.5)
    assert (trees.kind.item(), trees.building.item()) == (2, -1)
    assert trees.distance_m.item() == pytest.approx(40, abs=2)
    outside = profile.hidden(*metric(window, 100, 199), 1.5)
    assert outside.kind.item() == -1
    ray = next(n for n in range(profile.fan.rays) if (profile.breaks(n).building == 17).any())
    assert profile.breaks(ray).distance_m[-1] >= 90


def test_land_that_rises_hides_what_lies_behind_it():
    top = np.zeros((101, 101), np.float32)
    top[:20] = 30.0
    window = window_of(top, (80, 50))
    profile = skyline(window, 10.0, radius_m=75.0)
    hidden = profile.hidden(*metric(window, 10, 50), 20.0)
    assert (hidden.kind.item(), hidden.building.item()) == (1, -1)
    assert hidden.distance_m.item() == pytest.approx(61, abs=2)


def test_unknown_cells_hide_nothing(hills):
    top = np.zeros((81, 81), np.float32)
    top[20:30] = np.nan
    profile = skyline(window_of(top, (60, 40)), 5.0, radius_m=55.0, curvature=False)
    rows, cols = np.nonzero(np.isfinite(top))
    x, y = metric(window_of(top, (60, 40)), rows, cols)
    far = np.hypot(rows - 60, cols - 40) <= 55
    assert profile.visible(x[far], y[far], 0.2).mean() > 0.995


def test_bytes_and_back(hills):
    window = window_of(hills, EYES[0][:2])
    profile = skyline(window, 300.0, bearing_deg=10, width_deg=60, radius_m=140.0)
    data = profile.to_bytes()
    assert len(data) == profile.nbytes < 120_000
    again = Profile.from_bytes(data)
    assert again.fan == profile.fan
    for name in ("offsets", "rings", "slopes", "codes", "palette"):
        np.testing.assert_array_equal(getattr(again, name), getattr(profile, name))
    for bad in (b"", data[:100], b"XXXX" + data[4:], data + b"1"):
        with pytest.raises(BadProfile):
            Profile.from_bytes(bad)


@pytest.mark.parametrize(("name", "value"), [("radius_m", 0.0), ("radius_m", np.nan), ("width_deg", 361.0)])
def test_bad_input_is_named(hills, name, value):
    given = {"radius_m": 50.0, "width_deg": 60.0} | {name: value}
    with pytest.raises(BadProfile, match=name):
        skyline(window_of(hills, (200, 200)), 200.0, **given)


def test_the_store_keeps_replaces_and_forgets(hills, tmp_path):
    profile = skyline(window_of(hills, (200, 200)), 300.0, width_deg=40, radius_m=60.0)
    other = skyline(window_of(hills, (200, 200)), 320.0, width_deg=40, radius_m=60.0)
    store, reader = ProfileStore(tmp_path / "p", write=True), ProfileStore(tmp_path / "p")
    assert reader.get("a") is None
    store.put("a", profile)
    store.put("b", other)
    assert reader.get("a").eye_m == 300.0
    assert (len(store), len(reader)) == (2, 2)
    store.put("a", other)
    assert len(reader) == 2
    assert reader.get("a").eye_m == 320.0
    store.retain({"b"})
    assert ("a" in store, "b" in store, len(reader)) == (False, True, 1)
    with pytest.raises(LogBusy):
        ProfileStore(tmp_path / "p", write=True)
    store.close()
    ProfileStore(tmp_path / "p", write=True).close()


def test_a_log_compacts_when_half_is_dead_and_readers_follow(tmp_path):
    writer, reader = KeyedLog(tmp_path, write=True), KeyedLog(tmp_path)
    values = {}
    rng = np.random.default_rng(2)
    writer.put("kept", b"first")
    held = reader.get("kept")
    for n in range(300):
        key = f"k{n % 7}"
        values[key] = rng.bytes(40_000)
        writer.put(key, values[key])
        assert bytes(reader.get("kept")) == b"first"
    assert writer.nbytes < 3_000_000
    assert bytes(held) == b"first"
    reader.refresh()
    assert {key: bytes(reader.get(key)) for key in values} == values
    assert len(list(tmp_path.iterdir())) == 4
    writer.close()
    again = KeyedLog(tmp_path, write=True)
    assert {key: bytes(again.get(key)) for key in values} == values


@pytest.mark.parametrize("cut", [1, SIZE - 1, SIZE, SIZE + 5])
def test_a_torn_index_loses_only_its_tail(tmp_path, cut):
    writer = KeyedLog(tmp_path, write=True)
    for n in range(5):
        writer.put(f"k{n}", bytes([n]) * 1000)
    writer.close()
    index = tmp_path / "index-1"
    index.write_bytes(index.read_bytes()[:-cut])
    again = KeyedLog(tmp_path, write=True)
    lost = -(-cut // SIZE)
    assert len(again) == 5 - lost
    again.put("new", b"n" * 77)
    again.close()
    reader = KeyedLog(tmp_path)
    assert bytes(reader.get("new")) == b"n" * 77
    assert bytes(reader.get("k0")) == b"\0" * 1000
    assert reader.get("k4") is None


def test_lost_data_is_not_passed_for_data(tmp_path):
    writer = KeyedLog(tmp_path, write=True)
    writer.put("a", b"a" * 1000)
    writer.put("b", b"b" * 1000)
    writer.close()
    data = tmp_path / "data-1"
    whole = data.read_bytes()
    data.write_bytes(whole[:1200])
    assert KeyedLog(tmp_path).get("b") is None
    data.write_bytes(whole[:1500] + bytes(500))
    reader = KeyedLog(tmp_path)
    assert (reader.get("b"), bytes(reader.get("a"))) == (None, b"a" * 1000)


WRITER = """
import sys
from pathlib import Path
from tiles.keyed_log import KeyedLog
log, n = KeyedLog(Path(sys.argv[1]), write=True), 0
while True:
    log.put(f"k{n % 50}", bytes([n % 251]) * (5000 + n % 1000))
    n += 1
"""


def test_a_killed_writer_leaves_a_whole_log_and_a_reader_never_sees_half(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)])
    try:
        reader = KeyedLog(tmp_path)
        while len(reader) < 50 and process.poll() is None:  # its files' names change as it writes: ask, don't look
            time.sleep(0.02)
        for _ in range(3000):
            reader.refresh()
            for key in ("k0", "k17", "k49"):
                found = reader.get(key)
                assert found is None or bytes(found) == bytes(found[:1]) * len(found)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    again = KeyedLog(tmp_path, write=True)
    assert len(again) == 50
    for n in range(50):
        found = again.get(f"k{n}")
        assert bytes(found) == bytes(found[:1]) * len(found)


def test_faults_have_codes():
    assert issubclass(BadProfile, TilesError)
    assert issubclass(LogBusy, TilesError)
