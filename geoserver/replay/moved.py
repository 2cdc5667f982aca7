"""Fixes of many vehicles between two times, in one binary piece: what a client plays from without asking again.

Little-endian throughout: a head of 16 bytes, the vehicles as JSON filled up with blanks to a multiple of 8 bytes, then
the columns, each of all n fixes, vehicle by vehicle and in the order of time.

====== ======= ====================================================================================
offset type    head
====== ======= ====================================================================================
0      uint8   1, the form's version
1      uint8   0
2      uint16  0
4      uint32  n
8      uint32  bytes of the JSON, blanks included
12     uint32  0
====== ======= ====================================================================================

The JSON: ``{"begin_ms", "end_ms", "vehicles": [[id, fixes], ...]}``; ``end_ms`` is up to when it goes, which is before
what was asked for where there was too much; ``begin_ms``, what times are counted from.

======= =========== ===============================================================================
type    column      what
======= =========== ===============================================================================
uint32  time        milliseconds after ``begin_ms``
int32   longitude   1e-7 degrees, WGS 84
int32   latitude    1e-7 degrees
float32 height      ellipsoidal, metres; NaN: on the ground
uint16  heading     0.01 degrees clockwise from true north; 65535: not known
uint16  speed       0.01 m/s; 65535: not known or beyond
======= =========== ===============================================================================
"""

import struct
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import numpy as np
import orjson
from numpy.typing import NDArray

from geoserver.boxes import Box
from geoserver.live.positions import UNKNOWN
from geoserver.series.fixes import FixSeries
from layers.tracks.track import FIX, Fixes

FORM: Final = 1
HEAD: Final = struct.Struct("<BBHIII")
STEP_MS: Final = 60_000
MOST: Final = 200_000
"""Fixes of one piece; the minute that goes beyond it is the last one told."""
MEDIA_TYPE: Final = "application/octet-stream"
ROUND: Final = 8


@dataclass(frozen=True, eq=False)
class Moved:
    """Fixes of some vehicles from one time up to and with another."""

    begin_ms: int
    end_ms: int
    vehicles: tuple[tuple[str, Fixes], ...]

    def packed(self) -> bytes:
        """As it goes out."""
        about = orjson.dumps(
            {
                "begin_ms": self.begin_ms,
                "end_ms": self.end_ms,
                "vehicles": [[id_, len(fixes)] for id_, fixes in self.vehicles],
            }
        )
        about += b" " * (-len(about) % ROUND)
        fixes = np.concatenate([np.zeros(0, FIX), *(some for _, some in self.vehicles)])
        columns = (
            (fixes["time_ms"] - self.begin_ms).astype("<u4"),
            np.round(fixes["lon"] * 1e7).astype("<i4"),
            np.round(fixes["lat"] * 1e7).astype("<i4"),
            fixes["height_m"].astype("<f4"),
            _hundredths(fixes["heading_deg"] % 360.0),
            _hundredths(fixes["speed_m_s"]),
        )
        head = HEAD.pack(FORM, 0, 0, len(fixes), len(about), 0)
        return b"".join([head, about, *(column.tobytes() for column in columns)])


def moved(series: FixSeries, begin_ms: int, end_ms: int, vehicles: Collection[str], box: Box | None = None) -> Moved:
    """What moved of some vehicles after a time, up to and with another; of a box, all of those that were in it.

    Read minute by minute, so that what is held at once is bounded.
    """
    found: dict[str, list[Fixes]] = {}
    at_ms, count = begin_ms, 0
    while at_ms < end_ms and count <= MOST:
        until_ms = min(at_ms + STEP_MS, end_ms)
        for id_, fixes in series.moving(at_ms + 1, until_ms):
            if id_ in vehicles:
                found.setdefault(id_, []).append(fixes)
                count += len(fixes)
        at_ms = until_ms
    whole = ((id_, np.concatenate(some)) for id_, some in sorted(found.items()))
    return Moved(begin_ms, at_ms, tuple(one for one in whole if box is None or _was_in(one[1], box)))


def _was_in(fixes: Fixes, box: Box) -> bool:
    west, south, east, north = box
    left, right = fixes["lon"] >= west, fixes["lon"] <= east
    across = left & right if west <= east else left | right
    return bool((across & (fixes["lat"] >= south) & (fixes["lat"] <= north)).any())


def _hundredths(values: NDArray[np.float32]) -> NDArray[np.uint16]:
    known = np.isfinite(values) & (values >= 0) & (values < UNKNOWN / 100 - 0.005)
    return np.where(known, np.round(np.where(known, values, 0) * 100), UNKNOWN).astype("<u2")
