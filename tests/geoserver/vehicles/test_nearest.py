"""The nearest free vehicles by road, and what becomes of one that is sent."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest

from geoserver import incident_alerts
from geoserver.api import nearest
from geoserver.api import nearest_models as models
from geoserver.dispatching import freed
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Write
from layers.routing.network import Network, Street
from layers.routing.ways import Router
from tests import door
from tests.geoserver.conftest import flat_services, serving
from tests.layers.incidents.cap.builders import document, info, later, naming

CAP = {"Content-Type": "application/cap+xml"}
LON, LAT = 106.8, 39.6
EAST, NORTH = 1 / 85_900, 1 / 111_030
"""Degrees of a metre."""


def at(x: float, y: float) -> dict[str, float]:
    return {"lon": LON + x * EAST, "lat": LAT + y * NORTH}


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Services]:
    """A road from west to east through the middle, and one beyond a gap that nothing leads over."""
    with flat_services(tmp_path) as services:
        scene = services.now.town.scene
        lines = [[(-700, 0), (0, 0)], [(0, 0), (700, 0)], [(0, 0), (0, 600)], [(-300, -600), (300, -600)]]
        streets = []
        for line in lines:
            degrees = np.array([list(at(*point).values()) for point in line])
            streets.append(Street(np.stack(scene.to_metric(*degrees.T), axis=1), 10.0))
        services.now.town.derived.get("router", lambda: Router(Network.of(streets)))
        yield services


@pytest.fixture
def web(own: Services, tmp_path: Path) -> Iterator[httpx.Client]:
    with serving(Settings(folder=tmp_path), own) as address, door.Client(base_url=address, timeout=60) as client:
        yield client


def car(web: httpx.Client, id_: str, x: float | None = None, y: float = 0.0, ago_s: float = 1.0, **more: Any) -> str:
    """A vehicle, heard of at a place where one is given."""
    body = {"id": id_, "name": f"车 {id_}", "type": "fire", "unit": "XF-1", **at(0, 0), **more}
    web.post("/api/vehicles", json=body).raise_for_status()
    if x is not None:
        fix = {"vehicle": id_, "at": (datetime.now(UTC) - timedelta(seconds=ago_s)).isoformat(), **at(x, y)}
        web.post("/api/fixes", json={"fixes": [fix]}).raise_for_status()
    return id_


def incident(web: httpx.Client, x: float = 600.0, y: float = 0.0, **more: Any) -> str:
    answer = web.post("/api/incidents", json={"category": "fire", **at(x, y), **more})
    answer.raise_for_status()
    id_ = str(answer.json()["id"])
    web.post(f"/api/incidents/{id_}/accept", json={"version": 1}).raise_for_status()
    return id_


def near(web: httpx.Client, id_: str, **asked: Any) -> dict[str, Any]:
    answer = web.get(f"/api/incidents/{id_}/vehicles", params=asked)
    answer.raise_for_status()
    models.NearVehicles.model_validate(answer.json())
    return dict(answer.json())


def dispatch(web: httpx.Client, id_: str, vehicle: str, version: int = 2, **more: Any) -> httpx.Response:
    return web.post(f"/api/incidents/{id_}/dispatch", json={"vehicle": vehicle, "version": version}, **more)


def duty(web: httpx.Client, vehicle: str) -> tuple[str, str]:
    told = web.get(f"/api/vehicles/{vehicle}").json()["properties"]
    return told["duty"], told["incident"]


def test_by_driving_time_and_not_as_the_crow_flies(web: httpx.Client) -> None:
    one = incident(web, -300, -600)
    car(web, "near-as-the-crow", -600, -20)  # no road leads down there
    car(web, "on-the-road", 290, -610)
    found = near(web, one)
    assert [(row["id"], row["reached"]) for row in found["vehicles"]] == [
        ("on-the-road", "by-road"), ("near-as-the-crow", "no-way"),
    ]  # fmt: skip
    first, last = found["vehicles"]
    assert first["metres"] == pytest.approx(590, rel=0.01)
    assert first["seconds"] == pytest.approx(59, rel=0.01)
    assert first["off_road_m"] == pytest.approx(10, abs=0.5)
    assert first["straight_m"] > first["metres"] * 0.99
    assert (last["seconds"], last["metres"]) == (None, None)
    assert "line" not in first


def test_in_order_with_ways(web: httpx.Client) -> None:
    one = incident(web)
    for id_, x, y in (("c", -690, 0), ("a", 400, 0), ("b", 0, 500)):
        car(web, id_, x, y)
    found = near(web, one, routes=True, limit=2)
    assert ([row["id"] for row in found["vehicles"]], found["matched"]) == (["a", "b"], 3)
    line = found["vehicles"][1]["line"]
    assert line[0] == pytest.approx(list(at(0, 500).values()), abs=2e-5)
    assert [LON, LAT] in [pytest.approx(point, abs=2e-5) for point in line]
    assert line[-1] == pytest.approx(list(at(600, 0).values()), abs=2e-5)


def test_who_takes_part(web: httpx.Client) -> None:
    one = incident(web)
    car(web, "free", 500)
    car(web, "silent")
    car(web, "stale", 550, ago_s=300)
    car(web, "busy", 580, duty="busy")
    car(web, "home", 590, duty="off-duty")
    car(web, "ambulance", 595, type="ambulance")
    found = near(web, one)
    assert [row["id"] for row in found["vehicles"]] == ["free"]
    assert [(row["id"], row["position"] is None) for row in found["unheard"]] == [("silent", True), ("stale", False)]
    assert (found["fitting"], found["unheard_matched"]) == (["fire"], 2)
    everyone = near(web, one, only="all")["vehicles"]
    assert [(row["id"], row["fits"]) for row in everyone] == [("ambulance", False), ("free", True)]
    assert [row["id"] for row in near(web, one, type="ambulance")["vehicles"]] == ["ambulance"]


def test_a_place_far_from_any_road(web: httpx.Client) -> None:
    one = incident(web, 600, 600)
    car(web, "a", 600)
    found = near(web, one)
    assert found["road_m"] is None
    assert [(row["id"], row["reached"]) for row in found["vehicles"]] == [("a", "no-way")]


def test_sent_it_is_busy_and_free_again_when_resolved(web: httpx.Client, own: Services) -> None:
    one = incident(web)
    car(web, "a", 0)
    sent = dispatch(web, one, "a")
    assert sent.status_code == 200, sent.text
    assert (sent.json()["properties"]["state"], sent.json()["properties"]["unit"]) == ("dispatched", "XF-1")
    assert duty(web, "a") == ("busy", one)
    found = near(web, one)
    assert found["vehicles"] == []
    assert [(row["id"], row["metres"]) for row in found["sent"]] == [("a", pytest.approx(600, rel=0.01))]
    rows = list(own.store.changes())
    assert [row.kind for row in rows if row.time == rows[-1].time] == ["incident", "vehicle"]
    web.post(f"/api/incidents/{one}/resolve", json={"version": 3}).raise_for_status()
    assert duty(web, "a") == ("free", "")


@pytest.fixture
def told(web: httpx.Client) -> str:
    """An incident of an alert, with a vehicle sent there."""
    answer = web.post("/api/incidents/cap", content=document(), headers=CAP)
    id_ = str(answer.json()["alerts"][0]["incident"])
    web.post(f"/api/incidents/{id_}/accept", json={"version": 1}).raise_for_status()
    dispatch(web, id_, car(web, "a", 0)).raise_for_status()
    assert duty(web, "a") == ("busy", id_)
    return id_


def over(how: str) -> bytes:
    change = {"identifier": "a-2", "sent": later(5), "references": naming("a-1")}
    if how == "cancelled":
        return document("", msgType="Cancel", **change)
    return document(info(expires=later(6)), msgType="Update", **change)


@pytest.mark.parametrize("how", ["cancelled", "expired"])
def test_an_alert_that_is_over_frees_it_too(web: httpx.Client, own: Services, told: str, how: str) -> None:
    answer = web.post("/api/incidents/cap", content=over(how), headers=CAP)
    assert [(row["outcome"], row["incident"]) for row in answer.json()["alerts"]] == [("closed", told)]
    assert duty(web, "a") == ("free", "")
    rows = list(own.store.changes())
    assert [row.kind for row in rows if row.time == rows[-1].time] == ["incident", "vehicle"]


def test_an_alert_in_a_list_frees_it_too(web: httpx.Client, told: str) -> None:
    answer = web.post("/api/incidents/import", params={"mode": "commit"}, content=over("cancelled"))
    assert answer.status_code == 200, answer.text
    assert web.get(f"/api/incidents/{told}").json()["properties"]["state"] == "closed"
    assert duty(web, "a") == ("free", "")


@pytest.mark.usefixtures("told")
def test_one_that_is_changed_meanwhile_is_freed_all_the_same(
    web: httpx.Client, own: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    seats = iter((3, 4))

    def slow(*what: Any) -> list[Write]:
        found = freed(*what)
        for number in seats:
            kept = own.store.get("vehicle", "a")
            assert kept is not None
            own.store.commit([Write.put(kept.model_copy(update={"seats": number}), kept.version)], actor="another")
            break
        return found

    monkeypatch.setattr(incident_alerts, "freed", slow)
    answer = web.post("/api/incidents/cap", content=over("cancelled"), headers=CAP)
    assert [row["outcome"] for row in answer.json()["alerts"]] == ["closed"], answer.text
    assert duty(web, "a") == ("free", "")
    assert web.get("/api/vehicles/a").json()["properties"]["seats"] == 4


def test_one_that_is_set_free_by_hand_is_sent_nowhere(web: httpx.Client) -> None:
    one = incident(web)
    dispatch(web, one, car(web, "a", 0)).raise_for_status()
    web.patch("/api/vehicles/a", json={"version": 2, "seats": 3}).raise_for_status()
    assert duty(web, "a") == ("busy", one)
    web.patch("/api/vehicles/a", json={"version": 3, "duty": "off-duty"}).raise_for_status()
    assert duty(web, "a") == ("off-duty", "")
    assert near(web, one)["sent"] == []


def test_undo_takes_both_back(web: httpx.Client) -> None:
    one = incident(web)
    car(web, "a", 0)
    dispatch(web, one, "a").raise_for_status()
    undone = web.post("/api/undo", json={})
    assert undone.status_code == 200, undone.text
    assert duty(web, "a") == ("free", "")
    assert web.get(f"/api/incidents/{one}").json()["properties"]["state"] == "accepted"
    again = web.post("/api/undo", json={"seq": undone.json()["seq"], "through": undone.json()["through"]})
    assert again.status_code == 200
    assert duty(web, "a") == ("busy", one)


def test_a_vehicle_goes_to_one_incident(web: httpx.Client) -> None:
    one, other = incident(web), incident(web, -600)
    car(web, "a", 0)
    done: list[httpx.Response] = []

    def send(id_: str) -> None:
        done.append(dispatch(web, id_, "a"))

    threads = [threading.Thread(target=send, args=(id_,)) for id_ in (one, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer.status_code for answer in done) == [200, 409]
    (refused,) = (answer for answer in done if answer.status_code == 409)
    assert refused.json()["type"] == "/problems/vehicle-taken"
    lost = other if duty(web, "a")[1] == one else one
    assert web.get(f"/api/incidents/{lost}").json()["properties"]["state"] == "accepted"
    chinese = dispatch(web, lost, "a", headers={"Accept-Language": "zh"}).json()
    assert chinese["detail"].startswith("车 a现在不空闲")


def test_what_cannot_be_sent(web: httpx.Client) -> None:
    one = incident(web)
    car(web, "a", 0, duty="off-duty")
    assert dispatch(web, one, "a").status_code == 409
    assert dispatch(web, one, "nobody").status_code == 404
    wrong = web.post(f"/api/incidents/{one}/resolve", json={"vehicle": "a", "version": 2})
    assert (wrong.status_code, wrong.json()["parameter"]) == (400, "vehicle")
    assert web.get(f"/api/incidents/{one}").json()["properties"]["version"] == 2


def test_a_repeated_request_sends_once(web: httpx.Client) -> None:
    one = incident(web)
    car(web, "a", 0)
    headers = {"Idempotency-Key": "go-1"}
    assert [dispatch(web, one, "a", headers=headers).status_code for _ in range(3)] == [200, 200, 200]
    assert web.get("/api/vehicles/a").json()["properties"]["version"] == 2


def test_the_cameras_that_saw_it_and_will(web: httpx.Client, own: Services) -> None:
    car(web, "a", -150, 60)
    began = datetime.now(UTC) - timedelta(seconds=60)
    fixes = [
        {"vehicle": "a", "at": (began + timedelta(seconds=k)).isoformat(), **at(-150 + 5 * k, 60)} for k in range(50)
    ]
    web.post("/api/fixes", json={"fixes": fixes}).raise_for_status()
    answer = web.get("/api/vehicles/a/cameras")
    assert answer.status_code == 200, answer.text
    models.VehicleCameras.model_validate(answer.json())
    cameras = answer.json()["cameras"]
    assert "north" in [row["camera"] for row in cameras]
    for row in cameras:
        assert row["from_at"] <= row["best_at"] <= row["to_at"]
    assert [row["best_at"] for row in cameras] == sorted(row["best_at"] for row in cameras)
    assert web.get("/api/vehicles/a/cameras", params={"way": "ahead"}).status_code == 400
    one = incident(web)
    dispatch(web, one, "a").raise_for_status()
    ahead = web.get("/api/vehicles/a/cameras", params={"way": "ahead"})
    assert ahead.status_code == 200, ahead.text
    assert ahead.json()["length_m"] == pytest.approx(750, rel=0.02)
    own.looks.flush()
    assert {row.detail["deed"] for row in own.store.looks() if row.detail and row.kind == "vehicle"} == {"cameras"}


def test_a_track_that_is_too_long_is_followed_in_parts(web: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    car(web, "a")
    began = datetime.now(UTC) - timedelta(seconds=60)
    fixes = [
        {"vehicle": "a", "at": (began + timedelta(seconds=k)).isoformat(), **at(-150 + 5 * k, 60)} for k in range(50)
    ]
    web.post("/api/fixes", json={"fixes": fixes}).raise_for_status()
    monkeypatch.setattr(nearest, "MOST_FIXES", 50)
    assert web.get("/api/vehicles/a/cameras").json()["complete"] is True
    monkeypatch.setattr(nearest, "MOST_FIXES", 40)
    part = web.get("/api/vehicles/a/cameras").json()
    assert part["complete"] is False
    rest = web.get("/api/vehicles/a/cameras", params={"begin": part["end"]}).json()
    assert (rest["begin"], rest["complete"]) == (part["end"], True)


def test_one_that_stood_still_was_seen_along_nothing(web: httpx.Client) -> None:
    car(web, "a", 0)
    answer = web.get("/api/vehicles/a/cameras")
    assert (answer.status_code, answer.json()["reason"]) == (400, "stood-still")
