"""The engine by address: PostgreSQL with PostGIS. Many server processes may share one database.

Writers of the journal take turns (an advisory lock held to the end of the transaction), so its numbers have no
gaps and become visible in their order.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from geoserver.faults import BadDatabase, StoreNotEmpty
from geoserver.storage.filter_sql import FilterTooSlow
from geoserver.storage.journal import Step, as_change, rows_of, rows_of_looks, steps
from geoserver.storage.journal_past import first_changes, last_pruned, last_row, time_of
from geoserver.storage.journal_query import postgres_search
from geoserver.storage.kept_pictures import KeptPicture
from geoserver.storage.migrate import migrate_postgres
from geoserver.storage.postgres_bell import CHANNEL, Bell
from geoserver.storage.postgres_filter import LONGEST_MS
from geoserver.storage.postgres_line import PostgresLine
from geoserver.storage.postgres_query import NUL, says_all, where
from geoserver.storage.postgres_rows import (
    PAGE,
    READ,
    Connection,
    add_pictures,
    add_seals,
    append,
    batches,
    forget_pictures,
    journal_row,
    kept_by,
    pictures_of,
    read_record,
    seals_of,
    store,
    streamed,
    tail_of,
)
from geoserver.storage.postgres_views import make_views
from geoserver.storage.store import Change, Content, JournalQuery, JournalRow, Look, Query, Seal, Write
from layers.cameras.model import Credential
from layers.filters.matching import matches
from layers.record import Record

LOCK = 0x67656F_73
"""The number of the lock by which writers take turns."""
SIFTED = 2_000
"""Records that are read at once to be sifted."""
LOOK_AGAIN_S = 1.0
"""How often a waiter looks without having heard anything."""


class PostgresStore:
    """Records, journal and credentials in a PostgreSQL database. Safe to use from many threads and processes."""

    def __init__(self, address: str, pool: ConnectionPool[Connection]) -> None:
        self._name = _named(address)
        self._pool = pool
        self._bell = Bell(address)
        self._address = address

    @classmethod
    def open(cls, address: str) -> "PostgresStore":
        """Open a database, brought up to date where needed."""
        pool: ConnectionPool[Connection] = ConnectionPool(
            address, min_size=1, max_size=16, timeout=30, open=False, configure=_configure,
            kwargs={"autocommit": True},
            check=ConnectionPool.check_connection,
        )  # fmt: skip
        try:
            with psycopg.connect(address, connect_timeout=10) as connection:
                migrate_postgres(connection, LOCK)
                make_views(connection)
            pool.open(wait=True, timeout=30)
        except (psycopg.Error, PoolTimeout) as error:
            pool.close()
            first = str(error).strip().splitlines()[0]
            remedy = "It needs PostgreSQL 15 or later with PostGIS, and a database that the user may write to."
            raise BadDatabase(file=_named(address), detail=f"cannot be used ({first}).", remedy=remedy) from None
        return cls(address, pool)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        """A transaction of the one writer whose turn it is."""
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            yield connection
            connection.execute("SELECT pg_notify(%s, '')", (CHANNEL,))

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> list[TupleRow]:
        with self._pool.connection() as connection:
            return connection.execute(sql, values).fetchall()

    def get(self, kind: str, id_: str) -> Record | None:
        """One record, or None."""
        if NUL in kind + id_:
            return None
        rows = self._rows("SELECT document::text FROM record WHERE kind = %s AND id = %s", (kind, id_))
        return read_record(kind, rows[0][0]) if rows else None

    def find(self, query: Query) -> Iterator[Record]:
        """The records that a query names, in the order of their ids."""
        if not says_all(query):
            end = None if query.limit is None else query.offset + query.limit
            yield from islice(self._sifted(query), query.offset, end)
            return
        condition, values = where(query)
        sql = f"SELECT r.document::text FROM record r WHERE {condition} ORDER BY r.id LIMIT %s OFFSET %s"
        for (document,) in self._asked(query, sql, (*values, query.limit, query.offset)):
            yield read_record(query.kind, document)

    def count(self, query: Query) -> int:
        """How many records a query names."""
        if not says_all(query):
            return sum(1 for _ in self._sifted(query))
        condition, values = where(query)
        return int(self._asked(query, f"SELECT count(*) FROM record r WHERE {condition}", values)[0][0])

    def _sifted(self, query: Query) -> Iterator[Record]:
        """What a filter matches that the engine says only a part of: some are read at a time, and looked at here."""
        assert query.matching is not None
        end, last = time.monotonic() + LONGEST_MS / 1000, query.after
        while True:
            page = replace(query, after=last)
            condition, values = where(page)
            sql = f"SELECT r.document::text FROM record r WHERE {condition} ORDER BY r.id LIMIT %s"
            found = [read_record(query.kind, row[0]) for row in self._asked(page, sql, (*values, SIFTED))]
            yield from (record for record in found if matches(query.matching, record))
            if len(found) < SIFTED:
                return
            if time.monotonic() > end:
                raise FilterTooSlow(seconds=LONGEST_MS // 1000)
            last = found[-1].id

    def _asked(self, query: Query, sql: str, values: Sequence[Any]) -> list[Any]:
        """Rows, all of them; a filter, which anybody may make up, has its time."""
        if query.matching is None:
            return self._rows(sql, values)
        with self._pool.connection() as connection, connection.transaction():
            connection.execute(f"SET LOCAL statement_timeout = {LONGEST_MS}")
            try:
                return connection.execute(sql, values).fetchall()
            except psycopg.errors.QueryCanceled:
                raise FilterTooSlow(seconds=LONGEST_MS // 1000) from None

    def commit(
        self,
        writes: Sequence[Write],
        *,
        actor: str = "local",
        key: str | None = None,
        pictures: Sequence[KeptPicture] = (),
    ) -> int:
        """Make all changes or none; the journal's head after it."""
        with self._writing() as connection:
            tail = tail_of(connection)
            if key is not None and connection.execute("SELECT 1 FROM done WHERE key = %s", (key,)).fetchone():
                return tail.seq
            made = list(steps(writes, kept_by(connection, writes)))
            rows = rows_of(made, actor, tail)
            append(connection, rows)
            store(connection, made)
            add_pictures(connection, pictures)
            if key is not None:
                connection.execute("INSERT INTO done VALUES (%s, %s)", (key, tail.seq + len(rows)))
            return tail.seq + len(rows)

    def picture(self, id_: str, *, small: bool = False) -> bytes | None:
        """A picture as JPEG, or None."""
        sql = f"SELECT {'small' if small else 'whole'} FROM picture WHERE id = %s"
        rows = self._rows(sql, (id_,)) if NUL not in id_ else []
        return bytes(rows[0][0]) if rows else None

    def note(self, looks: Sequence[Look]) -> int:
        """Put sensitive looks into the journal; its head after it."""
        with self._writing() as connection:
            tail = tail_of(connection)
            append(connection, rows_of_looks(looks, tail))
            return tail.seq + len(looks)

    def changes(self, since: int = 0, limit: int | None = None) -> Iterator[Change]:
        """Changes of records after a sequence number, in order."""
        return self._changes("action <> 'look'", since, limit)

    def looks(self, since: int = 0, limit: int | None = None) -> Iterator[Change]:
        """Noted looks after a sequence number, in order."""
        return self._changes("action = 'look'", since, limit)

    def _changes(self, condition: str, since: int, limit: int | None) -> Iterator[Change]:
        sql = f"SELECT {READ} FROM journal WHERE seq > %s AND {condition} ORDER BY seq LIMIT %s"
        return (as_change(journal_row(row)) for row in self._rows(sql, (since, limit)))

    def search(self, query: JournalQuery) -> Iterator[Change]:
        """Rows of the journal that a query names, the newest first."""
        return (as_change(journal_row(row)) for row in self._rows(*postgres_search(query, READ)))

    def first_changes(self, kind: str, since: int) -> Iterator[Change]:
        """Of each record of a kind the first change after a row."""
        return (
            as_change(journal_row(row)) for row in self._rows(first_changes(READ).replace("?", "%s"), (kind, since))
        )

    def last_row(self, time: datetime) -> int:
        """The last row that is not later than a time."""
        with self._pool.connection() as connection:
            return last_row(partial(_looked, connection), tail_of(connection).seq, time)

    def told_from(self) -> datetime | None:
        """The time from which on all is told."""
        with self._pool.connection() as connection:
            look = partial(_looked, connection)
            found: datetime | None = time_of(look, last_pruned(look, tail_of(connection).seq))
            return found

    def head(self) -> int:
        """The last sequence number."""
        return int(self._rows("SELECT coalesce(max(seq), 0) FROM journal")[0][0])

    def wait(self, since: int, timeout_s: float) -> bool:
        """Wait until a record was changed after a sequence number, by whatever process."""
        end = time.monotonic() + timeout_s
        while True:
            rung = self._bell.count
            if self._rows("SELECT 1 FROM journal WHERE seq > %s AND action <> 'look' LIMIT 1", (since,)):
                return True
            left = end - time.monotonic()
            if left <= 0:
                return False
            self._bell.wait(rung, min(left, LOOK_AGAIN_S))

    def journal(self, since: int = 0) -> Iterator[JournalRow]:
        """Rows as they are kept, after a sequence number, in order."""
        sql = f"SELECT {READ} FROM journal WHERE seq > %s ORDER BY seq LIMIT {PAGE}"
        while rows := self._rows(sql, (since,)):
            yield from map(journal_row, rows)
            since = rows[-1][0]

    def prune(self, before: datetime) -> int:
        """Forget the bodies of rows older than a time; how many."""
        sql = (
            "UPDATE journal SET before = NULL, after = NULL, detail = NULL WHERE time < %s"
            " AND (before IS NOT NULL OR after IS NOT NULL OR detail IS NOT NULL)"
        )
        # In its turn: a picture must not be forgotten while a record begins to name it.
        with self._writing() as connection:
            count = connection.execute(sql, (before,)).rowcount
            forget_pictures(connection)
            return count

    def seals(self) -> Sequence[Seal]:
        """The signed heads, in order."""
        with self._pool.connection() as connection:
            return seals_of(connection)

    def add_seal(self, seal: Seal) -> None:
        """Keep a signed head."""
        with self._pool.connection() as connection, connection.transaction():
            add_seals(connection, [seal])

    @contextmanager
    def content(self) -> Iterator[Content]:
        """All of it at one moment, while others write."""
        with self._pool.connection() as connection, connection.transaction():
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            journal = streamed(connection, "rows", f"SELECT {READ} FROM journal ORDER BY seq")
            yield Content(
                streamed(connection, "records", "SELECT kind, document::text FROM record ORDER BY kind, id"),
                map(journal_row, journal),
                seals_of(connection),
                streamed(connection, "keys", "SELECT key, seq FROM done ORDER BY seq, key"),
                pictures_of(connection),
            )

    def restore(self, content: Content) -> None:
        """Take up all of another store, in one transaction."""
        with self._writing() as connection:
            if connection.execute("SELECT 1 FROM record UNION SELECT 1 FROM journal LIMIT 1").fetchone():
                raise StoreNotEmpty(file=self._name)
            records = (read_record(kind, document) for kind, document in content.records)
            for some in batches(records):
                store(connection, [Step(one.kind, one.id, None, one) for one in some])
            for rows in batches(content.journal):
                append(connection, rows)
            add_seals(connection, content.seals)
            connection.cursor().executemany("INSERT INTO done VALUES (%s, %s)", content.done)
            add_pictures(connection, content.pictures)
            connection.execute("ANALYZE record, journal")

    def credential(self, camera: str, stream: str) -> Credential | None:
        """Where a stream is fetched."""
        sql = "SELECT url, username, password FROM credential WHERE camera = %s AND stream = %s"
        rows = self._rows(sql, (camera, stream)) if NUL not in camera + stream else []
        if not rows:
            return None
        return Credential(camera=camera, stream=stream, url=rows[0][0], user=rows[0][1], password=rows[0][2])

    def set_credentials(self, credentials: Iterable[Credential]) -> None:
        """Keep credentials, replacing those of the same streams."""
        rows = [(one.camera, one.stream, one.url, one.user, one.password) for one in credentials]
        sql = (
            "INSERT INTO credential VALUES (%s, %s, %s, %s, %s) ON CONFLICT (camera, stream)"
            " DO UPDATE SET url = excluded.url, username = excluded.username, password = excluded.password"
        )
        with self._pool.connection() as connection, connection.transaction():
            connection.cursor().executemany(sql, rows)

    def line(self, channel: str) -> PostgresLine:
        """A channel to the other processes over this database."""
        return PostgresLine(self._address, channel)

    def close(self) -> None:
        """Give back all connections."""
        self._bell.close()
        self._pool.close()


def _looked(connection: Connection, sql: str, values: Sequence[Any]) -> list[TupleRow]:
    return connection.execute(sql.replace("?", "%s").encode(), values).fetchall()


def _named(address: str) -> str:
    """An address without its user and password, for messages."""
    try:
        parts = conninfo_to_dict(address)
    except psycopg.Error:
        return "postgresql://"
    return f"postgresql://{parts.get('host') or ''}/{parts.get('dbname') or ''}"


def _configure(connection: Connection) -> None:
    """What every connection relies on, whatever the server's own settings are."""
    connection.execute("SET synchronous_commit = on")
    connection.execute("SET TimeZone = 'UTC'")
