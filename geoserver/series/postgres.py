"""A series in PostgreSQL, a partition for each day: a day is forgotten by dropping its table."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import psycopg
from psycopg import sql
from psycopg.rows import TupleRow
from psycopg_pool import ConnectionPool, PoolTimeout

from geoserver.series.faults import SeriesUnusable
from geoserver.series.fixes import Around, Batch
from geoserver.series.packed import COLUMNS, Packed, packed, unpacked
from geoserver.storage.postgres import PostgresStore
from layers.tracks.pieces import DAY_MS
from layers.tracks.track import Fixes

Connection = psycopg.Connection[TupleRow]
LOCK: Final = 0x67656F_74
"""The number of the lock by which those who make or drop a day take turns."""
_ROW: Final = ", ".join(f"fix.{name}" for name in COLUMNS)
_NAME: Final = re.compile(r"fix_(\d{1,7})")


class PostgresSeries:
    """Fixes in a PostgreSQL database. Safe to use from many threads and processes."""

    def __init__(self, pool: ConnectionPool[Connection]) -> None:
        self._pool = pool
        self._made: frozenset[int] = frozenset()

    @classmethod
    def open(cls, address: str) -> "PostgresSeries":
        """Open a database, brought up to date where needed.

        Raises
        ------
        BadDatabase
        """
        PostgresStore.open(address).close()
        pool: ConnectionPool[Connection] = ConnectionPool(address, min_size=1, max_size=8, timeout=30, open=False)
        pool.open(wait=True, timeout=30)
        return cls(pool)

    def put(self, batch: Batch) -> int:
        """Keep fixes; see ``FixSeries``."""
        try:
            return self._put(batch)
        except _Gone:  # another process has forgotten a day meanwhile
            self._made = frozenset()
            return self._put(batch)

    def _put(self, batch: Batch) -> int:
        with self._connection() as db:
            for day, _ in batch.by_day():
                self._make(db, day)
            with db.transaction():
                numbers = _numbers(db, batch)
                rows = [(numbers[one], *row) for one, row in zip(batch.vehicles, packed(batch.fixes), strict=True)]
                # In one order, so that two who send the same never wait for each other in a circle.
                columns = [list(column) for column in zip(*sorted(rows, key=lambda row: row[:2]), strict=True)]
                return db.execute(
                    "INSERT INTO fix SELECT * FROM unnest(%s::int[], %s::bigint[], %s::int[], %s::int[], %s::int[],"
                    " %s::int[], %s::int[]) ON CONFLICT DO NOTHING",
                    columns,
                ).rowcount

    def track(self, vehicle: str, begin_ms: int, end_ms: int, most: int) -> Fixes:
        """A part of a track; see ``FixSeries``."""
        return unpacked(
            self._rows(
                f"SELECT {_ROW} FROM fix WHERE vehicle = (SELECT number FROM fix_vehicle WHERE id = %s)"
                " AND time_ms BETWEEN %s AND %s ORDER BY time_ms LIMIT %s",
                (vehicle, begin_ms, end_ms, most),
            )
        )

    def around(self, time_ms: int, within_ms: int) -> Around:
        """Both sides of a moment; see ``FixSeries``."""
        before = self._nearest(time_ms - within_ms, time_ms, "DESC")
        after = self._nearest(time_ms + 1, time_ms + within_ms, "ASC")
        ids = sorted(before)
        none: Packed = (0, 0, 0, None, None, None)
        return Around(ids, unpacked([before[id_] for id_ in ids]), unpacked([after.get(id_, none) for id_ in ids]))

    def moving(self, begin_ms: int, end_ms: int) -> Iterator[tuple[str, Fixes]]:
        """What moved in a time; see ``FixSeries``."""
        rows: dict[str, list[Packed]] = {}
        for id_, *row in self._rows(
            f"SELECT fix_vehicle.id, {_ROW} FROM fix_vehicle JOIN fix ON fix.vehicle = fix_vehicle.number"
            " WHERE time_ms BETWEEN %s AND %s ORDER BY fix.vehicle, time_ms",
            (begin_ms, end_ms),
        ):
            rows.setdefault(id_, []).append(tuple(row))
        return ((id_, unpacked(rows[id_])) for id_ in sorted(rows))

    def heard(self, begin_ms: int, end_ms: int) -> list[str]:
        """Who was heard of; see ``FixSeries``."""
        rows = self._rows(
            "SELECT id FROM fix_vehicle WHERE EXISTS"
            " (SELECT 1 FROM fix WHERE fix.vehicle = fix_vehicle.number AND time_ms BETWEEN %s AND %s)",
            (begin_ms, end_ms),
        )
        return sorted(row[0] for row in rows)

    def ends(self, vehicle: str) -> tuple[int, int] | None:
        """When a track begins and ends; see ``FixSeries``."""
        found = self._rows(
            "SELECT min(time_ms), max(time_ms) FROM fix WHERE vehicle = (SELECT number FROM fix_vehicle WHERE id = %s)",
            (vehicle,),
        )[0]
        return None if found[0] is None else (int(found[0]), int(found[1]))

    def days(self) -> list[int]:
        """The days that are kept."""
        rows = self._rows("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'fix'::regclass")
        named = (_NAME.fullmatch(row[0].rpartition(".")[2]) for row in rows)
        return sorted(int(one[1]) for one in named if one)

    def forget(self, before_day: int) -> list[int]:
        """Forget days; see ``FixSeries``."""
        gone = [day for day in self.days() if day < before_day]
        for day in gone:
            with self._connection() as db, db.transaction():
                db.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
                db.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(_table(day)))
                self._made -= {day}
        return gone

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _make(self, db: Connection, day: int) -> None:
        """Make the table of a day where there is none."""
        if day in self._made:
            return
        with db.transaction():
            db.execute("SELECT pg_advisory_xact_lock(%s)", (LOCK,))
            made = sql.SQL("CREATE TABLE IF NOT EXISTS {} PARTITION OF fix FOR VALUES FROM ({}) TO ({})")
            db.execute(made.format(_table(day), sql.Literal(day * DAY_MS), sql.Literal((day + 1) * DAY_MS)))
        self._made |= {day}

    def _nearest(self, begin_ms: int, end_ms: int, way: str) -> dict[str, Packed]:
        """Of every vehicle the first (ASC) or last (DESC) fix of a time."""
        rows = self._rows(
            f"SELECT fix_vehicle.id, {_ROW} FROM fix_vehicle CROSS JOIN LATERAL (SELECT * FROM fix AS one"
            " WHERE one.vehicle = fix_vehicle.number AND one.time_ms BETWEEN %s AND %s"
            f" ORDER BY one.time_ms {way} LIMIT 1) AS fix",
            (begin_ms, end_ms),
        )
        return {id_: tuple(row) for id_, *row in rows}

    def _rows(self, statement: str, values: tuple[Any, ...] = ()) -> list[TupleRow]:
        with self._connection() as db:
            return db.execute(statement.encode(), values).fetchall()

    @contextmanager
    def _connection(self) -> Iterator[Connection]:
        """A connection while it lasts.

        Raises
        ------
        SeriesUnusable
        """
        try:
            with self._pool.connection() as db:
                yield db
        except psycopg.errors.CheckViolation as error:  # so PostgreSQL calls a row without a partition
            raise _Gone from error
        except (psycopg.Error, PoolTimeout) as error:
            self._made = frozenset()
            first = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
            raise SeriesUnusable(file="PostgreSQL", detail=f"cannot be read or written ({first}).") from None


class _Gone(Exception):
    """A day has no table."""


def _table(day: int) -> sql.Identifier:
    return sql.Identifier(f"fix_{day}")


_KNOWN: Final = "SELECT id, number FROM fix_vehicle WHERE id = ANY(%s)"


def _numbers(db: Connection, batch: Batch) -> dict[str, int]:
    """The number of each vehicle; given where it has none."""
    wanted = sorted(set(batch.vehicles))
    found: dict[str, int] = dict(db.execute(_KNOWN, (wanted,)).fetchall())
    new = [one for one in wanted if one not in found]
    if new:
        db.execute("INSERT INTO fix_vehicle (id) SELECT unnest(%s::text[]) ON CONFLICT DO NOTHING", (new,))
        found |= dict(db.execute(_KNOWN, (new,)).fetchall())
    return found
