"""Two servers over one PostgreSQL show the same positions, count people once, and tell a crossing once."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from geoserver.crossings import Warden
from geoserver.live.positions import Board, Position
from geoserver.live.present import Present
from geoserver.live.relay import relaying
from geoserver.services import Services
from geoserver.storage import postgres_line
from geoserver.storage.postgres_line import PostgresLine
from geoserver.storage.store import Query, Write
from layers.fences import Fix
from layers.zones import Zone
from tests import door
from tests.contract.conftest import Place
from tests.contract.get_postgres import Cluster, needed
from tests.contract.test_live_processes import server
from tests.geoserver.alone.test_crossings import IN, OUT, RING
from tests.geoserver.test_live import following_at


@pytest.fixture
def database(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Place]:
    name = f"relay{abs(hash(request.node.name))}"
    yield Place("postgres", cluster.database(name))
    cluster.drop(name)


def soon(holds: Callable[[], bool], within_s: float = 10.0) -> float:
    """Wait until something holds; how long that took."""
    began = time.monotonic()
    while not holds():
        assert time.monotonic() - began < within_s, "it never did"
        time.sleep(0.01)
    return time.monotonic() - began


def at(id_: str, lon: float = 106.8) -> Position:
    return Position("unit", id_, lon, 39.6, time.time(), None, 90.0, 5.0)


def report(address: str, place: tuple[float, float], when: datetime, id_: str = "car-1") -> list[str]:
    body = {"positions": [{"id": id_, "lon": place[0], "lat": place[1], "at": when.isoformat()}]}
    answer = door.post(f"{address}/api/positions", json=body, timeout=60)
    assert answer.status_code == 200, answer.text
    return [one["way"] for one in answer.json()["crossings"]]


def known(services: Services) -> set[str]:
    return {id_ for _, id_ in services.positions.things}


def with_a_fence(services: Services) -> None:
    zone = Zone(id="gate", name="大门", watch="both", rings=(RING,), area="1503", lon=0, lat=0)
    services.store.commit([Write.put(zone, 0)])


def test_what_one_server_is_told_the_other_shows(database: Place, tmp_path: Path) -> None:
    with server(database, tmp_path / "a") as (a, at_a), server(database, tmp_path / "b") as (b, _):
        report(at_a, OUT, datetime.now(UTC))
        soon(lambda: "car-1" in known(b))
        a.positions.put(at(f"many-{i}") for i in range(1500))
        soon(lambda: b.positions.count == 1501)
        b.positions.put([at("car-2")])
        soon(lambda: "car-2" in known(a))
        stamps = a.positions.stamp, b.positions.stamp
        time.sleep(0.4)
        assert (a.positions.stamp, b.positions.stamp) == stamps, "nothing comes back to who said it"


def test_people_are_counted_over_both(database: Place, tmp_path: Path) -> None:
    with server(database, tmp_path / "a") as (_, at_a), server(database, tmp_path / "b") as (_, at_b):

        def connected() -> list[int]:
            return [httpx.get(f"{x}/api/situation", headers=door.headers(x)).json()["connected"] for x in (at_a, at_b)]

        assert connected() == [0, 0]
        with following_at(at_a), following_at(at_b):
            soon(lambda: connected() == [1, 1])
            time.sleep(1)
            assert connected() == [1, 1], "one person with two screens"
        soon(lambda: connected() == [0, 0])


def test_a_crossing_is_told_once_by_whom_it_was_reported_to(database: Place, tmp_path: Path) -> None:
    with server(database, tmp_path / "a") as (a, at_a), server(database, tmp_path / "b") as (b, at_b):
        with_a_fence(a)
        soon(lambda: b.store.get("zone", "gate") is not None and b.now.fleet.seq == a.store.head())
        start = datetime.now(UTC) - timedelta(minutes=1)
        told = []
        for second, (address, other, place) in enumerate(
            [(at_a, b, OUT), (at_b, a, IN), (at_a, b, IN), (at_b, a, OUT), (at_a, b, OUT), (at_a, b, IN), (at_b, a, IN)]
        ):
            stamp = other.positions.stamp
            told.append(report(address, place, start + timedelta(seconds=2 * second)))
            soon(lambda other=other, stamp=stamp: other.positions.stamp > stamp)
            time.sleep(0.05)
        assert told == [[], ["enter"], [], ["leave"], [], ["enter"], []]
        assert a.store.count(Query("crossing")) == 3


def test_both_come_to_a_crossing_before_they_hear_of_each_other(database: Place, tmp_path: Path) -> None:
    """As far as they can be apart: two wardens that hear nothing of each other, and in one moment."""
    with server(database, tmp_path / "a") as (a, _), server(database, tmp_path / "b") as (b, _):
        with_a_fence(a)
        wardens, start = [Warden(a), Warden(b)], time.time() - 100
        for turn in range(10):
            began = start + 5 * turn
            ready, told = threading.Barrier(2), []

            def go(warden: Warden, late_s: float) -> None:
                warden.take([Fix(("unit", "car"), *OUT, began - 2)], "us")  # noqa: B023
                ready.wait(10)  # noqa: B023
                told.extend(warden.take([Fix(("unit", "car"), *IN, began + late_s)], "us"))  # noqa: B023

            threads = [threading.Thread(target=go, args=one) for one in zip(wardens, (0.0, 0.05), strict=True)]
            for one in threads:
                one.start()
            for one in threads:
                one.join(20)
            assert [one.way for one in told].count("enter") == 1
        assert a.store.count(Query("crossing")) == 10 + 9


def test_a_database_that_was_away(caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch) -> None:
    bin_ = needed()  # a cluster of its own, as it is stopped and started
    monkeypatch.setattr(postgres_line, "AGAIN_S", 0.1)
    caplog.set_level(logging.INFO, "geoserver")
    own = Cluster.make(bin_, durable=False)
    try:
        address = own.database("away")
        boards, people = (Board(), Board()), (Present(), Present())
        lines = [PostgresLine(address, "geoserver_live") for _ in boards]
        with (
            relaying(lines[0], boards[0], people[0], lambda _: None),
            relaying(lines[1], boards[1], people[1], lambda _: None),
        ):
            boards[0].put([at("before")])
            soon(lambda: boards[1].count == 1)
            own.run("pg_ctl", "-D", f"{own.folder}/data", "-m", "immediate", "-s", "stop")
            soon(lambda: caplog.text.count("the database is away") == 2)
            boards[0].put([at("meanwhile")])
            time.sleep(0.5)
            assert caplog.text.count("the database is away") == 2, "said once"
            own.start()
            soon(lambda: caplog.text.count("messages go between processes again") == 2)
            boards[0].put([at("after")])
            boards[1].put([at("there")])
            soon(lambda: {"before", "after", "there"} <= {id_ for _, id_ in boards[1].things})
            soon(lambda: "there" in {id_ for _, id_ in boards[0].things})
    finally:
        own.stop()
