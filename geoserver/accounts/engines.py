"""How statements reach an engine: one transaction at a time, ``?`` for every value."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

from geoserver.faults import BadDatabase
from geoserver.storage.migrate import migrate
from geoserver.storage.sqlite import connected
from geoserver.storage.sqlite_threads import ThreadConnections

Row = tuple[Any, ...]
Run = Callable[..., list[Row]]
"""Runs one statement with its values; the rows that it gives."""


class Engine(Protocol):
    """A database."""

    def transaction(self) -> AbstractContextManager[Run]:
        """All of it or nothing; one writer at a time sees and changes what it touches."""

    def look(self, sql: str, *values: Any) -> list[Row]:
        """The rows of one question, outside any transaction."""

    def close(self) -> None:
        """Give back files and connections."""


class SqliteEngine:
    """The city's own database file. Safe to use from many threads and processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connections = ThreadConnections(self._connect)

    @classmethod
    def open(cls, file: Path) -> "SqliteEngine":
        """Open a database, made or brought up to date where needed.

        Raises
        ------
        BadDatabase
        """
        engine = cls(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            migrate(engine._connection)
        except sqlite3.DatabaseError as error:
            engine.close()
            remedy = "Move it away to start with an empty one, or give another folder."
            raise BadDatabase(file=file, detail=f"not usable as a database ({error}).", remedy=remedy) from None
        return engine

    @property
    def _connection(self) -> sqlite3.Connection:
        """The calling thread's own connection."""
        return self._connections.own

    def _connect(self) -> sqlite3.Connection:
        connection = connected(self._file)
        # A session that was ended leaves nothing to be read from the file.
        connection.execute("PRAGMA secure_delete = ON")
        return connection

    @contextmanager
    def transaction(self) -> Iterator[Run]:
        """All of it or nothing; others wait for it."""
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield lambda sql, *values: connection.execute(sql, values).fetchall()
        except BaseException:
            connection.rollback()
            raise
        connection.commit()

    def look(self, sql: str, *values: Any) -> list[Row]:
        """The rows of one question."""
        return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Close every thread's connection."""
        self._connections.close()
