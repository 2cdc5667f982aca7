"""Figures of coverage: cells by best class, by count, seen by one camera only or by none; by area and by road.

Each block has a small table of its own, made when its counts change; what is asked is a sum over tables.
"""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from layers.cameras.covering.steps import STEPS_PX_M
from layers.coverage.base import BUILT, GROUND, ROAD, Base
from layers.coverage.sums import Sums

STEPS = len(STEPS_PX_M)
ALL_TIERS = 0
ZONES = ("ground", "built", "road")
"""All ground; built-up ground, which includes the roads; roads."""
BEST, SINGLE, CAMERAS = 0, 4 * (STEPS + 1), 4 * (STEPS + 1) + STEPS
WIDTH = CAMERAS + STEPS
"""Columns of a row: cells by best step 0 … 11 of all tiers, of tier 1, 2 and 3; cells that exactly one camera
sees at each step; and the sum of the cameras over the cells, at each step."""
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Rows of one block: (area, zone) and (road) with their columns.

    Attributes
    ----------
    area, zone : (k,) numbers; area −1 is no area
    by_area : (k, WIDTH)
    road : (m,) numbers
    by_road : (m, WIDTH)
    """

    area: NDArray[np.int16] = field(repr=False)
    zone: NDArray[np.int16] = field(repr=False)
    by_area: NDArray[np.int32] = field(repr=False)
    road: NDArray[np.int16] = field(repr=False)
    by_road: NDArray[np.int32] = field(repr=False)

    def to_bytes(self) -> bytes:
        """Compressed."""
        sizes = np.array([len(self.area), len(self.road)], np.int32)
        parts = (sizes, self.area, self.zone, self.by_area, self.road, self.by_road)
        return zlib.compress(b"".join(part.tobytes() for part in parts), 1)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Table":
        """What ``to_bytes`` wrote."""
        body = zlib.decompress(data)
        k, m = (int(n) for n in np.frombuffer(body, np.int32, 2))
        at = 8
        parts: list[Any] = []
        for kind, count in ((np.int16, k), (np.int16, k), (np.int32, k * WIDTH), (np.int16, m), (np.int32, m * WIDTH)):
            parts.append(np.frombuffer(body, kind, count, at))
            at += parts[-1].nbytes
        area, zone, by_area, road, by_road = parts
        return cls(area, zone, by_area.reshape(k, WIDTH), road, by_road.reshape(m, WIDTH))


def table_of(sums: Sums, base: Base) -> Table:
    """The table of one block."""
    areas, area = _numbered(base.area)
    roads, road = _numbered(base.road)
    by_area = np.zeros((len(areas), len(ZONES), WIDTH), np.int32)
    by_road = np.zeros((len(roads), WIDTH), np.int32)
    _count(sums.counts, (base.flags, area, road), by_area, by_road)
    some = by_area.any(axis=2)
    which, zone = np.nonzero(some)
    real = roads >= 0
    return Table(
        areas[which].astype(np.int16),
        zone.astype(np.int16),
        by_area[some],
        roads[real].astype(np.int16),
        by_road[real],
    )


def _numbered(given: NDArray[np.int16]) -> tuple[Any, Any]:
    """The different numbers, and for each cell its place among them."""
    if given.min() == given.max():
        return given[:1], np.zeros(len(given), np.int64)
    different, place = np.unique(given, return_inverse=True)
    return different, place.astype(np.int64)


@njit(cache=True, nogil=True)
def _gather(counts: Any, best: Any, total: Any) -> int:
    """Best step of each tier and of all, and cameras that reach each step or better; the highest step that any does."""
    tiers, steps, size = counts.shape
    highest = 0
    for tier in range(tiers):
        for s in range(steps):
            plane = counts[tier, s]
            for k in range(size):
                if plane[k] > 0:
                    best[tier + 1, k] = s + 1
                    best[0, k] = max(best[0, k], s + 1)
                    total[s, k] += plane[k]
                    highest = max(highest, s + 1)
    for s in range(highest - 2, -1, -1):
        for k in range(size):
            total[s, k] += total[s + 1, k]
    return highest


@njit(cache=True, nogil=True)
def _enter(best: Any, total: Any, k: int, highest: int, row: Any) -> None:
    """Add one cell to a row of a table."""
    steps = total.shape[0]
    for tier in range(4):
        row[tier * (steps + 1) + best[tier, k]] += 1
    for s in range(highest):
        seen = total[s, k]
        if seen == 0:
            break
        if seen == 1:
            row[SINGLE + s] += 1
        row[CAMERAS + s] += seen


@njit(cache=True, nogil=True)
def _count(counts: Any, base: Any, by_area: Any, by_road: Any) -> None:
    flags, area, road = base
    best = np.zeros((4, flags.size), np.uint8)
    total = np.zeros((counts.shape[1], flags.size), np.int32)
    highest = _gather(counts, best, total)
    for k in range(flags.size):
        if not flags[k] & GROUND:
            continue
        _enter(best, total, k, highest, by_area[area[k], 0])
        if flags[k] & BUILT:
            _enter(best, total, k, highest, by_area[area[k], 1])
        if flags[k] & ROAD:
            _enter(best, total, k, highest, by_area[area[k], 2])
            _enter(best, total, k, highest, by_road[road[k]])


@dataclass(frozen=True, slots=True, eq=False)
class Totals:
    """Sums over all blocks: (areas + 1, zones, WIDTH), the last row for no area, and (roads, WIDTH); cells."""

    by_area: Numbers = field(repr=False)
    by_road: Numbers = field(repr=False)

    @classmethod
    def of(cls, tables: Iterable[Table], areas: int, roads: int) -> "Totals":
        """Add up tables."""
        given = list(tables)
        by_area = np.zeros((areas + 1, len(ZONES), WIDTH), np.int64)
        by_road = np.zeros((roads, WIDTH), np.int64)
        if given:
            keys = np.concatenate([t.area for t in given]), np.concatenate([t.zone for t in given])
            np.add.at(by_area, keys, np.concatenate([t.by_area for t in given]))
            np.add.at(by_road, np.concatenate([t.road for t in given]), np.concatenate([t.by_road for t in given]))
        return cls(by_area, by_road)


def cells(row: Numbers) -> int:
    """All cells of a row."""
    return int(row[: STEPS + 1].sum())


def reached(row: Numbers, step: int, tier: int = ALL_TIERS) -> int:
    """Cells that some camera (of a tier) sees at a step or better."""
    first = tier * (STEPS + 1)
    return int(row[first + step : first + STEPS + 1].sum())


def single(row: Numbers, step: int) -> int:
    """Cells that exactly one camera sees at a step or better."""
    return int(row[SINGLE + step - 1])


def cameras(row: Numbers, step: int) -> int:
    """Sum over the cells of the cameras that see them at a step or better."""
    return int(row[CAMERAS + step - 1])


def by_class(row: Numbers, classes: NDArray[np.uint8], count: int) -> list[int]:
    """Cells by the class 1 … count of their best step; ``classes`` gives the class of each step."""
    counted = np.bincount(classes, weights=row[: STEPS + 1], minlength=count + 1)
    return [int(number) for number in counted[1:]]
