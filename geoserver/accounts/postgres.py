"""Accounts in PostgreSQL: the same statements, with ``%s`` for every value."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool

from geoserver.accounts.engines import Row, Run
from geoserver.storage.postgres import PostgresStore

Pool = ConnectionPool[psycopg.Connection[TupleRow]]


class PostgresEngine:
    """A PostgreSQL database. Many server processes may share it."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    @classmethod
    def open(cls, address: str) -> "PostgresEngine":
        """Open a database, brought up to date where needed.

        Raises
        ------
        BadDatabase
        """
        PostgresStore.open(address).close()
        pool: Pool = ConnectionPool(address, min_size=1, max_size=8, timeout=30, open=False)
        pool.open(wait=True, timeout=30)
        return cls(pool)

    @contextmanager
    def transaction(self) -> Iterator[Run]:
        """All of it or nothing; rows that it touches are its own until it ends."""
        with self._pool.connection() as connection, connection.transaction():

            def run(sql: str, *values: Any) -> list[Row]:
                cursor = connection.execute(_percent(sql), values)
                return cursor.fetchall() if cursor.description else []

            yield run

    def look(self, sql: str, *values: Any) -> list[Row]:
        """The rows of one question."""
        with self._pool.connection() as connection:
            return connection.execute(_percent(sql), values).fetchall()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()


def _percent(sql: str) -> bytes:
    """No statement has a question mark or a per cent sign of its own."""
    return sql.replace("?", "%s").encode()
