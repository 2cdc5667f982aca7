"""Where coverage is kept: footprints and profiles by camera, counts by block, what the lattice's cells are.

Footprints and profiles lie in memory-mapped logs under keys of view and city version. Counts lie in SQLite
together with the list of the footprints that are in them, so that both change in one transaction and a
killed server never counts a camera twice.
"""

import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from geoserver.storage.sqlite_threads import ThreadConnections
from layers.coverage.base import Base
from layers.coverage.figures import Table
from layers.coverage.record import Kept
from layers.coverage.sums import Sums
from tiles.keyed_log import KeyedLog

FORMAT = "2"
TABLES = ("counted", "block", "base", "meta")
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS counted (camera TEXT PRIMARY KEY, key TEXT NOT NULL, tier INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS block (number INTEGER PRIMARY KEY, sums BLOB NOT NULL, tbl BLOB);
CREATE TABLE IF NOT EXISTS base (number INTEGER PRIMARY KEY, cells BLOB NOT NULL, tbl BLOB NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Counted:
    """A footprint that is in the counts: its key, and its camera's tier."""

    key: str
    tier: int


class CoverageStore:
    """The coverage of one city folder. One process writes; any number read meanwhile."""

    def __init__(self, folder: Path, *, write: bool = False) -> None:
        """Open, and make it where it is to be written.

        Raises
        ------
        LogBusy
            Another process writes to it.
        """
        self.folder = folder
        if write:
            folder.mkdir(parents=True, exist_ok=True)
        self.footprints = KeyedLog(folder / "footprints", write=write)
        self.profiles = KeyedLog(folder / "profiles", write=write)
        self._connections = ThreadConnections(self._connect)
        self._logs = threading.Lock()
        if write:
            with self.writing() as base:
                if self.meta(base).get("format", FORMAT) != FORMAT:
                    for table in TABLES:
                        base.execute(f"DROP TABLE IF EXISTS {table}")
                for statement in filter(str.strip, _SCHEMA.split(";")):
                    base.execute(statement)
                base.execute("INSERT OR REPLACE INTO meta VALUES ('format', ?)", (FORMAT,))

    @classmethod
    def exists(cls, folder: Path) -> bool:
        """Whether anything was ever kept there."""
        return (folder / "sums.sqlite").exists()

    def reading(self) -> sqlite3.Connection:
        """This thread's own connection."""
        return self._connections.own

    def _connect(self) -> sqlite3.Connection:
        made = sqlite3.connect(self.folder / "sums.sqlite", isolation_level=None, check_same_thread=False)
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "mmap_size=1073741824", "busy_timeout=10000"):
            made.execute(f"PRAGMA {pragma}")
        return made

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it or nothing."""
        base = self.reading()
        base.execute("BEGIN IMMEDIATE")
        try:
            yield base
        except BaseException:
            base.execute("ROLLBACK")
            raise
        if base.in_transaction:
            base.execute("COMMIT")

    def meta(self, base: sqlite3.Connection) -> dict[str, str]:
        """What the counts are of: format, city version."""
        try:
            return dict(base.execute("SELECT name, value FROM meta").fetchall())
        except sqlite3.OperationalError:
            return {}

    def forget(self, base: sqlite3.Connection) -> None:
        """Start anew: no counts, no cells."""
        for table in TABLES:
            base.execute(f"DELETE FROM {table}")

    def counted(self) -> dict[str, Counted]:
        """By camera, what is in the counts."""
        rows = self.reading().execute("SELECT camera, key, tier FROM counted").fetchall()
        return {camera: Counted(key, tier) for camera, key, tier in rows}

    def sums(self, block: int) -> Sums | None:
        """The counts of a block; None where nobody sees anything."""
        row = self.reading().execute("SELECT sums FROM block WHERE number = ?", (block,)).fetchone()
        return Sums.from_bytes(row[0]) if row else None

    def sums_of(self, blocks: Sequence[int]) -> Iterator[tuple[int, Sums]]:
        """The counts of many blocks, ascending; those without any are left out."""
        base = self.reading()
        for start in range(0, len(blocks), 500):
            part = list(blocks[start : start + 500])
            marks = ",".join("?" * len(part))
            query = f"SELECT number, sums FROM block WHERE number IN ({marks}) ORDER BY number"
            for number, data in base.execute(query, part).fetchall():
                yield number, Sums.from_bytes(data)

    def seen_blocks(self) -> list[int]:
        """All blocks of which something is seen, ascending."""
        return [row[0] for row in self.reading().execute("SELECT number FROM block ORDER BY number")]

    def tables(self, blocks: Sequence[int] | None = None) -> dict[int, Table]:
        """The tables of blocks of ground, of all that there are if none are named; unseen ones included."""
        base = self.reading()
        query = "SELECT b.number, coalesce(s.tbl, b.tbl) FROM base b LEFT JOIN block s ON s.number = b.number"
        if blocks is None:
            return {number: Table.from_bytes(data) for number, data in base.execute(query).fetchall()}
        found: dict[int, Table] = {}
        for start in range(0, len(blocks), 500):
            part = list(blocks[start : start + 500])
            rows = base.execute(f"{query} WHERE b.number IN ({','.join('?' * len(part))})", part).fetchall()
            found |= {number: Table.from_bytes(data) for number, data in rows}
        return found

    def base(self, block: int) -> Base | None:
        """What the cells of a block of ground are."""
        row = self.reading().execute("SELECT cells FROM base WHERE number = ?", (block,)).fetchone()
        return Base.from_bytes(row[0]) if row else None

    def bases(self, blocks: Sequence[int]) -> Iterator[tuple[int, Base]]:
        """The same of many."""
        base = self.reading()
        for start in range(0, len(blocks), 500):
            part = list(blocks[start : start + 500])
            marks = ",".join("?" * len(part))
            for number, data in base.execute(f"SELECT number, cells FROM base WHERE number IN ({marks})", part):
                yield number, Base.from_bytes(data)

    def has(self, key: str) -> bool:
        """Whether there is a footprint under a key, or the note that there can be none."""
        with self._logs:
            return key in self.footprints

    def footprint(self, key: str) -> Kept | None:
        """A kept footprint; None if there is none, or can be none."""
        with self._logs:
            data = self.footprints.get(key)
            return Kept.from_bytes(data) if data is not None and len(data) > 1 else None

    def put_camera(self, key: str, footprint: bytes, profile: bytes | None) -> None:
        """Keep a footprint (empty: there can be none) and, where there is one, its profile."""
        with self._logs:
            self.footprints.put(key, footprint or b"-")
            if profile is not None:
                self.profiles.put(key, profile)

    def retain(self, keys: Iterable[str]) -> None:
        """Forget the footprints and profiles of all other keys."""
        kept = set(keys)
        with self._logs:
            self.footprints.retain(kept)
            self.profiles.retain(kept)

    @property
    def nbytes(self) -> dict[str, int]:
        """Bytes on disk, by what."""
        sums = sum(file.stat().st_size for file in self.folder.glob("sums.sqlite*"))
        return {"profiles": self.profiles.nbytes, "footprints": self.footprints.nbytes, "sums": sums}

    def close(self) -> None:
        """Let go of all files."""
        self.footprints.close()
        self.profiles.close()
        self._connections.close()
