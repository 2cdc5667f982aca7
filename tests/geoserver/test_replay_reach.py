"""Of the past nobody is told more than their grants reach: a vehicle that was another's for a while is not shown."""

from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from geoserver.replay.past import Past
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Write
from layers.grants.roles import Post
from layers.vehicles import Vehicle
from tests.geoserver.test_accounts import Desk

NOT_ASKED: Any = None


@pytest.fixture
def store(tmp_path: Path) -> Any:
    opened = SqliteStore.open(tmp_path / "records.sqlite")
    yield opened
    opened.close()


def put(store: SqliteStore, id_: str, area: str | None) -> int:
    """Have a vehicle be in an area, or nowhere at all; the row that says so."""
    kept = store.get("vehicle", id_)
    if area is None:
        assert kept is not None
        return store.commit([Write.remove(kept)])
    made = Vehicle(id=id_, name=id_, lon=106.8, lat=39.6, area=area)
    return store.commit([Write.put(made, kept.version if kept else 0)])


def test_who_was_elsewhere_between_is_followed_by_nobody_of_here(store: SqliteStore, tmp_path: Path) -> None:
    desk = Desk(tmp_path / "city.sqlite")
    desk.person(role="commander", areas=("1501",))
    caller = desk.door.by_session(desk.sign_in())
    past = Past(store, NOT_ASKED, NOT_ASKED, MappingProxyType({}), caller)
    for id_, area in (("stays", "1501"), ("lent", "1501"), ("leaves", "1501"), ("goes", "1501"), ("other", "1502")):
        begin = put(store, id_, area)
    for id_, area in (("lent", "1502"), ("lent", "1501"), ("leaves", "1502"), ("comes", "1501"), ("goes", None)):
        end = put(store, id_, area)
    assert past.followed(end) == {"stays", "lent", "comes"}
    assert past.followed_through(begin, end) == {"stays", "comes", "goes"}
    assert past.followed_through(end, end) == {"stays", "lent", "comes"}
    desk.people.give("wang", [Post(role="commander", areas=frozenset({"*"}))])
    everywhere = Past(store, NOT_ASKED, NOT_ASKED, MappingProxyType({}), desk.door.by_session(desk.sign_in()))
    assert everywhere.followed_through(begin, end) == {"stays", "lent", "leaves", "comes", "goes", "other"}
    desk.store.close()
