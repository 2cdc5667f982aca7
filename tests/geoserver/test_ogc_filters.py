"""Filters over HTTP: CQL2 in both languages, with all else that is asked; a bad one is told where and why."""

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from geoserver.ogc_crs import Frame
from geoserver.ogc_filters import MOST_LETTERS, conditions
from geoserver.settings import Settings
from geoserver.storage.store import Write
from geoserver.words import sentences
from layers.catalogue import KINDS
from layers.filters.faults import BadFilter
from layers.filters.queryables import queryables
from tests import door
from tests.geoserver.conftest import flat_services, serving
from tests.geoserver.test_ogc_readers import COUNT, NEEDS_GDAL, STEP, gdal, records

ITEMS = "/ogc/collections/{}/items"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("filters")
    with flat_services(folder) as services:
        services.store.commit([Write.put(one, 0) for number in range(COUNT) for one in records(number)])
        with serving(Settings(folder=folder, client=folder), services) as address:
            yield address


@pytest.fixture
def web(address: str) -> Iterator[httpx.Client]:
    with door.Client(base_url=address, timeout=60) as client:
        yield client


def found(web: httpx.Client, collection: str, **asked: Any) -> list[str]:
    renamed = {name.replace("filter_", "filter-"): value for name, value in asked.items()}
    answer = web.get(ITEMS.format(collection), params=renamed)
    assert answer.status_code == 200, answer.text
    document = answer.json()
    ids = [one["id"] for one in document["features"]]
    if "limit" not in asked:
        assert document["numberMatched"] == document["numberReturned"] == len(ids)
    return ids


def test_text_and_json_find_the_same(web: httpx.Client) -> None:
    tree = {"op": "and", "args": [{"op": "=", "args": [{"property": "source"}, "119"]},
                                  {"op": "like", "args": [{"property": "id"}, "n0%"]}]}  # fmt: skip
    text = found(web, "incidents", filter="source = '119' AND id LIKE 'n0%'")
    assert text == [f"n0{i}" for i in range(10)]
    assert found(web, "incidents", filter=json.dumps(tree), filter_lang="cql2-json") == text


def test_a_filter_goes_with_a_box_times_fields_and_pages(web: httpx.Client) -> None:
    box = f"106,39,{106.79 + STEP * 9.5},40"
    asked = {"filter": "id > 'n03'", "bbox": box, "source": "119", "datetime": "2026-05-02T00:00:00Z"}
    assert found(web, "incidents", **asked) == [f"n0{i}" for i in range(4, 10)]
    page = web.get(ITEMS.format("incidents"), params=asked | {"limit": "4"}).json()
    assert (page["numberMatched"], page["numberReturned"]) == (6, 4)
    (following,) = (link["href"] for link in page["links"] if link["rel"] == "next")
    assert [one["id"] for one in web.get(following).json()["features"]] == ["n08", "n09"]


def test_geometries_are_read_in_other_systems(web: httpx.Client) -> None:
    west, east = 106.79 - STEP / 2, 106.79 + STEP * 2.5
    ring = ((39.5, west), (39.5, east), (39.7, east), (39.7, west), (39.5, west))
    wanted = ["n00", "n01", "n02"]
    text = f"POLYGON(({', '.join(f'{lat} {lon}' for lat, lon in ring)}))"
    for collection in ("units", "zones"):
        asked = f"S_INTERSECTS(geometry, {text})"
        assert found(web, collection, filter=asked, filter_crs=f"{EPSG}4326") == wanted
        assert found(web, collection, filter=asked, filter_crs=f"{EPSG}4490") == wanted
        asked = f"S_INTERSECTS(geometry, BBOX(39.5,{west},39.7,{east}))"
        assert found(web, collection, filter=asked, filter_crs=f"{EPSG}4326") == wanted
        asked = f"S_INTERSECTS(geometry, BBOX({west},39.5,{east},39.7))"
        assert found(web, collection, filter=asked) == wanted
        x, x2 = (lon * 20037508.342789244 / 180 for lon in (west, east))
        asked = f"S_INTERSECTS(geometry, BBOX({x},4700000,{x2},4900000))"
        metric = found(web, collection, filter=asked, filter_crs=f"{EPSG}3857")
        assert metric == wanted


def test_a_field_is_a_parameter_with_or_without_an_index(web: httpx.Client) -> None:
    assert found(web, "incidents", description="<b>;'\"浓烟") == [f"n{i:02d}" for i in range(COUNT)]
    assert found(web, "cameras", mount_height_m="100") == ["lookout"]
    assert found(web, "crossings", at="2026-05-01", mover="car") == [f"n{i:02d}" for i in range(COUNT)]
    assert found(web, "incidents", supervised="true") == []
    for name, value in (("mount_height_m", "x"), ("leased", "1"), ("valid_from", "soon"), ("tier", "9")):
        answer = web.get(ITEMS.format("cameras"), params={name: value})
        assert (answer.status_code, answer.json()["parameter"]) == (400, name)


BAD = [
    ("tier = 1 AND", "syntax", "1:13"),
    ("tier == 1", "syntax", "1:7"),
    ("tier = 1 OR\n(tier = 2", "parenthesis", "2:1"),
    ("tier = 1)", "parenthesis", "1:9"),
    ("tier = 'one'", "sorts", "/"),
    ("name = 1 OR tier = 1", "sorts", "/args/0"),
    ("secret = 1", "unknown-property", "/args/0"),
    ("tier", "not-a-condition", "/"),
    ("Foo(tier) = 1", "function", "/args/0"),
    ("leased < true", "no-order", "/"),
    ("name LIKE 'x\\'", "pattern-end", "/args/1"),
    ("T_AFTER(valid_from, 'x')", "time", "/args/1"),
    ("valid_from > TIMESTAMP('2026-02-30T00:00:00Z')", "time", "/args/1"),
    ("S_INTERSECTS(geometry, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "invalid-geometry", "/args/1"),
    ("S_INTERSECTS(geometry, POINT(39 106))", "off-earth", "/args/1"),
    ("S_INTERSECTS(name, POINT(106 39))", "sort", "/args/0"),
    ("(" * 30 + "tier = 1" + ")" * 30, "too-nested", "1:1"),
    (" OR ".join(["tier = 1"] * 800), "too-many", ""),
    ("tier = 1e999", "not-finite", "/args/1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "reason", "at"), BAD, ids=[reason for _, reason, _ in BAD])
def test_a_bad_filter_is_told_where_and_why(web: httpx.Client, text: str, reason: str, at: str) -> None:
    for language, mark in (("en", "."), ("zh", "。")):
        answer = web.get(ITEMS.format("cameras"), params={"filter": text}, headers={"Accept-Language": language})
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (400, "/problems/bad-filter")
        assert (problem["reason"], problem["parameter"]) == (reason, "filter")
        assert problem["at"].startswith(at)
        assert problem["detail"].endswith(mark)
        assert "?" not in problem["detail"], "every value of the sentence is there"


def test_a_bad_filter_in_json_is_told_too(web: httpx.Client) -> None:
    for tree, reason in (
        ("{", "json"),
        ("[]", "not-a-condition"),
        ('{"op":"=","args":[{"property":"tier"}]}', "operands"),
        ('{"op":"=","args":[{"property":"tier"},1],"more":1}', "not-a-condition"),
        ('{"op":"=","args":[{"property":"tier"},null]}', "scalar"),
        ('{"op":"=","args":[{"property":"name"},"a\\u0000"]}', "nul"),
        ('{"op":"not","args":[' * 60 + "true" + "]}" * 60, "too-deep"),
        ('{"op":"s_within","args":[{"property":"geometry"},{"bbox":[1,2,3]}]}', "box"),
    ):
        asked = {"filter": tree, "filter-lang": "cql2-json"}
        answer = web.get(ITEMS.format("cameras"), params=asked)
        assert (answer.status_code, answer.json()["reason"]) == (400, reason), tree[:80]
    assert web.get(ITEMS.format("cameras"), params={"filter-lang": "sql"}).status_code == 400
    assert web.get(ITEMS.format("cameras"), params={"filter-crs": "x"}).status_code == 400


def test_no_text_keeps_the_parser_busy() -> None:
    shapes = ["(" * n + " AND ".join(["tier=1"] * k) + " AND" + ")" * n for n in range(9) for k in (10, 200, 600)]
    shapes += ["(" * 5_000, "'" * 9_999, "tier IN (" + "1," * 9_000 + "1)"]
    # Each of these ends the whole process, where nobody looks before the parser does.
    shapes += [sign * 8_000 + "tier=1" for sign in ("NOT ", "-")] + [sign.join(["1"] * 8_000) for sign in "<+^"]
    shapes += ["NOT (" * 4_000 + "tier=1" + ")" * 4_000, "tier" + " LIKE name" * 3_000]
    start = time.process_time()
    for text in shapes:
        with pytest.raises(BadFilter):
            conditions(text[:MOST_LETTERS], None, Frame(), "camera")
    assert time.process_time() - start < 20


def test_queryables_are_a_schema_with_titles_in_both_languages(web: httpx.Client) -> None:
    jsonschema = pytest.importorskip("jsonschema")
    for kind in KINDS.values():
        schema = web.get(f"/ogc/collections/{kind.plural}/queryables", headers={"Accept-Language": "zh"}).json()
        jsonschema.Draft202012Validator.check_schema(schema)
        assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
        assert schema["properties"].keys() == queryables(kind.name).keys()
        assert set(kind.indexed) <= schema["properties"].keys()
        for name, one in schema["properties"].items():
            assert one["title"] == one["x-title-zh"] == sentences("zh")["field"][name]
            assert one["x-title-en"] == sentences("en")["field"][name]
    assert schema["properties"]["geometry"] == {
        "title": "位置或轮廓", "format": "geometry-point", "x-title-en": "Place or outline", "x-title-zh": "位置或轮廓",
        "x-ogc-role": "primary-geometry",
    }  # fmt: skip


def test_no_queryable_is_more_than_a_feature_tells(web: httpx.Client) -> None:
    """What is not told must not be found out by asking either; times of validity are what datetime asks."""
    for kind in KINDS.values():
        told = web.get(ITEMS.format(kind.plural), params={"limit": 1}).json()["features"][0]
        own = {"geometry", "valid_from", "valid_to"}
        assert queryables(kind.name).keys() - own <= told["properties"].keys(), kind.name


@NEEDS_GDAL
def test_gdal_has_its_filters_answered_here(address: str) -> None:
    source = f"OAPIF:{address}/ogc"
    told = gdal(address, "ogrinfo", "-ro", "-so", "-where", "source = '119' AND id > 'n19'", source, "incidents")
    assert "Feature Count: 3" in told
    told = gdal(address, "ogrinfo", "-ro", "-so", "-where", "mount_height_m >= 50", source, "cameras")
    assert "Feature Count: 2" in told


def test_owslib_asks_by_filters(address: str) -> None:
    features = pytest.importorskip("owslib.ogcapi.features")
    service = features.Features(f"{address}/ogc/", headers=door.headers(address))
    page = service.collection_items("incidents", filter="id IN ('n01','n07')", limit=10)
    assert [one["id"] for one in page["features"]] == ["n01", "n07"]
