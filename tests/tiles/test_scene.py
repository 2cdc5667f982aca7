import numpy as np
import pytest

from tiles.errors import NotBuilt, OutsideCity
from tiles.scene import Scene

BOX = [(0.0, 0.0), (20.0, 0.0), (20.0, 30.0), (0.0, 30.0)]
TOWER = [(100.0, 0.0), (120.0, 0.0), (120.0, 30.0), (100.0, 30.0)]


def _plain():
    return Scene.flat(buildings=[(BOX, 1039.5, 1060.0), (TOWER, 1039.5, 1090.0)])


def test_a_flat_scene_knows_its_ground_and_roofs():
    scene = _plain()
    assert scene.ground_m(106.8, 39.6) == 1040.0
    lon, lat = scene.to_lonlat([10.0, 110.0, 60.0], [15.0, 15.0, 15.0])
    assert scene.building_at(lon, lat).tolist() == [0, 1, -1]
    assert scene.top_m(lon, lat).tolist() == [1060.0, 1090.0, 1040.0]
    facts = scene.building(1)
    assert (facts.id, facts.roof_m, facts.ground_m) == ("b1", 1090.0, 1040.0)
    assert scene.building_at(facts.lon, facts.lat) == 1


def test_inside_means_that_the_ground_is_known():
    scene = Scene.flat(lat0=60.0, half_m=5000, cell_m=50)
    west, south, east, north = scene.extent
    lon, lat = np.meshgrid(np.linspace(west, east, 40), np.linspace(south, north, 40))
    assert np.isfinite(scene.ground_m(lon, lat)).all()
    assert scene.inside(lon, lat).all()
    assert not scene.inside([np.nan, 0.0, 106.8], [60.0, 60.0, 90.0]).any()
    with pytest.raises(OutsideCity):
        scene.require_inside(0.0, 90.0)
    assert np.isnan(scene.ground_m(0.0, 90.0))


def test_sight_through_the_scene():
    scene = _plain()
    lines = scene.sight_lines([[-50, 10, 1042.0]], [[60, 10, 1042.0], [-60, 10, 1042.0], [60, 10, 1150.0]])
    assert lines.clear.tolist() == [False, True, True]
    assert lines.building.tolist() == [0, -1, -1]
    hits = scene.first_hits([-50, 10, 1045.0], 90.0, 0.0, 500.0)
    assert hits.distance_m[0] == pytest.approx(50.0, abs=1e-3)


def test_a_folder_without_a_build_is_refused(tmp_path):
    with pytest.raises(NotBuilt, match="geoserver build"):
        Scene.open(tmp_path)
    (tmp_path / "build.json").write_text("{half")
    with pytest.raises(NotBuilt):
        Scene.open(tmp_path)
    (tmp_path / "build.json").write_text('{"parts": {}}')
    with pytest.raises(NotBuilt):
        Scene.open(tmp_path)
