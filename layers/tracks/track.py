"""A track: the fixes of one unit, in order of time, each time once."""

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

import numpy as np
import pyproj
from numpy.typing import NDArray

FIX: Final = np.dtype(
    [
        ("time_ms", "<i8"),
        ("lon", "<f8"),
        ("lat", "<f8"),
        ("height_m", "<f4"),
        ("heading_deg", "<f4"),
        ("speed_m_s", "<f4"),
    ]
)
"""One fix. ``time_ms``: since 1970-01-01 UTC; ``lon``, ``lat``: degrees, WGS 84; ``height_m``: ellipsoidal;
``heading_deg``: clockwise from true north; NaN where the last three are not known."""
GAP_S: Final = 120.0
"""Where nothing was heard for longer, nobody knows what lies between."""
Fixes = NDArray[np.void]
_ELLIPSOID: Final = pyproj.Geod(ellps="WGS84")


def fixes_of(rows: Sequence[tuple[float | int | None, ...]]) -> Fixes:
    """Rows of (time in ms, lon, lat[, height, heading, speed]) as an array of ``FIX``; None is not known."""
    made = np.full(len(rows), np.nan, np.dtype([(name, "f8") for name in FIX.names or ()]))
    for i, row in enumerate(rows):
        made[i] = tuple(np.nan if value is None else value for value in (*row, *[None] * (6 - len(row))))
    return made.astype(FIX)


@dataclass(frozen=True, eq=False)
class Track:
    """The fixes of one unit.

    Attributes
    ----------
    unit : its id
    fixes : (n,) of ``FIX``, times rising strictly
    """

    unit: str
    fixes: Fixes

    @classmethod
    def of(cls, unit: str, fixes: Fixes) -> Self:
        """From fixes in any order. Of those with one time, the first that is given counts: the others are repeats."""
        _, first = np.unique(fixes["time_ms"], return_index=True)
        return cls(unit, fixes[first])

    def __len__(self) -> int:
        return len(self.fixes)

    @cached_property
    def legs_m(self) -> NDArray[np.float64]:
        """Length of the way from each fix to the next, (n - 1,), m, on the ellipsoid (Karney 2013)."""
        lon, lat = self.fixes["lon"], self.fixes["lat"]
        if len(lon) < 2:
            return np.zeros(0)
        return np.asarray(_ELLIPSOID.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])[2], np.float64)

    @property
    def waits_s(self) -> NDArray[np.float64]:
        """Time from each fix to the next, (n - 1,), s."""
        return np.diff(self.fixes["time_ms"]) / 1e3

    def gaps(self, longer_than_s: float = GAP_S) -> list[tuple[int, int]]:
        """Times (ms) between which nothing was heard for longer."""
        times = self.fixes["time_ms"]
        return [(int(times[i]), int(times[i + 1])) for i in np.flatnonzero(self.waits_s > longer_than_s)]

    def pieces(self, gap_s: float = GAP_S) -> list["Track"]:
        """The stretches between gaps."""
        cuts = [0, *(np.flatnonzero(self.waits_s > gap_s) + 1).tolist(), len(self.fixes)]
        return [type(self)(self.unit, self.fixes[a:b]) for a, b in itertools.pairwise(cuts) if b > a]

    def length_m(self, gap_s: float = GAP_S) -> float:
        """How far it went, m; what lies in gaps is not counted."""
        return float(self.legs_m[self.waits_s <= gap_s].sum())

    def within(self, begin_ms: int, end_ms: int) -> Self:
        """The fixes of a time, both ends counted."""
        first, last = np.searchsorted(self.fixes["time_ms"], [begin_ms, end_ms + 1])
        return type(self)(self.unit, self.fixes[first:last])

    def at(self, time_ms: int, gap_s: float = GAP_S) -> Fixes | None:
        """Where it was at a time, (1,) of ``FIX``: between two fixes in a straight line; None in a gap and outside.

        Over the shorter way round in heading; speed is that of the fix before.
        """
        times = self.fixes["time_ms"]
        after = int(np.searchsorted(times, time_ms))
        if after < len(times) and times[after] == time_ms:
            return self.fixes[after : after + 1]
        if not 0 < after < len(times) or (times[after] - times[after - 1]) / 1e3 > gap_s:
            return None
        a, b = self.fixes[after - 1], self.fixes[after]
        share = float((time_ms - a["time_ms"]) / (b["time_ms"] - a["time_ms"]))
        turn = (float(b["heading_deg"]) - float(a["heading_deg"]) + 180.0) % 360.0 - 180.0
        found = np.array([a], FIX)
        found["time_ms"] = time_ms
        for name in ("lon", "lat", "height_m"):
            found[name] = (1 - share) * a[name] + share * b[name]
        found["heading_deg"] = (a["heading_deg"] + share * turn) % 360.0
        return found

    def rows(self) -> Iterator[tuple[int, float, float, float | None, float | None, float | None]]:
        """Time (ms), longitude, latitude, height, heading and speed of each fix; None where not known."""
        for time_ms, lon, lat, *rest in self.fixes.tolist():
            height, heading, speed = (None if value != value else value for value in rest)
            yield time_ms, lon, lat, height, heading, speed
