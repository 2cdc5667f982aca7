"""A database of any earlier version is brought up to date with all that it holds."""

import hashlib
import json
import sqlite3
import threading
from pathlib import Path

import pytest

from geoserver.audit import verify
from geoserver.storage import migrate as migrating
from geoserver.storage.migrate import migrate, scripts
from geoserver.storage.sqlite import SqliteStore
from geoserver.storage.store import Query, Write
from tests.geoserver.builders import a_camera

VERSIONS = [name for name, _ in scripts("sqlite")]


def older(file: Path, version: str, monkeypatch: pytest.MonkeyPatch) -> sqlite3.Connection:
    """A database as the release that ended with a script made it."""
    connection = sqlite3.connect(file, isolation_level=None)
    some = [(name, script) for name, script in scripts("sqlite") if name <= version]
    with monkeypatch.context() as patched:
        patched.setattr(migrating, "scripts", lambda engine: some)
        assert migrate(connection) == [name for name, _ in some]
    return connection


def fill(connection: sqlite3.Connection) -> None:
    """Rows as the first release wrote them: the digests of the bodies only in the chain."""
    digest = b""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(journal)")}
    for n in range(1, 4):
        after = a_camera("a", name=f"第{n}", version=n).model_dump_json()
        before = a_camera("a", name=f"第{n - 1}", version=n - 1).model_dump_json() if n > 1 else None
        who = ("2026-01-01T00:00:00.000000+00:00", "local", "camera", "a", "change" if before else "create")
        bodies = tuple("" if one is None else hashlib.sha256(one.encode()).hexdigest() for one in (before, after))
        chain = hashlib.sha256(digest)
        for part in (*who, *bodies):
            chain.update(len(part).to_bytes(8, "big") + part.encode())
        digest = chain.digest()
        values = dict(zip(("time", "actor", "kind", "id", "action"), who, strict=True))
        values |= {"before": before, "after": after, "digest": digest}
        if "after_digest" in columns:
            values |= {"before_digest": bodies[0], "after_digest": bodies[1], "detail_digest": ""}
        marks = ",".join("?" * len(values))
        connection.execute(f"INSERT INTO journal ({','.join(values)}) VALUES ({marks})", tuple(values.values()))
    connection.execute(
        "INSERT INTO record (kind, id, version, lon, lat, height_m, area, document) VALUES (?,?,?,?,?,?,?,?)",
        ("camera", "a", 3, 106.8, 39.6, 1045.0, "", after),
    )
    connection.execute("INSERT INTO record_box VALUES (1, 106.8, 106.8, 39.6, 39.6)")
    connection.execute("INSERT INTO done VALUES ('key', 3)")


@pytest.mark.parametrize("version", VERSIONS)
def test_every_earlier_version_opens_with_its_chain(
    version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "city.sqlite"
    connection = older(file, version, monkeypatch)
    fill(connection)
    connection.close()
    store = SqliteStore.open(file)
    assert verify(store, None).good
    assert [row.action for row in store.changes()] == ["create", "change", "change"]
    last = list(store.changes())[-1]
    assert last.after == json.loads(a_camera("a", name="第3", version=3).model_dump_json())
    assert store.count(Query("camera", bbox=(106, 39, 107, 40))) == 1
    assert store.commit([Write.put(a_camera("b"), 0)], key="key") == 3
    assert store.commit([Write.put(a_camera("a", name="new"), 3)]) == 4
    assert verify(store, None).good
    store.close()


def test_a_script_runs_once_whoever_opens_at_the_same_time(tmp_path: Path) -> None:
    ran: list[str] = []

    def open_it() -> None:
        connection = sqlite3.connect(tmp_path / "city.sqlite", timeout=30, isolation_level=None)
        ran.extend(migrate(connection))
        connection.close()

    threads = [threading.Thread(target=open_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ran) == VERSIONS


def test_a_script_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    connection = sqlite3.connect(tmp_path / "city.sqlite", isolation_level=None)
    monkeypatch.setattr(migrating, "scripts", lambda engine: [("0001.sql", "CREATE TABLE a (b);\nCREATE TABLE a (b);")])
    with pytest.raises(sqlite3.OperationalError):
        migrate(connection)
    assert [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE name = 'a'")] == []
    connection.close()
