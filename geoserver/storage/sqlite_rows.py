"""Rows of SQLite's tables, written and read by a connection of the caller."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from typing import Any

from geoserver.storage.journal import Step, Tail, moment
from geoserver.storage.kept_pictures import NAMING_PICTURES, KeptPicture, named
from geoserver.storage.store import JournalRow, Write
from layers.catalogue import KINDS
from layers.record import Record

CHUNK = 500
PAGE = 5_000
"""Rows of the journal that are held at once."""
COLUMNS = ", ".join(field.name for field in fields(JournalRow))


def read_record(kind: str, document: str) -> Record:
    """The record of a kind's document."""
    return KINDS[kind].model.model_validate_json(document)


def tail_of(connection: sqlite3.Connection) -> Tail:
    """The end of the journal."""
    row = connection.execute("SELECT seq, digest, time FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return Tail(*row) if row else Tail()


def pages(connection: sqlite3.Connection, since: int) -> Iterator[JournalRow]:
    """Rows of the journal after a sequence number, some thousand at a time."""
    sql = f"SELECT {COLUMNS} FROM journal WHERE seq > ? ORDER BY seq LIMIT {PAGE}"
    while rows := connection.execute(sql, (since,)).fetchall():
        yield from (JournalRow(*row) for row in rows)
        since = rows[-1][0]


def append(connection: sqlite3.Connection, rows: Iterable[JournalRow]) -> None:
    """Put rows at the end of the journal."""
    # Not astuple(): it copies every value, which is half of the time of a large commit.
    values = (tuple(vars(row).values()) for row in rows)
    connection.executemany(f"INSERT INTO journal ({COLUMNS}) VALUES ({','.join('?' * 13)})", values)


def was_done(connection: sqlite3.Connection, key: str) -> bool:
    """Whether a write with a key was made."""
    return connection.execute("SELECT 1 FROM done WHERE key = ?", (key,)).fetchone() is not None


def kept_by(connection: sqlite3.Connection, writes: Sequence[Write]) -> dict[tuple[str, str], Record | None]:
    """The records that the writes touch, as they are now."""
    kept: dict[tuple[str, str], Record | None] = {}
    for kind in {write.kind for write in writes}:
        ids = [write.id for write in writes if write.kind == kind]
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            marks = ",".join("?" * len(some))
            sql = f"SELECT id, document FROM record WHERE kind = ? AND id IN ({marks})"
            for id_, document in connection.execute(sql, (kind, *some)):
                kept[kind, id_] = read_record(kind, document)
    return kept


def put_record(connection: sqlite3.Connection, step: Step) -> None:
    """Keep what a step leaves of a record, or remove it."""
    row = connection.execute("SELECT number FROM record WHERE kind = ? AND id = ?", (step.kind, step.id)).fetchone()
    if step.after is None:
        connection.execute("DELETE FROM record WHERE number = ?", row)
        connection.execute("DELETE FROM record_box WHERE number = ?", row)
        return
    cursor = connection.execute(
        "INSERT OR REPLACE INTO record (number, kind, id, version, valid_from, valid_to, lon, lat, height_m,"
        " area, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (row[0] if row else None, *columns_of(step.after)),
    )
    box = (cursor.lastrowid, step.after.lon, step.after.lon, step.after.lat, step.after.lat)
    connection.execute("INSERT OR REPLACE INTO record_box VALUES (?, ?, ?, ?, ?)", box)


def columns_of(record: Record) -> tuple[Any, ...]:
    """A record as its columns."""
    times = (None if time is None else moment(time) for time in (record.valid_from, record.valid_to))
    place = (record.lon, record.lat, record.height_m)
    return record.kind, record.id, record.version, *times, *place, record.area, record.model_dump_json()


def add_pictures(connection: sqlite3.Connection, pictures: Iterable[KeptPicture]) -> None:
    """Keep pictures; those that are there already stay."""
    rows = ((one.id, one.whole, one.small) for one in pictures)
    connection.executemany("INSERT OR IGNORE INTO picture VALUES (?, ?, ?)", rows)


def forget_pictures(connection: sqlite3.Connection) -> None:
    """Forget the pictures that nothing names any more."""
    kept = {id_ for (id_,) in connection.execute("SELECT id FROM picture")}
    if kept:
        gone = kept - named(connection.execute(NAMING_PICTURES))
        connection.executemany("DELETE FROM picture WHERE id = ?", [(id_,) for id_ in gone])
