"""Incidents over HTTP: taken in once, moved on, listed, counted, written out."""

import csv
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from geoserver.api import incidents_models as models
from geoserver.incident_board import Board
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.checkpoints import Checkpoint
from layers.incidents.states import with_fields
from layers.responsible import Responsible, Unit
from tests import door
from tests.geoserver.conftest import flat_services, serving
from tests.layers.incidents.builders import an_incident

HERE = {"lon": 106.8, "lat": 39.6}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Services]:
    with flat_services(tmp_path) as services:
        yield services


@pytest.fixture
def web(own: Services, tmp_path: Path) -> Iterator[httpx.Client]:
    with serving(Settings(folder=tmp_path), own) as address, door.Client(base_url=address, timeout=60) as client:
        yield client


def reported(web: httpx.Client, **over: Any) -> dict[str, Any]:
    answer = web.post("/api/incidents", json={"category": "fire", **HERE} | over)
    assert answer.status_code == 201, answer.text
    models.Incident.model_validate(answer.json())
    return dict(answer.json())


def listed(web: httpx.Client, **asked: Any) -> list[str]:
    answer = web.get("/api/incidents", params=asked)
    assert answer.status_code == 200, answer.text
    models.Incidents.model_validate(answer.json())
    return [one["id"] for one in answer.json()["features"]]


def act(web: httpx.Client, id_: str, action: str, **body: Any) -> httpx.Response:
    return web.post(f"/api/incidents/{id_}/{action}", json=body)


def test_an_incident_is_taken_in_once(web: httpx.Client, own: Services) -> None:
    body = {"source": "119", "number": "2026/0001", "category": "fire", **HERE, "description": "浓烟"}
    first = web.post("/api/incidents", json=body)
    assert (first.status_code, first.headers["Location"]) == (201, "/api/incidents/119-2026-0001")
    head = own.store.head()
    again = web.post("/api/incidents", json=body)
    assert (again.status_code, again.json()["id"]) == (200, "119-2026-0001")
    changed = act(web, "119-2026-0001", "accept", version=1).json()
    assert changed["properties"]["state"] == "accepted"
    # Known again whatever has become of it, and refused where it says something else.
    assert web.post("/api/incidents", json=body).json()["properties"]["state"] == "accepted"
    other = web.post("/api/incidents", json=body | {"category": "theft"})
    assert (other.status_code, other.json()["type"]) == (409, "/problems/known-number")
    assert own.store.head() == head + 1


def test_numbers_may_hold_any_letters(web: httpx.Client) -> None:
    answer = web.post("/api/incidents", json={"source": "110", "number": "乌公 0417/3", "category": "help", **HERE})
    assert (answer.status_code, answer.json()["id"]) == (201, "110-乌公-0417-3")
    assert web.get(answer.headers["Location"]).json()["properties"]["number"] == "乌公 0417/3"


def test_a_key_makes_one_of_many_repeats(web: httpx.Client) -> None:
    headers = {"Idempotency-Key": "call-7"}
    answers: list[httpx.Response] = []

    def send() -> None:
        answers.append(web.post("/api/incidents", json={"category": "help", **HERE}, headers=headers))

    threads = [threading.Thread(target=send) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(one.status_code for one in answers) == [200] * 5 + [201]
    assert len({one.json()["id"] for one in answers}) == 1


def test_the_whole_life(web: httpx.Client) -> None:
    id_ = reported(web, severity=1)["id"]
    assert act(web, id_, "accept").status_code == 428
    assert act(web, id_, "accept", version=7).status_code == 409
    assert act(web, id_, "accept", version=1).json()["properties"]["version"] == 2
    late = act(web, id_, "accept", version=2)
    assert (late.status_code, late.json()["type"], late.json()["wanted"]) == (409, "/problems/wrong-move", "accepted")
    nobody = act(web, id_, "dispatch", version=2)
    assert (nobody.status_code, nobody.json()["parameter"]) == (400, "unit")
    sent = act(web, id_, "dispatch", version=2, unit="fire-1", remark="两车").json()["properties"]
    assert (sent["unit"], sent["state"]) == ("fire-1", "dispatched")
    stale = web.post(f"/api/incidents/{id_}/arrive", json={}, headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    headers = {"If-Match": '"3"', "Idempotency-Key": "k1"}
    for _ in range(2):
        arrived = web.post(f"/api/incidents/{id_}/arrive", json={}, headers=headers)
        assert (arrived.status_code, arrived.json()["properties"]["version"]) == (200, 4)
    act(web, id_, "resolve", version=4)
    closed = act(web, id_, "close", version=5, remark="误报").json()["properties"]
    assert (closed["state"], closed["deadline"], closed["overdue"]) == ("closed", None, False)
    found = web.get(f"/api/incidents/{id_}").json()
    assert [step["state"] for step in found["steps"]] == [
        "reported", "accepted", "dispatched", "on-scene", "resolved", "closed",
    ]  # fmt: skip
    assert (found["steps"][2]["unit"], found["steps"][5]["remark"], found["allowed"]) == ("fire-1", "误报", [])
    assert web.post("/api/undo").status_code == 200
    assert web.get(f"/api/incidents/{id_}").json()["properties"]["state"] == "resolved"


def test_notes_of_many_people_are_all_kept(web: httpx.Client) -> None:
    id_ = reported(web)["id"]
    threads = [threading.Thread(target=act, args=(web, id_, "note"), kwargs={"text": f"n{k}"}) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = web.get(f"/api/incidents/{id_}").json()
    assert {note["text"] for note in found["notes"]} == {f"n{k}" for k in range(8)}
    headers = {"Idempotency-Key": "n"}
    for _ in range(2):
        told = web.post(f"/api/incidents/{id_}/note", json={"text": "once"}, headers=headers)
        assert told.json()["properties"]["notes"] == 9
    assert act(web, id_, "note", text="").status_code == 400


def test_supervision_by_mark_and_by_deadline(web: httpx.Client, own: Services) -> None:
    long_ago = datetime.now(UTC) - timedelta(hours=3)
    late = reported(web, reported_at=long_ago.isoformat())
    assert (late["properties"]["overdue"], late["properties"]["supervised"]) == (True, True)
    fresh = reported(web)
    assert not fresh["properties"]["supervised"]
    marked = act(web, fresh["id"], "supervise", version=1).json()["properties"]
    assert (marked["marked"], marked["supervised"], marked["overdue"]) == (True, True, False)
    reported(web)
    assert set(listed(web, supervised=True)) == {late["id"], fresh["id"]}
    assert not act(web, fresh["id"], "supervise", version=2, on=False).json()["properties"]["supervised"]


def test_corrections(web: httpx.Client) -> None:
    one = reported(web, severity=4)
    path = f"/api/incidents/{one['id']}"
    changed = web.patch(path, json={"severity": 1, "address": "人民路", "lat": 39.601, "version": 1})
    properties = changed.json()["properties"]
    assert (properties["severity"], properties["address"], changed.headers["ETag"]) == (1, "人民路", '"2"')
    assert properties["deadline"] < one["properties"]["deadline"]
    assert changed.json()["geometry"]["coordinates"] == [106.8, 39.601]
    assert web.patch(path, json={"version": 2}).json()["properties"]["version"] == 2
    for wrong, parameter in (({"category": "party"}, "category"), ({"duplicate_of": one["id"]}, "duplicate_of")):
        answer = web.patch(path, json=wrong | {"version": 2})
        assert answer.status_code == 400, answer.text
        assert answer.json()["parameter"] in (parameter, "body")
    assert web.patch(path, json={"duplicate_of": "nobody", "version": 2}).status_code == 404
    assert web.patch(path, json={"lon": 120.0, "version": 2}).status_code == 422


@pytest.mark.parametrize(
    ("over", "status", "parameter"),
    [
        ({"lon": 120.0}, 422, None),
        ({"lon": None}, 400, "lon"),
        ({"category": "party"}, 400, "category"),
        ({"severity": 0}, 400, "severity"),
        ({"reported_at": "2026-01-01T00:00:00"}, 400, "reported_at"),
        ({"reported_at": "yesterday"}, 400, "reported_at"),
        ({"reported_at": "2999-01-01T00:00:00Z"}, 400, "reported_at"),
        ({"reported_at": "0001-01-01T00:00:00+14:00"}, 400, "reported_at"),
        ({"reported_at": "9999-12-31T23:59:59-14:00"}, 400, "reported_at"),
        ({"description": "x" * 5_000}, 400, "description"),
        ({"colour": "red"}, 400, "colour"),
    ],
)
def test_what_is_not_taken_in(web: httpx.Client, over: dict[str, Any], status: int, parameter: str | None) -> None:
    for lang in ("en", "zh"):
        answer = web.post("/api/incidents", json={"category": "fire", **HERE} | over, headers={"Accept-Language": lang})
        assert (answer.status_code, answer.json().get("parameter")) == (status, parameter), answer.text
    assert listed(web) == []


@pytest.mark.parametrize("text", ["\\ud800", "a\\udfff", "\\u0000", "\\u202e'; DROP TABLE record;--"])
def test_odd_text_is_refused_or_kept_as_it_is(web: httpx.Client, text: str) -> None:
    """Half a character and NUL are no text; everything else is, whatever it may look like."""
    for name in ("description", "number", "address"):
        body = f'{{"category": "fire", "lon": 106.8, "lat": 39.6, "{name}": "{text}"}}'
        answer = web.post("/api/incidents", content=body, headers={"Content-Type": "application/json"})
        assert answer.status_code in (201, 400, 422), answer.text
        if answer.status_code == 201:
            assert answer.json()["properties"][name] == json.loads(f'"{text}"')


def test_pages_of_other_sites_write_nothing(web: httpx.Client) -> None:
    headers = {"Origin": "https://example.org"}
    assert web.post("/api/incidents", json={"category": "fire", **HERE}, headers=headers).status_code == 403
    id_ = reported(web)["id"]
    for action in ("accept", "note", "supervise"):
        body = {"version": 1, "text": "x"} if action == "note" else {"version": 1}
        assert web.post(f"/api/incidents/{id_}/{action}", json=body, headers=headers).status_code == 403


def test_unknown_things(web: httpx.Client) -> None:
    assert web.get("/api/incidents/nobody").status_code == 404
    assert act(web, "nobody", "accept", version=1).status_code == 404
    assert act(web, "nobody", "note", text="x").status_code == 404
    assert act(web, "nobody", "explode", version=1).status_code == 400
    assert web.get("/api/incidents", params={"after": "nobody"}).status_code == 404


def test_filters_and_pages(web: httpx.Client, own: Services) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    made = [
        an_incident(
            f"i{k:03}",
            category="fire" if k % 2 else "theft",
            severity=k % 4 + 1,
            lon=106.8 + k * 1e-4,
            address=f"{k} 号",
            reported_at=start + timedelta(minutes=k // 2),
        )
        for k in range(60)
    ]
    own.store.commit([Write.put(one, 0) for one in made])
    newest = [one.id for one in sorted(made, key=lambda one: (-one.reported_at.timestamp(), one.id))]
    assert listed(web) == newest
    assert set(listed(web, category="fire")) == {one.id for one in made if one.category == "fire"}
    assert set(listed(web, severity=[1, 2])) == {one.id for one in made if one.severity < 3}
    assert set(listed(web, bbox="106.8,39,106.80055,40")) == {f"i{k:03}" for k in range(6)}
    assert set(listed(web, since="2026-05-01T00:29:00Z")) == {"i058", "i059"}
    assert set(listed(web, until="2026-05-01T00:01:00Z")) == {"i000", "i001"}
    assert set(listed(web, q="7 号")) == {"i007", "i017", "i027", "i037", "i047", "i057"}
    assert listed(web, state="closed") == listed(web, source="120") == listed(web, unit="u") == []
    assert listed(web, area="nowhere") == []
    pages: list[str] = []
    after: str | None = None
    while True:
        page = web.get("/api/incidents", params={"limit": 7} | ({"after": after} if after else {})).json()
        pages += [one["id"] for one in page["features"]]
        assert page["matched"] == len(newest) + (after is not None)
        if after is None:
            own.store.commit([Write.put(an_incident("between", reported_at=start + timedelta(days=1)), 0)])
        after = page["next"]
        if after is None:
            break
    assert pages == newest
    for wrong in ({"state": "asleep"}, {"since": "noon"}, {"bbox": "1,2"}, {"limit": 0}, {"severity": 9}):
        assert web.get("/api/incidents", params=wrong).status_code == 400, wrong


def test_one_comes_with_cameras_checkpoints_and_doubles(web: httpx.Client, own: Services) -> None:
    place = {"lon": 106.8, "lat": 39.6005}
    points = [
        Checkpoint(id=f"k{k}", name=f"卡口 {k}", road="人民路", lon=106.8 + k * 1e-3, lat=39.6, directions=())
        for k in range(8)
    ]
    own.store.commit([Write.put(point, 0) for point in points])
    first = reported(web, **place)
    second = reported(web, category="rescue", **place)
    answer = web.get(f"/api/incidents/{second['id']}", headers={"Accept-Language": "zh"})
    found = models.IncidentDetail.model_validate(answer.json())
    assert [one.id for one in found.checkpoints] == ["k0", "k1", "k2", "k3", "k4"]
    assert [(one.id, one.reasons) for one in found.duplicates] == [
        (first["id"], ["near", "same-time", "related-category"])
    ]
    assert found.cameras is not None
    assert "north" in {one.camera for one in found.cameras.tier_3}
    for tier in (1, 2, 3):
        linked = web.get("/api/link", params=place | {"tier": tier, "limit": 3}).json()["cameras"]
        best = [one["camera"] for one in linked if one["visible"]]
        assert [one.camera for one in getattr(found.cameras, f"tier_{tier}")] == best
    assert all(one.visible for one in (*found.cameras.tier_1, *found.cameras.tier_2, *found.cameras.tier_3))
    assert found.allowed == ["accept", "close"]
    rough = reported(web, **place, within_m=707)
    assert web.get(f"/api/incidents/{rough['id']}").json()["cameras"] is None


def test_who_answers_for_the_place_is_told(village: Path, tmp_path: Path) -> None:
    from geoserver.services import Now
    from geoserver.storage.sqlite import SqliteStore
    from geoserver.town import Town

    # A folder of its own, whose coverage is that of its own cameras: none.
    for name in ("build.json", "parts"):
        (tmp_path / name).symlink_to(village / name)
    town = Town.open(tmp_path, tmp_path / "cache")
    west, south, east, north = town.scene.extent
    middle = {"lon": (west + east) / 2, "lat": (south + north) / 2}
    codes = town.areas.codes(*middle.values())
    store = SqliteStore.open(tmp_path / "city.sqlite")
    people = tuple(Responsible(area=code, name=f"负责人{level}") for level, code in codes.items())
    store.commit([Write.put(Unit(id="u", name="分局", **middle, people=people), 0)])
    services = Services(store, Now.of(town, store), tmp_path)
    try:
        with serving(Settings(folder=tmp_path), services) as address, door.Client(base_url=address) as web:
            one = reported(web, **middle)
            assert one["properties"]["area"] in codes.values()
            found = web.get(f"/api/incidents/{one['id']}").json()["responsible"]
            assert {who["area"] for who in found} == set(codes.values())
            for code in codes.values():
                assert listed(web, area=code) == [one["id"]], code
            told = web.get("/api/incidents/statistics").json()
            assert told["time_zone"] == "Asia/Shanghai"
            assert told["areas"][0]["name"]
    finally:
        services.close()


def test_statistics_heat_and_files(web: httpx.Client, own: Services) -> None:
    start = datetime(2026, 5, 1, tzinfo=UTC)
    made = [
        an_incident(
            f"i{k}",
            category=("fire", "theft", "help")[k % 3],
            reported_at=start + timedelta(hours=k),
            description="=1+1" if k == 3 else "",
            within_m=900.0 if k == 4 else None,
        )
        for k in range(30)
    ]
    own.store.commit([Write.put(one, 0) for one in made])
    told = models.IncidentStatistics.model_validate(web.get("/api/incidents/statistics").json())
    assert (told.total, told.open, told.overdue) == (30, 30, 30)
    assert told.hours == [2 if hour < 6 else 1 for hour in range(24)]
    assert {(one.category, one.count) for one in told.categories} == {("fire", 10), ("theft", 10), ("help", 10)}
    assert sum(cell.count for cell in told.cells) == 30
    fires = web.get("/api/incidents/statistics", params={"category": "fire"}).json()
    assert fires["total"] == 10
    heat = models.IncidentHeat.model_validate(web.get("/api/incidents/heat", params={"resolution": 9}).json())
    assert (heat.most, heat.left_out, len(heat.features)) == (29, 1, 1)
    assert web.get("/api/incidents/heat", params={"resolution": 3}).status_code == 400
    text = web.get("/api/incidents/export").content.decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) == 30
    assert next(row for row in rows if row["id"] == "i3")["description"] == "'=1+1"
    file = web.get("/api/incidents/export", params={"f": "geojson", "category": "help"})
    assert (file.headers["content-type"], len(file.json()["features"])) == ("application/geo+json", 10)


def test_the_board_sees_what_other_writers_do(web: httpx.Client, own: Services) -> None:
    one = an_incident("a")
    own.store.commit([Write.put(one, 0), Write.put(an_incident("b"), 0)])
    assert set(listed(web)) == {"a", "b"}
    kept = own.store.get("incident", "a")
    assert kept is not None
    moved = with_fields(kept, reported_at=kept.valid_from - timedelta(days=1), steps=())  # type: ignore[operator,arg-type]
    own.store.commit([Write.put(moved, kept.version)])
    assert listed(web) == ["b", "a"]
    last = own.store.get("incident", "b")
    assert last is not None
    own.store.commit([Write.remove(last)])
    assert listed(web) == ["a"]


def test_the_board_asks_the_store_where_a_body_was_pruned(own: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    board = Board(own.store)
    assert board.all()[1] == ()
    own.store.commit([Write.put(an_incident("a"), 0), Write.put(an_incident("b"), 0)])
    changes = own.store.changes
    pruned = lambda since=0, limit=None: (replace(row, before=None, after=None) for row in changes(since, limit))  # noqa: E731
    monkeypatch.setattr(own.store, "changes", pruned)
    assert {one.id for one in board.all()[1]} == {"a", "b"}


def test_incidents_are_a_collection_like_any_other(web: httpx.Client) -> None:
    one = reported(web, source="110", number="7", description="<script>alert(1)</script>")
    here = "/ogc/collections/incidents"
    items = web.get(f"{here}/items", params={"category": "fire", "severity": "3", "state": "reported"}).json()
    assert [found["id"] for found in items["features"]] == [one["id"]]
    assert web.get(f"{here}/items", params={"state": "asleep"}).status_code == 400
    for path in (f"{here}/items", f"{here}/items/{one['id']}", f"{here}/queryables"):
        page = web.get(path, params={"f": "html"})
        assert page.status_code == 200, path
        assert "<script>alert" not in page.text
    schema = web.get(f"{here}/queryables").json()["properties"]
    assert schema["severity"].items() >= {"type": "integer", "enum": [1, 2, 3, 4]}.items()
