import numpy as np
import pyproj
import pytest
import rasterio

from tiles.datum import CHINA_1985_ABOVE_EGM96_M, EGM96_FILE, Datum, to_ellipsoidal, undulation_m
from tiles.errors import BadSource, UnknownDatum


def test_wuhai_1100_m_above_the_sea_is_1060_3_ellipsoidal():
    assert to_ellipsoidal(106.8, 39.6, 1100.0, "EGM96") == pytest.approx(1060.3, abs=0.05)
    assert to_ellipsoidal(106.8, 39.6, 1100.0, "EPSG:5773") == pytest.approx(1060.3, abs=0.05)
    assert undulation_m(106.8, 39.6) == pytest.approx(-39.75, abs=0.03)


def test_1985_is_egm96_plus_the_stated_constant():
    expected = to_ellipsoidal(106.8, 39.6, 1100.0, "EGM96") + CHINA_1985_ABOVE_EGM96_M
    assert to_ellipsoidal(106.8, 39.6, 1100.0, "EPSG:5737") == expected
    assert to_ellipsoidal(106.8, 39.6, 1100.0, Datum("EPSG:5737", offset_m=0.3)) == pytest.approx(expected + 0.3)
    assert [a["code"] for a in Datum("EPSG:5737").assumptions()] == ["datum-1985-as-egm96"]


def test_the_ellipsoid_itself_is_unchanged():
    assert to_ellipsoidal([1.0, 2.0], 40.0, [10.0, 20.0], "ellipsoid").tolist() == [10.0, 20.0]


@pytest.mark.shared
def test_agrees_with_proj_on_the_original_grid(shared_data):
    grid = shared_data / "geoid" / "egm96_15.gtx"
    proj = pyproj.Transformer.from_pipeline(
        f"+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad +step +proj=vgridshift +grids={grid} "
        "+multiplier=1 +step +proj=unitconvert +xy_in=rad +xy_out=deg"
    )
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(-180, 180, 5000), rng.uniform(-89.9, 89.9, 5000)
    lon[:3], lat[:3] = [179.95, -179.95, 106.8], [10.0, 10.0, 39.6]
    expected = proj.transform(lon, lat, np.full(5000, 100.0), errcheck=True)[2]
    ours = to_ellipsoidal(lon, lat, 100.0, "EGM96")
    assert np.abs(ours - expected).max() < 0.004
    assert np.abs(to_ellipsoidal(lon, lat, 100.0, Datum("EPSG:3855", grid=grid)) - expected).max() < 2e-4


def test_a_datum_without_a_grid_is_refused():
    with pytest.raises(UnknownDatum, match=r"dtm\.tif.*EPSG:5703.*stand_in"):
        to_ellipsoidal(-77.0, 38.8, 10.0, Datum("EPSG:5703", source="dtm.tif"))
    with pytest.raises(UnknownDatum):
        to_ellipsoidal(-77.0, 38.8, 10.0, Datum("EPSG:5703", stand_in="EPSG:5621"))


def test_a_stand_in_is_used_and_owned_up_to():
    datum = Datum("EPSG:5703", stand_in="EGM96", assumed=True, source="a/dtm.tif")
    assert to_ellipsoidal(-77.0, 38.8, 10.0, datum) == to_ellipsoidal(-77.0, 38.8, 10.0, "EGM96")
    codes = {a["code"]: a["values"] for a in datum.assumptions()}
    assert set(codes) == {"datum-assumed", "datum-stand-in"}
    assert codes["datum-stand-in"] == {"file": "dtm.tif", "datum": "EPSG:5703", "stand_in": "EGM96"}
    assert Datum("EGM96").assumptions() == []


def test_a_grid_that_does_not_reach_is_refused(tmp_path):
    path = tmp_path / "local.tif"
    with rasterio.open(EGM96_FILE) as world:
        window = rasterio.windows.Window(1120, 180, 41, 41)
        place = rasterio.Affine(0.25, 0, 99.875, 0, -0.25, 45.125)
        profile = world.profile | {"width": 41, "height": 41, "transform": place}
        with rasterio.open(path, "w", **profile) as local:
            local.write(world.read(window=window))
            local.scales = world.scales
    datum = Datum("EPSG:9999", grid=path)
    assert to_ellipsoidal(106.8, 39.6, 1100.0, datum) == pytest.approx(1060.3, abs=0.05)
    with pytest.raises(BadSource, match=r"120\.0000, 39\.6000"):
        to_ellipsoidal([106.8, 120.0], 39.6, 1100.0, datum)


def test_a_file_that_is_no_grid_is_refused(tmp_path):
    path = tmp_path / "words.gtx"
    path.write_text("no grid")
    with pytest.raises(BadSource, match=r"words\.gtx"):
        to_ellipsoidal(1.0, 2.0, 3.0, Datum("EPSG:9999", grid=path))


def test_the_packaged_grid_is_small():
    assert EGM96_FILE.stat().st_size < 2_000_000
