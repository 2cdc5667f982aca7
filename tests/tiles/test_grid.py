import numpy as np
import pytest

from tiles.errors import NotBuilt
from tiles.grid import HeightGrid


def _grid():
    rng = np.random.default_rng(3)
    return HeightGrid(rng.normal(1000, 50, (7, 9)).astype(np.float32), -40.0, 25.0, 10.0)


def test_cell_centres_are_returned_unchanged():
    grid = _grid()
    rows, cols = np.mgrid[0:7, 0:9]
    x, y = grid.xy(rows, cols)
    assert np.array_equal(grid.sample(x, y), grid.heights_m.astype(float))


def test_bilinear_by_hand():
    grid = HeightGrid(np.array([[1, 2], [3, 8]], np.float32), 0.0, 10.0, 10.0)
    # A quarter east, half way south.
    assert grid.sample(2.5, 5.0) == pytest.approx((1 * 0.75 + 2 * 0.25 + 3 * 0.75 + 8 * 0.25) / 2)


def test_one_place_is_sampled_as_many_are():
    grid = _grid()
    west, south, east, north = grid.bounds_m
    rng = np.random.default_rng(4)
    x, y = rng.uniform(west - 5, east + 5, 500), rng.uniform(south - 5, north + 5, 500)
    corners = [(west, south), (east, north), (np.nan, 0.0), (0.0, np.inf)]
    for place in [*zip(x.tolist(), y.tolist(), strict=True), *corners]:
        np.testing.assert_equal(grid.sample_at(*place), float(grid.sample(*place)))


def test_outside_is_nan_and_clamped_is_the_edge():
    grid = _grid()
    west, south, east, north = grid.bounds_m
    assert np.isnan(grid.sample([west - 1, east + 1, 0, 0], [0, 0, north + 1, south - 1])).all()
    assert np.isnan(grid.sample(np.nan, 0.0))
    assert grid.clamped(west - 500, north + 500) == pytest.approx(grid.heights_m[0, 0])
    assert grid.clamped(east + 500, south - 500) == pytest.approx(grid.heights_m[-1, -1])
    assert grid.clamped(east, south) == pytest.approx(grid.heights_m[-1, -1])


def test_rows_grow_southward():
    grid = _grid()
    row, col = grid.rowcol(-30.0, 5.0)
    assert (row, col) == (2.0, 1.0)


def test_saved_and_opened_as_a_memory_map(tmp_path):
    grid = _grid()
    grid.save(tmp_path / "ground")
    back = HeightGrid.load(tmp_path / "ground")
    assert isinstance(back.heights_m, np.memmap)
    assert np.array_equal(back.heights_m, grid.heights_m)
    assert (back.x0_m, back.y0_m, back.cell_m) == (grid.x0_m, grid.y0_m, grid.cell_m)


def test_missing_files_are_named(tmp_path):
    with pytest.raises(NotBuilt, match=str(tmp_path)):
        HeightGrid.load(tmp_path / "ground")
