"""Where a unit stood: stretches in which it stayed within a small circle for a while."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from layers.tracks.track import GAP_S, Track

WITHIN_M: Final = 40.0
AT_LEAST_S: Final = 120.0
_METRES_PER_DEGREE: Final = 111_320.0


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop.

    Attributes
    ----------
    begin_ms, end_ms : of its first and last fix, since 1970-01-01 UTC
    lon, lat : the middle of its fixes, degrees
    """

    begin_ms: int
    end_ms: int
    lon: float
    lat: float

    @property
    def seconds(self) -> float:
        """How long."""
        return (self.end_ms - self.begin_ms) / 1e3


def stops(
    track: Track, *, within_m: float = WITHIN_M, at_least_s: float = AT_LEAST_S, gap_s: float = GAP_S
) -> list[Stop]:
    """Stretches whose fixes lie within a box of diagonal ``within_m`` for ``at_least_s`` or longer.

    Each is as long as it can be: it begins at the first fix from which one holds for long enough, and goes on until a
    fix would make the box too large (the criterion of Graser 2019, MovingPandas). It ends where a gap begins.
    """
    return [stop for piece in track.pieces(gap_s) for stop in _stops(piece, within_m, at_least_s * 1e3)]


def _stops(piece: Track, within_m: float, at_least_ms: float) -> list[Stop]:
    found: list[Stop] = []
    times = piece.fixes["time_ms"]
    x, y = _metres(piece)
    first = 0
    while first < len(times):
        last = _as_long_as(x, y, first, within_m)
        if times[last] - times[first] >= at_least_ms:
            found.append(_stop(piece, first, last))
            first = last + 1
        else:
            first += 1
    return found


def _as_long_as(x: NDArray[np.float64], y: NDArray[np.float64], first: int, within_m: float) -> int:
    """The last fix up to which all from the first one lie in a small enough box."""
    reach = 64
    while True:
        some = slice(first, first + reach)
        wide = np.maximum.accumulate(x[some]) - np.minimum.accumulate(x[some])
        high = np.maximum.accumulate(y[some]) - np.minimum.accumulate(y[some])
        out = np.flatnonzero(np.hypot(wide, high) >= within_m)
        if len(out):
            return first + int(out[0]) - 1
        if first + reach >= len(x):
            return len(x) - 1
        reach *= 4


def _stop(piece: Track, first: int, last: int) -> Stop:
    some = piece.fixes[first : last + 1]
    lon, lat = float(some["lon"].mean()), float(some["lat"].mean())
    return Stop(int(some["time_ms"][0]), int(some["time_ms"][-1]), lon, lat)


def _metres(piece: Track) -> Sequence[NDArray[np.float64]]:
    """Places in a flat frame around the first one, m, good to a thousandth within a city."""
    lon, lat = piece.fixes["lon"], piece.fixes["lat"]
    if not len(lon):
        return np.zeros(0), np.zeros(0)
    wide = math.cos(math.radians(float(lat[0])))
    return (lon - lon[0]) * wide * _METRES_PER_DEGREE, (lat - lat[0]) * _METRES_PER_DEGREE
