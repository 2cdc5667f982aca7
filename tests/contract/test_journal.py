"""What every store promises of its journal: the chain, looks, pruning, areas, waiting, several processes."""

import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from geoserver.audit import SealKey, seal_head, verify
from geoserver.faults import BadText
from geoserver.storage.postgres import PostgresStore
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Look, Query, Store, Write
from layers.cameras.model import Camera
from tests.contract.conftest import Place
from tests.geoserver.builders import a_camera


def put(store: Store, *cameras: Camera, seen: int = 0) -> int:
    return store.commit([Write.put(camera, seen) for camera in cameras])


def test_the_chain_holds_over_odd_texts_and_numbers(store: Store, tmp_path) -> None:
    odd = '"\\u0000" \\ 𠀀 \u2028 \t é é'
    put(store, a_camera("a", name=odd, lon=1e-7, lat=-0.0, remarks="0.10000000000000001"))
    put(store, a_camera("a", name=odd, lon=0.1 + 0.2, lat=-1e-9, height_m=1e3), seen=1)
    store.note([Look("李", "camera", "a", odd, {"lon": 1e22, "n": None})])
    kept = store.get("camera", "a")
    assert kept is not None
    assert (kept.lon, kept.lat, kept.name) == (0.1 + 0.2, -1e-9, odd)  # type: ignore[attr-defined]
    key = SealKey.open_or_make(tmp_path / "seal.pem")
    seal_head(store, key)
    assert verify(store, key).bad is None
    assert verify(store, key).sealed == 3


def test_the_character_nul_is_refused_wherever_it_stands(store: Store) -> None:
    with pytest.raises(BadText):
        put(store, a_camera("a"), a_camera("b", name="a\x00b"))
    with pytest.raises(BadText):
        store.note([Look("li", "camera", "a", "\\\x00")])
    assert store.head() == 0
    assert store.get("camera", "a\x00") is None
    assert store.count(Query("camera", equal={"name": "a\x00"})) == 0
    assert store.count(Query("camera", after="\x00")) == 0


def test_looks_are_rows_but_no_changes(store: Store) -> None:
    put(store, a_camera("a"))
    head = store.note([Look("li", "camera", "a", "a call", {"lon": 106.8}), Look("li", "place", "106.8,39.6")])
    assert head == store.head() == 3
    put(store, a_camera("b"))
    assert [row.seq for row in store.changes()] == [1, 4]
    assert [row.seq for row in store.changes(0, 2)] == [1, 4]
    first, second = store.looks()
    assert (first.seq, first.actor, first.kind, first.id, first.action) == (2, "li", "camera", "a", "look")
    assert first.detail == {"purpose": "a call", "lon": 106.8}
    assert (second.detail, second.before, second.after, second.pruned) == ({"purpose": ""}, None, None, False)
    assert [row.seq for row in store.looks(2, 5)] == [3]
    assert verify(store, None).good


def test_pruning_forgets_bodies_and_keeps_the_chain(store: Store) -> None:
    put(store, a_camera("a"), a_camera("b"))
    put(store, a_camera("a", name="new"), seen=1)
    store.note([Look("li", "camera", "a", "a call")])
    later = datetime.now(UTC) + timedelta(seconds=1)
    assert store.prune(datetime(2020, 1, 1, tzinfo=UTC)) == 0
    assert store.prune(later) == 4
    assert store.prune(later) == 0
    assert all(row.pruned and row.before is None and row.after is None for row in store.changes())
    assert store.get("camera", "a") is not None
    put(store, a_camera("c"))
    verdict = verify(store, None)
    assert (verdict.good, verdict.rows, verdict.pruned) == (True, 5, 4)


def test_the_journal_is_not_changed_by_mistake(store: Store) -> None:
    put(store, a_camera("a"))
    run = store._connection.execute if isinstance(store, SqliteStore) else store._rows  # type: ignore[attr-defined]
    for statement in ("UPDATE journal SET actor = 'x'", "UPDATE journal SET after = '{}'", "DELETE FROM journal"):
        with pytest.raises(Exception, match="the journal is never"):
            run(statement + " RETURNING seq")
    assert verify(store, None).good


def test_areas_reach_down_their_levels(store: Store) -> None:
    areas = ("150300", "150302", "150302001", "150302001005", "150303", "150400", "x", "x1", "")
    put(store, *(a_camera(f"c{k}", area=area) for k, area in enumerate(areas)))

    def found(*codes: str) -> list[str]:
        return [record.area for record in store.find(Query("camera", areas=codes))]

    assert found("150300") == ["150300", "150302", "150302001", "150302001005", "150303"]
    assert found("150302") == found("150302000000") == ["150302", "150302001", "150302001005"]
    assert found("150302001") == ["150302001", "150302001005"]
    assert found("150302001005", "150303") == ["150302001005", "150303"]
    assert found("x") == ["x"]
    assert found() == []
    assert found("' OR 1=1 --", "%", "15", "a\x00") == []
    assert found("150400", *(f"1504{k:08d}" for k in range(20_000))) == ["150400"]
    assert found("150300", *areas) == list(areas)
    assert store.count(Query("camera")) == len(areas)
    assert store.count(Query("camera", areas=("150300",), bbox=(0, 0, 1, 1))) == 0


def test_waiting_ends_with_a_change_by_anyone(place: Place) -> None:
    ours, theirs = place.open(), place.open()
    assert not ours.wait(0, 0.05)
    put(ours, a_camera("a"))
    assert ours.wait(0, 5)
    theirs.note([Look("li", "camera", "a")])
    assert not ours.wait(1, 0.05)
    timer = threading.Timer(0.3, lambda: put(theirs, a_camera("b")))
    timer.start()
    began = time.monotonic()
    assert ours.wait(1, 20)
    assert 0.2 < time.monotonic() - began < 5
    timer.join()
    ours.close()
    theirs.close()


def test_waiting_ends_with_a_change_by_another_process(place: Place) -> None:
    store = place.open()
    put(store, a_camera("a"))
    script = (
        "import sys; from geoserver.storage.opening import open_store; from geoserver.storage.store import Write\n"
        "from tests.geoserver.builders import a_camera\n"
        "store = open_store(sys.argv[1]); store.commit([Write.put(a_camera('b'), 0)]); store.close()"
    )
    other = subprocess.Popen([sys.executable, "-c", script, str(place.address)])
    assert store.wait(1, 60)
    assert other.wait(60) == 0
    assert [row.id for row in store.changes(1)] == ["b"]
    store.close()


def test_numbers_have_no_gaps_and_appear_in_order_whoever_writes(place: Place) -> None:
    stores = [place.open() for _ in range(3)]
    seen: list[int] = []
    stop = threading.Event()

    def read() -> None:
        while not stop.is_set():
            seen.extend(row.seq for row in stores[0].changes(seen[-1] if seen else 0))

    def write(n: int) -> None:
        for k in range(40):
            put(stores[n], a_camera(f"w{n}-{k}"))

    reader = threading.Thread(target=read)
    writers = [threading.Thread(target=write, args=(n % 3,)) for n in (0, 1, 2)]
    for thread in (reader, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    time.sleep(0.1)
    stop.set()
    reader.join()
    assert seen == list(range(1, 121))
    assert verify(stores[1], None).good
    for store in stores:
        store.close()


def test_writes_are_durable(store: Store) -> None:
    if isinstance(store, SqliteStore):
        assert store._connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert store._connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    elif isinstance(store, PostgresStore):
        assert store._rows("SHOW synchronous_commit") == [("on",)]
