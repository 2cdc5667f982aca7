"""The search field finds records of every named kind as they are now, and incidents by number, within grants."""

from pathlib import Path

import httpx

from geoserver.api import models
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.catalogue import KINDS
from layers.checkpoints import Checkpoint
from layers.grants.roles import Post
from layers.responsible import Unit
from tests import door
from tests.layers.incidents.builders import an_incident

RING = [[106.8, 39.6], [106.801, 39.6], [106.801, 39.601], [106.8, 39.6]]


def found(web: httpx.Client, q: str, lang: str = "zh") -> list[tuple[str, str]]:
    answer = web.get("/api/search", params={"q": q}, headers={"Accept-Language": lang})
    assert answer.status_code == 200, answer.text
    models.SearchAnswer.model_validate(answer.json())
    return [(one["kind"], one["id"]) for one in answer.json()["results"]]


def test_named_records_are_found_by_name_pinyin_and_what_is_known_of_them(web: httpx.Client) -> None:
    point = {
        "id": "kk1",
        "name": "滨河路卡口",
        "name_en": "Binhe checkpoint",
        "road": "滨河路",
        "lon": 106.8,
        "lat": 39.6,
    }
    version = web.post("/api/checkpoints", json=point).json()["properties"]["version"]
    zone = {"id": "z1", "geometry": {"type": "Polygon", "coordinates": [RING]}, "properties": {"name": "核心区"}}
    web.post("/api/zones", json=zone).raise_for_status()
    web.post("/api/units", json={"id": "u1", "name": "滨河派出所", "lon": 106.8, "lat": 39.6}).raise_for_status()
    assert found(web, "滨河") == [("checkpoint", "kk1"), ("unit", "u1")]
    assert found(web, "bhl") == [("checkpoint", "kk1")]
    assert found(web, "Binhe checkpoint", "en") == [("checkpoint", "kk1")]
    assert found(web, "hxq") == [("zone", "z1")]
    web.patch("/api/checkpoints/kk1", json={"name": "长青街卡口", "road": "", "version": version}).raise_for_status()
    assert found(web, "长青") == [("checkpoint", "kk1")]
    assert found(web, "滨河") == [("unit", "u1")]
    web.delete("/api/checkpoints/kk1", params={"version": version + 1}).raise_for_status()
    assert found(web, "长青") == []


def test_incidents_are_found_by_number_the_newest_first(own: Services, web: httpx.Client) -> None:
    own.store.commit([Write.put(an_incident(f"119-20260501{n:04d}", number=f"20260501{n:04d}"), 0) for n in range(9)])
    assert found(web, "202605010007") == [("incident", "119-202605010007")]
    assert found(web, "0007") == [("incident", "119-202605010007")]
    assert len(found(web, "20260501")) == 5
    assert found(web, "07") == []
    (one,) = web.get("/api/search", params={"q": "0007"}, headers={"Accept-Language": "zh"}).json()["results"]
    assert one["name"] == "202605010007 火灾"
    assert one["detail"] == "上报 2026-05-01 04:00"


def test_nothing_is_found_that_is_not_seen(own: Services, address: str, tmp_path: Path) -> None:
    places = {"lon": 106.8, "lat": 39.6}
    held = [
        Checkpoint(id="near", name="卡口一", area="1503", **places),
        Checkpoint(id="far", name="卡口二", area="1501", **places),
        Unit(id="far", name="卡口队", area="1501", **places),
        an_incident("near-777", area="1503"),
        an_incident("far-777", area="1501"),
    ]
    own.store.commit([Write.put(one, 0) for one in held])
    own.apply_now()
    posts = (Post(role="operator", areas=frozenset({"1503"})),)
    key = door.let_in(Settings(folder=tmp_path).database, address, "operator", posts)
    with httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}) as operator:
        assert found(operator, "卡口") == [("checkpoint", "near")]
        assert found(operator, "777") == [("incident", "near-777")]


def test_a_start_finds_what_changes_found(own: Services) -> None:
    from geoserver.search_entries import NAMED
    from geoserver.services import Now

    own.store.commit([Write.put(Checkpoint(id="kk", name="卡口", lon=106.8, lat=39.6), 0)])
    own.apply_now()
    again = Now.of(own.now.town, own.store)
    assert [hit.entry for hit in own.now.names.find("卡口")] == [hit.entry for hit in again.names.find("卡口")]
    assert set(NAMED) <= set(KINDS)
