"""Runs the numbered .sql files that a database has not had yet, each in a transaction, and remembers them."""

import sqlite3
from collections.abc import Iterator
from importlib.resources import files
from typing import TYPE_CHECKING, Literal

from geoserver.storage.indexes import postgres_index, sqlite_index, wanted
from geoserver.storage.journal import body_digest

if TYPE_CHECKING:
    from psycopg import Connection

Engine = Literal["sqlite", "postgres"]


def scripts(engine: Engine) -> list[tuple[str, str]]:
    """Names and texts of an engine's files, in their order."""
    folder = files("geoserver.storage") / "sql" / engine
    found = [file for file in folder.iterdir() if file.name.endswith(".sql")]
    return sorted((file.name, file.read_text(encoding="utf-8")) for file in found)


def migrate(connection: sqlite3.Connection) -> list[str]:
    """Bring an SQLite database up to date; the names of the files that were run.

    The connection is one without transactions of its own (``isolation_level`` None). Of several processes that
    open a database at once, one runs a file and the others find it run.
    """
    connection.create_function("body_digest", 1, body_digest, deterministic=True)
    connection.execute("CREATE TABLE IF NOT EXISTS migration (name TEXT PRIMARY KEY, time TEXT NOT NULL)")
    return [name for name, script in scripts("sqlite") if _run(connection, name, script)]


def _run(connection: sqlite3.Connection, name: str, script: str) -> bool:
    if _is_known(connection, name):
        return False
    connection.execute("BEGIN IMMEDIATE")
    try:
        if _is_known(connection, name):
            connection.rollback()
            return False
        for statement in _statements(script):
            connection.execute(statement)
        connection.execute("INSERT INTO migration VALUES (?, datetime('now'))", (name,))
        connection.commit()
    except sqlite3.Error:
        connection.rollback()
        raise
    return True


def make_indexes(connection: sqlite3.Connection) -> None:
    """Make the catalogue's indexes that are not there yet."""
    known = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'index'")}
    for name, kind, field in wanted():
        if name not in known:
            connection.execute(sqlite_index(name, kind, field))


def _is_known(connection: sqlite3.Connection, name: str) -> bool:
    return connection.execute("SELECT 1 FROM migration WHERE name = ?", (name,)).fetchone() is not None


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; one that makes a trigger holds semicolons of its own."""
    pending = ""
    for line in script.splitlines(keepends=True):
        pending += line
        if sqlite3.complete_statement(pending):
            yield pending
            pending = ""
    if pending.strip():
        yield pending


def migrate_postgres(connection: "Connection", lock: int) -> list[str]:
    """Bring a PostgreSQL database up to date, all or nothing; the names of the files that were run.

    ``lock`` : number of the advisory lock that keeps others from it meanwhile; held to the transaction's end
    """
    connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock,))
    connection.execute("CREATE TABLE IF NOT EXISTS migration (name text PRIMARY KEY, time timestamptz NOT NULL)")
    known = {name for (name,) in connection.execute("SELECT name FROM migration")}
    ran = []
    for name, script in scripts("postgres"):
        if name not in known:
            connection.execute(script.encode())
            connection.execute("INSERT INTO migration VALUES (%s, now())", (name,))
            ran.append(name)
    known = {name for (name,) in connection.execute("SELECT indexname FROM pg_indexes WHERE tablename = 'record'")}
    for name, kind, field in wanted():
        if name not in known:
            connection.execute(postgres_index(name, kind, field).encode())
    return ran
