"""Alerts taken in: which incident each is about, and what becomes of it."""

from datetime import timedelta
from itertools import permutations

import pytest

from layers.incidents.cap.alert import Alert
from layers.incidents.cap.chains import Chains, Taken, take
from layers.incidents.model import MOST_ALERTS, Incident
from layers.incidents.states import moved
from tests.layers.incidents.builders import an_incident
from tests.layers.incidents.cap.builders import NOW, SENT, TOWN, an_alert, info, later, naming


def taken(chains: Chains, alert: Alert) -> Taken:
    """An alert, taken in and kept as a store would."""
    found = take(alert, chains, TOWN, NOW)
    if found.changes is not None:
        version = found.kept.version + 1 if found.kept else 1
        chains.put(found.changes.model_copy(update={"version": version}))
    return found


def incident(found: Taken) -> Incident:
    assert found.incident is not None, found
    return found.incident


def why(found: Taken) -> str:
    assert found.why is not None, found
    return found.why.reason


def update(identifier: str = "a-2", minutes: int = 10, inner: str | None = None, **change: str | None) -> Alert:
    values: dict[str, str | None] = {
        "identifier": identifier, "sent": later(minutes), "msgType": "Update", "references": naming("a-1"),
    }  # fmt: skip
    return an_alert(inner, **{**values, **change})


def test_an_alert_becomes_an_incident() -> None:
    found = taken(Chains(()), an_alert(info(headline="仓库起火", description="浓烟<br />很大", senderName="市应急局")))
    one = incident(found)
    assert found.outcome == "made"
    assert (one.source, one.number, one.category, one.subcategory, one.severity) == ("cap", "a-1", "fire", "火灾", 2)
    assert (one.description, one.address, one.within_m) == ("仓库起火\n浓烟\n很大", "人民路", None)
    assert (one.lon, one.lat, one.district, one.area) == (106.8, 39.6, "150302", "150302")
    assert (one.state, one.reported_at, one.exercise) == ("reported", SENT, False)
    assert (one.steps[0].by, one.deadline) == ("市应急局", SENT + timedelta(minutes=2))


def test_the_same_alert_again_changes_nothing() -> None:
    chains = Chains(())
    made = incident(taken(chains, an_alert()))
    again = taken(chains, an_alert())
    assert (again.outcome, again.changes, incident(again).id) == ("unchanged", None, made.id)


def test_an_update_changes_its_incident_and_is_noted() -> None:
    chains = Chains(())
    made = incident(taken(chains, an_alert()))
    chains.put(moved(made, "accept", at=NOW, by="li"))
    changed = taken(chains, update(inner=info(severity="Extreme", headline="火势蔓延")))
    one = incident(changed)
    assert (changed.outcome, one.id, one.severity, one.state) == ("updated", made.id, 1, "accepted")
    assert (one.number, one.reported_at, len(one.alerts)) == ("a-1", SENT, 2)
    assert one.notes[-1].text == "CAP Update: 火势蔓延"


def test_a_cancel_closes_with_its_reason() -> None:
    chains = Chains(())
    made = incident(taken(chains, an_alert()))
    chains.put(moved(made, "accept", at=NOW, by="li"))
    cancel = update(inner="", msgType="Cancel", note="误报")
    closed = taken(chains, cancel)
    one = incident(closed)
    assert (closed.outcome, one.id, one.state) == ("closed", made.id, "closed")
    assert one.steps[-1].remark == "CAP Cancel: 误报"
    assert taken(chains, cancel).outcome == "unchanged"


def test_late_and_repeated_alerts_in_any_order_end_the_same() -> None:
    alerts = [
        an_alert(),
        update("a-2", 5, info(severity="Moderate"), references=naming("a-1")),
        update("a-3", 9, info(severity="Extreme"), references=naming("a-1", "a-2")),
    ]
    for order in permutations((*alerts, alerts[1])):
        chains = Chains(())
        last = [incident(taken(chains, one)) for one in order][-1]
        kept = chains.get(last.id)
        assert kept is not None
        assert (kept.severity, kept.reported_at) == (1, SENT), [one.identifier for one in order]
        assert len({one.id for one in (chains.about(alert) for alert in alerts) if one}) == 1


def test_a_late_update_is_told_and_changes_nothing() -> None:
    chains = Chains(())
    taken(chains, an_alert())
    taken(chains, update("a-3", 20))
    late = taken(chains, update("a-2", 10, info(severity="Minor")))
    assert (late.outcome, why(late)) == ("unchanged", "cap-late")


def test_what_people_closed_is_reported_anew_when_it_is_not_over() -> None:
    chains = Chains(())
    first = incident(taken(chains, an_alert()))
    chains.put(moved(first, "close", at=SENT + timedelta(minutes=3), by="li"))
    early = taken(chains, update("a-0", 2))
    assert (early.outcome, incident(early).id, incident(early).state) == ("updated", first.id, "closed")
    anew = taken(chains, update("a-2", 10))
    assert anew.outcome == "made"
    assert (incident(anew).state, incident(anew).id) != ("closed", first.id)
    # What follows is about the one that stands, though it names both.
    after = taken(chains, update("a-3", 20, references=naming("a-1", "a-2")))
    assert (after.outcome, incident(after).id) == ("updated", incident(anew).id)


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_what_is_played_never_touches_what_is_real(order: tuple[int, int]) -> None:
    chains = Chains(())
    real = incident(taken(chains, an_alert()))
    both = (update("x-1", 5, status="Exercise"), update("x-2", 6, inner="", status="Exercise", msgType="Cancel"))
    found = [taken(chains, both[k]) for k in order]
    assert chains.get(real.id) == real
    played = incident(found[order.index(0)])
    assert (played.exercise, played.id != real.id) == (True, True)
    assert incident(taken(chains, update("a-9", 30))).id == real.id


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"status": "Draft"}, "cap-draft"),
        ({"status": "System"}, "cap-system"),
        ({"msgType": "Ack"}, "cap-answer"),
        ({"msgType": "Error"}, "cap-answer"),
        ({"sent": later(90)}, "cap-future"),
    ],
)
def test_what_is_no_call_to_anybody_is_refused(change: dict[str, str], reason: str) -> None:
    found = take(an_alert(None, **change), Chains(()), TOWN, NOW)
    assert (found.outcome, why(found), found.incident) == ("refused", reason, None)


def test_a_cancel_of_nothing_is_refused_and_one_that_tells_all_is_kept_as_over() -> None:
    chains = Chains(())
    bare = taken(chains, update(inner="", msgType="Cancel"))
    assert (bare.outcome, why(bare)) == ("refused", "cap-unknown")
    told = taken(chains, update(msgType="Cancel"))
    assert (told.outcome, incident(told).state) == ("made", "closed")
    late = taken(chains, an_alert())
    assert (late.outcome, incident(late).state) == ("unchanged", "closed")


def test_a_test_is_tried_and_not_written() -> None:
    chains = Chains(())
    found = taken(chains, an_alert(status="Test"))
    assert (found.outcome, why(found), found.changes) == ("unchanged", "cap-test", None)
    away = info("<area><areaDesc>x</areaDesc><circle>10,10 1</circle></area>")
    assert why(taken(chains, an_alert(away, status="Test"))) == "cap-outside"


def test_what_has_expired_is_history() -> None:
    chains = Chains(())
    made = incident(taken(chains, an_alert(info(expires=later(30)))))
    assert (made.state, made.steps[-1].at, made.expires_at) == (
        "closed", SENT + timedelta(minutes=30), SENT + timedelta(minutes=30),
    )  # fmt: skip
    standing = incident(taken(Chains(()), an_alert(info(expires=later(300)))))
    assert (standing.state, standing.expires_at) == ("reported", SENT + timedelta(minutes=300))


def test_the_citys_language_is_taken() -> None:
    blocks = info(language="fr-FR", event="feu") + info(language="en-GB", event="fire")
    assert incident(taken(Chains(()), an_alert(blocks))).subcategory == "fire"
    assert incident(taken(Chains(()), an_alert(blocks + info(language="zh-CN")))).subcategory == "火灾"
    assert incident(taken(Chains(()), an_alert(info(language="fr-FR", event="feu")))).subcategory == "feu"


def test_a_word_that_a_person_found_is_kept() -> None:
    chains = Chains(())
    storm = info(category="Met", event="暴雨")
    made = incident(taken(chains, an_alert(storm)))
    assert made.category == "other"
    chains.put(made.model_copy(update={"category": "rescue"}))
    assert incident(taken(chains, update(inner=storm))).category == "rescue"


def test_a_long_chain_keeps_its_beginning() -> None:
    chains = Chains(())
    taken(chains, an_alert())
    for k in range(MOST_ALERTS + 20):
        assert taken(chains, update(f"u-{k}", 1 + k // 10)).outcome == "updated"
    one = chains.about(an_alert())
    assert one is not None
    assert (len(one.alerts), one.alerts[0].identifier) == (MOST_ALERTS, "a-1")


def test_records_of_before_there_were_alerts_are_read_as_they_are() -> None:
    document = an_incident().model_dump(mode="json")
    for name in ("exercise", "expires_at", "alerts"):
        del document[name]
    old = Incident.model_validate(document)
    assert (old.exercise, old.expires_at, old.alerts) == (False, None, ())
    assert Chains([old]).get(old.id) == old
