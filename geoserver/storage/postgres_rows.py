"""Rows of PostgreSQL's tables, written and read within a transaction of the caller."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields
from itertools import islice
from typing import Any

import psycopg
import shapely
from psycopg.rows import TupleRow

from geoserver.storage.journal import Step, Tail, moment
from geoserver.storage.kept_pictures import NAMING_PICTURES, KeptPicture, named
from geoserver.storage.postgres_query import NUL
from geoserver.storage.postgres_views import has_shape
from geoserver.storage.store import JournalRow, Seal, Write
from layers.catalogue import KINDS
from layers.record import Record

Connection = psycopg.Connection[TupleRow]
NAMES = [field.name for field in fields(JournalRow)]
BODIES = ("before", "after", "detail")
COLUMNS = ", ".join(NAMES)
READ = ", ".join(f"{name}::text" if name in BODIES else name for name in NAMES)
PAGE = 5_000
"""Rows that are held at once."""


def read_record(kind: str, document: str) -> Record:
    """The record of a kind's document."""
    return KINDS[kind].model.model_validate_json(document)


def journal_row(row: TupleRow) -> JournalRow:
    """A row as READ names its columns."""
    return JournalRow(row[0], moment(row[1]), *row[2:])


def tail_of(connection: Connection) -> Tail:
    """The end of the journal."""
    row = connection.execute("SELECT seq, digest, time FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return Tail(row[0], row[1], moment(row[2])) if row else Tail()


def append(connection: Connection, rows: Iterable[JournalRow]) -> None:
    """Put rows at the end of the journal."""
    sql = f"INSERT INTO journal ({COLUMNS}) VALUES ({', '.join(['%s'] * len(NAMES))})"
    connection.cursor().executemany(sql, [tuple(vars(row).values()) for row in rows])


def kept_by(connection: Connection, writes: Sequence[Write]) -> dict[tuple[str, str], Record | None]:
    """The records that the writes touch, as they are now."""
    kept: dict[tuple[str, str], Record | None] = {}
    for kind in {write.kind for write in writes}:
        ids = [write.id for write in writes if write.kind == kind and NUL not in write.id]
        sql = "SELECT id, document::text FROM record WHERE kind = %s AND id = ANY(%s)"
        for id_, document in connection.execute(sql, (kind, ids)):
            kept[kind, id_] = read_record(kind, document)
    return kept


PUT = (
    "INSERT INTO record (kind, id, version, valid_from, valid_to, lon, lat, height_m, area, shape, document)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s::geometry, %s::jsonb) ON CONFLICT (kind, id) DO UPDATE SET"
    " version = excluded.version, valid_from = excluded.valid_from, valid_to = excluded.valid_to,"
    " lon = excluded.lon, lat = excluded.lat, height_m = excluded.height_m, area = excluded.area,"
    " shape = excluded.shape, document = excluded.document"
)


def store(connection: Connection, made: Sequence[Step]) -> None:
    """Make the changes of a commit."""
    # Of several changes of one record the last is what is kept.
    last = {(step.kind, step.id): step.after for step in made}
    gone = [key for key, after in last.items() if after is None]
    cursor = connection.cursor()
    cursor.executemany(PUT, [_columns(after) for after in last.values() if after is not None])
    cursor.executemany("DELETE FROM record WHERE kind = %s AND id = %s", gone)


def _columns(record: Record) -> tuple[Any, ...]:
    shape = None
    if has_shape(record.kind):
        flat = shapely.force_2d(shapely.geometry.shape(record.geometry))
        shape = shapely.to_wkb(shapely.set_srid(flat, 4326), hex=True, include_srid=True)
    times = record.valid_from, record.valid_to
    place = record.lon, record.lat, record.height_m
    return (record.kind, record.id, record.version, *times, *place, record.area, shape, record.model_dump_json())


def seals_of(connection: Connection) -> list[Seal]:
    """The signed heads, in order."""
    rows = connection.execute("SELECT seq, digest, time, signature, key FROM seal ORDER BY seq")
    return [Seal(seq, digest, moment(time), signature, key) for seq, digest, time, signature, key in rows]


def add_seals(connection: Connection, seals: Iterable[Seal]) -> None:
    """Keep signed heads."""
    sql = (
        "INSERT INTO seal VALUES (%s, %s, %s, %s, %s) ON CONFLICT (seq) DO UPDATE"
        " SET digest = excluded.digest, time = excluded.time, signature = excluded.signature, key = excluded.key"
    )
    connection.cursor().executemany(sql, [tuple(vars(seal).values()) for seal in seals])


def add_pictures(connection: Connection, pictures: Iterable[KeptPicture]) -> None:
    """Keep pictures; those that are there already stay."""
    for one in pictures:
        sql = "INSERT INTO picture VALUES (%s, %s, %s) ON CONFLICT (id) DO NOTHING"
        connection.execute(sql, (one.id, one.whole, one.small))


def pictures_of(connection: Connection) -> Iterator[KeptPicture]:
    """All pictures, one after the other: some hundred of them may be more than memory holds."""
    for (id_,) in connection.execute("SELECT id FROM picture ORDER BY id").fetchall():
        row = connection.execute("SELECT id, whole, small FROM picture WHERE id = %s", (id_,)).fetchone()
        if row is not None:
            yield KeptPicture(row[0], bytes(row[1]), bytes(row[2]))


def forget_pictures(connection: Connection) -> None:
    """Forget the pictures that nothing names any more."""
    kept = {id_ for (id_,) in connection.execute("SELECT id FROM picture")}
    if kept:
        gone = kept - named(connection.execute(NAMING_PICTURES))
        connection.execute("DELETE FROM picture WHERE id = ANY(%s)", (sorted(gone),))


def streamed(connection: Connection, name: str, sql: str) -> Iterator[Any]:
    """Rows in batches, by a cursor on the server."""
    with connection.cursor(name) as cursor:
        cursor.itersize = PAGE
        cursor.execute(sql)
        yield from cursor


def batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    """Rows, some thousand at a time."""
    rest = iter(rows)
    while some := list(islice(rest, PAGE)):
        yield some
