import numpy as np
import pytest
import shapely

from tiles.errors import NotBuilt
from tiles.geodesy import CityFrame
from tiles.grid import HeightGrid
from tiles.scene import Scene
from tiles.surface import Surface


def _city(seed=2, count=120):
    """Turned boxes, some overlapping, some with courtyards, on a slope."""
    rng = np.random.default_rng(seed)
    buildings = []
    for number in range(count):
        w, d = rng.uniform(6, 60, 2)
        turn, mid = rng.uniform(0, np.pi), rng.uniform(-900, 900, 2)
        spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
        box = np.array([[-w, -d], [w, -d], [w, d], [-w, d]]) / 2
        rings = [box @ spin.T + mid]
        if number % 5 == 0:
            rings.append(box[::-1] * 0.5 @ spin.T + mid)
        buildings.append((rings, 1000.0, 1010.0 + rng.uniform(0, 50)))
    rows, cols = np.mgrid[0:201, 0:221]
    heights = (1000 + 0.03 * rows + 0.01 * cols**1.1).astype(np.float32)
    ground = HeightGrid(heights, -1100.0, 1000.0, 10.0)
    return Scene.of(CityFrame(106.8, 39.6), ground, buildings), buildings


def _twin(buildings, x, y):
    """Building at cell centres by shapely: the highest roof wins."""
    best = np.full(x.shape, -1)
    roof = np.full(x.shape, -np.inf)
    for number, (rings, _, top) in enumerate(buildings):
        hit = shapely.contains_xy(shapely.Polygon(rings[0], rings[1:]), x, y) & (top > roof)
        best[hit], roof[hit] = number, top
    return best


def test_fine_cells_equal_point_in_polygon():
    scene, buildings = _city()
    surface = scene.surface
    seen = 0
    for block, (i, j) in enumerate(surface.blocks):
        rows, cols = np.mgrid[i * 256 : (i + 1) * 256, j * 256 : (j + 1) * 256]
        x, y = -1100.0 + cols * 2.0, 1000.0 - rows * 2.0
        expected = _twin(buildings, x, y)
        assert np.array_equal(surface.fine[block] - 1, expected)
        seen += (expected >= 0).sum()
    assert seen > 10_000


def test_every_building_lies_in_a_block():
    scene, buildings = _city()
    rings = [shapely.Polygon(r[0], r[1:]) for r, _, _ in buildings]
    boxes = [
        shapely.box(-1101 + j * 512, 1001 - (i + 1) * 512, -1101 + (j + 1) * 512, 1001 - i * 512)
        for i, j in scene.surface.blocks
    ]
    inside = shapely.box(-1100, -1000, 1100, 1000)
    assert shapely.union_all(boxes).covers(shapely.union_all(rings).intersection(inside))


@pytest.mark.parametrize("cell_m", [1.0, 2.0, 5.0, 10.0, 23.0])
def test_windows_agree_with_the_plain_twin(cell_m):
    scene, buildings = _city()
    place = (13.7, -41.3)
    window = scene.window(*place, 300.0, cell_m)
    rows, cols = np.mgrid[0 : window.top_m.shape[0], 0 : window.top_m.shape[1]]
    x, y = window.x0_m + cols * cell_m, window.y0_m - rows * cell_m
    assert (x[window.row, window.col], y[window.row, window.col]) == pytest.approx(place)
    assert np.allclose(window.ground_m, scene.ground.clamped(x, y), atol=1e-3)
    roofs = np.array([roof for _, _, roof in buildings])
    tops = np.where(window.building >= 0, roofs[window.building], -np.inf)
    assert np.allclose(window.top_m, np.maximum(window.ground_m, tops), atol=1e-3)
    # The level that the window is cut from: fine cells, or coarse ones that hold the highest of their fine ones.
    level = 2.0 if cell_m < 10 else 10.0
    expected = np.full(x.shape, -1)
    reach = max(cell_m, level) / 2
    for i in np.ndindex(x.shape):
        cs = np.arange(np.ceil((x[i] - reach + 1100) / level), np.ceil((x[i] + reach + 1100) / level))
        rs = np.arange(np.ceil((1000 - y[i] - reach) / level), np.ceil((1000 - y[i] + reach) / level))
        if level == 10.0:
            cs = np.arange(np.ceil((cs[0] * 10 - 5) / 2), np.ceil((cs[-1] * 10 + 5) / 2))
            rs = np.arange(np.ceil((rs[0] * 10 - 5) / 2), np.ceil((rs[-1] * 10 + 5) / 2))
        held = scene.surface
        best = -1
        for r in rs.astype(int):
            for c in cs.astype(int):
                block = held.lookup[r // 256, c // 256]
                b = held.fine[block, r % 256, c % 256] - 1 if block >= 0 else -1
                if b >= 0 and (best < 0 or roofs[b] > roofs[best]):
                    best = b
        expected[i] = best
    assert np.array_equal(window.building, expected)
    assert (expected >= 0).sum() > 20


def test_a_window_beyond_the_edge_goes_on_at_edge_height():
    scene, _ = _city()
    window = scene.window(-1100.0, 1000.0, 200.0, 10.0)
    assert window.ground_m[0, 0] == scene.ground.heights_m[0, 0]
    assert np.isfinite(window.top_m).all()


def test_saved_and_opened_as_memory_maps(tmp_path):
    scene, _ = _city()
    made = Surface.make(scene.footprints, scene.ground, 2.0, tmp_path)
    back = Surface.load(tmp_path)
    assert isinstance(back.fine, np.memmap)
    for name in ("coarse", "fine", "blocks", "lookup"):
        assert np.array_equal(getattr(back, name), getattr(scene.surface, name))
    assert back.cell_m == made.cell_m == 2.0
    with pytest.raises(NotBuilt):
        Surface.load(tmp_path / "nowhere")


def test_a_city_without_buildings(tmp_path):
    scene = Scene.flat(half_m=300)
    Surface.make(scene.footprints, scene.ground, 2.0, tmp_path)
    assert len(Surface.load(tmp_path).fine) == 0
    window = scene.window(0.0, 0.0, 100.0, 2.0)
    assert (window.building == -1).all()
    assert (window.top_m == 1040.0).all()
