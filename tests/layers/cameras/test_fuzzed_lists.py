"""Broken lists of every form: refused with a sentence, or read; never a crash."""

import io
import json
import os
import random
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import openpyxl
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geoserver.fault_words import fault_words
from layers.areas import AreaIndex
from layers.cameras.lists.load import load_cameras
from layers.privacy_files import read_volumes
from tests.layers.cameras.test_gb28181 import PLACE, catalogue, item
from tests.layers.cameras.test_lists import OSM
from tests.layers.scenes import PLAIN_M
from tiles.errors import Fault
from tiles.scene import Scene

SCENE = Scene.flat(height_m=PLAIN_M, half_m=3000)
SECONDS = float(os.environ.get("GEOSERVER_FUZZ_S", "4"))
"""How long each form is broken in ever new ways."""
CSV = "设备编码,经度,纬度,方位角,主码流\nA-1,106.801,39.601,45,rtsp://u:p@10.0.0.1/1\nA-2,106.802,39.602,,\n"


def csv_bytes() -> bytes:
    return CSV.encode("gb18030")


def geojson_bytes() -> bytes:
    point = {"type": "Point", "coordinates": [106.801, 39.601, 1050.0]}
    properties = {"id": "a", "presets": [{"name": "x", "pan": 1, "tilt": 2}], "distortion": [0.1, 0, 0, 0]}
    feature = {"type": "Feature", "properties": properties, "geometry": point}
    return json.dumps({"type": "FeatureCollection", "features": [feature] * 3}).encode()


def workbook_bytes() -> bytes:
    book = openpyxl.Workbook()
    for row in (["title"], ["id", "lon", "lat"], ["a", 106.801, 39.601], ["b", "106.802", None]):
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def catalogue_bytes() -> bytes:
    return catalogue(item(Name="人民路口", info={"PTZType": "1"}, **PLACE), item("1503"), num=False).encode("gb2312")


def geopackage_bytes(folder: Path) -> bytes:
    places = [shapely.Point(106.801, 39.601), shapely.Point(106.802, 39.602)]
    frame = gpd.GeoDataFrame({"id": ["a", "b"], "heading": [1.0, 2.0]}, geometry=places, crs="EPSG:4326")
    frame.to_file(folder / "list.gpkg", layer="cams", driver="GPKG")
    return (folder / "list.gpkg").read_bytes()


def survives(data: bytes) -> bool:
    """Whether a list was read; a refusal says why, in both languages."""
    try:
        report = load_cameras(data, file="list", scene=SCENE)
    except Fault as fault:
        refusal = fault
        report = None
    if report is None:
        return not all(words for words in (*fault_words(refusal, "en"), *fault_words(refusal, "zh")))
    assert len(report.records) + report.counts["refused"] + report.counts["skipped"] <= report.counts["read"]
    assert all(problem.detail and problem.remedy for problem in report.problems)
    return True


def broken(whole: bytes, chance: random.Random) -> bytes:
    """Some bytes changed, cut out, doubled, or swapped with others."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 5, 30))):
        if not data:
            break
        at, length = chance.randrange(len(data)), chance.choice((1, 1, 2, 8, 64, 1000))
        match chance.randrange(6):
            case 0:
                data[at : at + length] = bytes(chance.randrange(256) for _ in range(min(length, 64)))
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case 3:
                data[at] ^= 1 << chance.randrange(8)
            case 4:
                data[at:at] = chance.choice(
                    (b"\xff", b"\0", b"<", b"&", b"]]>", b'"', b",", b"9" * 400, b"-1e999", b"\xa1")
                )
            case 5:
                del data[at:]
    return bytes(data)


MAKERS: dict[str, Callable[[], bytes]] = {
    "csv": csv_bytes,
    "geojson": geojson_bytes,
    "xlsx": workbook_bytes,
    "gb28181": catalogue_bytes,
    "osm": lambda: OSM.encode(),
}


@pytest.mark.parametrize("form", [*MAKERS, "gpkg"])
def test_broken_bytes_of_every_form(form: str, tmp_path: Path) -> None:
    whole = geopackage_bytes(tmp_path) if form == "gpkg" else MAKERS[form]()
    assert survives(whole)
    chance, end, tries = random.Random(3), time.monotonic() + SECONDS, 0
    while time.monotonic() < end or tries < 30:
        survives(broken(whole, chance))
        tries += 1


def test_broken_parts_inside_a_workbook() -> None:
    whole, chance = workbook_bytes(), random.Random(6)
    end, tries = time.monotonic() + SECONDS, 0
    while time.monotonic() < end or tries < 30:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
            spoiled = chance.choice(old.namelist())
            for name in old.namelist():
                new.writestr(name, broken(old.read(name), chance) if name == spoiled else old.read(name))
        survives(out.getvalue())
        tries += 1


@pytest.mark.shared
def test_broken_bytes_of_the_real_files(shared_data: Path) -> None:
    files = [*(shared_data / "interop/gb28181").glob("*.xml"), *(shared_data / "cameras").iterdir()]
    chance, end, tries = random.Random(4), time.monotonic() + 2 * SECONDS, 0
    while time.monotonic() < end or tries < 60:
        survives(broken(files[tries % len(files)].read_bytes(), chance))
        tries += 1


NAMES = st.sampled_from(
    [
        "DeviceID",
        "Name",
        "Longitude",
        "Latitude",
        "PTZType",
        "Info",
        "Resolution",
        "Status",
        "Event",
        "Port",
        "IPAddress",
    ]
)
VALUES = st.one_of(
    st.sampled_from(["0", "1", "8", "106.8", "39.6", "1e999", "nan", "-", "ON", "15030200001320000001", "6/4/99999x9"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="<>"), max_size=30),
)


@settings(deadline=None, max_examples=120)
@given(
    st.lists(st.lists(st.tuples(NAMES, VALUES), max_size=12), max_size=6),
    st.sampled_from(["utf-8", "gb18030", "utf-16"]),
)
def test_catalogues_with_any_values(items: list[list[tuple[str, str]]], encoding: str) -> None:
    inner = ["".join(f"<{name}>{value}</{name}>" for name, value in one) for one in items]
    survives(catalogue(*(f"<Item>{one}</Item>" for one in inner)).encode(encoding))


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    survives(data)


KEYS = st.sampled_from(
    "features geometry properties type coordinates id lon lat man_made crs heading presets aim".split()
)
JSONS = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=5)),
    max_leaves=25,
)


@settings(deadline=None, max_examples=200)
@given(JSONS)
def test_any_json(document: object) -> None:
    survives(json.dumps(document).encode())
    try:
        read_volumes(json.dumps(document).encode(), "list", SCENE, AreaIndex.build([]))
    except Fault:
        return


CELLS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(),
    st.sampled_from(["id", "lon", "lat", "合计", "a,b"]),
    st.dates(),
)


@settings(deadline=None, max_examples=80)
@given(st.lists(st.lists(CELLS, max_size=6), max_size=8))
def test_any_workbook(rows: list[list[object]]) -> None:
    book = openpyxl.Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    survives(out.getvalue())
