"""Where moving things are now: the latest position of each, told in binary batches. Nothing is kept of before.

A batch is a header of 16 bytes and so many rows of 24; little-endian throughout:

====== ======= =====================================================================================
offset type    header
====== ======= =====================================================================================
0      uint8   1, the form's version
1      uint8   0
2      uint16  bytes of a row: 24; a later form may only add to its end
4      uint32  rows
8      float64 a time, milliseconds since 1970-01-01 UTC, that ages are told against
====== ======= =====================================================================================

====== ======= =====================================================================================
offset type    row
====== ======= =====================================================================================
0      uint32  number of the thing; which one it is was told in a ``names`` message before
4      int32   longitude, 1e-7 degrees, WGS 84
8      int32   latitude, 1e-7 degrees
12     float32 ellipsoidal height, metres; NaN: on the ground
16     uint16  heading, 0.01 degrees clockwise from true north; 65535: not known
18     uint16  speed, 0.01 m/s; 65535: not known or beyond
20     int32   age: the header's time less the position's own, milliseconds
====== ======= =====================================================================================
"""

import itertools
import math
import struct
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geoserver.boxes import Box
from layers.errors import BadInput

MOST = 100_000
"""Things that are followed at once; beyond it, the one longest silent is forgotten."""
SILENT_S = 600.0
"""Whatever has not been heard of for so long is not shown to those who come."""
REMEMBERED = 65_536
"""Updates whose slots are remembered in order; who lags more looks at everything."""
EVERYWHERE: Box = (-180.0, -90.0, 180.0, 90.0)
FORM = 1
UNKNOWN = 65_535
HEADER = struct.Struct("<BBHId")
ROW = np.dtype(
    [
        ("number", "<u4"),
        ("lon", "<i4"),
        ("lat", "<i4"),
        ("height", "<f4"),
        ("heading", "<u2"),
        ("speed", "<u2"),
        ("age", "<i4"),
    ]
)
KEPT = np.dtype(
    [
        ("number", "u4"),
        ("lon", "f8"),
        ("lat", "f8"),
        ("time_ms", "f8"),
        ("stamp", "i8"),
        ("own", "?"),
        ("row", ROW),
    ]
)
Slots = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Position:
    """Where one thing is.

    Attributes
    ----------
    kind, id : of the thing, as in the catalogue
    lon, lat : degrees, WGS 84
    time_s : of the position, seconds since 1970-01-01 UTC
    height_m : ellipsoidal; None = on the ground
    heading_deg : clockwise from true north; None = not known
    speed_m_s : None = not known
    """

    kind: str
    id: str
    lon: float
    lat: float
    time_s: float
    height_m: float | None = None
    heading_deg: float | None = None
    speed_m_s: float | None = None

    def __post_init__(self) -> None:
        for field, value, most in (("lon", self.lon, 180.0), ("lat", self.lat, 90.0), ("time_s", self.time_s, 1e11)):
            if not abs(value) <= most:  # NaN too
                remedy = f"Give a number within ±{most:g}."
                raise BadInput(field=field, value=value, detail="is out of range.", remedy=remedy)

    def packed(self) -> tuple[float, ...]:
        """The fields of a row between its number and its age."""
        height = math.nan if self.height_m is None else self.height_m
        heading = _hundredths(None if self.heading_deg is None else self.heading_deg % 360.0)
        return round(self.lon * 1e7), round(self.lat * 1e7), height, heading, _hundredths(self.speed_m_s)


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """What moved on a board up to a stamp, worked out once for all who are told of it.

    Attributes
    ----------
    numbers, things : of what moved; ``index`` is where in them a number is
    newest_ms : against which ages are told, milliseconds since 1970-01-01 UTC
    """

    stamp: int
    numbers: Sequence[int]
    things: Sequence[tuple[str, str]]
    index: Mapping[int, int]
    newest_ms: float
    _lon: NDArray[np.float64]
    _lat: NDArray[np.float64]
    _rows: bytes

    @classmethod
    def of(cls, kept: NDArray[np.void], things: Sequence[tuple[str, str]], stamp: int) -> "Moment":
        """From rows of a board's table."""
        newest = float(kept["time_ms"].max(initial=0.0))
        rows = kept["row"]
        rows["age"] = np.minimum(newest - kept["time_ms"], 2**31 - 1)
        numbers: list[int] = kept["number"].tolist()
        index = {number: i for i, number in enumerate(numbers)}
        return cls(stamp, numbers, things, index, newest, kept["lon"].copy(), kept["lat"].copy(), rows.tobytes())

    def within(self, boxes: Sequence[Box | None]) -> list[list[int]]:
        """For every box, what moved and is in it now; west beyond east means over the date line."""
        west, south, east, north = np.array([box or EVERYWHERE for box in boxes]).T[:, :, None]
        left, right = self._lon >= west, self._lon <= east
        inside = np.where(west <= east, left & right, left | right) & (self._lat >= south) & (self._lat <= north)
        which, found = np.nonzero(inside)
        ends = np.searchsorted(which, np.arange(len(boxes) + 1)).tolist()
        some = found.tolist()
        return [some[start:end] for start, end in itertools.pairwise(ends)]

    def batch(self, some: Sequence[int]) -> bytes:
        """Some of what moved, as it goes out."""
        size, rows = ROW.itemsize, self._rows
        header = HEADER.pack(FORM, 0, size, len(some), self.newest_ms)
        return b"".join([header, *(rows[size * i : size * (i + 1)] for i in some)])


class Board:
    """The latest position of everything that moves. Safe to use from many threads.

    Attributes
    ----------
    stamp : counts the updates
    table : a row for every thing, at its slot; the first ``count`` are in use. A slot may be given to another
        thing, which has another number then.
    things : kind and id by slot
    """

    def __init__(self, most: int = MOST) -> None:
        self._lock = threading.Lock()
        self.count = self.stamp = 0
        self.table: NDArray[np.void] = np.zeros(min(256, most), KEPT)
        self.things: list[tuple[str, str]] = []
        self._most = most
        self._slots: dict[tuple[str, str], int] = {}
        self._numbers = 0
        self._last = np.zeros(REMEMBERED, np.intp)

    def put(self, positions: Iterable[Position], own: bool = True) -> None:
        """Take positions up; one that is older than what is known of its thing changes nothing.

        ``own``: they were reported to this process, and not told by another.
        """
        with self._lock:
            for one in positions:
                self._put(one, own)

    def own_since(self, stamp: int) -> tuple[int, NDArray[np.void], Sequence[tuple[str, str]]]:
        """What was reported to this process after a stamp (with 0: lately): the stamp now, rows, kinds and ids."""
        with self._lock:
            slots = self._since(stamp) if stamp else self._recent()
            mine = slots[self.table["own"][slots]]
            return self.stamp, self.table[mine], [self.things[slot] for slot in mine.tolist()]

    def latest(self, kind: str, id_: str) -> Position | None:
        """Where a thing was last heard of; None where that is long ago, or never was."""
        with self._lock:
            slot = self._slots.get((kind, id_))
            if slot is None or self.table["time_ms"][slot] <= (time.time() - SILENT_S) * 1e3:
                return None
            one = self.table[slot]
            row = one["row"]
            height, heading, speed = float(row["height"]), int(row["heading"]), int(row["speed"])
            return Position(
                kind,
                id_,
                float(one["lon"]),
                float(one["lat"]),
                float(one["time_ms"]) / 1e3,
                None if math.isnan(height) else height,
                None if heading == UNKNOWN else heading / 100,
                None if speed == UNKNOWN else speed / 100,
            )

    def moment(self, stamp: int) -> Moment:
        """What was updated after a stamp; with 0, all that was heard of lately."""
        with self._lock:
            slots = self._since(stamp) if stamp else self._recent()
            return Moment.of(self.table[slots], [self.things[slot] for slot in slots.tolist()], self.stamp)

    def _since(self, stamp: int) -> Slots:
        """Slots that were updated after a stamp, each once."""
        if self.stamp - stamp < REMEMBERED:
            return np.unique(self._last[np.arange(stamp + 1, self.stamp + 1) % REMEMBERED])
        return np.flatnonzero(self.table["stamp"][: self.count] > stamp)

    def _recent(self) -> Slots:
        return np.flatnonzero(self.table["time_ms"][: self.count] > (time.time() - SILENT_S) * 1e3)

    def _put(self, one: Position, own: bool) -> None:
        thing, time_ms = (one.kind, one.id), one.time_s * 1e3
        slot = self._slots.get(thing)
        if slot is None:
            slot = self._take_slot(thing)
        elif time_ms < self.table["time_ms"][slot]:
            return
        self.stamp += 1
        number = self.table["number"][slot]
        self.table[slot] = (number, one.lon, one.lat, time_ms, self.stamp, own, (number, *one.packed(), 0))
        self._last[self.stamp % REMEMBERED] = slot

    def _take_slot(self, thing: tuple[str, str]) -> int:
        if self.count < self._most:
            slot = self.count
            self._make_room()
            self.count += 1
            self.things.append(thing)
        else:
            slot = int(np.argmin(self.table["stamp"][: self.count]))
            del self._slots[self.things[slot]]
            self.things[slot] = thing
        self._numbers += 1
        self._slots[thing] = slot
        self.table["number"][slot] = self._numbers
        return slot

    def _make_room(self) -> None:
        if self.count == self.table.size:
            wider = np.zeros(min(2 * self.count, self._most), KEPT)
            wider[: self.count] = self.table
            self.table = wider


def _hundredths(value: float | None) -> int:
    if value is None or not 0 <= value < UNKNOWN / 100 - 0.005:
        return UNKNOWN
    return round(value * 100)
