"""Incidents as alerts: valid by the standard's structure, and taken in elsewhere as the same."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from layers.incidents.cap.chains import Chains, take
from layers.incidents.cap.tell import CAP_CATEGORY, alert_of
from layers.incidents.cap.write import as_cap
from layers.incidents.model import CATEGORIES, Incident
from layers.incidents.states import moved, noted
from tests.layers.incidents.builders import NOON, an_incident
from tests.layers.incidents.cap.builders import TOWN, read_alert

STRUCTURE = etree.RelaxNG(etree.parse(Path(__file__).with_name("cap-1.2.rng")))
ELSEWHERE = replace(TOWN, sender="there@example.test")
LATER = NOON + timedelta(hours=3)
SAME = ("category", "subcategory", "severity", "description", "address", "number", "lon", "lat", "within_m",
        "exercise", "expires_at", "reported_at")  # fmt: skip


def told(one: Incident) -> bytes:
    """An incident as this server tells it; the document fits the structure."""
    data = as_cap(alert_of(one, TOWN.sender, "乌海", "火灾", "zh-CN"))
    STRUCTURE.assertValid(etree.fromstring(data))
    return data


def there(chains: Chains, one: Incident) -> Incident:
    """What another server makes of it."""
    taken = take(read_alert(told(one)), chains, ELSEWHERE, LATER)
    assert taken.incident is not None, taken
    chains.put(taken.incident)
    return taken.incident


def test_every_category_has_a_word() -> None:
    assert CAP_CATEGORY.keys() == set(CATEGORIES)


@pytest.mark.parametrize(
    "over",
    [
        {},
        {"category": "theft", "severity": 1, "within_m": 707.106781, "address": "人民路 1 号", "number": ""},
        {"category": "traffic-jam", "severity": 4, "exercise": True, "subcategory": "三车追尾"},
        {"category": "false-alarm", "description": "甲 & <乙>\n\x0b第二行", "lon": 106.812345678, "lat": 39.587654321},
        {"category": "other", "expires_at": LATER + timedelta(hours=9)},
        {"id": "119-a,b<c&d"},
    ],
)
def test_what_goes_out_comes_in_as_the_same(over: dict[str, Any]) -> None:
    one = an_incident(**{"id_": over.get("id", "i1"), **{k: v for k, v in over.items() if k != "id"}})
    back = there(Chains(()), one)
    for name in SAME:
        expected = getattr(one, name)
        assert getattr(back, name) == (expected.replace("\x0b", "") if isinstance(expected, str) else expected), name


def test_its_whole_life_is_told_to_one_incident_elsewhere() -> None:
    chains = Chains(())
    first = an_incident()
    made = there(chains, first)
    accepted = moved(first, "accept", at=NOON + timedelta(minutes=1), by="li").model_copy(update={"version": 2})
    said = noted(accepted, "浓烟", at=NOON + timedelta(minutes=2), by="li").model_copy(update={"version": 3})
    raised = said.model_copy(update={"version": 4, "severity": 1})
    for one in (accepted, said, raised):
        assert there(chains, one).id == made.id
    assert there(chains, raised).severity == 1
    done = moved(raised, "resolve", at=NOON + timedelta(minutes=9), by="li").model_copy(update={"version": 5})
    closed = moved(done, "close", at=NOON + timedelta(minutes=10), by="li", remark="误报").model_copy(
        update={"version": 6}
    )
    alert = read_alert(told(closed))
    assert (alert.message_type, alert.note, alert.references[0].identifier) == ("Cancel", "误报", "i1.1")
    over = there(chains, closed)
    assert (over.id, over.state, over.steps[-1].remark) == (made.id, "closed", "CAP Cancel: 误报")


def test_what_went_out_from_here_changes_nothing_here() -> None:
    one = an_incident()
    taken = take(read_alert(told(one)), Chains([one]), TOWN, LATER)
    assert (taken.outcome, taken.why and taken.why.reason, taken.incident) == ("unchanged", "cap-own", one)


def test_an_exercise_says_so() -> None:
    assert read_alert(told(an_incident(exercise=True))).status == "Exercise"
    assert read_alert(told(an_incident())).status == "Actual"
    assert read_alert(told(an_incident())).scope == "Restricted"
