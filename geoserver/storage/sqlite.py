"""The embedded engine: SQLite in WAL mode, one writer at a time, an R*Tree for boxes."""

import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from typing import Any

from geoserver.faults import BadDatabase, StoreNotEmpty
from geoserver.storage.journal import Step, as_change, moment, rows_of, rows_of_looks, steps
from geoserver.storage.journal_past import first_changes, last_pruned, last_row, time_of
from geoserver.storage.journal_query import search_sqlite
from geoserver.storage.kept_pictures import KeptPicture
from geoserver.storage.migrate import make_indexes, migrate
from geoserver.storage.sqlite_filter import in_time, with_functions
from geoserver.storage.sqlite_query import FEW_IN_BOX, Conditions, counted, where
from geoserver.storage.sqlite_rows import (
    COLUMNS,
    add_pictures,
    append,
    forget_pictures,
    kept_by,
    pages,
    put_record,
    read_record,
    tail_of,
    was_done,
)
from geoserver.storage.sqlite_threads import ThreadConnections
from geoserver.storage.store import Change, Content, JournalQuery, JournalRow, Look, Query, Seal, Write
from layers.cameras.model import Credential
from layers.record import Record

POLL_S = 0.02
"""How often it is looked whether another process has written."""


def connected(file: Path) -> sqlite3.Connection:
    """A connection with the durability that all of the server's own files have."""
    connection = sqlite3.connect(file, timeout=30, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    return connection


class SqliteStore:
    """Records, journal and credentials in one file. Safe to use from many threads and processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._connections = ThreadConnections(lambda: with_functions(connected(file)))
        self._written = threading.Condition()

    @classmethod
    def open(cls, file: Path) -> "SqliteStore":
        """Open a database, made or brought up to date where needed."""
        store = cls(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            migrate(store._connection)
            make_indexes(store._connection)
        except sqlite3.DatabaseError as error:
            store.close()
            remedy = "Move it away to start with an empty one, or give another folder."
            raise BadDatabase(file=file, detail=f"not usable as a database ({error}).", remedy=remedy) from None
        return store

    @property
    def _connection(self) -> sqlite3.Connection:
        """The calling thread's own connection."""
        return self._connections.own

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.rollback()
            raise
        connection.commit()
        with self._written:
            self._written.notify_all()

    def get(self, kind: str, id_: str) -> Record | None:
        """One record, or None."""
        row = self._connection.execute("SELECT document FROM record WHERE kind = ? AND id = ?", (kind, id_)).fetchone()
        return read_record(kind, row[0]) if row else None

    def find(self, query: Query) -> Iterator[Record]:
        """The records that a query names, in the order of their ids."""
        condition, values = self._where(query)
        values += (-1 if query.limit is None else query.limit, query.offset)
        sql = f"SELECT document FROM record r WHERE {condition} ORDER BY r.id LIMIT ? OFFSET ?"
        for (document,) in self._asked(query, sql, values):
            yield read_record(query.kind, document)

    def count(self, query: Query) -> int:
        """How many records a query names."""
        condition, values = self._where(query)
        ((n,),) = self._asked(query, f"SELECT count(*) FROM record r WHERE {condition}", values)
        return int(n)

    def _asked(self, query: Query, sql: str, values: Sequence[Any]) -> list[Any]:
        """Rows, all of them; a filter, which anybody may make up, has its time."""
        connection = self._connection
        with in_time(connection) if query.matching is not None else nullcontext():
            return connection.execute(sql, values).fetchall()

    def _where(self, query: Query) -> Conditions:
        """The conditions of a query, fit for how many records lie in its box."""
        if query.bbox is None:
            return where(query, is_small=False)
        (n,) = self._connection.execute(*counted(query.bbox)).fetchone()
        return where(query, is_small=n < FEW_IN_BOX)

    def commit(
        self,
        writes: Sequence[Write],
        *,
        actor: str = "local",
        key: str | None = None,
        pictures: Sequence[KeptPicture] = (),
    ) -> int:
        """Make all changes or none; the journal's head after it."""
        with self._transaction() as connection:
            tail = tail_of(connection)
            if key is not None and was_done(connection, key):
                return tail.seq
            made = list(steps(writes, kept_by(connection, writes)))
            rows = rows_of(made, actor, tail)
            append(connection, rows)
            for step in made:
                put_record(connection, step)
            add_pictures(connection, pictures)
            if key is not None:
                connection.execute("INSERT INTO done VALUES (?, ?)", (key, tail.seq + len(rows)))
            return tail.seq + len(rows)

    def picture(self, id_: str, *, small: bool = False) -> bytes | None:
        """A picture as JPEG, or None."""
        sql = f"SELECT {'small' if small else 'whole'} FROM picture WHERE id = ?"
        row = self._connection.execute(sql, (id_,)).fetchone()
        return bytes(row[0]) if row else None

    def note(self, looks: Sequence[Look]) -> int:
        """Put sensitive looks into the journal; its head after it."""
        with self._transaction() as connection:
            tail = tail_of(connection)
            append(connection, rows_of_looks(looks, tail))
            return tail.seq + len(looks)

    def changes(self, since: int = 0, limit: int | None = None) -> Iterator[Change]:
        """Changes of records after a sequence number, in order."""
        return self._rows(since, limit, "action <> 'look'")

    def looks(self, since: int = 0, limit: int | None = None) -> Iterator[Change]:
        """Noted looks after a sequence number, in order."""
        return self._rows(since, limit, "action = 'look'")

    def _rows(self, since: int, limit: int | None, condition: str) -> Iterator[Change]:
        sql = f"SELECT {COLUMNS} FROM journal WHERE seq > ? AND {condition} ORDER BY seq LIMIT ?"
        rows = self._connection.execute(sql, (since, -1 if limit is None else limit)).fetchall()
        return (as_change(JournalRow(*row)) for row in rows)

    def search(self, query: JournalQuery) -> Iterator[Change]:
        """Rows of the journal that a query names, the newest first."""
        return (as_change(JournalRow(*row)) for row in search_sqlite(self._connection, query, COLUMNS))

    def first_changes(self, kind: str, since: int) -> Iterator[Change]:
        """Of each record of a kind the first change after a row."""
        return (as_change(JournalRow(*row)) for row in self._look(first_changes(COLUMNS), (kind, since)))

    def last_row(self, time: datetime) -> int:
        """The last row that is not later than a time."""
        return last_row(self._look, self.head(), moment(time))

    def told_from(self) -> datetime | None:
        """The time from which on all is told."""
        found = time_of(self._look, last_pruned(self._look, self.head()))
        return None if found is None else datetime.fromisoformat(found)

    def _look(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values).fetchall()

    def head(self) -> int:
        """The last sequence number."""
        return tail_of(self._connection).seq

    def wait(self, since: int, timeout_s: float) -> bool:
        """Wait until a record was changed after a sequence number, by whatever process."""
        end = time.monotonic() + timeout_s
        sql = "SELECT 1 FROM journal WHERE seq > ? AND action <> 'look' LIMIT 1"
        seen = None
        with self._written:
            while True:
                version = self._connection.execute("PRAGMA data_version").fetchone()
                # What this very thread has written does not count up the version, and was there before it waited.
                if version != seen and self._connection.execute(sql, (since,)).fetchone():
                    return True
                seen = version
                left = end - time.monotonic()
                if left <= 0:
                    return False
                self._written.wait(min(left, POLL_S))

    def journal(self, since: int = 0) -> Iterator[JournalRow]:
        """Rows as they are kept, after a sequence number, in order."""
        return pages(self._connection, since)

    def prune(self, before: datetime) -> int:
        """Forget the bodies of rows older than a time; how many."""
        sql = (
            "UPDATE journal SET before = NULL, after = NULL, detail = NULL WHERE time < ?"
            " AND (before IS NOT NULL OR after IS NOT NULL OR detail IS NOT NULL)"
        )
        with self._transaction() as connection:
            count = connection.execute(sql, (moment(before),)).rowcount
            forget_pictures(connection)
            return count

    def seals(self) -> Sequence[Seal]:
        """The signed heads, in order."""
        rows = self._connection.execute("SELECT seq, digest, time, signature, key FROM seal ORDER BY seq").fetchall()
        return [Seal(*row) for row in rows]

    def add_seal(self, seal: Seal) -> None:
        """Keep a signed head."""
        with self._transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO seal VALUES (?, ?, ?, ?, ?)", astuple(seal))

    @contextmanager
    def content(self) -> Iterator[Content]:
        """All of it at one moment, while others write."""
        connection = connected(self._file)
        try:
            connection.execute("BEGIN")
            yield Content(
                connection.execute("SELECT kind, document FROM record ORDER BY kind, id"),
                pages(connection, 0),
                [Seal(*row) for row in connection.execute("SELECT seq, digest, time, signature, key FROM seal")],
                connection.execute("SELECT key, seq FROM done ORDER BY seq, key"),
                (KeptPicture(*row) for row in connection.execute("SELECT id, whole, small FROM picture ORDER BY id")),
            )
        finally:
            connection.close()

    def restore(self, content: Content) -> None:
        """Take up all of another store, in one transaction."""
        with self._transaction() as connection:
            if connection.execute("SELECT 1 FROM record UNION SELECT 1 FROM journal").fetchone():
                raise StoreNotEmpty(file=self._file)
            for kind, document in content.records:
                record = read_record(kind, document)
                put_record(connection, Step(kind, record.id, None, record))
            append(connection, content.journal)
            connection.executemany("INSERT INTO seal VALUES (?, ?, ?, ?, ?)", map(astuple, content.seals))
            connection.executemany("INSERT INTO done VALUES (?, ?)", content.done)
            add_pictures(connection, content.pictures)

    def credential(self, camera: str, stream: str) -> Credential | None:
        """Where a stream is fetched."""
        row = self._connection.execute(
            "SELECT url, user, password FROM credential WHERE camera = ? AND stream = ?", (camera, stream)
        ).fetchone()
        if row is None:
            return None
        return Credential(camera=camera, stream=stream, url=row[0], user=row[1], password=row[2])

    def set_credentials(self, credentials: Iterable[Credential]) -> None:
        """Keep credentials, replacing those of the same streams."""
        rows = [(one.camera, one.stream, one.url, one.user, one.password) for one in credentials]
        with self._transaction() as connection:
            connection.executemany("INSERT OR REPLACE INTO credential VALUES (?, ?, ?, ?, ?)", rows)

    def line(self, channel: str) -> None:
        """None: a file carries no messages."""

    def close(self) -> None:
        """Close every thread's connection."""
        self._connections.close()
