import numpy as np
import pytest
import rasterio

from tiles.city import City, Source
from tiles.datum import to_ellipsoidal
from tiles.errors import BadSource, MissingCRS, MissingDatum, UnknownDatum
from tiles.grid import HeightGrid
from tiles.ground import city_cells, filled, make_ground, make_obstacle
from tiles.scene import Scene
from tiles.sources import raster
from tiles.sources.raster import open_heights, read_band

EXTENT = (106.78, 39.59, 106.82, 39.61)


def _raster(path, heights, west, north, step, *, crs="EPSG:4326", **profile):
    heights = np.asarray(heights)
    shape = {"height": heights.shape[0], "width": heights.shape[1], "count": 1, "dtype": heights.dtype}
    place = rasterio.Affine(step, 0, west, 0, -step, north)
    with rasterio.open(path, "w", driver="GTiff", transform=place, crs=crs, **shape, **profile) as file:
        file.write(heights, 1)
    return path


def _plane(lon, lat):
    return 1100 + 3000 * (lon - 106.8) - 2000 * (lat - 39.6)


def _sloping(path, west=106.77, north=39.62, width=70, height=50, step=0.001, **options):
    rows, cols = np.mgrid[0:height, 0:width]
    heights = _plane(west + (cols + 0.5) * step, north - (rows + 0.5) * step)
    return _raster(path, heights.astype(np.float32), west, north, step, **options)


def _city(*files, cell_m=25.0, extent=EXTENT, **options):
    options = {"vertical_datum": "EGM96"} | options
    sources = tuple(Source("ground", file, **options) for file in files)
    return City(file=files[0], name="x", extent=extent, cell_m=cell_m, fine_cell_m=2.0, ground=sources)


def _made(city, tmp_path):
    folder = tmp_path / "made"
    folder.mkdir(exist_ok=True)
    return make_ground(city, folder)


def test_1100_m_above_the_sea_is_1060_3_in_the_ground_grid(tmp_path):
    flat = _raster(tmp_path / "flat.tif", np.full((20, 40), 1100, np.int16), 106.7, 39.65, 0.005)
    made = _made(_city(flat), tmp_path)
    x, y = city_cells(_city(flat)).frame.to_metric(106.8, 39.6)
    assert made.grid.sample(x, y) == pytest.approx(1060.3, abs=0.05)
    assert HeightGrid.load(tmp_path / "made" / "ground").sample(x, y) == made.grid.sample(x, y)
    assert made.voids == 0
    assert made.assumptions == ()


@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32648", "EPSG:4547"])
def test_heights_lie_where_they_belong(tmp_path, crs):
    file = tmp_path / "plane.tif"
    if crs == "EPSG:4326":
        _sloping(file)
    else:
        import pyproj

        # EPSG:4547 is CGCS2000, which is WGS 84 to centimetres.
        ways = pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
        x0, y0 = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(106.76, 39.63)
        rows, cols = np.mgrid[0:160, 0:220]
        lon, lat = ways.transform(x0 + (cols + 0.5) * 30.0, y0 - (rows + 0.5) * 30.0)
        _raster(file, _plane(lon, lat).astype(np.float32), x0, y0, 30.0, crs=crs)
    city = _city(file)
    grid = _made(city, tmp_path).grid
    lon, lat = np.meshgrid(np.linspace(106.781, 106.819, 20), np.linspace(39.591, 39.609, 20))
    expected = to_ellipsoidal(lon, lat, _plane(lon, lat), "EGM96")
    assert np.abs(grid.sample(*city.frame.to_metric(lon, lat)) - expected).max() < 0.05


def test_cells_cover_the_extent_and_lie_on_multiples(tmp_path):
    city = _city(_sloping(tmp_path / "a.tif"), cell_m=10.0)
    cells = city_cells(city)
    assert cells.x0_m % 10 == 0
    assert cells.y0_m % 10 == 0
    grid = HeightGrid(np.zeros((cells.rows, cells.cols), np.float32), cells.x0_m, cells.y0_m, 10.0)
    lon, lat = np.meshgrid(np.linspace(106.78, 106.82, 50), np.linspace(39.59, 39.61, 50))
    assert np.isfinite(grid.sample(*city.frame.to_metric(lon, lat))).all()


def test_bands_make_no_difference(tmp_path, monkeypatch):
    city = _city(_sloping(tmp_path / "a.tif"), cell_m=10.0)
    whole = np.array(_made(city, tmp_path).grid.heights_m)
    monkeypatch.setattr("tiles.ground.BAND_ROWS", 37)
    assert np.abs(np.array(_made(city, tmp_path).grid.heights_m) - whole).max() < 2e-3


def test_several_files_make_one_ground(tmp_path):
    west = _sloping(tmp_path / "west.tif", west=106.77, width=30)
    east = _sloping(tmp_path / "east.tif", west=106.80, width=40)
    city = _city(west, east)
    made = _made(city, tmp_path)
    lon, lat = np.meshgrid(np.linspace(106.781, 106.819, 20), np.linspace(39.591, 39.609, 20))
    expected = to_ellipsoidal(lon, lat, _plane(lon, lat), "EGM96")
    assert made.voids == 0
    # At the seam the edge cells of each file reach half a cell further at one height.
    assert np.abs(made.grid.sample(*city.frame.to_metric(lon, lat)) - expected).max() < 2.0


def test_units_scale_and_nodata(tmp_path):
    file = tmp_path / "feet.tif"
    heights = np.full((50, 70), 1000, np.int16)
    heights[20:24, 30:34] = -32768
    _raster(file, heights, 106.77, 39.62, 0.001, nodata=-32768)
    made = _made(_city(file, vertical_unit_m=0.3048, vertical_datum="ellipsoid"), tmp_path)
    assert np.abs(np.array(made.grid.heights_m) - 304.8).max() < 0.01
    assert 200 < made.voids < 1000
    assert made.assumptions[0]["code"] == "ground-voids-filled"
    assert made.assumptions[0]["values"]["cells"] == made.voids


def test_nodata_that_the_file_does_not_declare(tmp_path):
    heights = np.full((50, 70), 1000, np.int16)
    heights[20:24, 30:34] = -32768
    file = _raster(tmp_path / "srtm.tif", heights, 106.77, 39.62, 0.001)
    with pytest.raises(BadSource, match=r"srtm\.tif.*nodata"):
        _made(_city(file), tmp_path)
    made = _made(_city(file, nodata=-32768.0, vertical_datum="ellipsoid"), tmp_path)
    assert np.abs(np.array(made.grid.heights_m) - 1000).max() < 0.01


def test_beyond_its_sources_the_ground_goes_on_at_edge_height(tmp_path):
    west = _sloping(tmp_path / "west.tif", west=106.77, width=30)
    made = _made(_city(west), tmp_path)
    heights = np.array(made.grid.heights_m, np.float64)
    assert np.isfinite(heights).all()
    assert made.voids > heights.size * 0.4
    known = heights[:, : heights.shape[1] // 3]
    assert known.min() - 1 < heights.min() <= heights.max() < known.max() + 80
    # No cliff: no step between neighbours is larger than on a slope twice as steep as the source's.
    assert np.abs(np.diff(heights, axis=1)).max() < 2 * 25 * 3000 / 85_000 + 0.5


def test_sources_that_do_not_reach_the_city_are_refused(tmp_path):
    far = _sloping(tmp_path / "far.tif", west=100.0)
    with pytest.raises(BadSource, match=r"far\.tif.*does not reach"):
        _made(_city(far), tmp_path)


def test_refusals_name_the_file(tmp_path):
    nowhere = _sloping(tmp_path / "nowhere.tif", crs=None)
    with pytest.raises(MissingCRS, match=r"nowhere\.tif"):
        _made(_city(nowhere), tmp_path)
    assert _made(_city(nowhere, crs="EPSG:4326"), tmp_path).voids == 0
    good = _sloping(tmp_path / "good.tif")
    with pytest.raises(MissingDatum, match=r"good\.tif"):
        _made(_city(good, vertical_datum=None), tmp_path)
    with pytest.raises(UnknownDatum, match=r"good\.tif.*EPSG:5703"):
        _made(_city(good, vertical_datum="EPSG:5703"), tmp_path)
    words = tmp_path / "words.tif"
    words.write_text("no raster")
    with pytest.raises(BadSource, match=r"words\.tif"):
        _made(_city(words), tmp_path)
    with pytest.raises(BadSource, match=r"good\.tif.*GCJ-02"):
        _made(_city(good, crs="GCJ-02"), tmp_path)


def test_the_geoid_between_lattice_nodes_is_the_geoid(tmp_path):
    city = _city(_sloping(tmp_path / "a.tif"), extent=(106.6, 39.3, 107.1, 39.8), cell_m=50.0)
    cells = city_cells(city)
    rows, cols = np.mgrid[0 : cells.rows : 17, 0 : cells.cols : 19]
    lon, lat = cells.frame.to_lonlat(cells.x0_m + cols * 50.0, cells.y0_m - rows * 50.0)
    expected = to_ellipsoidal(lon, lat, 0.0, "EGM96")
    shift = raster._above_ellipsoid(cells, city.ground[0].datum)[::17, ::19]
    assert np.abs(shift - expected).max() < 0.02


def test_a_surface_model_stands_where_no_building_does(tmp_path):
    ground = _raster(tmp_path / "dtm.tif", np.full((50, 70), 100, np.float32), 106.77, 39.62, 0.001)
    top = np.full((50, 70), 100, np.float32)
    top[20:26, 30:36] = 112  # a wood, and a building in its middle
    dsm = _raster(tmp_path / "dsm.tif", top, 106.77, 39.62, 0.001)
    city = _city(ground, cell_m=10.0)
    city = City(**{**city.__dict__, "surface_heights": (Source("surface_heights", dsm, vertical_datum="EGM96"),)})
    made = _made(city, tmp_path)
    x, y = city.frame.to_metric(106.803, 39.597)
    box = [(x - 20, y - 20), (x + 20, y - 20), (x + 20, y + 20), (x - 20, y + 20)]
    scene = Scene.of(city.frame, made.grid, [(box, 60.0, 90.0)])
    make_obstacle(city, made.grid, scene.surface, tmp_path / "made")
    obstacle = HeightGrid.load(tmp_path / "made" / "obstacle")
    rise = np.asarray(obstacle.heights_m) - np.asarray(made.grid.heights_m)
    assert rise.min() == 0
    rows, cols = np.mgrid[0 : obstacle.rows, 0 : obstacle.cols]
    cx, cy = obstacle.xy(rows, cols)
    close = (np.abs(cx - x) < 25) & (np.abs(cy - y) < 25)
    wood = (np.abs(cx - x) < 150) & (np.abs(cy - y) < 150) & (np.maximum(abs(cx - x), abs(cy - y)) > 45)
    assert (rise[close] == 0).all()
    assert np.allclose(rise[wood], 12, atol=0.01)


def test_a_finer_source_is_averaged_and_a_surface_keeps_its_tops(tmp_path):
    heights = np.zeros((400, 400), np.float32)
    heights[::2, ::2] = 8.0
    file = _raster(tmp_path / "fine.tif", heights, 106.79, 39.61, 0.00005)
    city = _city(file, extent=(106.793, 39.593, 106.807, 39.607), cell_m=50.0, vertical_datum="ellipsoid")
    sources = [open_heights(city.ground[0], city.frame)]
    inner = read_band(sources, city_cells(city))[3:-3, 3:-3]
    assert np.allclose(inner, 2.0, atol=0.5)
    assert (read_band(sources, city_cells(city), highest=True)[3:-3, 3:-3] == 8.0).all()


def test_filling_is_smooth_and_leaves_the_known_alone():
    rng = np.random.default_rng(1)
    heights = np.add.outer(np.linspace(0, 50, 61), np.linspace(0, 80, 83)).astype(np.float32)
    holes = heights.copy()
    holes[20:31, 30:45] = np.nan
    holes[rng.random(holes.shape) < 0.05] = np.nan
    done = filled(holes)
    known = ~np.isnan(holes)
    assert np.array_equal(done[known], heights[known])
    assert np.abs(done - heights).max() < 8.0
    assert np.array_equal(filled(heights), heights)
