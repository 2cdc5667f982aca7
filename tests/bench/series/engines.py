"""Four engines behind one door: SQLite, DuckDB, ClickHouse in the process (chDB), PostgreSQL.

All keep fixes (unit, time, place, heading, speed; each unit and time once) and passages (checkpoint, time, plate), are
durable when a call returns, and take what is repeated for what it is.
"""

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

FIX: Final = np.dtype([("unit", "<u4"), ("time_ms", "<i8"), ("lon", "<f8"), ("lat", "<f8"), ("heading", "<f4"),
                       ("speed", "<f4")])  # fmt: skip
PASSAGE: Final = np.dtype([("cp", "<u2"), ("time_ms", "<i8"), ("plate", "S8")])
Rows = NDArray[np.void]
DAY_MS: Final = 86_400_000


class Engine(Protocol):
    """What is measured."""

    name: str

    def close(self) -> None:
        """Let go of it."""

    def put_fixes(self, rows: Rows) -> None:
        """Keep a batch; durable when this returns."""

    def load_passages(self, rows: Rows) -> None:
        """Keep many, in order of time."""

    def ask(self, query: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        """Rows of one of ``QUERIES``."""


QUERIES: Final = {
    "track of an hour": "SELECT time_ms, lon, lat, heading, speed FROM fix WHERE unit = {0} AND time_ms >= {1} "
    "AND time_ms < {2} ORDER BY time_ms",
    "track of a day": "SELECT time_ms, lon, lat, heading, speed FROM fix WHERE unit = {0} AND time_ms >= {1} "
    "AND time_ms < {2} ORDER BY time_ms",
    "all in a box in a minute": "SELECT unit, time_ms, lon, lat FROM fix WHERE time_ms >= {0} AND time_ms < {1} "
    "AND lon >= {2} AND lon < {3} AND lat >= {4} AND lat < {5}",
    "fixes in all": "SELECT count(*) FROM fix",
    "Q1 plate": "SELECT cp, time_ms FROM passage WHERE plate = {0} AND time_ms >= {1} AND time_ms < {2} "
    "ORDER BY time_ms",
    "Q2 prefix": "SELECT cp, time_ms, plate FROM passage WHERE plate >= {0} AND plate < {1} AND time_ms >= {2} "
    "AND time_ms < {3}",
    "Q3 wildcard": "SELECT cp, time_ms, plate FROM passage WHERE plate LIKE {0} AND time_ms >= {1} AND time_ms < {2}",
    "Q4 checkpoints": "SELECT cp, time_ms, plate FROM passage WHERE cp >= {0} AND cp < {1} AND time_ms >= {2} "
    "AND time_ms < {3}",
    "Q5 counts of a day": "SELECT cp, {hour}, count(*) FROM passage WHERE time_ms >= {0} AND time_ms < {1} "
    "GROUP BY 1, 2",
    "Q6 counts of a month": "SELECT cp, {hour}, count(*) FROM passage WHERE time_ms >= {0} AND time_ms < {1} "
    "GROUP BY 1, 2",
}


class Sqlite:
    """A file of SQLite's, WAL, ``synchronous=FULL``."""

    name = "SQLite"

    def __init__(self, folder: Path) -> None:
        self._db = sqlite3.connect(folder / "series.sqlite", isolation_level=None)
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "cache_size=-262144", "temp_store=MEMORY"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.executescript(
            "CREATE TABLE IF NOT EXISTS fix (unit INTEGER, time_ms INTEGER, lon REAL, lat REAL,"
            " heading REAL, speed REAL, PRIMARY KEY (unit, time_ms)) WITHOUT ROWID;"
            "CREATE INDEX IF NOT EXISTS fix_time ON fix (time_ms);"
            "CREATE TABLE IF NOT EXISTS passage (cp INTEGER, time_ms INTEGER, plate TEXT);"
        )

    def close(self) -> None:
        self._db.close()

    def put_fixes(self, rows: Rows) -> None:
        self._db.execute("BEGIN IMMEDIATE")
        self._db.executemany("INSERT OR IGNORE INTO fix VALUES (?, ?, ?, ?, ?, ?)", rows.tolist())
        self._db.execute("COMMIT")

    def load_passages(self, rows: Rows) -> None:
        self._db.execute("BEGIN")
        some = ((cp, at, plate.decode()) for cp, at, plate in rows.tolist())
        self._db.executemany("INSERT INTO passage VALUES (?, ?, ?)", some)
        for name, columns in (("plate", "plate, time_ms"), ("cp", "cp, time_ms"), ("time", "time_ms")):
            self._db.execute(f"CREATE INDEX IF NOT EXISTS passage_{name} ON passage ({columns})")
        self._db.execute("COMMIT")
        self._db.execute("ANALYZE")

    def ask(self, query: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        marks = [f"?{i + 1}" for i in range(len(given))]
        return self._db.execute(QUERIES[query].format(*marks, hour="time_ms / 3600000"), given).fetchall()


class Duck:
    """A file of DuckDB's."""

    name = "DuckDB"

    def __init__(self, folder: Path) -> None:
        import duckdb

        self._db = duckdb.connect(str(folder / "series.duckdb"), config={"threads": 2})
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS fix (unit UINTEGER, time_ms BIGINT, lon DOUBLE, lat DOUBLE, heading FLOAT,"
            " speed FLOAT, PRIMARY KEY (unit, time_ms))"
        )
        self._db.execute("CREATE TABLE IF NOT EXISTS passage (cp USMALLINT, time_ms BIGINT, plate VARCHAR)")

    def close(self) -> None:
        self._db.close()

    def put_fixes(self, rows: Rows) -> None:
        import pyarrow as pa

        given = pa.table({name: np.ascontiguousarray(rows[name]) for name in FIX.names or ()})  # noqa: F841  # by name
        self._db.execute("INSERT OR IGNORE INTO fix SELECT * FROM given")

    def load_passages(self, rows: Rows) -> None:
        import pyarrow as pa

        columns = {name: np.ascontiguousarray(rows[name]) for name in ("cp", "time_ms")}
        given = pa.table({**columns, "plate": pa.array(rows["plate"].astype(str))})  # noqa: F841  # by name
        self._db.execute("INSERT INTO passage SELECT * FROM given")
        self._db.execute("CHECKPOINT")

    def ask(self, query: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        marks = ["?"] * len(given)
        found: list[tuple[Any, ...]] = self._db.execute(
            QUERIES[query].format(*marks, hour="time_ms // 3600000"), list(given)
        ).fetchall()
        return found


class ClickHouse:
    """A folder of ClickHouse's engine in this process, fsync after every insert."""

    name = "chDB"

    def __init__(self, folder: Path) -> None:
        from chdb import dbapi, session

        self._session = session.Session(str(folder / "chdb"))
        self._dbapi = dbapi
        ask = self._session.query
        ask("CREATE DATABASE IF NOT EXISTS s")
        safe = "fsync_after_insert = 1, fsync_part_directory = 1"
        ask(
            "CREATE TABLE IF NOT EXISTS s.fix (unit UInt32, time_ms Int64, lon Float64, lat Float64, heading Float32,"
            " speed Float32) ENGINE = ReplacingMergeTree PARTITION BY intDiv(time_ms, 86400000)"
            f" ORDER BY (unit, time_ms) SETTINGS {safe}"
        )
        ask(
            "CREATE TABLE IF NOT EXISTS s.passage (cp UInt16, time_ms Int64, plate String,"
            " PROJECTION by_plate (SELECT * ORDER BY plate, time_ms)) ENGINE = MergeTree ORDER BY (cp, time_ms)"
            f" SETTINGS {safe}"
        )

    def close(self) -> None:
        self._session.close()

    def put_fixes(self, rows: Rows) -> None:
        import pyarrow as pa

        self._insert("fix", pa.table({name: np.ascontiguousarray(rows[name]) for name in FIX.names or ()}))

    def load_passages(self, rows: Rows) -> None:
        import pyarrow as pa

        columns = {name: np.ascontiguousarray(rows[name]) for name in ("cp", "time_ms")}
        self._insert("passage", pa.table({**columns, "plate": pa.array(rows["plate"].astype(str))}))
        self._session.query("OPTIMIZE TABLE s.passage FINAL")

    def _insert(self, table: str, given: Any) -> None:
        names = ", ".join(given.column_names)
        self._session.query(f"INSERT INTO s.{table} ({names}) SELECT {names} FROM Python(given)")

    def ask(self, query: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        marks = [repr(one) for one in given]
        text = QUERIES[query].format(*marks, hour="intDiv(time_ms, 3600000)")
        text = text.replace(" FROM fix", " FROM s.fix FINAL").replace(" FROM passage", " FROM s.passage")
        table = self._session.query(text, "ArrowTable")
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True)) if table.num_rows else []


class Postgres:
    """A database of PostgreSQL's, fixes partitioned by day."""

    name = "PostgreSQL"

    def __init__(self, address: str) -> None:
        import psycopg

        self._db = psycopg.connect(address, autocommit=True, prepare_threshold=2)
        self._days: set[int] = set()
        with contextlib.suppress(psycopg.errors.DuplicateTable):
            self._db.execute(
                "CREATE TABLE fix (unit integer, time_ms bigint, lon double precision, lat double precision,"
                " heading real, speed real, PRIMARY KEY (unit, time_ms)) PARTITION BY RANGE (time_ms)"
            )
            self._db.execute("CREATE INDEX ON fix USING brin (time_ms)")
            self._db.execute("CREATE TABLE passage (cp integer, time_ms bigint, plate text)")

    def close(self) -> None:
        self._db.close()

    def put_fixes(self, rows: Rows) -> None:
        for day in {int(one) for one in np.unique(rows["time_ms"] // DAY_MS)} - self._days:
            begin = day * DAY_MS
            self._db.execute(
                f"CREATE TABLE IF NOT EXISTS fix_{day} PARTITION OF fix FOR VALUES FROM ({begin}) TO ({begin + DAY_MS})"
            )
            self._days.add(day)
        columns = [rows[name].tolist() for name in FIX.names or ()]
        self._db.execute(
            "INSERT INTO fix SELECT * FROM unnest(%s::int[], %s::bigint[], %s::float8[], %s::float8[], %s::real[],"
            " %s::real[]) ON CONFLICT DO NOTHING",
            columns,
        )

    def load_passages(self, rows: Rows) -> None:
        with self._db.cursor().copy("COPY passage FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types(["int4", "int8", "text"])
            for cp, at, plate in rows.tolist():
                copy.write_row((cp, at, plate.decode()))
        self._db.execute("CREATE INDEX ON passage (plate text_pattern_ops, time_ms)")
        self._db.execute("CREATE INDEX ON passage (cp, time_ms)")
        self._db.execute("CREATE INDEX ON passage USING brin (time_ms)")
        self._db.execute("VACUUM ANALYZE passage")

    def ask(self, query: str, given: Sequence[Any]) -> list[tuple[Any, ...]]:
        text = QUERIES[query].format(*["%s"] * len(given), hour="time_ms / 3600000")
        if query == "Q2 prefix":
            text = text.replace("plate >= %s", "plate ~>=~ %s").replace("plate < %s", "plate ~<~ %s")
        return self._db.execute(text, list(given)).fetchall()

    @classmethod
    def at(cls, address: str) -> Self:
        return cls(address)
