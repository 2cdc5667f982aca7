"""Checkpoints, zones and units over HTTP: made, read, changed, removed, brought back."""

from typing import Any

import httpx
import pytest

from geoserver.api import checkpoints_models as models

HERE = {"lon": 106.8, "lat": 39.6003}
RING = [[106.8, 39.6], [106.802, 39.6], [106.802, 39.602], [106.8, 39.602], [106.8, 39.6]]
POINT = {"name": "北门卡口", **HERE, "road": "人民路", "lanes": 2, "directions": [{"name": "南行", "heading_deg": 180}]}
UNIT = {"name": "消防一站", **HERE, "people": [{"area": "150302", "name": "张"}], "sources": ["119"]}
ZONE = {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": [RING]}, "properties": {"name": "核心区"}}
NEW: dict[str, dict[str, Any]] = {"checkpoints": POINT, "units": UNIT, "zones": ZONE}


def made(web: httpx.Client, kind: str, **over: Any) -> dict[str, Any]:
    answer = web.post(f"/api/{kind}", json=NEW[kind] | over)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Location"] == f"/api/{kind}/{answer.json()['id']}"
    return dict(answer.json())


def patch(kind: str, **fields: Any) -> dict[str, Any]:
    return {"properties": fields} if kind == "zones" else fields


@pytest.mark.parametrize("kind", NEW)
def test_the_whole_life(web: httpx.Client, kind: str) -> None:
    one = made(web, kind)
    path = f"/api/{kind}/{one['id']}"
    answers = {"checkpoints": models.CheckpointDetail, "units": models.Unit, "zones": models.Zone}
    lists = {"checkpoints": models.Checkpoints, "units": models.Units, "zones": models.Zones}
    answers[kind].model_validate(web.get(path).json())
    listed = lists[kind].model_validate(web.get(f"/api/{kind}").json())
    assert (listed.matched, [found.id for found in listed.features]) == (1, [one["id"]])
    assert web.get(f"/api/{kind}", params={"bbox": "106.9,39,107,40"}).json()["matched"] == 0
    assert web.patch(path, json=patch(kind, name="新名")).status_code == 428
    changed = web.patch(path, json=patch(kind, name="新名") | {"version": 1})
    assert (changed.json()["properties"]["name"], changed.headers["ETag"]) == ("新名", '"2"')
    assert web.patch(path, json=patch(kind, name="x") | {"version": 1}).status_code == 409
    assert web.patch(path, json=patch(kind, name="x"), headers={"If-Match": '"1"'}).status_code == 412
    assert web.delete(path).status_code == 428
    removed = web.delete(path, params={"version": 2})
    assert (removed.status_code, web.get(path).status_code) == (200, 404)
    assert web.post("/api/undo", json={"seq": removed.json()["seq"]}).status_code == 200
    assert web.get(path).json()["properties"]["name"] == "新名"


@pytest.mark.parametrize("kind", NEW)
def test_a_key_makes_one_of_many_repeats(web: httpx.Client, kind: str) -> None:
    headers = {"Idempotency-Key": "k"}
    ids = {web.post(f"/api/{kind}", json=NEW[kind], headers=headers).json()["id"] for _ in range(3)}
    assert len(ids) == 1
    assert web.get(f"/api/{kind}").json()["matched"] == 1


@pytest.mark.parametrize("kind", NEW)
def test_pages_of_other_sites_write_nothing(web: httpx.Client, kind: str) -> None:
    headers = {"Origin": "https://example.org"}
    assert web.post(f"/api/{kind}", json=NEW[kind], headers=headers).status_code == 403
    one = made(web, kind)
    path = f"/api/{kind}/{one['id']}"
    assert web.patch(path, json=patch(kind, name="x") | {"version": 1}, headers=headers).status_code == 403
    assert web.delete(path, params={"version": 1}, headers=headers).status_code == 403


@pytest.mark.parametrize(
    ("kind", "over", "status", "parameter"),
    [
        ("checkpoints", {"lon": 120.0}, 422, None),
        ("checkpoints", {"name": ""}, 400, "name"),
        ("checkpoints", {"lanes": 0}, 400, "lanes"),
        ("checkpoints", {"status": "asleep"}, 400, "status"),
        ("checkpoints", {"id": "a/b"}, 400, "id"),
        ("checkpoints", {"directions": [{"name": "x", "heading_deg": 400}]}, 400, "directions.0.heading_deg"),
        ("units", {"people": [{"area": ""}]}, 400, "people.0.area"),
        ("units", {"lat": 91}, 400, "lat"),
        ("zones", {"properties": {}}, 400, "properties.name"),
        ("zones", {"properties": {"name": "z", "watch": "some"}}, 400, "properties.watch"),
        ("zones", {"geometry": {"type": "Polygon", "coordinates": [RING[:-1]]}}, 400, "body"),
        ("zones", {"geometry": {"type": "Point", "coordinates": [1, 2]}}, 400, "geometry.type"),
    ],
)
def test_what_is_not_taken(
    web: httpx.Client, kind: str, over: dict[str, Any], status: int, parameter: str | None
) -> None:
    answer = web.post(f"/api/{kind}", json=NEW[kind] | over)
    assert (answer.status_code, answer.json().get("parameter")) == (status, parameter), answer.text
    assert web.get(f"/api/{kind}").json()["matched"] == 0


def test_a_checkpoint_names_the_cameras_that_see_it(web: httpx.Client) -> None:
    one = made(web, "checkpoints")
    found = web.get(f"/api/checkpoints/{one['id']}").json()
    linked = web.get("/api/link", params=HERE | {"limit": 12}).json()["cameras"]
    assert found["cameras"] == [camera for camera in linked if camera["visible"]]
    assert "north" in {camera["camera"] for camera in found["cameras"]}


def test_checkpoints_by_road_and_state(web: httpx.Client) -> None:
    one = made(web, "checkpoints")
    other = made(web, "checkpoints", road="建设路", status="fault")
    for asked, expected in (({"road": "人民路"}, one), ({"status": "fault"}, other)):
        told = web.get("/api/checkpoints", params=asked).json()
        assert [found["id"] for found in told["features"]] == [expected["id"]]
    assert web.get("/api/checkpoints", params={"status": "asleep"}).status_code == 400


def test_a_zone_can_be_drawn_anew(web: httpx.Client) -> None:
    one = made(web, "zones")
    smaller = [[x, y - 0.0001] for x, y in RING]
    geometry = {"type": "Polygon", "coordinates": [smaller]}
    body = {"geometry": geometry, "properties": {"watch": "enter"}, "version": 1}
    changed = web.patch(f"/api/zones/{one['id']}", json=body).json()
    assert changed["geometry"]["coordinates"] == [smaller]
    assert changed["properties"]["watch"] == "enter"


def test_all_of_them_are_collections(web: httpx.Client) -> None:
    for kind, new in NEW.items():
        one = made(web, kind)
        items = web.get(f"/ogc/collections/{kind}/items").json()
        assert [found["id"] for found in items["features"]] == [one["id"]]
        assert items["features"][0]["geometry"]["type"] == ("Polygon" if "geometry" in new else "Point")
        for path in (
            f"/ogc/collections/{kind}",
            f"/ogc/collections/{kind}/items",
            f"/ogc/collections/{kind}/queryables",
        ):
            assert web.get(path, params={"f": "html"}).status_code == 200
