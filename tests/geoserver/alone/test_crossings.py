"""Positions in, crossings out: told once, live and in the journal, to those who see the zone."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from websockets.sync.client import connect

from geoserver.crossings import Warden
from geoserver.services import Services
from geoserver.settings import Settings
from geoserver.storage.store import Query, Write
from layers.fences import Fix
from layers.grants.roles import Post
from layers.zones import Zone
from tests import door
from tests.geoserver.conftest import flat_services

D = 0.001
RING = ((106.8, 39.6), (106.8 + D, 39.6), (106.8 + D, 39.6 + D), (106.8, 39.6 + D), (106.8, 39.6))
OUT, IN = (106.799, 39.6005), (106.8005, 39.6005)
START = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Services]:
    with flat_services(tmp_path) as services:
        zone = Zone(id="gate", name="大门", watch="both", rings=(RING,), area="1503", lon=0, lat=0)
        services.store.commit([Write.put(zone, 0)])
        services.apply_now()
        yield services


def send(address: str, *fixes: tuple[tuple[float, float], float], key: str | None = None) -> httpx.Response:
    sent = [
        {"id": "car-1", "lon": lon, "lat": lat, "at": (START + timedelta(seconds=at)).isoformat()}
        for (lon, lat), at in fixes
    ]
    headers = {"Authorization": f"Bearer {key}"} if key else door.headers(address)
    return httpx.post(f"{address}/api/positions", json={"positions": sent}, headers=headers, timeout=60)


def told(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 200, answer.text
    return [(one["zone"], one["way"]) for one in answer.json()["crossings"]]


def test_a_crossing_is_told_once_live_and_in_the_journal(own: Services, address: str) -> None:
    live = f"{address.replace('http', 'ws', 1)}/api/live"
    with connect(live, additional_headers=door.headers(address)) as socket:
        socket.send(json.dumps({"type": "subscribe", "topic": "crossings"}))
        assert json.loads(socket.recv(timeout=20))["type"] == "snapshot"
        assert told(send(address, (OUT, 0), (IN, 10), (IN, 11))) == [("gate", "enter")]
        heard: dict[str, Any] = json.loads(socket.recv(timeout=20))
    assert (heard["type"], heard["topic"], heard["action"]) == ("change", "crossings", "create")
    assert heard["feature"]["properties"]["mover"] == "car-1"
    assert told(send(address, (OUT, 0), (IN, 10), (IN, 11))) == []
    assert told(send(address, (OUT, 20))) == [("gate", "leave")]
    rows = [row for row in own.store.changes() if row.kind == "crossing"]
    assert [(row.action, row.actor) for row in rows] == [("create", door.EVERYONE)] * 2
    found = httpx.get(f"{address}/ogc/collections/crossings/items", headers=door.headers(address)).json()
    assert {one["properties"]["way"] for one in found["features"]} == {"enter", "leave"}


def test_what_is_sent_again_after_a_restart_is_not_told_again(own: Services) -> None:
    fixes = [Fix(("unit", "car-1"), *place, START.timestamp() + at) for place, at in ((OUT, 0), (IN, 10), (OUT, 20))]
    assert [one.way for one in Warden(own).take(fixes, "us")] == ["enter", "leave"]
    assert Warden(own).take(fixes, "us") == []
    assert own.store.count(Query("crossing")) == 2


def test_zones_count_as_they_are_now(own: Services, address: str) -> None:
    zone = own.store.get("zone", "gate")
    assert isinstance(zone, Zone)
    assert told(send(address, (OUT, 0), (IN, 1))) == [("gate", "enter")]
    own.store.commit([Write.put(zone.model_copy(update={"watch": "none"}), 1)])
    own.apply_now()
    assert told(send(address, (OUT, 2), (IN, 3))) == []
    own.store.commit([Write.remove(own.store.get("zone", "gate"))])  # type: ignore[arg-type]
    own.apply_now()
    assert told(send(address, (OUT, 4))) == []


def test_who_may_send_and_who_is_told(own: Services, address: str, tmp_path: Path) -> None:
    database = Settings(folder=tmp_path).database
    keys = {}
    for name, role, area in (
        ("ours", "operator", "1503"),
        ("others", "operator", "1501"),
        ("system", "integrator", "*"),
    ):
        keys[name] = door.let_in(database, address, name, (Post(role=role, areas=frozenset({area})),))
    assert send(address, (OUT, 0), key=keys["ours"]).status_code == 403
    assert told(send(address, (OUT, 0), (IN, 1), key=keys["system"])) == [("gate", "enter")]
    seen = {}
    for name, key in keys.items():
        asked = {"Authorization": f"Bearer {key}"}
        seen[name] = httpx.get(f"{address}/ogc/collections/crossings/items", headers=asked).json()["numberMatched"]
    assert seen == {"ours": 1, "others": 0, "system": 1}


@pytest.mark.parametrize(
    "wrong", [{"lon": 181}, {"at": "2190-01-01T00:00:00Z"}, {"at": "x"}, {"kind": "dragon"}, {"id": "a b"}, {"more": 1}]
)
def test_what_cannot_be_is_refused(address: str, wrong: dict[str, Any]) -> None:
    sent = {"id": "car-1", "lon": 106.8, "lat": 39.6, "at": START.isoformat()} | wrong
    answer = httpx.post(f"{address}/api/positions", json={"positions": [sent]}, headers=door.headers(address))
    assert answer.status_code in (400, 422), answer.text
    assert "type" in answer.json()
