"""What a series of fixes does, whatever keeps it.

A fix is known by its vehicle and its time: of those that are the same in both, the first that came is kept and the
others are repeats. What ``put`` has returned for is on the disk.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from layers.tracks.pieces import DAY_MS
from layers.tracks.track import FIX, Fixes


@dataclass(frozen=True, eq=False)
class Batch:
    """Fixes of many vehicles, in whatever order: ``fixes`` (n,) of ``FIX``, ``vehicles`` their n ids."""

    vehicles: Sequence[str]
    fixes: Fixes

    def __post_init__(self) -> None:
        if len(self.vehicles) != len(self.fixes) or self.fixes.dtype != FIX:
            raise ValueError("a batch has as many vehicles as fixes")

    def __len__(self) -> int:
        return len(self.fixes)

    def some(self, which: Sequence[int]) -> "Batch":
        """Those at some places of it."""
        return Batch([self.vehicles[i] for i in which], self.fixes[list(which)])

    def by_day(self) -> Iterator[tuple[int, "Batch"]]:
        """Day, counted from 1970-01-01 UTC, and what of the batch is of it."""
        days = self.fixes["time_ms"] // DAY_MS
        for day in np.unique(days).tolist():
            yield day, self.some(np.flatnonzero(days == day).tolist())


@dataclass(frozen=True, eq=False)
class Around:
    """The fixes on both sides of a moment.

    Attributes
    ----------
    vehicles : (n,) ids
    before : (n,) of ``FIX``, the last one of each up to the moment
    after : (n,) of ``FIX``, the first one of each later than that; its ``time_ms`` is 0 where there is none
    """

    vehicles: Sequence[str]
    before: Fixes
    after: Fixes


class FixSeries(Protocol):
    """A series of fixes. Safe to use from many threads and processes."""

    def put(self, batch: Batch) -> int:
        """Keep fixes; how many of them were not there yet. On the disk when it returns, all or nothing a day.

        Raises
        ------
        SeriesUnusable
        """

    def track(self, vehicle: str, begin_ms: int, end_ms: int, most: int) -> Fixes:
        """The first ``most`` fixes of a vehicle from a time to another, both counted, in their order."""

    def around(self, time_ms: int, within_ms: int) -> Around:
        """Of every vehicle with a fix in ``within_ms`` before a moment: that, and the next one within as much after."""

    def moving(self, begin_ms: int, end_ms: int) -> Iterator[tuple[str, Fixes]]:
        """Vehicles with fixes from a time to another, both counted, by id, and these fixes in their order."""

    def heard(self, begin_ms: int, end_ms: int) -> list[str]:
        """Ids of the vehicles that have a fix from a time to another, both counted; ascending."""

    def ends(self, vehicle: str) -> tuple[int, int] | None:
        """Times of a vehicle's first and last fix; None where there is none."""

    def days(self) -> list[int]:
        """The days that there are fixes of, counted from 1970-01-01 UTC, ascending."""

    def forget(self, before_day: int) -> list[int]:
        """Forget all days before one; which these were."""

    def close(self) -> None:
        """Give back files and connections."""
