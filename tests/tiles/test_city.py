import re

import pytest

from tiles.city import read_city
from tiles.errors import BadCityFile, MissingDatum, UnknownDatum

GOOD = """
[city]
name = "乌海"
name_en = "Wuhai"
generated = true
time_zone = "Asia/Shanghai"
extent = [106.60, 39.03, 107.14, 39.92]
home = [106.82, 39.655, 1500.0, 30.0, -35.0]
credits = ["© us"]
[surface]
cell_m = 10
fine_cell_m = 2
[[ground]]
file = "ground.tif"
vertical_datum = "EPSG:5737"
[[buildings]]
file = "houses.gpkg"
layer = "houses"
[buildings.columns]
height_m = "HEIGHT"
[[cameras]]
file = "cameras.csv"
crs = "GCJ-02"
height_reference = "above ground"
"""


@pytest.fixture
def folder(tmp_path):
    for name in ("ground.tif", "houses.gpkg", "cameras.csv"):
        (tmp_path / name).touch()
    return tmp_path


def _read(folder, text):
    file = folder / "city.toml"
    file.write_text(text, encoding="utf-8")
    return read_city(file)


def test_a_city_is_read_whole(folder):
    city = _read(folder, GOOD)
    assert (city.name, city.name_en, city.generated, city.time_zone) == ("乌海", "Wuhai", True, "Asia/Shanghai")
    assert city.extent == (106.60, 39.03, 107.14, 39.92)
    assert (city.frame.lon0, city.frame.lat0) == (106.87, 39.475)
    assert city.home == (106.82, 39.655, 1500.0, 30.0, -35.0)
    assert (city.cell_m, city.fine_cell_m) == (10.0, 2.0)
    assert city.ground[0].file == (folder / "ground.tif").resolve()
    assert city.ground[0].datum.name == "EPSG:5737"
    assert city.buildings[0].columns == {"height_m": "HEIGHT"}
    assert city.cameras[0].crs == "GCJ-02"
    assert [s.role for s in city.sources] == ["ground", "buildings", "cameras"]


def test_a_pattern_takes_every_file(folder):
    (folder / "north.tif").touch()
    city = _read(folder, GOOD.replace('"ground.tif"', '"*.tif"'))
    assert [s.file.name for s in city.ground] == ["ground.tif", "north.tif"]


@pytest.mark.parametrize(
    ("old", "new", "key", "remedy"),
    [
        ('name_en = "Wuhai"', 'name_em = "Wuhai"', "city.name_em", "Did you mean name_en?"),
        ('name = "乌海"', "", "city.name", "Add name"),
        ("[surface]", "[surfaces]", "surfaces", "Did you mean surface?"),
        ('layer = "houses"', 'lair = "houses"', "buildings[1].lair", "layer"),
        ("39.03, 107.14, 39.92]", "39.93, 107.14, 39.92]", "city.extent", "west, south, east, north"),
        ("[106.60, 39.03, 107.14, 39.92]", "[106.60, 39.03, 107.14]", "city.extent", "west, south"),
        ("[106.60, 39.03, 107.14, 39.92]", "[106.60, nan, 107.14, 39.92]", "city.extent", "west, south"),
        ("[106.60, 39.03, 107.14, 39.92]", "[100.0, 39.03, 107.14, 39.92]", "city.extent", "one city"),
        ("extent = [", "extend = [", "city.extend", "Did you mean extent?"),
        ("106.82, 39.655,", "96.82, 39.655,", "city.home", "longitude"),
        ("Asia/Shanghai", "Asia/Wuhai", "city.time_zone", "Asia/Shanghai"),
        ("generated = true", 'generated = "yes"', "city.generated", "true or false"),
        ("cell_m = 10\n", "cell_m = 0.2\n", "surface.cell_m", "larger cell"),
        ("fine_cell_m = 2", "fine_cell_m = 20", "surface.fine_cell_m", "less"),
        ("cell_m = 10\n", 'cell_m = "10"\n', "surface.cell_m", "for instance 10"),
        ("ground.tif", "grund.tif", "ground[1].file", "Correct the path"),
        ("ground.tif", "grund*.tif", "ground[1].file", "Correct the path"),
        ('crs = "GCJ-02"', 'crs = "EPSG:abc"', "cameras[1].crs", "EPSG"),
        ('"above ground"', '"above roof"', "cameras[1].height_reference", "above sea"),
        ('vertical_datum = "EPSG:5737"', 'vertical_datum="x"\ngeoid_grid = "no.gtx"', "ground[1].geoid_grid", "path"),
        ("[[ground]]", "[[places]]", "ground", "[[ground]]"),
        ("[city]", "[city", "file", "Mend"),
    ],
)
def test_bad_city_files_name_key_and_remedy(folder, old, new, key, remedy):
    assert old in GOOD
    with pytest.raises(BadCityFile, match=re.escape(remedy)) as caught:
        _read(folder, GOOD.replace(old, new, 1))
    assert caught.value.values["key"] == key
    assert caught.value.values["file"].endswith("city.toml")


def test_a_missing_city_file_is_named(tmp_path):
    with pytest.raises(BadCityFile, match=r"none\.toml"):
        read_city(tmp_path / "none.toml")


def test_heights_without_a_datum_are_refused(folder):
    with pytest.raises(MissingDatum, match=r"ground\.tif"):
        _read(folder, GOOD.replace('vertical_datum = "EPSG:5737"', ""))
    with pytest.raises(MissingDatum, match=r"cameras\.csv"):
        _read(folder, GOOD.replace('"above ground"', '"above sea"'))


def test_a_datum_without_a_grid_is_refused(folder):
    with pytest.raises(UnknownDatum, match="EPSG:5703"):
        _read(folder, GOOD.replace("EPSG:5737", "EPSG:5703"))
