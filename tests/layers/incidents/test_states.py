"""The life of an incident: every allowed move, no other, deadlines, and requests that are repeated."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from layers.incidents.model import MOST_NOTES, STATES, Incident, Step
from layers.incidents.states import (
    LEADS_TO,
    MINUTES,
    MOVES,
    Action,
    FullRecord,
    WrongMove,
    deadline_of,
    moved,
    noted,
    overdue,
    watched_over,
    with_fields,
)
from tests.layers.incidents.builders import NOON, an_incident

MINUTE = timedelta(minutes=1)
ACTIONS: tuple[Action, ...] = ("accept", "dispatch", "arrive", "resolve", "close")


def test_the_tables_know_every_state() -> None:
    assert set(MOVES) == set(MINUTES) == set(STATES)
    assert {to for moves in MOVES.values() for to in moves} == set(LEADS_TO.values())
    for minutes in MINUTES.values():
        assert minutes is None or list(minutes) == sorted(minutes)


def test_the_usual_life_is_kept_step_by_step() -> None:
    one = an_incident(severity=2)
    assert (one.state, one.deadline, one.valid_from) == ("reported", NOON + 2 * MINUTE, NOON)
    for k, (action, state) in enumerate(LEADS_TO.items(), 1):
        one = moved(one, action, at=NOON + k * MINUTE, by="wang", unit="u1" if action == "dispatch" else "")
        assert (one.state, one.steps[-1].by, one.steps[-1].at) == (state, "wang", NOON + k * MINUTE)
        assert one.deadline == deadline_of(one.state, 2, NOON + k * MINUTE)
    assert (one.unit, one.valid_to, one.deadline) == ("u1", NOON + 5 * MINUTE, None)
    assert [step.state for step in one.steps] == list(STATES)
    assert not one.open


@given(st.lists(st.sampled_from(ACTIONS), max_size=12))
def test_no_other_move_is_made(actions: list[Action]) -> None:
    one = an_incident()
    for k, action in enumerate(actions):
        wanted = LEADS_TO[action]
        if wanted in MOVES[one.state]:
            one = moved(one, action, at=NOON + k * MINUTE, by="a")
            assert one.state == wanted == one.steps[-1].state
        else:
            with pytest.raises(WrongMove) as refused:
                moved(one, action, at=NOON + k * MINUTE, by="a")
            assert refused.value.values["wanted"] == wanted
        assert Incident.model_validate_json(one.model_dump_json()) == one


def test_a_repeated_request_moves_once() -> None:
    once = moved(an_incident(), "accept", at=NOON, by="a", request="r1")
    assert moved(once, "accept", at=NOON + MINUTE, by="a", request="r1") == once
    with pytest.raises(WrongMove):
        moved(once, "accept", at=NOON + MINUTE, by="a", request="r2")
    written = noted(once, "smoke", at=NOON, by="a", request="n1")
    assert noted(written, "smoke", at=NOON, by="a", request="n1") == written
    assert len(noted(written, "smoke", at=NOON, by="a").notes) == 2


def test_a_clock_that_runs_behind_keeps_the_order() -> None:
    one = moved(an_incident(), "accept", at=NOON - MINUTE, by="a")
    assert one.steps[-1].at == NOON


def test_the_deadline_follows_the_severity() -> None:
    one = an_incident(severity=4)
    assert one.deadline == NOON + 10 * MINUTE
    assert with_fields(one, severity=1).deadline == NOON + MINUTE


def test_who_is_watched_over() -> None:
    one = an_incident(severity=1)
    assert not watched_over(one, NOON + MINUTE)
    assert overdue(one, NOON + 2 * MINUTE)
    assert watched_over(one, NOON + 2 * MINUTE)
    marked = with_fields(one, supervised=True)
    assert watched_over(marked, NOON)
    closed = moved(marked, "close", at=NOON, by="a", duplicate_of="i0")
    assert closed.duplicate_of == "i0"
    assert not watched_over(closed, NOON + 1_000 * MINUTE)


def test_there_is_an_end_of_notes() -> None:
    one = an_incident()
    note = noted(one, "x", at=NOON, by="a").notes[0]
    full = one.model_copy(update={"notes": (note,) * MOST_NOTES})
    with pytest.raises(FullRecord):
        noted(full, "x", at=NOON, by="a")


@pytest.mark.parametrize(
    "wrong",
    [
        {"category": "party"},
        {"severity": 5},
        {"source": "911"},
        {"within_m": 0},
        {"lon": 200},
        {"reported_at": NOON.replace(tzinfo=None)},
        {"description": "x" * 4_001},
        {"duplicate_of": "i1"},
        {"colour": "red"},
    ],
)
def test_what_is_no_incident(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        an_incident(**wrong)


def test_steps_agree_with_the_state_and_among_themselves() -> None:
    one = an_incident()
    early = Step(state="accepted", at=NOON - MINUTE)
    for fields in ({"state": "accepted"}, {"state": "accepted", "steps": (*one.steps, early)}):
        with pytest.raises(ValidationError):
            Incident(**{**one.model_dump(), **fields})
