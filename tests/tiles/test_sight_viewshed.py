"""Viewsheds against a plain exact march, by numpy, and against GDAL's references on real surfaces."""

from pathlib import Path

import numpy as np
import pytest
import rasterio

from tests.bench.dsm import dsm, observers
from tiles.geodesy import bend_m
from tiles.sight import BadViewshed, viewshed


def sees(heights, eye, row, col, target, curve=0.0, cell=1.0):
    """The straight line from eye (row, col, height) to one cell: all crossings with both families."""
    r0, c0, h0 = eye
    dr, dc = row - r0, col - c0
    top = float(heights[row, col]) + target
    fall = curve * (dr * dr + dc * dc) * cell * cell
    for span, other, along in ((dr, dc, 0), (dc, dr, 1)):
        n = np.arange(1, abs(span))
        t = n / max(abs(span), 1)
        line = h0 + (top - h0) * t - t * (1 - t) * fall
        fixed = (r0, c0)[along] + n * np.sign(span)
        free = (c0, r0)[along] + other * n / max(abs(span), 1)
        low = np.floor(free).astype(int)
        share = free - low
        high = np.minimum(low + 1, heights.shape[1 - along] - 1)
        grid = heights if along == 0 else heights.T
        a = grid[fixed, low].astype(float)
        # A height that is not a number hides nothing.
        if (np.where(share > 0, a + share * (grid[fixed, high] - a), a) > line).any():
            return False
    return True


def plain(heights, cell, observer, radius, target=1.5, bearing=0.0, width=360.0, curve=0.0):
    r0, c0, up = observer
    eye = (r0, c0, float(heights[r0, c0]) + up)
    out = np.zeros(heights.shape, bool)
    for row, col in np.ndindex(heights.shape):
        dr, dc = row - r0, col - c0
        if (dr or dc) and (dr * dr + dc * dc) * cell * cell > radius * radius:
            continue
        turn = (np.degrees(np.arctan2(dc, -dr)) - bearing + 180) % 360 - 180
        if (dr or dc) and abs(turn) > width / 2 + 1e-7:
            continue
        known = not np.isnan(heights[row, col])
        out[row, col] = (row, col) == (r0, c0) or (known and sees(heights, eye, row, col, target, curve, cell))
    return out


def rough(seed, shape=(61, 75)):
    rng = np.random.default_rng(seed)
    heights = np.cumsum(rng.normal(0, 0.7, shape), axis=1) + np.cumsum(rng.normal(0, 0.7, shape), axis=0)
    for _ in range(25):
        r, c = rng.integers(0, shape[0] - 6), rng.integers(0, shape[1] - 6)
        heights[r : r + 6, c : c + 5] += rng.uniform(2, 9)
    return heights.astype(np.float32)


PLACES = [(30, 37, 12.0), (0, 0, 20.0), (60, 40, 15.0), (12, 74, 40.0), (31, 3, 6.0)]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("observer", PLACES)
def test_small_surfaces_equal_the_plain_march(seed, observer):
    heights = rough(seed)
    radius = (40.0, 200.0)[seed % 2]
    expected = plain(heights, 1.0, observer, radius)
    got = viewshed(heights, 1.0, observer, radius_m=radius)
    assert got.dtype == bool
    assert got.shape == heights.shape
    assert 60 < expected.sum() < 0.98 * expected.size
    assert (got != expected).sum() <= 0.001 * heights.size


def test_the_cells_about_the_observer_are_exact():
    for seed in range(20):
        heights = rough(seed)
        near = np.s_[22:39, 29:46]
        expected = plain(heights, 1.0, (30, 37, 2.0), 8.0)
        np.testing.assert_array_equal(viewshed(heights, 1.0, (30, 37, 2.0), radius_m=8)[near], expected[near])


@pytest.mark.parametrize("observer", observers(1024)[::3])
def test_a_large_surface_agrees_in_999_of_1000_cells(observer):
    heights, radius = dsm(seed=77, size=1024), 450
    got = viewshed(heights, 1.0, observer, radius_m=radius)
    rng = np.random.default_rng(1)
    away, turn = radius * np.sqrt(rng.random(6000)), rng.uniform(0, 2 * np.pi, 6000)
    rows = observer[0] + (away * np.cos(turn)).astype(int)
    cols = observer[1] + (away * np.sin(turn)).astype(int)
    eye = (observer[0], observer[1], float(heights[observer[:2]]) + observer[2])
    expected = np.array([sees(heights, eye, r, c, 1.5) for r, c in zip(rows, cols, strict=True)])
    assert (got[rows, cols] == expected).mean() >= 0.999


@pytest.mark.parametrize(
    ("bearing", "width"),
    [
        (0, 60),
        (77, 60),
        (45, 90),
        (180, 0),
        (135, 0),
        (351.3, 33),
        (200, 180),
        (10, 359),
        (-30, 271),
        (725, 45),
    ],
)
def test_a_narrow_view_is_the_circle_inside_its_edges(bearing, width):
    heights, observer = dsm(seed=78, size=512), (250, 260, 12.0)
    circle = viewshed(heights, 1.0, observer, radius_m=230)
    rows, cols = np.indices(heights.shape)
    turn = np.degrees(np.arctan2(cols - 260, 250 - rows)) - bearing
    inside = abs((turn + 180) % 360 - 180) <= width / 2 + 1e-7
    inside[250, 260] = True
    got = viewshed(heights, 1.0, observer, radius_m=230, bearing_deg=bearing, width_deg=width)
    np.testing.assert_array_equal(got, circle & inside)
    assert got.sum() > 20


def test_edges_of_a_view_and_the_radius_are_inclusive():
    flat = np.zeros((41, 41), np.float32)
    seen = viewshed(flat, 2.0, (20, 20, 5.0), radius_m=20.0, bearing_deg=45, width_deg=90)
    rows, cols = np.indices(flat.shape)
    quarter = (rows <= 20) & (cols >= 20) & (np.hypot(rows - 20, cols - 20) <= 10)
    np.testing.assert_array_equal(seen, quarter)
    assert seen[10, 20]
    assert seen[20, 30]
    assert seen[12, 26]


def test_a_surface_as_high_as_the_line_does_not_block():
    flat = np.zeros((9, 30), np.float32)
    assert viewshed(flat, 1.0, (4, 4, 0.0), radius_m=100, target_height_m=0.0).all()
    flat[:, 10] = 1.0
    seen = viewshed(flat, 1.0, (4, 4, 1.0), radius_m=100, target_height_m=1.0)
    assert seen.all()
    flat[:, 10] = np.nextafter(np.float32(1), np.float32(2))
    seen = viewshed(flat, 1.0, (4, 4, 1.0), radius_m=100, target_height_m=1.0)
    assert seen[:, :11].all()


def test_the_earth_curves_when_asked():
    cell = 200.0
    plain_of_sand = np.zeros((3, 400), np.float32)
    observer = (1, 0, 10.0)
    straight = viewshed(plain_of_sand, cell, observer, radius_m=80_000)
    curved = viewshed(plain_of_sand, cell, observer, radius_m=80_000, curvature=True)
    assert straight.all()
    expected = plain(plain_of_sand, cell, observer, 80_000, curve=float(bend_m(1.0)))
    np.testing.assert_array_equal(curved, expected)
    horizon = np.sqrt(10.0 / bend_m(1.0)) + np.sqrt(1.5 / bend_m(1.0))
    assert abs(curved[1].sum() * cell - horizon) < 2 * cell


def test_unknown_heights_hide_nothing_and_are_not_seen():
    heights = rough(5)
    heights[20:26, 40:60] = np.nan
    expected = plain(heights, 1.0, (50, 30, 15.0), 60)
    got = viewshed(heights, 1.0, (50, 30, 15.0), radius_m=60)
    assert not got[20:26, 40:60].any()
    assert (got != expected).sum() <= 0.001 * heights.size


def test_the_input_is_not_written_to_and_may_be_read_only():
    heights = rough(1)
    before = heights.copy()
    heights.flags.writeable = False
    viewshed(heights, 1.0, (30, 30, 5.0), radius_m=50)
    np.testing.assert_array_equal(heights, before)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"heights_m": np.zeros((4, 4))}, "heights_m"),
        ({"heights_m": np.zeros(4, np.float32)}, "heights_m"),
        ({"cell_m": 0.0}, "cell_m = 0.0"),
        ({"observer": (5, 99, 2.0)}, "observer"),
        ({"observer": (-1, 3, 2.0)}, "observer"),
        ({"observer": (1.5, 3, 2.0)}, "observer"),
        ({"observer": (1, 3, np.nan)}, "observer height = nan"),
        ({"radius_m": np.inf}, "radius_m = inf"),
        ({"radius_m": -3}, "radius_m = -3"),
        ({"width_deg": 361}, "width_deg = 361"),
        ({"bearing_deg": np.nan}, "bearing_deg = nan"),
        ({"target_height_m": "high"}, "target_height_m = high"),
    ],
)
def test_bad_input_is_named_with_its_value(changes, words):
    given = {
        "heights_m": np.zeros((40, 40), np.float32),
        "cell_m": 1.0,
        "observer": (5, 5, 2.0),
        "radius_m": 9,
    }
    given |= changes
    heights, cell, observer = (given.pop(name) for name in ("heights_m", "cell_m", "observer"))
    with pytest.raises(BadViewshed, match=words):
        viewshed(heights, cell, observer, **given)


CAHA, ALEXANDRIA = "viewshed/caha_1m/dsm.tif", "dem/alexandria_2m/dsm.tif"
REFERENCES = [
    ("caha_obs1_oz1.6_tz0", CAHA, (-336428.767, -1189102.785), 1.6, 0.0, 1000.0, 0.98),
    ("caha_obs1_oz8_tz1.5", CAHA, (-336428.767, -1189102.785), 8.0, 1.5, 1000.0, 0.98),
    ("alexandria_obs1_oz8_tz1.5_md250", ALEXANDRIA, (321781.0, 4297761.0), 8.0, 1.5, 250.0, 0.98),
]


@pytest.mark.shared
@pytest.mark.parametrize(("name", "surface", "place", "height", "target", "radius", "least"), REFERENCES)
def test_real_surfaces_agree_with_an_independent_ray_check(
    shared_data: Path, record_property, name, surface, place, height, target, radius, least
):
    with rasterio.open(shared_data / surface) as file:
        heights, (row, col), cell = file.read(1), file.index(*place), file.res[0]
        heights[heights == file.nodata] = np.nan
        bounds = file.bounds
    with rasterio.open(shared_data / "viewshed/gdal_reference" / f"{name}_DENSE.tif") as file:
        dense = file.read(1) == 255
        top, left = (
            round((bounds.top - file.bounds.top) / cell),
            round((file.bounds.left - bounds.left) / cell),
        )
    window = np.s_[top : top + dense.shape[0], left : left + dense.shape[1]]
    seen = viewshed(heights, cell, (row, col, height), radius_m=radius, target_height_m=target)
    rows, cols = np.indices(heights.shape)
    judged = ((np.hypot(rows - row, cols - col) * cell <= radius) & np.isfinite(heights))[window]
    agreed = float((seen[window] == dense)[judged].mean())
    record_property("agreement", agreed)
    print(f"{name}: {100 * agreed:.2f} % of {judged.sum()} cells as the dense ray check")
    assert agreed >= least
