"""Which cameras are next: evenly over the round, doubtful ones first, and none that holds up the others."""

import time

import pytest

from geoserver.health.rounds import OFTEN, Rounds, batch_s, to_judge, to_try
from layers.health.plan import HealthPlan, Schedule
from layers.health.state import Known
from tests.geoserver.builders import a_camera

PLAN = HealthPlan(schedule=Schedule(again_s=30, picture_round_s=1_000, reach_round_s=300))


def cameras(count: int) -> list:
    return [a_camera(f"c{number:04d}") for number in range(count)]


def judged(camera: str, ago_s: float, **more) -> Known:
    return Known(camera, online=True, judged_at=time.time() - ago_s, **more)


def next_of(known: dict[str, Known], looked_at=None, *, faulty_first=False, some=None) -> str | None:
    found = to_judge(known, some or cameras(len(known)), PLAN, looked_at or {}, faulty_first=faulty_first)
    return found.id if found else None


def test_a_batch_is_its_share_of_the_round() -> None:
    some = cameras(3_000)
    assert batch_s(PLAN.schedule) == 3.0
    assert len(to_try({}, some, PLAN.schedule, 1e6)) == 30
    assert batch_s(Schedule(again_s=0.2, reach_round_s=1)) == 0.1


def test_who_waited_longest_is_tried_and_a_missed_one_soon_again() -> None:
    known = {
        "c0000": Known("c0000", online=True, reached_at=1_000.0),
        "c0001": Known("c0001", online=True, reached_at=900.0),
        "c0002": Known("c0002", online=True, reached_at=1_260.0, missed=1),
    }
    some = cameras(3)
    assert [one.id for one in to_try(known, some, PLAN.schedule, 1_295.0)] == ["c0001"]
    assert to_try(known, some, PLAN.schedule, 1_199.0) == []
    assert [one.id for one in to_try(known, some[2:], PLAN.schedule, 1_290.0)] == ["c0002"]


def test_a_doubtful_picture_comes_first_and_an_offline_camera_not_at_all() -> None:
    known = {"c0000": judged("c0000", 5_000), "c0001": judged("c0001", 31, found={"black": 1}), "c0002": Known("c0002")}
    assert next_of(known) == "c0001"
    assert next_of({"c0000": Known("c0000", online=False)}) is None


def test_a_camera_without_a_picture_holds_up_no_other() -> None:
    known = {"c0000": Known("c0000", online=True), "c0001": judged("c0001", 2_000)}
    assert next_of(known) == "c0000"
    assert next_of(known, {"c0000": time.time()}) == "c0001"


@pytest.mark.parametrize(("faulty_first", "wanted"), [(True, "c0000"), (False, "c0001")])
def test_bad_pictures_and_good_ones_take_turns(faulty_first: bool, wanted: str) -> None:
    ago_s = PLAN.schedule.picture_round_s / OFTEN + 1
    known = {"c0000": judged("c0000", ago_s, faults=("black",)), "c0001": judged("c0001", 5_000)}
    assert next_of(known, faulty_first=faulty_first) == wanted
    assert next_of({"c0000": judged("c0000", ago_s)}) is None, "a good one is not yet due"


def test_what_people_report_as_broken_is_looked_at_first() -> None:
    some = [*cameras(40), a_camera("z", status="fault")]
    assert next_of({one.id: Known(one.id, online=True) for one in some}, some=some) == "z"


def test_a_round_is_over_when_every_camera_was_tried() -> None:
    rounds, some = Rounds(), cameras(2)
    rounds.note({}, some, 100.0)
    half = {"c0000": Known("c0000", reached_at=101.0)}
    rounds.note(half, some, 130.0)
    assert rounds.round_s is None
    rounds.note(half | {"c0001": Known("c0001", reached_at=150.0)}, some, 160.0)
    assert rounds.round_s == 60.0
