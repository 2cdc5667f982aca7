"""The journal asked about the past: what there was at a row, which row a time was at, from when on all is told."""

import time
from datetime import UTC, datetime, timedelta

from geoserver.storage.store import Look, Query, Store, Write
from layers.responsible import Unit


def a_unit(id_: str, name: str = "x") -> Unit:
    return Unit(id=id_, name=name, lon=106.8, lat=39.6)


def put(store: Store, *units: Unit) -> int:
    kept = {one.id: store.get("unit", one.id) for one in units}
    return store.commit([Write.put(one, kept[one.id].version if kept[one.id] else 0) for one in units])


def at(store: Store, seq: int) -> dict[str, str]:
    """Units and their names at a row, undone from what there is now."""
    found = {one.id: one.name for one in store.find(Query("unit"))}
    for row in store.first_changes("unit", seq):
        found.pop(row.id, None)
        if row.before is not None:
            found[row.id] = str(row.before["name"])
    return found


def test_the_first_change_after_a_row_tells_what_was_at_it(store: Store) -> None:
    one = put(store, a_unit("a"), a_unit("b"))
    two = put(store, a_unit("a", "y"), a_unit("c"))
    store.note([Look("somebody", "unit", "a", "", {"deed": "export"})])
    three = put(store, a_unit("a", "z"))
    kept = store.get("unit", "b")
    assert kept is not None
    four = store.commit([Write.remove(kept)])
    assert [at(store, seq) for seq in (0, one, two, three, four)] == [
        {},
        {"a": "x", "b": "x"},
        {"a": "y", "b": "x", "c": "x"},
        {"a": "z", "b": "x", "c": "x"},
        {"a": "z", "c": "x"},
    ]
    assert [(row.id, row.action) for row in store.first_changes("unit", one)] == [
        ("a", "change"),
        ("c", "create"),
        ("b", "remove"),
    ]
    assert not list(store.first_changes("camera", 0))


def test_a_time_is_at_the_last_row_that_is_not_later(store: Store) -> None:
    assert store.last_row(datetime.now(UTC)) == 0
    assert store.told_from() is None
    seqs = []
    for name in "abcde":
        seqs.append(put(store, a_unit(name), a_unit(name + "2")))
        time.sleep(0.002)
    times = {row.seq: row.time for row in store.changes()}
    for seq in seqs:
        assert store.last_row(times[seq]) == seq
        assert store.last_row(times[seq] - timedelta(microseconds=1)) == seq - 2
    assert store.last_row(datetime.now(UTC)) == seqs[-1]
    assert store.told_from() == times[1]


def test_what_was_forgotten_is_told_from_its_last_row_on(store: Store) -> None:
    put(store, a_unit("a"))
    time.sleep(0.002)
    last = put(store, a_unit("a", "y"), a_unit("b"))
    store.note([Look("somebody", "unit", "a", "", {"deed": "export"})])
    time.sleep(0.002)
    before = datetime.now(UTC)
    put(store, a_unit("a", "z"))
    store.prune(before)
    found = store.told_from()
    assert found is not None
    assert found >= next(row.time for row in store.changes() if row.seq == last)
    assert found < before
    assert at(store, store.last_row(found)) == {"a": "y", "b": "x"}
    assert next(iter(store.first_changes("unit", 0))).action == "create", "before it there was none, forgotten or not"
