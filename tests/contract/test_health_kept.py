"""What is kept of health, in both engines."""

from collections.abc import Iterator

import pytest

from geoserver.health.kept import KeptHealth, Outcome, Reference
from layers.health.plan import HealthPlan, OrderRules
from layers.health.state import Known, missed, reached
from tests.contract.conftest import Place

RULES = OrderRules(offline_checks=2)


@pytest.fixture
def kept(place: Place) -> Iterator[KeptHealth]:
    place.open().close()
    kept = KeptHealth.open(place.address)
    yield kept
    kept.close()


def test_states_and_their_spans_are_kept(kept: KeptHealth) -> None:
    first = Known("c")
    up = reached(first, 100.0)
    kept.put([Outcome(first, up)])
    seq, changed = kept.since(0)
    assert (changed, kept.one("c")) == ([up], up)
    once = missed(up, 200.0, "unreachable", RULES)
    kept.put([Outcome(up, once)])
    assert kept.since(seq) == (seq, []), "one try that failed changes nothing that is told"
    down = missed(once, 300.0, "unreachable", RULES)
    kept.put([Outcome(once, down)])
    assert kept.since(seq)[1] == [down]
    spans = [(one.state, one.since, one.until) for one in kept.spans(0, 1_000, {"c"})]
    assert spans == [("online", 100.0, 300.0), ("offline", 300.0, None)]


def test_a_plan_is_set_by_who_saw_the_last_one(kept: KeptHealth) -> None:
    usual = HealthPlan()
    assert kept.plan(usual) == (0, usual)
    assert kept.set_plan(HealthPlan.usual(simulated=True), 0, "x", 1.0) == 1
    assert kept.set_plan(usual, 0, "y", 2.0) is None
    assert kept.plan(usual) == (1, HealthPlan.usual(simulated=True))


def test_one_process_has_the_turn(kept: KeptHealth) -> None:
    assert kept.take_turn("t", "a", None)
    assert not kept.take_turn("t", "b", None)
    seen = kept.turn("t")
    assert seen is not None
    assert kept.take_turn("t", "a", seen)
    assert not kept.take_turn("t", "b", seen), "it was said since that it is held"
    kept.end_turn("t", "a")
    assert kept.take_turn("t", "b", None)


def test_a_reference_is_kept_and_forgotten(kept: KeptHealth) -> None:
    one = Reference(5.0, "0000000005000-reference.jpg", (1.0, 2.0, 3.0))
    kept.set_reference("c", one)
    assert kept.reference("c") == one
    kept.set_reference("c", None)
    assert kept.reference("c") is None
