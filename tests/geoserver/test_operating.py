"""Readiness and the figures of who operates a server, read by Prometheus's own parser."""

import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from geoserver import condition
from geoserver.condition import Condition, Prober
from geoserver.coverage_service import Progress
from geoserver.operating import Flow, operating_figures
from geoserver.services import Services
from geoserver.storage.store import Store
from geoserver.streams.gateway import Stats

FLOW = Flow(3, Stats(2, 3, 4, 5_000_000_000), 6, 7, Progress("footprints", 10, 110))
SOUND = Condition(0.001, 120, 100, 1.5e9, 2**30, 2**40)


def values(text: str) -> dict[str, float]:
    return {s.name: s.value for family in text_string_to_metric_families(text) for s in family.samples if not s.labels}


def test_all_of_metrics_is_read_by_prometheus(web: httpx.Client) -> None:
    web.get("/api/city")
    families = {one.name: one for one in text_string_to_metric_families(web.get("/metrics").text)}
    assert families["geoserver_request_seconds"].type == "histogram"
    assert families["process_cpu_seconds"].type == "counter"
    found = values(web.get("/metrics").text)
    assert found["geoserver_ready"] == found["geoserver_database_reachable"] == 1
    assert found["geoserver_cameras"] == 6
    assert found["geoserver_disk_bytes"] > found["geoserver_disk_free_bytes"] > 0
    assert found["process_resident_memory_bytes"] > 2**20
    assert found["geoserver_live_clients"] == 0


def test_no_family_is_told_twice(web: httpx.Client) -> None:
    told = [line.split()[2] for line in web.get("/metrics").text.splitlines() if line.startswith("# TYPE")]
    assert len(told) == len(set(told))


def test_figures_are_what_was_counted() -> None:
    found = values(operating_figures(SOUND, FLOW))
    assert found["geoserver_journal_head"] == 120
    assert found["geoserver_journal_unsealed_rows"] == 20
    assert found["geoserver_journal_sealed_timestamp_seconds"] == 1.5e9
    assert found["geoserver_stream_kept_bytes"] == 5_000_000_000
    assert (found["geoserver_coverage_ready"], found["geoserver_coverage_waiting"]) == (0, 100)
    assert (found["geoserver_looks_waiting"], found["geoserver_viewings"]) == (7, 6)


def test_what_is_not_known_is_left_out() -> None:
    found = values(operating_figures(Condition(None, None, None, None, 0, 1), FLOW))
    assert (found["geoserver_ready"], found["geoserver_database_reachable"]) == (0, 0)
    assert not any("journal" in name or "answer" in name for name in found)


class Away:
    """A database that answers when it is let."""

    def __init__(self) -> None:
        self.let, self.asked = threading.Event(), 0

    def head(self) -> int:
        self.asked += 1
        self.let.wait(30)
        return 5

    def seals(self) -> list[Any]:
        return []


@pytest.fixture
def away(monkeypatch: pytest.MonkeyPatch) -> Iterator[Away]:
    monkeypatch.setattr(condition, "PATIENCE_S", 0.05)
    store = Away()
    yield store
    store.let.set()


def test_a_database_that_hangs_is_asked_once_and_counts_as_away(away: Away, tmp_path: Path) -> None:
    with Prober.over(cast(Store, away), tmp_path) as prober:
        assert [prober.look().has_database for _ in range(3)] == [False] * 3
        assert away.asked == 1
        away.let.set()
        while not prober.look().has_database:
            pass
        assert prober.look().head == 5


def test_not_ready_is_503_and_tells_what_is_in_the_way(
    web: httpx.Client, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert web.get("/health/ready").json() == {"status": "ready", "database": True, "disk": True}

    def broken() -> int:
        raise OSError("gone")

    with monkeypatch.context() as away:
        away.setattr(services.store, "head", broken)
        answer = web.get("/health/ready", headers={"Authorization": ""})
        assert (answer.status_code, answer.json()["database"]) == (503, False)
        assert "gone" not in answer.text
        assert web.get("/health").status_code == 200
    with monkeypatch.context() as full:
        usage = SimpleNamespace(total=2**40, used=2**40, free=2**20)
        full.setattr(condition.shutil, "disk_usage", lambda _: usage)
        answer = web.get("/health/ready")
        assert (answer.status_code, answer.json()["disk"], answer.json()["database"]) == (503, False, True)
    assert web.get("/health/ready").status_code == 200
