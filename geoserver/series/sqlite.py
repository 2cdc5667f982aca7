"""A series in files of SQLite's, one for each day: a day is forgotten by removing its file, and harms no other.

Rows lie by vehicle and time, which is all that is ever asked: a track is one walk, a moment a seek for each vehicle.
"""

import contextlib
import re
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from geoserver.series.faults import SeriesUnusable
from geoserver.series.fixes import Around, Batch
from geoserver.series.packed import COLUMNS, Packed, day_of, packed, unpacked
from geoserver.storage.sqlite import connected
from layers.tracks.pieces import DAY_MS
from layers.tracks.track import Fixes

_FORM: Final = """
CREATE TABLE IF NOT EXISTS vehicle (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS fix (
  vehicle INTEGER NOT NULL, ms INTEGER NOT NULL, lon INTEGER NOT NULL, lat INTEGER NOT NULL,
  height INTEGER, heading INTEGER, speed INTEGER,
  PRIMARY KEY (vehicle, ms)
) WITHOUT ROWID;
"""
_ROW: Final = ", ".join(("fix.ms", *COLUMNS[1:]))
_NAME: Final = re.compile(r"fixes-(\d{1,7})\.sqlite")
IDLE: Final = 8
"""Connections to a day that are kept open while nobody uses them."""
OPEN_DAYS: Final = 3
"""Days that connections are kept open to: those that were used last."""


class SqliteSeries:
    """Fixes in a folder: a file a day. Safe to use from many threads and processes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._idle: dict[int, deque[_Opened]] = {}
        self._guard = threading.Lock()
        self._writing = threading.Lock()

    @classmethod
    def open(cls, folder: Path) -> "SqliteSeries":
        """Open a folder, made where needed.

        Raises
        ------
        SeriesUnusable
        """
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _unusable(folder, error) from None
        return cls(folder)

    def put(self, batch: Batch) -> int:
        """Keep fixes; see ``FixSeries``."""
        fresh = 0
        for day, some in batch.by_day():
            with self._writing, self._day(day, make=True) as db:
                assert db is not None
                fresh += _put(db, some, day)
        return fresh

    def track(self, vehicle: str, begin_ms: int, end_ms: int, most: int) -> Fixes:
        """A part of a track; see ``FixSeries``."""
        rows: list[Packed] = []
        for day in self._within(begin_ms, end_ms):
            if len(rows) >= most:
                break
            start = day * DAY_MS
            sql = (
                f"SELECT {_ROW} FROM fix JOIN vehicle ON vehicle.number = fix.vehicle"
                " WHERE vehicle.id = ? AND ms BETWEEN ? AND ? ORDER BY ms LIMIT ?"
            )
            with self._day(day) as db:
                if db is not None:
                    found = db.execute(sql, (vehicle, begin_ms - start, end_ms - start, most - len(rows)))
                    rows += [(start + row[0], *row[1:]) for row in found]
        return unpacked(rows)

    def around(self, time_ms: int, within_ms: int) -> Around:
        """Both sides of a moment; see ``FixSeries``."""
        before = self._nearest(time_ms - within_ms, time_ms, "max")
        after = self._nearest(time_ms + 1, time_ms + within_ms, "min")
        ids = sorted(before)
        none: Packed = (0, 0, 0, None, None, None)
        return Around(ids, unpacked([before[id_] for id_ in ids]), unpacked([after.get(id_, none) for id_ in ids]))

    def moving(self, begin_ms: int, end_ms: int) -> Iterator[tuple[str, Fixes]]:
        """What moved in a time; see ``FixSeries``."""
        rows: dict[str, list[Packed]] = {}
        sql = (
            f"SELECT vehicle.id, {_ROW} FROM vehicle CROSS JOIN fix ON fix.vehicle = vehicle.number"
            " AND ms BETWEEN ? AND ? ORDER BY vehicle.number, ms"
        )
        for day in self._within(begin_ms, end_ms):
            start = day * DAY_MS
            with self._day(day) as db:
                if db is not None:
                    for id_, ms, *rest in db.execute(sql, (begin_ms - start, end_ms - start)):
                        rows.setdefault(id_, []).append((start + ms, *rest))
        return ((id_, unpacked(rows[id_])) for id_ in sorted(rows))

    def heard(self, begin_ms: int, end_ms: int) -> list[str]:
        """Who was heard of; see ``FixSeries``."""
        found: set[str] = set()
        sql = (
            "SELECT id FROM vehicle WHERE EXISTS"
            " (SELECT 1 FROM fix WHERE fix.vehicle = vehicle.number AND ms BETWEEN ? AND ?)"
        )
        for day in self._within(begin_ms, end_ms):
            start = day * DAY_MS
            with self._day(day) as db:
                if db is not None:
                    found |= {id_ for (id_,) in db.execute(sql, (begin_ms - start, end_ms - start))}
        return sorted(found)

    def ends(self, vehicle: str) -> tuple[int, int] | None:
        """When a track begins and ends; see ``FixSeries``."""
        days = self.days()
        first = self._end_of(vehicle, days, "min")
        last = self._end_of(vehicle, days[::-1], "max")
        return (first, last) if first is not None and last is not None else None

    def days(self) -> list[int]:
        """The days that are kept."""
        named = (_NAME.fullmatch(file.name) for file in self._folder.iterdir())
        return sorted(int(one[1]) for one in named if one)

    def forget(self, before_day: int) -> list[int]:
        """Forget days; see ``FixSeries``."""
        gone = [day for day in self.days() if day < before_day]
        for day in gone:
            with self._guard:
                idle = self._idle.pop(day, deque())
            for one in idle:
                one.db.close()
            for ending in ("", "-wal", "-shm"):
                self._file(day).with_name(self._file(day).name + ending).unlink(missing_ok=True)
        return gone

    def close(self) -> None:
        """Close all connections that nobody uses."""
        with self._guard:
            for idle in self._idle.values():
                for one in idle:
                    one.db.close()
            self._idle.clear()

    def _nearest(self, begin_ms: int, end_ms: int, end: str) -> dict[str, Packed]:
        """Of every vehicle the first (min) or last (max) fix of a time."""
        found: dict[str, Packed] = {}
        days = self._within(begin_ms, end_ms)
        # CROSS: vehicle by vehicle, a seek each. Left to itself SQLite walks through all fixes of the day.
        sql = (
            f"SELECT vehicle.id, {_ROW} FROM vehicle CROSS JOIN fix ON fix.vehicle = vehicle.number AND fix.ms ="
            f" (SELECT {end}(ms) FROM fix AS one WHERE one.vehicle = vehicle.number AND one.ms BETWEEN ? AND ?)"
        )
        for day in days if end == "min" else days[::-1]:
            start = day * DAY_MS
            with self._day(day) as db:
                for id_, ms, *rest in db.execute(sql, (begin_ms - start, end_ms - start)) if db is not None else ():
                    found.setdefault(id_, (start + ms, *rest))
        return found

    def _end_of(self, vehicle: str, days: list[int], end: str) -> int | None:
        sql = f"SELECT {end}(ms) FROM fix JOIN vehicle ON vehicle.number = fix.vehicle WHERE vehicle.id = ?"
        for day in days:
            with self._day(day) as db:
                found = db.execute(sql, (vehicle,)).fetchone()[0] if db is not None else None
            if found is not None:
                return day * DAY_MS + int(found)
        return None

    def _within(self, begin_ms: int, end_ms: int) -> list[int]:
        return [day for day in self.days() if day_of(begin_ms) <= day <= day_of(end_ms)]

    def _file(self, day: int) -> Path:
        return self._folder / f"fixes-{day}.sqlite"

    @contextlib.contextmanager
    def _day(self, day: int, *, make: bool = False) -> Iterator[sqlite3.Connection | None]:
        """A connection to a day of one's own while it lasts; None where there is no such day.

        Raises
        ------
        SeriesUnusable
        """
        one = self._taken(day, make)
        if one is None:
            yield None
            return
        try:
            yield one.db
        except sqlite3.Error as error:
            one.db.close()
            raise _unusable(self._file(day), error) from None
        except BaseException:
            one.db.close()
            raise
        self._give_back(day, one)

    def _taken(self, day: int, make: bool) -> "_Opened | None":
        number = self._number(day)
        with self._guard:
            idle = self._idle.get(day)
            one = idle.pop() if idle else None
        if one is not None and one.number == number:
            return one
        if one is not None:  # of a day that another process has forgotten
            one.db.close()
        if number is None and not make:
            return None
        try:
            db = connected(self._file(day))
            try:
                db.executescript(_FORM)
            except BaseException:
                db.close()
                raise
        except sqlite3.Error as error:
            raise _unusable(self._file(day), error) from None
        return _Opened(db, self._number(day))

    def _number(self, day: int) -> int | None:
        """What tells a day's file from another that was there before; None where there is none."""
        try:
            return self._file(day).stat().st_ino
        except FileNotFoundError:
            return None

    def _give_back(self, day: int, one: "_Opened") -> None:
        closing = []
        with self._guard:
            idle = self._idle.pop(day, deque())
            self._idle[day] = idle
            idle.append(one)
            if len(idle) > IDLE:
                closing.append(idle.popleft())
            while len(self._idle) > OPEN_DAYS:
                closing += self._idle.pop(next(iter(self._idle)))
        for each in closing:
            each.db.close()


@dataclass(frozen=True, slots=True)
class _Opened:
    """A connection, and the number of the file that it is to."""

    db: sqlite3.Connection
    number: int | None


def _put(db: sqlite3.Connection, batch: Batch, day: int) -> int:
    start = day * DAY_MS
    db.execute("BEGIN IMMEDIATE")
    try:
        numbers = _numbers(db, batch.vehicles)
        rows = zip(batch.vehicles, packed(batch.fixes), strict=True)
        values = [(numbers[vehicle], (row[0] or 0) - start, *row[1:]) for vehicle, row in rows]
        before = db.total_changes
        db.executemany("INSERT OR IGNORE INTO fix VALUES (?, ?, ?, ?, ?, ?, ?)", values)
        fresh = db.total_changes - before
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # a commit that fails may have taken everything back by itself
            db.execute("ROLLBACK")
        raise
    return fresh


def _numbers(db: sqlite3.Connection, vehicles: Sequence[str]) -> dict[str, int]:
    """The number of each vehicle of a day; given where it has none."""
    wanted = sorted(set(vehicles))
    db.executemany("INSERT OR IGNORE INTO vehicle (id) VALUES (?)", [(one,) for one in wanted])
    return {one: db.execute("SELECT number FROM vehicle WHERE id = ?", (one,)).fetchone()[0] for one in wanted}


def _unusable(file: Path, error: Exception) -> SeriesUnusable:
    why = getattr(error, "strerror", None) or str(error)
    return SeriesUnusable(file=file.name, detail=f"cannot be read or written ({why}).")
