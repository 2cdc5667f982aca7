"""How cameras are reaches open clients, those cameras that a client may see."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.client import ClientConnection, connect

from geoserver.health.kept import KeptHealth, Outcome
from geoserver.live.conditions import CameraNews, Hearing
from geoserver.settings import Settings
from layers.health.plan import OrderRules
from layers.health.state import Known, missed, reached
from layers.record import Record
from tests import door
from tests.geoserver.conftest import cameras, flat_services, serving

RULES = OrderRules(offline_checks=1)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[tuple[str, KeptHealth, CameraNews]]:
    """A server, and what another process finds."""
    kept = KeptHealth.open(tmp_path / "city.sqlite")
    with flat_services(tmp_path) as services, serving(Settings(folder=tmp_path, client=tmp_path), services) as address:
        yield address, kept, CameraNews(services.health, lambda id_: services.now.fleet.cameras.get(id_))
    kept.close()


@contextmanager
def listening(address: str, **more: Any) -> Iterator[ClientConnection]:
    with connect(address.replace("http", "ws") + "/api/live", additional_headers=door.headers(address)) as web:
        web.send(json.dumps({"type": "subscribe", "topic": "conditions"} | more))
        yield web


def hear(web: ClientConnection) -> dict[str, Any]:
    return json.loads(web.recv(10))


def find(kept: KeptHealth, camera: str, *, online: bool) -> None:
    before = kept.one(camera)
    at = (before.reached_at or 0.0) + 1
    kept.put([Outcome(before, reached(before, at) if online else missed(before, at, "silent", RULES))])


def test_what_changes_is_told_to_who_listens(running) -> None:
    address, kept, _ = running
    find(kept, "north", online=True)
    with listening(address) as web:
        first = hear(web)
        assert first["whole"]
        news = first if first["cameras"] else hear(web)
        assert news["cameras"] == [["north", True, []]]
        find(kept, "north", online=False)
        find(kept, "not-of-this-city", online=False)
        told = hear(web)
        assert (told["whole"], told["cameras"]) == (False, [["north", False, []]])
        assert told["seq"] > news["seq"]
        web.send('{"type": "ping"}')
        assert hear(web)["topics"]["conditions"] >= told["seq"]
    find(kept, "south", online=True)
    with listening(address, since=told["seq"]) as web:
        while not (later := hear(web))["cameras"]:
            continue
        assert (later["whole"], later["cameras"]) == (False, [["south", True, []]])


class OnlyRoofs:
    """Sees cameras of the second tier."""

    def may_see(self, record: Record) -> bool:
        return getattr(record, "tier", 0) == 2


def test_nobody_is_told_of_a_camera_that_they_may_not_see(running) -> None:
    _, _, news = running
    news.health.take(7, [Known("roof", online=True), Known("north", online=False, faults=("black",))])
    hearing = Hearing(news, OnlyRoofs(), None)  # type: ignore[arg-type]
    assert hearing.is_due
    told = json.loads(hearing.message())
    assert {camera.id for camera in cameras()} >= {"roof", "north"}
    assert (told["seq"], told["cameras"]) == (7, [["roof", True, []]])
    assert not hearing.is_due
    assert Hearing(news, OnlyRoofs(), 99).seq is None, "of another database"  # type: ignore[arg-type]
