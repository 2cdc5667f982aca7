"""What has been kept for long enough is forgotten: judgements, their pictures, states."""

import time
from pathlib import Path

import numpy as np
import pytest

from geoserver.health.kept import KeptHealth, Outcome
from geoserver.health.service import DAY_S, Health
from geoserver.settings import Settings
from layers.health.diagnosis import Verdict
from layers.health.plan import HealthPlan, Schedule
from layers.health.state import Known
from tests import door
from tests.geoserver.conftest import flat_services, serving

NOW_S = 1_800_000_000.0
PICTURE = np.full((90, 160, 3), 9, np.uint8)
BLACK = Verdict("black", "found", 9.0, 17.0)


def found_black(health: Health, camera: str, at: float, *, ended: float | None = None) -> None:
    name = health.pictures.put(camera, at, PICTURE, ("black",))
    before, after = Known(camera, online=True), Known(camera, online=True, faults=("black",), judged_at=at)
    health.kept.put([Outcome(before, after, (BLACK,), ("black",), name)])
    if ended is not None:
        health.kept.put([Outcome(after, Known(camera, online=True, judged_at=ended))])


@pytest.fixture
def health(tmp_path: Path):
    kept = KeptHealth.open(tmp_path / "city.sqlite")
    with flat_services(tmp_path) as services:
        yield Health(services, Settings(folder=tmp_path), kept)
    kept.close()


def pictures(health: Health) -> list[Path]:
    return sorted(health.pictures._folder.rglob("*.jpg"))


def test_judgements_and_pictures_go_after_the_days_that_are_set(health: Health) -> None:
    plan = HealthPlan(schedule=Schedule(keep_days=30))
    assert health.kept.set_plan(plan, 0, "x", NOW_S) == 1
    found_black(health, "north", NOW_S - 31 * DAY_S)
    found_black(health, "north", NOW_S - 29 * DAY_S)
    assert len(pictures(health)) == 2
    health.forget(NOW_S)
    assert [at for at, _, _ in health.kept.pictures("north")] == [NOW_S - 29 * DAY_S]
    assert [path.name for path in pictures(health)] == [f"{round((NOW_S - 29 * DAY_S) * 1000)}-black.jpg"]
    health.forget(NOW_S + 2 * DAY_S)
    assert pictures(health) == []


def test_states_are_known_for_as_long_as_months_are_assessed(health: Health) -> None:
    found_black(health, "north", NOW_S - 500 * DAY_S, ended=NOW_S - 450 * DAY_S)
    found_black(health, "south", NOW_S - 500 * DAY_S, ended=NOW_S - 390 * DAY_S)
    found_black(health, "roof", NOW_S - 500 * DAY_S)
    health.forget(NOW_S)
    spans = health.kept.spans(0, NOW_S)
    assert {one.camera for one in spans} == {"south", "roof"}, "what still lasts is never forgotten"


def test_the_process_that_checks_forgets(health: Health, tmp_path: Path) -> None:
    found_black(health, "north", 1_000.0)
    settings = Settings(folder=tmp_path, client=tmp_path, health="on", simulated=True)
    with serving(settings, health.services) as address, door.Client(base_url=address, timeout=60) as web:
        until = time.monotonic() + 60
        while web.get("/api/health/cameras/north").json()["pictures"] and time.monotonic() < until:
            time.sleep(0.1)
        assert web.get("/api/health/cameras/north").json()["pictures"] == []
    assert not [path for path in pictures(health) if "black" in path.name]
