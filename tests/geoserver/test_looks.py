"""Looks on their way into the journal: together, soon, each once, and none lost."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from geoserver.looks import EVERY_S, Looks
from geoserver.storage.sqlite import SqliteStore


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore.open(tmp_path / "city.sqlite")
    yield store
    store.close()


def test_looks_are_there_within_a_second(store: SqliteStore) -> None:
    looks = Looks(store)
    looks.note("wang", "camera", "north", {"deed": "still", "area": "1503"})
    deadline = time.monotonic() + 2 * EVERY_S + 5  # the rest is for a busy machine
    while not (found := list(store.looks())) and time.monotonic() < deadline:
        time.sleep(0.02)
    looks.close()
    assert [(one.actor, one.kind, one.id) for one in found] == [("wang", "camera", "north")]
    assert found[0].detail == {"deed": "still", "area": "1503", "purpose": ""}


def test_the_same_look_again_at_once_is_one(store: SqliteStore) -> None:
    looks = Looks(store, every_s=60)
    for detail in ({"deed": "still"}, {"deed": "still"}, {"deed": "export"}):
        looks.note("wang", "camera", "north", detail)
    looks.note("li", "camera", "north", {"deed": "still"})
    looks.close()
    assert len(list(store.looks())) == 3


def test_many_threads_lose_none_and_what_waits_is_written_at_the_end(store: SqliteStore) -> None:
    looks = Looks(store, every_s=0.01)

    def look(name: str) -> None:
        for number in range(200):
            looks.note(name, "place", str(number), {"deed": "link"})

    threads = [threading.Thread(target=look, args=(f"p{k}",)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    looks.close()
    assert len(list(store.looks())) == 800
    looks.note("late", "place", "x", {})
    assert len(list(store.looks())) == 801, "after the end nothing waits"


def test_what_cannot_be_written_waits(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    looks = Looks(store, every_s=60)
    looks.note("wang", "camera", "north", {"deed": "still"})

    def away(_looks: object) -> int:
        raise OSError("the database is away")

    with monkeypatch.context() as patch:
        patch.setattr(store, "note", away)
        with pytest.raises(OSError, match="away"):
            looks.flush()
    looks.close()
    assert len(list(store.looks())) == 1
