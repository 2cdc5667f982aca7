"""Where moving things are now: the latest position of each, told in binary batches. Nothing is kept of before.

A batch is a header of 16 bytes and so many rows of 24; little-endian throughout:

====== ======= =====================================================================================
offset type    header
====== ======= =====================================================================================
0      uint8   1, the form's version
1      uint8   0
2      uint16  bytes of a row: 24; a later form may only add to its end
4      uint32  rows
8      float64 time of the newest row, milliseconds since 1970-01-01 UTC
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
20     int32   age against the header's time, milliseconds
====== ======= =====================================================================================
"""

import math
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from layers.errors import BadInput

MOST = 100_000
"""Things that are followed at once; beyond it, the one longest silent is forgotten."""
SILENT_S = 600.0
"""Whatever has not been heard of for so long is not shown to those who come."""
REMEMBERED = 65_536
"""Updates whose slots are remembered in order; who lags more looks at everything."""
FORM = 1
UNKNOWN = 65_535
HEADER = np.dtype([("form", "<u1"), ("zero", "<u1"), ("size", "<u2"), ("count", "<u4"), ("time", "<f8")])
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
KEPT = np.dtype([("number", "u4"), ("lon", "f8"), ("lat", "f8"), ("time_ms", "f8"), ("stamp", "i8"), ("row", ROW)])
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


class Board:
    """The latest position of everything that moves. Safe to use from many threads; readers hold ``lock``.

    Attributes
    ----------
    stamp : counts the updates
    table : a row for every thing, at its slot; the first ``count`` are in use. A slot may be given to another
        thing, which has another number then.
    things : kind and id by slot
    """

    def __init__(self, most: int = MOST) -> None:
        self.lock = threading.Lock()
        self.count = self.stamp = 0
        self.table: NDArray[np.void] = np.zeros(min(256, most), KEPT)
        self.things: list[tuple[str, str]] = []
        self._most = most
        self._slots: dict[tuple[str, str], int] = {}
        self._numbers = 0
        self._last = np.zeros(REMEMBERED, np.intp)

    def put(self, positions: Iterable[Position]) -> None:
        """Take positions up; one that is older than what is known of its thing changes nothing."""
        with self.lock:
            for one in positions:
                self._put(one)

    def since(self, stamp: int) -> Slots:
        """Slots that were updated after a stamp, each once."""
        if self.stamp - stamp < REMEMBERED:
            return np.unique(self._last[np.arange(stamp + 1, self.stamp + 1) % REMEMBERED])
        return np.flatnonzero(self.table["stamp"][: self.count] > stamp)

    def recent(self) -> Slots:
        """Slots of what was heard of lately."""
        return np.flatnonzero(self.table["time_ms"][: self.count] > (time.time() - SILENT_S) * 1e3)

    def batch(self, slots: Slots) -> bytes:
        """The positions of some slots, at least one, as they go out."""
        kept = self.table[slots]
        newest = float(kept["time_ms"].max())
        rows = kept["row"]
        rows["age"] = np.minimum(newest - kept["time_ms"], 2**31 - 1)
        header = np.array((FORM, 0, ROW.itemsize, slots.size, newest), HEADER)
        return header.tobytes() + rows.tobytes()

    def _put(self, one: Position) -> None:
        thing, time_ms = (one.kind, one.id), one.time_s * 1e3
        slot = self._slots.get(thing)
        if slot is None:
            slot = self._take_slot(thing)
        elif time_ms < self.table["time_ms"][slot]:
            return
        self.stamp += 1
        number = self.table["number"][slot]
        self.table[slot] = (number, one.lon, one.lat, time_ms, self.stamp, (number, *one.packed(), 0))
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
