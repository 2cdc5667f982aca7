"""Records as files, read by the programs they are for: GDAL, CesiumJS, a spreadsheet's reader."""

import csv
import io
import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyogrio
import pytest

from geoserver.dumping import dump
from geoserver.exporting import FORMS, written
from geoserver.faults import BadFile
from layers.catalogue import COLLECTIONS
from layers.record import Record
from layers.zones import Zone
from tests.conftest import ROOT
from tests.geoserver.test_ogc_readers import records
from tests.layers.incidents.builders import an_incident

PACKAGE = ROOT / "frontend" / "package.json"
NASTY = "<script>alert(1)</script>=1+1"


def of_kind(name: str) -> list[Record]:
    kind = COLLECTIONS[name].name
    return [one for number in range(3) for one in records(number) if one.kind == kind]


def read(content: bytes, suffix: str, folder: Path) -> Any:
    file = folder / f"file{suffix}"
    file.write_bytes(content)
    return pyogrio.read_dataframe(file)


def in_cesium(content: bytes) -> list[dict[str, Any]]:
    done = subprocess.run(
        ["node", Path(__file__).with_name("read_czml.mjs"), PACKAGE], input=content, capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return list(json.loads(done.stdout))


@pytest.mark.parametrize("name", COLLECTIONS)
@pytest.mark.parametrize("form", ["gpkg", "kml", "geojson"])
def test_gdal_reads_what_is_written(name: str, form: str, tmp_path: Path) -> None:
    held = of_kind(name)
    table = read(written(held, name, form), f".{form}", tmp_path)
    assert len(table) == len(held)
    assert list(table["id"]) == [one.id for one in held]
    for shape, one in zip(table.geometry, held, strict=True):
        assert shape.geom_type == one.geometry["type"]
        centre = shape.centroid
        assert (centre.x, centre.y) == pytest.approx((one.lon, one.lat), abs=2e-4)


def test_heights_are_above_the_ellipsoid(tmp_path: Path) -> None:
    content = written(of_kind("cameras"), "cameras", "gpkg")
    assert read(content, ".gpkg", tmp_path).geometry[0].z == 1045.0
    assert pyogrio.read_info(tmp_path / "file.gpkg")["crs"] == "EPSG:4979"


@pytest.mark.parametrize("name", COLLECTIONS)
def test_cesium_reads_czml(name: str) -> None:
    held = of_kind(name)
    told = in_cesium(written(held, name, "czml"))
    assert [one["id"] for one in told] == [f"{one.kind}/{one.id}" for one in held]
    for one, record in zip(told, held, strict=True):
        if record.geometry["type"] == "Point":
            height = record.height_m or 0.0
            assert one["place"] == pytest.approx([record.lon, record.lat, height], abs=1e-6)
            assert one["ground"] == (record.height_m is None)
        else:
            assert len(one["ring"]) == 3
            assert one["top"] == getattr(record, "top_m", None)


def test_czml_shows_an_incident_while_it_lasts() -> None:
    at = [datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in (4, 6)]
    told = in_cesium(written([an_incident(str(i), reported_at=one) for i, one in enumerate(at)], "incidents", "czml"))
    assert [one["available"] for one in told] == [True, False]


def test_holes_stay_holes(tmp_path: Path) -> None:
    outer = ((106.79, 39.59), (106.81, 39.59), (106.81, 39.61), (106.79, 39.59))
    inner = ((106.803, 39.595), (106.806, 39.595), (106.806, 39.598), (106.803, 39.595))
    zone = Zone(id="z", name="n", rings=(outer, inner), lon=0, lat=0)
    assert len(read(written([zone], "zones", "kml"), ".kml", tmp_path).geometry[0].interiors) == 1
    assert json.loads(written([zone], "zones", "czml"))[1]["polygon"]["holes"]["cartographicDegrees"]


def test_what_callers_say_is_neither_markup_nor_a_formula(tmp_path: Path) -> None:
    one = an_incident("x", description=NASTY, address="=cmd()")
    kml = read(written([one], "incidents", "kml"), ".kml", tmp_path)
    assert "<script" not in "".join(str(value) for value in kml.iloc[0])
    assert "<script" not in json.loads(written([one], "incidents", "czml"))[1]["description"]
    rows = list(csv.DictReader(io.StringIO(written([one], "incidents", "csv").decode("utf-8-sig"))))
    assert rows[0]["address"] == "'=cmd()"
    dump([one], tmp_path / "kept.csv", "incidents")
    assert "'=cmd()" not in (tmp_path / "kept.csv").read_text(encoding="utf-8-sig")


@pytest.mark.parametrize("form", FORMS)
def test_nothing_is_a_file_too(form: str, tmp_path: Path) -> None:
    assert dump([], tmp_path / f"none.{form}", "zones") == 0
    assert (tmp_path / f"none.{form}").exists()


def test_other_suffixes_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BadFile):
        dump([], tmp_path / "x.shp", "zones")
