"""The embedded engine: SQLite in WAL mode, one writer at a time, an R*Tree for boxes."""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from geoserver.faults import BadDatabase
from geoserver.storage.migrate import migrate
from geoserver.storage.store import Action, Change, Conflict, Query, Write
from layers.cameras.model import Credential
from layers.catalogue import KINDS
from layers.record import Record

CHUNK = 500
Row = tuple[Any, ...]


class SqliteStore:
    """Records, journal and credentials in one file. Safe to use from many threads and processes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._guard = threading.Lock()

    @classmethod
    def open(cls, file: Path) -> "SqliteStore":
        """Open a database, made or brought up to date where needed."""
        store = cls(file)
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            migrate(store._connection)
        except sqlite3.DatabaseError as error:
            store.close()
            remedy = "Move it away to start with an empty one, or give another folder."
            raise BadDatabase(file=file, detail=f"not usable as a database ({error}).", remedy=remedy) from None
        return store

    @property
    def _connection(self) -> sqlite3.Connection:
        """The calling thread's own connection."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = sqlite3.connect(self._file, timeout=30, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA foreign_keys = ON")
            self._local.connection = connection
            with self._guard:
                self._open.append(connection)
        return connection

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

    def get(self, kind: str, id_: str) -> Record | None:
        """One record, or None."""
        row = self._connection.execute("SELECT document FROM record WHERE kind = ? AND id = ?", (kind, id_)).fetchone()
        return _record(kind, row[0]) if row else None

    def find(self, query: Query) -> Iterator[Record]:
        """The records that a query names, in the order of their ids."""
        where, values = _where(query)
        tail = " LIMIT ? OFFSET ?"
        values += (-1 if query.limit is None else query.limit, query.offset)
        sql = f"SELECT document FROM record r WHERE {where} ORDER BY r.id{tail}"
        for (document,) in self._connection.execute(sql, values).fetchall():
            yield _record(query.kind, document)

    def count(self, query: Query) -> int:
        """How many records a query names."""
        where, values = _where(query)
        (n,) = self._connection.execute(f"SELECT count(*) FROM record r WHERE {where}", values).fetchone()
        return int(n)

    def commit(self, writes: Sequence[Write], *, actor: str = "local", key: str | None = None) -> int:
        """Make all changes or none; the journal's head after it."""
        with self._transaction() as connection:
            if key is not None and _was_done(connection, key):
                return _head(connection)
            kept = _kept(connection, writes)
            time = datetime.now(UTC).isoformat(timespec="microseconds")
            digest = _last_digest(connection)
            for write in writes:
                before = kept.get((write.kind, write.id))
                after = _next(write, before)
                if after == before:
                    continue
                digest = _note(connection, digest, (time, actor, write.kind, write.id), before, after)
                _store(connection, write, after)
                kept[write.kind, write.id] = after
            head = _head(connection)
            if key is not None:
                connection.execute("INSERT INTO done VALUES (?, ?)", (key, head))
            return head

    def changes(self, since: int = 0, limit: int | None = None) -> Iterator[Change]:
        """Journal rows after a sequence number, in order."""
        rows = self._connection.execute(
            "SELECT seq, time, actor, kind, id, action, before, after FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
            (since, -1 if limit is None else limit),
        ).fetchall()
        for seq, time, actor, kind, id_, action, before, after in rows:
            yield Change(seq, datetime.fromisoformat(time), actor, kind, id_, action, _loaded(before), _loaded(after))

    def head(self) -> int:
        """The last sequence number."""
        return _head(self._connection)

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

    def close(self) -> None:
        """Close every thread's connection."""
        with self._guard:
            for connection in self._open:
                connection.close()
            self._open.clear()
        self._local = threading.local()


def _record(kind: str, document: str) -> Record:
    return KINDS[kind].model.model_validate_json(document)


def _loaded(document: str | None) -> dict[str, Any] | None:
    return None if document is None else json.loads(document)


def _head(connection: sqlite3.Connection) -> int:
    (seq,) = connection.execute("SELECT coalesce(max(seq), 0) FROM journal").fetchone()
    return int(seq)


def _last_digest(connection: sqlite3.Connection) -> bytes:
    row = connection.execute("SELECT digest FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
    return bytes(row[0]) if row else b""


def _was_done(connection: sqlite3.Connection, key: str) -> bool:
    return connection.execute("SELECT 1 FROM done WHERE key = ?", (key,)).fetchone() is not None


def _kept(connection: sqlite3.Connection, writes: Sequence[Write]) -> dict[tuple[str, str], Record | None]:
    """The records that the writes touch, as they are now."""
    kept: dict[tuple[str, str], Record | None] = {}
    for kind in {write.kind for write in writes}:
        ids = [write.id for write in writes if write.kind == kind]
        for start in range(0, len(ids), CHUNK):
            some = ids[start : start + CHUNK]
            marks = ",".join("?" * len(some))
            sql = f"SELECT id, document FROM record WHERE kind = ? AND id IN ({marks})"
            for id_, document in connection.execute(sql, (kind, *some)):
                kept[kind, id_] = _record(kind, document)
    return kept


def _next(write: Write, before: Record | None) -> Record | None:
    """The record after a write: the kept one itself where nothing changes."""
    if write.record is None:
        if before is None:
            return None
        if before.version != write.seen:
            raise Conflict(write.kind, write.id, write.seen, before, None)
        return None
    if before is not None and write.record.model_copy(update={"version": before.version}) == before:
        return before
    if (before.version if before else 0) != write.seen:
        raise Conflict(write.kind, write.id, write.seen, before, write.record)
    return write.record.model_copy(update={"version": write.seen + 1})


def _note(
    connection: sqlite3.Connection,
    previous: bytes,
    who: tuple[str, str, str, str],
    before: Record | None,
    after: Record | None,
) -> bytes:
    """Append a journal row; its digest covers the row before it and digests of its bodies."""
    action: Action = "create" if before is None else "remove" if after is None else "change"
    old, new = (one.model_dump_json() if one else None for one in (before, after))
    chain = hashlib.sha256(previous)
    for part in (*who, action, *(_body_digest(body) for body in (old, new))):
        chain.update(len(part).to_bytes(8, "big") + part.encode())
    digest = chain.digest()
    connection.execute(
        "INSERT INTO journal (time, actor, kind, id, action, before, after, digest) VALUES (?,?,?,?,?,?,?,?)",
        (*who, action, old, new, digest),
    )
    return digest


def _body_digest(body: str | None) -> str:
    return "" if body is None else hashlib.sha256(body.encode()).hexdigest()


def _store(connection: sqlite3.Connection, write: Write, after: Record | None) -> None:
    row = connection.execute("SELECT number FROM record WHERE kind = ? AND id = ?", (write.kind, write.id)).fetchone()
    if after is None:
        connection.execute("DELETE FROM record WHERE number = ?", row)
        connection.execute("DELETE FROM record_box WHERE number = ?", row)
        return
    columns = (
        after.kind,
        after.id,
        after.version,
        _time(after.valid_from),
        _time(after.valid_to),
        after.lon,
        after.lat,
        after.height_m,
        after.area,
        after.model_dump_json(),
    )
    number = row[0] if row else None
    cursor = connection.execute(
        "INSERT OR REPLACE INTO record (number, kind, id, version, valid_from, valid_to, lon, lat, height_m,"
        " area, document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (number, *columns),
    )
    box = (cursor.lastrowid, after.lon, after.lon, after.lat, after.lat)
    connection.execute("INSERT OR REPLACE INTO record_box VALUES (?, ?, ?, ?, ?)", box)


def _time(value: datetime | None) -> str | None:
    """UTC with microseconds, so that texts sort as times do."""
    return None if value is None else value.astimezone(UTC).isoformat(timespec="microseconds")


def _where(query: Query) -> tuple[str, tuple[Any, ...]]:
    """The conditions of a query, and their values."""
    parts, values = ["r.kind = ?"], [query.kind]
    if query.after is not None:
        parts.append("r.id > ?")
        values.append(query.after)
    for name, value in query.equal.items():
        if name not in KINDS[query.kind].indexed:
            raise KeyError(name)
        parts.append("r.area = ?" if name == "area" else f"json_extract(r.document, '$.{name}') = ?")
        values.append(value)
    if query.at is not None:
        start, end = query.at
        if end is not None:
            parts.append("(r.valid_from IS NULL OR r.valid_from <= ?)")
            values.append(_time(end) or "")
        if start is not None:
            parts.append("(r.valid_to IS NULL OR r.valid_to >= ?)")
            values.append(_time(start) or "")
    if query.bbox is not None:
        condition, edges = _box(query.bbox)
        parts.append(condition)
        values += edges
    return " AND ".join(parts), tuple(values)


def _box(bbox: tuple[float, float, float, float]) -> tuple[str, list[Any]]:
    """The R*Tree finds candidates (its boxes are rounded outwards); the exact place decides."""
    west, south, east, north = bbox
    if west > east:
        left, left_values = _box((west, south, 180.0, north))
        right, right_values = _box((-180.0, south, east, north))
        return f"({left} OR {right})", left_values + right_values
    condition = (
        "(r.lon BETWEEN ? AND ? AND r.lat BETWEEN ? AND ? AND r.number IN"
        " (SELECT number FROM record_box WHERE west <= ? AND east >= ? AND south <= ? AND north >= ?))"
    )
    return condition, [west, east, south, north, east, west, north, south]
