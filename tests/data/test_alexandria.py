"""Alexandria: the city file reads, and its cameras stand where its own surface is free."""

import csv
from pathlib import Path

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from pyproj import Transformer

from data.alexandria.prepare import prepare
from tiles.city import read_city

pytestmark = pytest.mark.shared


@pytest.fixture
def city_file(shared_data, tmp_path) -> Path:
    return prepare(shared_data, tmp_path / "alexandria")


def test_city_file_reads_and_says_what_is_assumed(city_file):
    city = read_city(city_file)
    assert city.cell_m == 2
    assert city.ground[0].vertical_datum == "EPSG:5703"
    assert city.ground[0].vertical_datum_assumed
    assert city.ground[0].stand_in == "EGM96"
    assert all(source.file.exists() for source in city.sources)


def test_street_cameras_are_in_free_air_and_roof_cameras_on_a_building(city_file):
    folder = city_file.parent
    rows = list(csv.DictReader((folder / "cameras.csv").open(encoding="utf-8")))
    assert len(rows) == 12
    assert {row["tier"] for row in rows} == {"1", "2", "3", ""}
    to_utm = Transformer.from_crs("EPSG:4326", "EPSG:26918", always_xy=True)
    buildings = pyogrio.read_dataframe(folder / "buildings.shp").to_crs("EPSG:26918")
    with rasterio.open(folder / "dtm.tif") as ground, rasterio.open(folder / "dsm.tif") as surface:
        for row in rows:
            place = to_utm.transform(float(row["lon"]), float(row["lat"]))
            over = float(next(surface.sample([place]))[0] - next(ground.sample([place]))[0])
            inside = buildings.contains(shapely.Point(place))
            lens = float(row["mount_height_m"])
            if row["tier"] == "2":
                assert inside.sum() == 1, row["id"]
                # A little over the stated roof: its height counts from the median ground under it.
                assert 0.5 < lens - float(buildings["HEIGHT"][np.flatnonzero(inside)[0]]) < 4, row["id"]
            else:
                assert not inside.any(), row["id"]
                assert over < 1.0 < lens, row["id"]
