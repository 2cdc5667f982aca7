"""What may be undone: one's own deeds by who may do them, another's by who may do their opposite."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from geoserver import incidents
from geoserver.editing import Ask, undo, write
from geoserver.faults import NotAllowed, NothingToUndo, UnknownId
from geoserver.services import Services
from geoserver.storage.store import Conflict, Write
from layers.grants.roles import Post
from layers.incidents.model import Incident
from tests import door
from tests.geoserver.builders import a_camera
from tests.geoserver.conftest import flat_services


@pytest.fixture
def city(tmp_path: Path) -> Iterator[Services]:
    with flat_services(tmp_path) as services:
        yield services


def ask(name: str, role: str, area: str = "*", **more: Any) -> Ask:
    return Ask(door.caller(name, (Post(role=role, areas=frozenset({area})),)), **more)


def a_call(city: Services, by: Ask) -> Incident:
    found, _ = incidents.report(city, {"source": "hand", "category": "fire", "lon": 106.8, "lat": 39.6}, by)
    return found


def last(city: Services) -> int:
    return city.now.fleet.seq


def test_who_reported_takes_the_report_back_and_nobody_else_makes_it_vanish(city: Services) -> None:
    wang, li = ask("wang", "operator"), ask("li", "operator")
    one = a_call(city, wang)
    with pytest.raises(NotAllowed):
        undo(city, last(city), None, li)
    assert city.store.get("incident", one.id) is not None
    undo(city, None, None, wang)
    assert city.store.get("incident", one.id) is None


def test_a_commanders_mark_is_not_taken_away_by_undoing_it(city: Services) -> None:
    wang, commander = ask("wang", "operator"), ask("zhao", "commander")
    one = a_call(city, wang)
    incidents.supervise(city, one.id, True, 1, commander)
    with pytest.raises(NotAllowed):
        undo(city, last(city), None, wang)
    undo(city, last(city), None, commander)


def test_rows_of_what_one_does_not_see_are_no_rows(city: Services) -> None:
    chief = Ask(door.caller())
    write(city, [Write.put(a_camera("far", area="150303"), 0)], chief)
    near = ask("wang", "planner", "150302")
    with pytest.raises(NothingToUndo):
        undo(city, last(city), None, near)
    with pytest.raises(UnknownId):
        write(city, [Write(kind="camera", id="far", seen=1, record=None)], near)


def test_a_version_that_never_was_is_not_waited_for(city: Services) -> None:
    with pytest.raises(Conflict):
        write(city, [Write.put(a_camera("north", name="x"), 7)], Ask(door.caller()))


def test_a_list_is_on_record_by_who_took_it_in(city: Services) -> None:
    rows = write(city, [Write.put(a_camera("listed"), 0)], ask("wang", "planner", listed=True))
    assert [row.actor for row in rows] == ["load:wang"]
    with pytest.raises(NothingToUndo):
        undo(city, None, None, ask("wang", "planner"))
