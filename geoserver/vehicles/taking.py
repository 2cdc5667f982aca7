"""Fixes as they come: kept in the series first, then shown live, then held against the geofences.

What is not for this caller to send is refused row by row; the rest of a batch is taken all the same.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from geoserver.accounts.caller import Caller
from geoserver.crossings import Warden
from geoserver.live.positions import SILENT_S, Board, Position
from geoserver.series.fixes import Batch, FixSeries
from geoserver.series.packed import day_of
from geoserver.vehicles.garage import VEHICLE, Garage
from layers.crossings import Crossing
from layers.fences import Fix
from layers.tracks.pieces import DAY_MS
from layers.tracks.track import FIX, Fixes, fixes_of

FIX_KIND = "fix"
AHEAD_MS = 300_000
"""So much clocks may differ."""
Row = tuple[int, float, float, float | None, float | None, float | None]
"""Time (ms since 1970-01-01 UTC), longitude, latitude, height, heading, speed."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A row that was not taken: its place in the batch from 0 on, and why."""

    row: int
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of a batch: how many were new, how many known already, which were refused, what they crossed."""

    taken: int
    repeated: int
    refused: Sequence[Refused]
    crossings: Sequence[Crossing]


class Taking:
    """Takes fixes for one server. Safe to use from many threads."""

    def __init__(
        self,
        series: FixSeries,
        garage: Garage,
        board: Board,
        warden: Warden,
        *,
        keep_days: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.series, self.garage, self.keep_days = series, garage, keep_days
        self._board, self._warden, self._clock = board, warden, clock

    def begin(self) -> None:
        """Show where vehicles were when they were last heard of, if that is not long ago."""
        now_ms = round(self._clock() * 1e3)
        found = self.series.around(now_ms, round(SILENT_S * 1e3))
        self._board.put(_positions(found.vehicles, found.before))

    def take(self, vehicles: Sequence[str], rows: Sequence[Row], caller: Caller) -> Taken:
        """Take a batch: on the disk when it returns.

        Raises
        ------
        SeriesUnusable
        """
        reach = caller.permissions.reach("create", FIX_KIND)
        allowed = {
            id_: (known := self.garage.get(id_)) is not None and reach.covers(known.area) for id_ in set(vehicles)
        }
        return self._take(vehicles, rows, allowed, caller.name)

    def take_own(self, vehicles: Sequence[str], rows: Sequence[Row], actor: str) -> Taken:
        """Take what the server itself or its command line brings."""
        return self._take(vehicles, rows, {id_: self.garage.get(id_) is not None for id_ in set(vehicles)}, actor)

    def forget(self) -> list[int]:
        """Forget the days that are older than what is kept; which these were, counted from 1970-01-01."""
        return self.series.forget(self._first_day())

    def _take(self, vehicles: Sequence[str], rows: Sequence[Row], allowed: dict[str, bool], actor: str) -> Taken:
        now_ms, earliest_ms = round(self._clock() * 1e3), self._first_day() * DAY_MS
        refused: list[Refused] = []
        kept: list[int] = []
        for i, (vehicle, row) in enumerate(zip(vehicles, rows, strict=True)):
            why = _why_not(allowed[vehicle], row[0], earliest_ms, now_ms + AHEAD_MS)
            if why:
                refused.append(Refused(i, why))
            else:
                kept.append(i)
        batch = Batch([vehicles[i] for i in kept], fixes_of([rows[i] for i in kept]) if kept else np.zeros(0, FIX))
        fresh = self.series.put(batch) if kept else 0
        newest = _newest(batch)
        self._board.put(_positions(newest.vehicles, newest.fixes))
        told = self._warden.take(_fence_fixes(batch), actor) if kept else []
        return Taken(fresh, len(kept) - fresh, refused, told)

    def _first_day(self) -> int:
        return day_of(round(self._clock() * 1e3)) - self.keep_days


def _why_not(allowed: bool, time_ms: int, earliest_ms: int, latest_ms: int) -> str:
    if not allowed:
        return "unknown-vehicle"
    if time_ms > latest_ms:
        return "future"
    return "too-old" if time_ms < earliest_ms else ""


def _newest(batch: Batch) -> Batch:
    """The last fix of each vehicle in a batch."""
    last: dict[str, int] = {}
    times = batch.fixes["time_ms"]
    for i, vehicle in enumerate(batch.vehicles):
        if vehicle not in last or times[i] > times[last[vehicle]]:
            last[vehicle] = i
    return batch.some(list(last.values()))


def _positions(vehicles: Sequence[str], fixes: Fixes) -> Iterable[Position]:
    for vehicle, (time_ms, lon, lat, *rest) in zip(vehicles, fixes.tolist(), strict=True):
        height, heading, speed = (None if value != value else value for value in rest)
        yield Position(VEHICLE, vehicle, lon, lat, time_ms / 1e3, height, heading, speed)


def _fence_fixes(batch: Batch) -> list[Fix]:
    places = zip(*(batch.fixes[name].tolist() for name in ("lon", "lat", "time_ms")), strict=True)
    return [
        Fix((VEHICLE, vehicle), lon, lat, time_ms / 1e3)
        for vehicle, (lon, lat, time_ms) in zip(batch.vehicles, places, strict=True)
    ]
