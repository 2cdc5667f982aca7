"""A real town from files: Alexandria's lidar ground, surface and footprints."""

import numpy as np
import pytest

from tiles.build import build
from tiles.city import read_city
from tiles.errors import MissingDatum, UnknownDatum
from tiles.scene import Scene

HEIGHTS = """
[[{role}]]
file = "{folder}/{file}"
vertical_datum = "EPSG:5703"
vertical_datum_assumed = true
stand_in = "EGM96"
"""
CITY = """
[city]
name = "Alexandria"
time_zone = "America/New_York"
extent = [-77.0555, 38.8084, -77.0496, 38.8128]
[surface]
cell_m = 2
fine_cell_m = 1
[[buildings]]
file = "{folder}/buildings.shp"
[buildings.columns]
height_m = "HEIGHT"
"""


@pytest.fixture
def words(shared_data):
    folder = shared_data / "dem" / "alexandria_2m"
    grids = [HEIGHTS.format(role=role, file=file, folder=folder) for role, file in _GRIDS]
    return CITY.format(folder=folder) + "".join(grids)


_GRIDS = (("ground", "dtm.tif"), ("surface_heights", "dsm.tif"))


def _read(tmp_path, text):
    file = tmp_path / "city.toml"
    file.write_text(text, encoding="utf-8")
    return read_city(file)


@pytest.mark.shared
def test_alexandria_from_its_files(words, tmp_path):
    built = build(_read(tmp_path, words), tmp_path / "out", only=frozenset({"surface"}))
    stated = [(one["code"], one["values"].get("file")) for one in built.assumptions]
    for file in ("dtm.tif", "dsm.tif"):
        assert ("datum-assumed", file) in stated
        assert ("datum-stand-in", file) in stated
    scene = Scene.open(tmp_path / "out")
    assert len(scene.footprints) == 84
    ground, obstacle = np.asarray(scene.ground.heights_m), np.asarray(scene.obstacle.heights_m)
    # Some metres above the sea, where the geoid is 33 m below the ellipsoid.
    assert -33 < ground.min() < ground.max() < 15
    assert (obstacle >= ground).all()
    assert 0.1 < (obstacle > ground + 2).mean() < 0.7
    tall = np.asarray(scene.surface.coarse) > 0
    assert (obstacle == ground)[tall].all()


@pytest.mark.shared
def test_its_heights_need_a_datum(words, tmp_path):
    with pytest.raises(MissingDatum, match=r"dtm\.tif"):
        _read(tmp_path, words.replace('vertical_datum = "EPSG:5703"\n', ""))
    with pytest.raises(UnknownDatum, match=r"dtm\.tif.*EPSG:5703"):
        _read(tmp_path, words.replace('stand_in = "EGM96"\n', ""))
