"""OGC API - Features, Part 4: items made, replaced, updated and deleted; a stale ETag is refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Query, Write
from layers.catalogue import COLLECTIONS
from tests import door
from tests.geoserver.conftest import flat_services, serving
from tests.geoserver.test_ogc_readers import records

ITEMS = "/ogc/collections/{}/items"
MERGE = {"Content-Type": "application/merge-patch+json"}
GEOJSON = {"Content-Type": "application/geo+json"}
RING = [[106.8, 39.6], [106.801, 39.6], [106.801, 39.601], [106.8, 39.6]]
POINT = {"type": "Point", "coordinates": [106.8, 39.6]}
AREA = {"type": "Polygon", "coordinates": [RING]}
MADE: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "checkpoints": (POINT, {"name": "一号卡口", "lanes": 4, "owner": "x"}, {"lanes": 6}),
    "units": (POINT, {"name": "大队", "sources": ["122"]}, {"phone": "110"}),
    "zones": (AREA, {"name": "广场", "watch": "enter"}, {"watch": "both"}),
    "privacy-volumes": (AREA, {"name": "院子", "base_m": 1040.0, "top_m": 1050.0}, {"top_m": 1060.0}),
    "cameras": (POINT, {"name": "新", "tier": 3, "mount_height_m": 6.0}, {"remarks": "换镜头", "heading_deg": 90.0}),
    "incidents": (POINT, {"category": "fire", "source": "119", "number": "p4"}, {"severity": 1}),
    "repair-orders": (None, {"camera": "north", "faults": ["black"]}, {"note": "梯子"}),
}
"""Collection → geometry and properties of a new item, and what is changed of it."""
KEPT_FOR_GOOD = {"cameras", "incidents", "repair-orders"}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Services]]:
    folder = tmp_path_factory.mktemp("edits")
    with flat_services(folder) as services, serving(Settings(folder=folder, client=folder), services) as address:
        yield address, services


@pytest.fixture
def web(world: tuple[str, Services]) -> Iterator[httpx.Client]:
    with door.Client(base_url=world[0], timeout=60) as client:
        yield client


def post(web: httpx.Client, collection: str, geometry: Any, properties: Any, **more: Any) -> httpx.Response:
    headers = GEOJSON | more.pop("headers", {})
    body = {"type": "Feature", "geometry": geometry, "properties": properties} | more
    return web.post(ITEMS.format(collection), json=body, headers=headers)


def a_checkpoint(web: httpx.Client, name: str = "卡口") -> str:
    made = post(web, "checkpoints", POINT, {"name": name, "lanes": 4})
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


@pytest.mark.parametrize("collection", MADE)
def test_an_item_is_made_updated_replaced_and_deleted(web: httpx.Client, collection: str) -> None:
    geometry, properties, change = MADE[collection]
    made = post(web, collection, geometry, properties)
    assert made.status_code == 201, made.text
    place, tag = made.headers["location"], made.headers["etag"]
    assert place.startswith(f"{web.base_url}".rstrip("/") + ITEMS.format(collection))
    assert tag == '"1"'
    read = web.get(place)
    assert read.headers["etag"] == tag
    assert read.json() == made.json()
    assert web.get(place, headers={"If-None-Match": tag}).status_code == 304
    updated = web.patch(place, json={"properties": change}, headers=MERGE | {"If-Match": tag})
    assert updated.status_code == 200, updated.text
    assert updated.headers["etag"] == '"2"'
    now = updated.json()["properties"]
    before = read.json()["properties"]
    assert change.items() <= now.items()
    free = {*change, "version", "assumed", "deadline"}
    assert {k: v for k, v in now.items() if k not in free} == {k: v for k, v in before.items() if k not in free}
    back = updated.json()
    back["properties"] |= {name: before[name] for name in change}
    replaced = web.put(place, json=back, headers=GEOJSON | {"If-Match": '"2"'})
    assert replaced.status_code == 200, replaced.text
    assert {**replaced.json()["properties"], "version": 1, "assumed": 0} == {**before, "assumed": 0}
    assert replaced.json()["geometry"] == read.json()["geometry"]
    deleted = web.delete(place, headers={"If-Match": '"3"'})
    if collection in KEPT_FOR_GOOD:
        assert (deleted.status_code, "DELETE" in deleted.headers["allow"]) == (405, False)
        return
    assert deleted.status_code == 200
    assert web.get(place).status_code == 404
    web.post("/api/undo", json={"seq": deleted.json()["seq"]}).raise_for_status()
    assert web.get(place).status_code == 200


def test_a_stale_etag_is_refused_with_both_versions(web: httpx.Client) -> None:
    place = f"{ITEMS.format('checkpoints')}/{a_checkpoint(web)}"
    web.patch(place, json={"properties": {"lanes": 5}}, headers=MERGE | {"If-Match": '"1"'}).raise_for_status()
    full = {"type": "Feature", "geometry": POINT, "properties": {"name": "stale"}}
    for answer in (
        web.patch(place, json={"properties": {"lanes": 7}}, headers=MERGE | {"If-Match": '"1"'}),
        web.put(place, json=full, headers=GEOJSON | {"If-Match": '"1"'}),
        web.delete(place, headers={"If-Match": '"1"'}),
    ):
        problem = answer.json()
        assert (answer.status_code, problem["type"]) == (412, "/problems/stale-version"), answer.request.method
        assert (problem["seen"], problem["current"]) == (1, 2)
        assert problem["kept"]["lanes"] == 5
    assert web.get(place).json()["properties"]["lanes"] == 5


def test_a_change_without_an_etag_is_refused(web: httpx.Client) -> None:
    place = f"{ITEMS.format('checkpoints')}/{a_checkpoint(web)}"
    full = {"type": "Feature", "geometry": POINT, "properties": {"name": "x"}}
    assert web.patch(place, json={"properties": {"lanes": 7}}, headers=MERGE).status_code == 428
    assert web.put(place, json=full, headers=GEOJSON).status_code == 428
    assert web.delete(place).status_code == 428


def test_a_repeated_request_does_nothing_more(web: httpx.Client, world: tuple[str, Services]) -> None:
    key = {"Idempotency-Key": "once"}
    first = post(web, "checkpoints", POINT, {"name": "twice"}, headers=key)
    again = post(web, "checkpoints", POINT, {"name": "twice"}, headers=key)
    assert first.headers["location"] == again.headers["location"]
    store = world[1].store
    assert sum(one.name == "twice" for one in store.find(Query("checkpoint"))) == 1  # type: ignore[attr-defined]
    place, how = first.headers["location"], MERGE | key | {"If-Match": '"1"'}
    change = {"properties": {"lanes": 9}}
    assert [web.patch(place, json=change, headers=how).status_code for _ in range(2)] == [200, 200]
    assert web.get(place).headers["etag"] == '"2"'


def test_a_merge_patch_takes_away_and_moves(web: httpx.Client) -> None:
    place = f"{ITEMS.format('checkpoints')}/{a_checkpoint(web)}"
    patch = {"geometry": {"coordinates": [106.801, 39.601]}, "properties": {"lanes": None, "road": "甲路"}}
    found = web.patch(place, json=patch, headers=MERGE | {"If-Match": '"1"'}).json()
    assert found["geometry"]["coordinates"] == [106.801, 39.601]
    assert (found["properties"]["lanes"], found["properties"]["road"]) == (None, "甲路")
    missing = web.patch(place, json={"properties": {"name": None}}, headers=MERGE | {"If-Match": '"2"'})
    assert (missing.status_code, missing.json()["reason"]) == (400, "missing")


def test_coordinates_come_in_other_systems(web: httpx.Client) -> None:
    system = "http://www.opengis.net/def/crs/EPSG/0/4326"
    made = post(
        web, "checkpoints", {"type": "Point", "coordinates": [39.6005, 106.8005]}, {"name": "x"},
        headers={"Content-Crs": f"<{system}>"},
    )  # fmt: skip
    assert made.json()["geometry"]["coordinates"] == [106.8005, 39.6005]
    metric = web.get(made.headers["location"], params={"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"}).json()
    patch = {"geometry": metric["geometry"]}
    how = MERGE | {"If-Match": '"1"', "Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/3857>"}
    found = web.patch(made.headers["location"], json=patch, headers=how).json()
    assert found["geometry"]["coordinates"] == pytest.approx([106.8005, 39.6005], abs=1e-7)


@pytest.mark.parametrize(
    ("body", "reason", "parameter"),
    [
        ({"geometry": POINT, "properties": {"name": "x"}}, "not-a-feature", "type"),
        ({"type": "Feature", "geometry": None, "properties": {"name": "x"}}, "wrong-geometry", "geometry"),
        ({"type": "Feature", "geometry": AREA, "properties": {"name": "x"}}, "wrong-geometry", "geometry"),
        ({"type": "Feature", "geometry": POINT, "properties": {}}, "missing", "name"),
        (
            {"type": "Feature", "geometry": POINT, "properties": {"name": "x", "lanes": 0}},
            "greater_than_equal",
            "lanes",
        ),
        ({"type": "Feature", "geometry": POINT, "properties": {"name": "x", "area": "1"}}, "read-only", "area"),
        ({"type": "Feature", "geometry": POINT, "properties": {"name": "x"}, "foo": 1}, "extra_forbidden", "foo"),
        ({"type": "Feature", "id": 7, "geometry": POINT, "properties": {"name": "x"}}, "other-id", "id"),
        ([], "not-a-feature", "body"),
    ],
)
def test_what_is_wrong_is_named(web: httpx.Client, body: Any, reason: str, parameter: str) -> None:
    for language, word in (("zh", "。"), ("en", ".")):
        answer = web.post(ITEMS.format("checkpoints"), json=body, headers=GEOJSON | {"Accept-Language": language})
        problem = answer.json()
        assert (answer.status_code, problem["reason"], problem["parameter"]) == (400, reason, parameter)
        assert problem["detail"].endswith(word)


def test_other_kinds_of_bodies_and_pages_of_other_sites_are_refused(web: httpx.Client) -> None:
    place = f"{ITEMS.format('checkpoints')}/{a_checkpoint(web)}"
    answer = web.patch(place, json={}, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["taken"]) == (415, MERGE["Content-Type"])
    foreign = post(web, "checkpoints", POINT, {"name": "x"}, headers={"Origin": "https://elsewhere.example"})
    assert (foreign.status_code, foreign.json()["type"]) == (403, "/problems/foreign-page")


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_what_is_allowed_is_told_and_done(web: httpx.Client, world: tuple[str, Services], collection: str) -> None:
    items, item = ITEMS.format(collection), f"{ITEMS.format(collection)}/n00"
    allowed = {path: web.options(path).headers["allow"].split(", ") for path in (items, item)}
    sent = {"POST": items, "PUT": item, "PATCH": item, "DELETE": item}
    world[1].store.commit([Write.put(one, 0) for one in records(0) if world[1].store.get(one.kind, one.id) is None])
    for method, path in sent.items():
        status = web.request(method, path, json={}, headers=GEOJSON).status_code
        assert (status == 405) is (method not in allowed[path]), (method, path, status)
    assert ("POST" in allowed[items]) is (collection in MADE)


def test_an_item_of_another_id_is_refused(web: httpx.Client) -> None:
    place = f"{ITEMS.format('checkpoints')}/{a_checkpoint(web)}"
    full = {"type": "Feature", "id": "other", "geometry": POINT, "properties": {"name": "x"}}
    answer = web.put(place, json=full, headers=GEOJSON | {"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["reason"]) == (400, "other-id")
    assert web.put(f"{place}-none", json=full, headers=GEOJSON | {"If-Match": '"1"'}).status_code == 404


def test_the_journal_tells_who(web: httpx.Client, world: tuple[str, Services], tmp_path: Path) -> None:
    id_ = a_checkpoint(web, "written down")
    rows = [row for row in world[1].store.changes() if row.id == id_]
    assert [(row.kind, row.action) for row in rows] == [("checkpoint", "create")]
    assert rows[0].actor == door.caller().name


def test_a_patch_without_coordinates_leaves_the_place_whatever_system_it_names(web: httpx.Client) -> None:
    place = f"{ITEMS.format('checkpoints')}/{a_checkpoint(web, '轴')}"
    lat_first = {"Content-Crs": "<http://www.opengis.net/def/crs/EPSG/0/4326>"}
    patch = {"geometry": {"type": "Point"}, "properties": {"lanes": 6}}
    answer = web.patch(place, json=patch, headers=MERGE | lat_first | {"If-Match": '"1"'})
    assert answer.status_code == 200, answer.text
    assert answer.json()["geometry"]["coordinates"][:2] == POINT["coordinates"]


@pytest.mark.parametrize("tag", ['"' + "9" * 5_000 + '"', '"٧"', '"abc"', "*", '""'])
def test_a_tag_that_no_version_can_have_is_refused(web: httpx.Client, tag: str) -> None:
    place = f"{ITEMS.format('checkpoints')}/{a_checkpoint(web, '标')}"
    sent = web.patch(place, json={"properties": {"lanes": 6}}, headers={**MERGE, "If-Match": tag.encode()})
    assert sent.status_code in (400, 412, 431), sent.text


@pytest.mark.parametrize(
    "feature",
    [
        {"type": "Feature", "geometry": POINT, "properties": []},
        {"type": "Feature", "geometry": POINT, "properties": False},
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": ["106.8", "39.6"]},
            "properties": {"name": "x"},
        },
    ],
)
def test_what_is_only_like_a_feature_is_refused(web: httpx.Client, feature: dict[str, Any]) -> None:
    assert web.post(ITEMS.format("checkpoints"), json=feature, headers=GEOJSON).status_code == 400


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00%2B08:00", "9999-12-31T23:59:59-08:00"])
def test_times_beyond_all_calendars_are_refused(web: httpx.Client, time: str) -> None:
    for path in (
        f"{ITEMS.format('checkpoints')}?datetime={time}",
        f"/api/situation/at?time={time}",
        f"/api/situation/changes?begin={time}&end={time}",
        f"/api/fixes/moving?begin={time}&end={time}",
        f"/api/incidents?since={time}",
    ):
        answer = web.get(path)
        assert answer.status_code == 400, f"{path}: {answer.text}"
