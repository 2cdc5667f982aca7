"""A connection for each thread, and none left of those that have ended."""

import sqlite3
import threading
from pathlib import Path

import pytest

from geoserver.accounts.engines import SqliteEngine
from geoserver.storage.sqlite_threads import ThreadConnections


def in_a_thread(work) -> None:
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def test_those_of_ended_threads_are_closed_when_another_is_opened(tmp_path: Path) -> None:
    made: list[sqlite3.Connection] = []

    def connect() -> sqlite3.Connection:
        made.append(sqlite3.connect(tmp_path / "a", check_same_thread=False))
        return made[-1]

    connections = ThreadConnections(connect)
    own = connections.own
    assert connections.own is own
    for _ in range(3):
        in_a_thread(lambda: connections.own.execute("SELECT 1"))
    assert len(made) == 4
    for ended in made[1:3]:
        with pytest.raises(sqlite3.ProgrammingError):
            ended.execute("SELECT 1")
    own.execute("SELECT 1")
    connections.close()
    with pytest.raises(sqlite3.ProgrammingError):
        own.execute("SELECT 1")


def test_accounts_keep_no_file_open_for_threads_that_have_ended(tmp_path: Path) -> None:
    engine = SqliteEngine.open(tmp_path / "city.sqlite")

    def files() -> int:
        here = Path("/proc/self/fd")
        return sum("city.sqlite" in str(one.readlink()) for one in here.iterdir() if one.is_symlink())

    def some() -> int:
        for _ in range(20):
            in_a_thread(lambda: engine.look("SELECT 1"))
        return files()

    first = some()
    assert some() <= first
    engine.close()
